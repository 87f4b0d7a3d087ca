// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/noise.h"

#include <cmath>

namespace ecocube::simulate {
namespace {

/// About the standard deviation of one octave over the plane.
constexpr float kOctaveDeviation = 0.246F;

/// Sixteen directions around the circle.
constexpr float kGradientX[16] = {1.0F,  0.92388F,  0.70711F,  0.38268F,  0.0F, -0.38268F, -0.70711F, -0.92388F,
                                  -1.0F, -0.92388F, -0.70711F, -0.38268F, 0.0F, 0.38268F,  0.70711F,  0.92388F};
constexpr float kGradientY[16] = {0.0F, 0.38268F,  0.70711F,  0.92388F,  1.0F,  0.92388F,  0.70711F,  0.38268F,
                                  0.0F, -0.38268F, -0.70711F, -0.92388F, -1.0F, -0.92388F, -0.70711F, -0.38268F};

float fade(float t) {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

}  // namespace

Noise::Noise(std::uint64_t seed, Purpose purpose, std::int64_t index) : key_(random_bits(seed, purpose, index, 7919)) {}

float Noise::corner(std::int64_t col, std::int64_t row, float dx, float dy) const {
  const std::uint64_t bits = scattered(key_ + 0xd1b54a32d192ed03ULL * static_cast<std::uint64_t>(col) +
                                       0xabc98388fb8fac03ULL * static_cast<std::uint64_t>(row));
  const auto direction = bits >> 60;
  return kGradientX[direction] * dx + kGradientY[direction] * dy;
}

float Noise::at(double x, double y) const {
  const double floor_x = std::floor(x), floor_y = std::floor(y);
  const auto col = static_cast<std::int64_t>(floor_x), row = static_cast<std::int64_t>(floor_y);
  const auto dx = static_cast<float>(x - floor_x), dy = static_cast<float>(y - floor_y);
  const float across = fade(dx), down = fade(dy);
  const float upper_left = corner(col, row, dx, dy), upper_right = corner(col + 1, row, dx - 1, dy);
  const float lower_left = corner(col, row + 1, dx, dy - 1), lower_right = corner(col + 1, row + 1, dx - 1, dy - 1);
  const float upper = upper_left + across * (upper_right - upper_left);
  const float lower = lower_left + across * (lower_right - lower_left);
  return upper + down * (lower - upper);
}

float Noise::fractal(double x, double y, int octaves, float gain) const {
  float sum = 0, strength = 1, variance = 0;
  for (int octave = 0; octave < octaves; ++octave) {
    // Shifted from octave to octave so that their lattice points, where noise is always 0, do not coincide.
    sum += strength * at(x + 17.31 * octave, y - 9.73 * octave);
    variance += strength * strength;
    strength *= gain;
    x *= 2;
    y *= 2;
  }
  return sum / (kOctaveDeviation * std::sqrt(variance));
}

}  // namespace ecocube::simulate
