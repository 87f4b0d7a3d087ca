// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecocube::simulate {

/// What a random number is for, so that numbers of one purpose say nothing about those of another.
enum class Purpose : std::uint64_t {
  river_course,
  hills,
  valley_floor,
  pits,
  town_site,
  town_shape,
  town_growth,
  block,
  parcel,
  fields,
  forest,
  conifer,
  moor,
  marsh,
  clear_cut,
  crop,
  phenology,
  soil,
  texture,
  year_anomaly,
  interval,
  cloud,
  thin_cloud,
  haze,
  cloud_gap,
  swath,
  moisture,
  snow,
  sensor,
  flag_patch,
  point,
  label,
  industry,
  first_cover,
  species,
  occurrence,
  clay,
  profile,
};

/// Scatters the bits of a number (the finaliser of SplitMix64, Steele et al. 2014).
constexpr std::uint64_t scattered(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

/// 64 random bits that depend on nothing but the arguments: the same on every thread and in every order.
constexpr std::uint64_t random_bits(std::uint64_t seed, Purpose purpose, std::int64_t a, std::int64_t b = 0,
                                    std::int64_t c = 0) {
  std::uint64_t bits = scattered(seed + 0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(purpose) + 1));
  bits = scattered(bits + 0xd1b54a32d192ed03ULL * static_cast<std::uint64_t>(a));
  bits = scattered(bits + 0xabc98388fb8fac03ULL * static_cast<std::uint64_t>(b));
  return scattered(bits + 0x8cb92ba72f3d8dd7ULL * static_cast<std::uint64_t>(c));
}

/// Evenly spread over 0..1, 1 excluded.
constexpr float uniform(std::uint64_t bits) {
  return static_cast<float>(bits >> 40) * (1.0F / 16777216.0F);
}

/// About normal with mean 0 and standard deviation 1, never beyond 3.5: the sum of four even numbers.
constexpr float bell(std::uint64_t bits) {
  const std::uint64_t sum = (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
  return (static_cast<float>(sum) * (1.0F / 65536.0F) - 2.0F) * 1.7320508F;
}

/// Smooth random field over the plane: gradient noise on an integer lattice (Perlin 2002) whose gradients come from
/// `random_bits`.
class Noise {
 public:
  Noise(std::uint64_t seed, Purpose purpose, std::int64_t index = 0);
  /// One octave with features about one unit wide; mean 0, about -0.7..0.7.
  float at(double x, double y) const;
  /// `octaves` layers, each twice as fine and `gain` times as strong as the one before; scaled to mean 0 and a
  /// standard deviation just below 1.
  float fractal(double x, double y, int octaves, float gain = 0.5F) const;

 private:
  float corner(std::int64_t col, std::int64_t row, float dx, float dy) const;
  std::uint64_t key_;
};

/// 0 below `low`, 1 above `high`, smooth between.
constexpr float smooth_step(float low, float high, float value) {
  float t = (value - low) / (high - low);
  t = t < 0 ? 0 : (t > 1 ? 1 : t);
  return t * t * (3 - 2 * t);
}

}  // namespace ecocube::simulate
