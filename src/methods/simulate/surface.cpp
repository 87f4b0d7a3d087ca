// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/surface.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr float kDegree = 0.017453292F;
constexpr float kPi = 3.14159265F;
constexpr Spectrum kSnow{.66F, .67F, .66F, .60F, .13F, .10F};
constexpr float kLapse = 0.0065F;      ///< K a metre
constexpr float kSnowLapse = 0.0115F;  ///< K a metre: height makes it colder and brings more snow

/// How much of the snow on the ground a sensor sees through what stands on it.
float snow_seen(Cover cover) {
  switch (cover) {
    case Cover::conifer:
      return 0.32F;
    case Cover::broadleaf:
      return 0.62F;
    case Cover::shrub:
      return 0.8F;
    case Cover::town:
    case Cover::industry:
      return 0.6F;
    case Cover::road:
      return 0.35F;
    case Cover::river:
    case Cover::lake:
      return 0;
    default:
      return 1;
  }
}

struct Mix {
  Spectrum look{};
  float green = 0;
};

void add_material(const MaterialYear& material, const Ground& ground, int day_of_year, float dark, float share,
                  Mix& mix) {
  const auto day = static_cast<std::size_t>(std::clamp(day_of_year - 1 - ground.days_late, 0, MaterialYear::kDays - 1));
  const float green = std::min(0.98F, material.green[day] * static_cast<float>(ground.vigour) * (1.0F / 128));
  const float dry = std::min(material.dry[day], 1 - green), bare = 1 - green - dry;
  mix.green += share * green;
  for (std::size_t band = 0; band < kBands; ++band) {
    mix.look[band] += share * (green * material.green_look[band] + dry * material.dry_look[band] +
                               bare * dark * material.ground_look[band]);
  }
}

Mix mix_of(const std::vector<MaterialYear>& materials, const Ground& ground, const Moment& moment) {
  Mix mix;
  const float share = static_cast<float>(ground.share) * (1.0F / 255), dark = 1 - 0.38F * moment.wetness;
  add_material(materials[static_cast<std::size_t>(ground.first)], ground, moment.day_of_year, dark, share, mix);
  if (ground.share < 255)
    add_material(materials[static_cast<std::size_t>(ground.second)], ground, moment.day_of_year, dark, 1 - share, mix);
  const float tone = static_cast<float>(ground.tone) * (1.0F / 128);
  for (float& value : mix.look) value *= 0.45F + 0.55F * tone;
  mix.look[3] *= 1 + static_cast<float>(ground.infrared) * (0.2F / 127);
  mix.look[4] *= 1 + static_cast<float>(ground.shortwave) * (0.2F / 127);
  mix.look[5] *= 1 + static_cast<float>(ground.shortwave) * (0.2F / 127);
  return mix;
}

std::uint16_t stored(float reflectance) {
  return static_cast<std::uint16_t>(std::clamp(reflectance * kReflectanceScale + 0.5F, 1.0F, kReflectanceScale));
}

/// Temperature of the ground: sun heats what is bare, water lags behind the air.
float ground_kelvin(const World& world, std::size_t pixel, Cover cover, const Moment& moment, float green, float light,
                    float snow) {
  const float sun = std::sin(moment.sun_height * kDegree);
  if (cover == Cover::river || cover == Cover::lake) {
    return 273.15F + 10.5F - 7.2F * std::cos(2 * kPi * static_cast<float>(moment.day_of_year - 45) / 365) +
           0.2F * moment.air * 0.3F;
  }
  const float air = moment.air - kLapse * world.elevation[pixel];
  const float kelvin = 273.15F + air + sun * light * (17 - 14 * green) * (1 - 0.4F * moment.wetness);
  return snow > 0.5F ? std::min(kelvin, 272.5F) : kelvin;
}

/// Spreads each pixel over its neighbours: the optics of a 30 m sensor on pixels that are narrower than high.
void blur(const Frame& frame, const std::vector<std::uint16_t>& sharp, std::vector<std::uint16_t>& spread) {
  parallel_for(static_cast<std::size_t>(frame.rows), 16, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> line(static_cast<std::size_t>(frame.cols) * kBands);
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      const std::uint16_t* above = sharp.data() + frame.at(std::max(0, row - 1), 0) * kBands;
      const std::uint16_t* here = sharp.data() + frame.at(row, 0) * kBands;
      const std::uint16_t* below = sharp.data() + frame.at(std::min(frame.rows - 1, row + 1), 0) * kBands;
      for (std::size_t i = 0; i < line.size(); ++i) line[i] = 10U * above[i] + 44U * here[i] + 10U * below[i];
      std::uint16_t* out = spread.data() + frame.at(row, 0) * kBands;
      for (int col = 0; col < frame.cols; ++col) {
        const auto left = static_cast<std::size_t>(std::max(0, col - 1)) * kBands,
                   middle = static_cast<std::size_t>(col) * kBands;
        const auto right = static_cast<std::size_t>(std::min(frame.cols - 1, col + 1)) * kBands;
        for (std::size_t band = 0; band < kBands; ++band) {
          const std::uint32_t sum = 15U * line[left + band] + 34U * line[middle + band] + 15U * line[right + band];
          out[middle + band] = static_cast<std::uint16_t>((sum + 2048U) >> 12);
        }
      }
    }
  });
}

}  // namespace

Moment moment_of(const World& world, int year, int interval) {
  Moment moment;
  moment.year = year;
  moment.interval = interval;
  moment.day_of_year = 16 * (interval - 1) + 8;
  const auto drawn = [&](int which) { return bell(random_bits(world.seed, Purpose::interval, year, interval, which)); };
  const auto day = static_cast<float>(moment.day_of_year);
  const auto latitude = static_cast<float>(world.frame.centre_of(world.frame.rows / 2, 0).lat) * kDegree;
  const float declination = -23.44F * kDegree * std::cos(2 * kPi * (day + 10) / 365.25F);
  const float hour = -22.5F * kDegree;  // half past ten
  const float up =
      std::sin(latitude) * std::sin(declination) + std::cos(latitude) * std::cos(declination) * std::cos(hour);
  const float height = std::asin(up);
  moment.sun_height = height / kDegree;
  const float north = (std::sin(declination) - up * std::sin(latitude)) / (std::cos(height) * std::cos(latitude));
  moment.sun_azimuth = std::acos(std::clamp(north, -1.0F, 1.0F)) / kDegree;  // before noon it stands in the east
  const float season = -std::cos(2 * kPi * (day - 18) / 365);
  moment.air = 10.2F + 8.2F * season + mood_of(world.seed, year).warmth + 2.3F * drawn(1);
  moment.wetness = std::clamp(0.45F - 0.28F * season + 0.22F * drawn(2), 0.0F, 1.0F);
  moment.snowed = drawn(3) > 0.2F;
  return moment;
}

float slope_light(float rise_east, float rise_south, const Moment& moment) {
  const float height = moment.sun_height * kDegree, azimuth = moment.sun_azimuth * kDegree;
  const float to_east = std::cos(height) * std::sin(azimuth), to_south = -std::cos(height) * std::cos(azimuth),
              up = std::sin(height);
  const float facing = (up - rise_east * to_east - rise_south * to_south) /
                       std::sqrt(1 + rise_east * rise_east + rise_south * rise_south);
  return std::clamp(0.22F + 0.78F * std::max(0.0F, facing) / up, 0.2F, 1.7F);
}

Surface look_at(const World& world, const std::vector<Ground>& ground, const std::vector<MaterialYear>& materials,
                const Moment& moment) {
  const Frame& frame = world.frame;
  Surface surface;
  std::vector<std::uint16_t> sharp(frame.pixels() * kBands);
  surface.reflectance.resize(sharp.size());
  surface.kelvin.resize(frame.pixels());
  surface.snow.resize(frame.pixels());
  const Noise drift(world.seed, Purpose::snow, moment.year * 32 + moment.interval);
  parallel_for(static_cast<std::size_t>(frame.rows), 8, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const std::size_t pixel = frame.at(row, col);
        const Cover cover = world.cover(pixel, moment.year);
        Mix mix = mix_of(materials, ground[pixel], moment);
        const float light = slope_light(world.rise_east[pixel], world.rise_south[pixel], moment);
        const float cold = moment.air - kSnowLapse * world.elevation[pixel];
        float snow = 0;
        if (cold < 0 && moment.snowed) {
          const float patch = 0.7F * drift.fractal(frame.x_of(col) / 900, frame.y_of(row) / 900, 4);
          snow = smooth_step(-2.6F, -5.0F, cold + patch) * snow_seen(cover);
        }
        for (std::size_t band = 0; band < kBands; ++band) {
          const float value = mix.look[band] + snow * (kSnow[band] - mix.look[band]);
          sharp[pixel * kBands + band] = stored(value * (0.45F + 0.55F * light));
        }
        surface.snow[pixel] = static_cast<std::uint8_t>(snow * 255);
        surface.kelvin[pixel] =
            static_cast<std::uint16_t>(100 * ground_kelvin(world, pixel, cover, moment, mix.green, light, snow));
      }
    }
  });
  blur(frame, sharp, surface.reflectance);
  return surface;
}

}  // namespace ecocube::simulate
