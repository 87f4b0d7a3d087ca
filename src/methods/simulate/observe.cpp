// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/observe.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "base/parallel.h"
#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

/// How much of a band's light a full shadow takes: the sky still lights the short waves.
constexpr Spectrum kShadowLoss{.42F, .48F, .54F, .62F, .66F, .68F};
constexpr Spectrum kCloudLook{.62F, .61F, .60F, .62F, .42F, .34F};
constexpr Spectrum kAerosol{.012F, .008F, .005F, .003F, .001F, .0005F};

/// What is amiss with all pixels of one interval alike.
struct Optics {
  float shift_x = 0, shift_y = 0;  ///< pixels by which the image lies beside its grid
  Spectrum gain{}, glow{};
  float brightness = 1;  ///< of clouds
  float tilt = 0;        ///< brighter to one side of the swath: what view angle correction left
};

Optics optics_of(const World& world, const Moment& moment) {
  const auto drawn = [&](int which) {
    return bell(random_bits(world.seed, Purpose::sensor, moment.year, moment.interval, which));
  };
  Optics optics;
  optics.shift_x = std::clamp(0.16F * drawn(1), -0.4F, 0.4F);
  optics.shift_y = std::clamp(0.12F * drawn(2), -0.4F, 0.4F);
  const float aerosol = std::max(0.0F, 0.25F + 0.5F * drawn(3)), common = 0.02F * drawn(4);
  for (std::size_t band = 0; band < kBands; ++band) {
    optics.gain[band] = 1 + common + 0.018F * drawn(10 + static_cast<int>(band));
    optics.glow[band] = aerosol * kAerosol[band];
  }
  optics.brightness = std::clamp(1 + 0.2F * drawn(5), 0.6F, 1.4F);
  optics.tilt = 0.02F * drawn(6);
  return optics;
}

/// The surface at a place a fraction of a pixel beside (row, col).
void shifted(const Frame& frame, const std::vector<std::uint16_t>& reflectance, int row, int col, const Optics& optics,
             Spectrum& look) {
  const int other_row = std::clamp(row + (optics.shift_y < 0 ? -1 : 1), 0, frame.rows - 1);
  const int other_col = std::clamp(col + (optics.shift_x < 0 ? -1 : 1), 0, frame.cols - 1);
  const float down = std::abs(optics.shift_y), across = std::abs(optics.shift_x);
  const std::uint16_t* here = reflectance.data() + frame.at(row, col) * kBands;
  const std::uint16_t* beside = reflectance.data() + frame.at(row, other_col) * kBands;
  const std::uint16_t* below = reflectance.data() + frame.at(other_row, col) * kBands;
  for (std::size_t band = 0; band < kBands; ++band) {
    const float value = (1 - down - across) * static_cast<float>(here[band]) +
                        across * static_cast<float>(beside[band]) + down * static_cast<float>(below[band]);
    look[band] = value * (1 / kReflectanceScale);
  }
}

std::uint16_t stored(float value, float scale, float highest) {
  return static_cast<std::uint16_t>(std::clamp(value * scale + 0.5F, 1.0F, highest));
}

}  // namespace

std::vector<std::uint16_t> observe(const World& world, const Surface& surface, const Sky& sky, const Moment& moment) {
  const Frame& frame = world.frame;
  const Optics optics = optics_of(world, moment);
  const std::int64_t when = moment.year * 32 + moment.interval;
  std::vector<std::uint16_t> scene(frame.pixels() * kSceneBands);
  parallel_for(static_cast<std::size_t>(frame.rows), 8, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const std::size_t pixel = frame.at(row, col);
        if (sky.quality[pixel] == quality::no_data) continue;
        Spectrum look{};
        shifted(frame, surface.reflectance, row, col, optics, look);
        const float cloud = static_cast<float>(sky.cloud[pixel]) / 255,
                    shadow = static_cast<float>(sky.shadow[pixel]) / 255;
        const float side = 1 + optics.tilt * (static_cast<float>(col) / static_cast<float>(frame.cols) - 0.5F);
        std::uint64_t bits =
            random_bits(world.seed, Purpose::sensor, frame.first_row + row, frame.first_col + col, when);
        std::uint16_t* out = scene.data() + pixel * kSceneBands;
        for (std::size_t band = 0; band < kBands; ++band) {
          const float ground =
              look[band] * (1 - shadow * kShadowLoss[band]) * optics.gain[band] * side + optics.glow[band];
          const float seen = ground + cloud * (kCloudLook[band] * optics.brightness - ground);
          bits = scattered(bits + band + 1);
          out[band] = stored(seen + bell(bits) * (0.0016F + 0.013F * seen), kReflectanceScale, kReflectanceScale);
        }
        bits = scattered(bits + 9);
        const float kelvin = static_cast<float>(surface.kelvin[pixel]) * 0.01F;
        out[6] = stored(kelvin - cloud * 22 - shadow * 2.5F + 0.35F * bell(bits), 100, 65000);
        out[7] = sky.quality[pixel];
      }
    }
  });
  return scene;
}

bool is_missing(std::uint64_t seed, int tile_west, int tile_south, int year, int interval, double share) {
  const bool winter = interval <= 4 || interval >= 20;
  const double chance = share * (winter ? 2.0 : 0.47);
  return uniform(random_bits(seed, Purpose::interval, tile_west * 1000 + tile_south, year, 100 + interval)) < chance;
}

std::vector<std::uint16_t> median_of(const std::vector<const std::vector<std::uint16_t>*>& intervals) {
  constexpr std::size_t most = 23;
  const std::size_t count = intervals.size();
  assert(count > 0 && count <= most);
  std::vector<std::uint16_t> median(intervals.front()->size());
  parallel_for(median.size(), 4096, [&](std::size_t begin, std::size_t end) {
    std::array<std::uint16_t, most> values{};
    for (std::size_t at = begin; at < end; ++at) {
      for (std::size_t i = 0; i < count; ++i) {
        std::size_t place = i;
        for (const std::uint16_t value = (*intervals[i])[at]; place > 0 && values[place - 1] > value; --place)
          values[place] = values[place - 1];
        values[place] = (*intervals[i])[at];
      }
      const int upper = values[count / 2], lower = values[(count - 1) / 2];
      median[at] = static_cast<std::uint16_t>((lower + upper + 1) / 2);
    }
  });
  return median;
}

}  // namespace ecocube::simulate
