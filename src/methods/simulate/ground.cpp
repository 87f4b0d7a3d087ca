// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/ground.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

/// Chance of wheat, barley, rape, maize, beet, potato, spring barley, ley.
constexpr float kCropShare[kCrops] = {.27F, .09F, .10F, .25F, .09F, .08F, .06F, .06F};

int drawn_crop(std::uint32_t parcel, int year) {
  float left = uniform(random_bits(parcel, Purpose::crop, year));
  for (int crop = 0; crop < kCrops; ++crop) {
    left -= kCropShare[crop];
    if (left < 0) return crop;
  }
  return kCrops - 1;
}

float chance(std::uint32_t parcel, int which) {
  return uniform(random_bits(parcel, Purpose::phenology, which));
}

std::uint8_t as_byte(float share) {
  return static_cast<std::uint8_t>(std::clamp(share, 0.0F, 1.0F) * 255);
}

/// Fine pattern of a pixel, the same in every year.
struct Texture {
  float patch;  ///< patches some hundred metres wide, about -2..2
  float grain;  ///< another number for every pixel, about -2..2
};

void farm(std::uint32_t parcel, Cover cover, int year, Ground& ground) {
  if (cover == Cover::pasture) {
    const float kind = chance(parcel, 1);
    ground.first = kind < .3F    ? Material::mown_early
                   : kind < .52F ? Material::mown_late
                   : kind < .8F  ? Material::grazed
                                 : Material::hay_meadow;
    return;
  }
  const int crop = crop_of(parcel, year), next = crop_of(parcel, year + 1);
  AfterCrop after =
      chance(parcel + static_cast<std::uint32_t>(year), 2) < .4F ? AfterCrop::cover_crop : AfterCrop::bare;
  if (next <= 2) after = AfterCrop::winter_crop;
  if (next == kCrops - 1 || crop == kCrops - 1) after = next == crop ? AfterCrop::bare : AfterCrop::winter_crop;
  ground.first = crop_material(crop, after);
}

void grow_wood(const World& world, std::size_t pixel, Ground& ground) {
  const std::uint32_t parcel = world.parcel[pixel];
  const float kind = chance(parcel, 3) + 0.0008F * world.elevation[pixel];
  const bool pine = chance(parcel, 4) < .45F;
  ground.first = kind < .28F ? Material::poplar : kind < .62F ? Material::oak : Material::beech;
  ground.second = chance(parcel, 5) < .13F ? Material::larch : pine ? Material::pine : Material::spruce;
  ground.share = static_cast<std::uint8_t>(255 - world.conifer_share[pixel]);
}

void regrow(const World& world, std::size_t pixel, int year, const Texture& texture, Ground& ground) {
  const float age = static_cast<float>(year - world.cut_year[pixel]) / static_cast<float>(world.regrowth[pixel]);
  ground.first = world.conifer_share[pixel] > 127 ? Material::young_conifer : Material::young_broadleaf;
  ground.second = Material::slash;
  ground.share = as_byte(0.04F + 0.70F * age + 0.10F * texture.patch);
}

void settle(const World& world, std::size_t pixel, Cover cover, int year, const Texture& texture, Ground& ground) {
  const std::uint32_t parcel = world.parcel[pixel];
  ground.second = Material::garden;
  float sealed = 0;
  if (cover == Cover::town) {
    ground.first = chance(parcel, 6) < .7F ? Material::roof : Material::asphalt;
    sealed = 0.34F + 0.34F * chance(parcel, 7) + 0.13F * texture.grain;
  } else if (cover == Cover::industry) {
    ground.first = chance(parcel, 6) < .58F  ? Material::hall
                   : chance(parcel, 6) < .8F ? Material::asphalt
                                             : Material::roof;
    sealed = 0.66F + 0.26F * chance(parcel, 7) + 0.12F * texture.grain;
  } else {
    ground.first = Material::asphalt;
    ground.second = Material::mown_late;
    sealed = 0.74F + 0.14F * texture.grain;
  }
  if (year - world.built_year[pixel] == 0) ground.first = Material::builders_soil, sealed = 0.9F;
  ground.share = as_byte(sealed);
}

void grow_wild(std::uint32_t parcel, Cover cover, const Texture& texture, Ground& ground) {
  if (cover == Cover::moor) {
    ground.first = Material::heather;
    ground.second = chance(parcel, 8) < .1F ? Material::young_conifer : Material::moor_grass;
    ground.share = as_byte(0.55F + 0.42F * (chance(parcel, 9) - 0.5F) + 0.22F * texture.patch);
  } else {
    ground.first = Material::reed;
    ground.second = chance(parcel, 8) < .35F  ? Material::lake_water
                    : chance(parcel, 8) < .8F ? Material::hay_meadow
                                              : Material::poplar;
    ground.share = as_byte(0.68F + 0.22F * texture.patch);
  }
}

Ground ground_at(const World& world, std::size_t pixel, Cover cover, int year, const Texture& texture) {
  Ground ground;
  switch (cover) {
    case Cover::arable:
    case Cover::pasture:
      farm(world.parcel[pixel], cover, year, ground);
      break;
    case Cover::broadleaf:
    case Cover::conifer:
      grow_wood(world, pixel, ground);
      break;
    case Cover::shrub:
      regrow(world, pixel, year, texture, ground);
      break;
    case Cover::town:
    case Cover::industry:
    case Cover::road:
      settle(world, pixel, cover, year, texture, ground);
      break;
    case Cover::moor:
    case Cover::marsh:
      grow_wild(world.parcel[pixel], cover, texture, ground);
      break;
    case Cover::river:
      ground.first = Material::river_water;
      break;
    case Cover::lake:
      ground.first = Material::lake_water;
      break;
  }
  return ground;
}

/// Lets the pixel differ from others of its kind: by parcel, by parcel and year, by patch and by pixel.
void vary(const World& world, std::size_t pixel, Cover cover, int year, float late, const Texture& texture,
          Ground& ground) {
  const std::uint32_t parcel = world.parcel[pixel];
  const auto drawn = [&](int which, std::int64_t when) {
    return bell(random_bits(parcel, Purpose::texture, which, when));
  };
  const bool farmed = cover == Cover::arable || cover == Cover::pasture,
             water = cover == Cover::river || cover == Cover::lake;
  const float days = late + 0.028F * world.elevation[pixel] + 1.5F * texture.patch +
                     (farmed ? 7 * drawn(1, year) : 3.5F * drawn(1, 0));
  const float vigour = 1 + 0.06F * drawn(2, 0) + (farmed ? 0.10F * drawn(3, year) : 0.04F * drawn(3, year)) +
                       0.05F * texture.patch + 0.035F * texture.grain;
  const float tone = 1 + 0.10F * drawn(4, 0) + (water ? 0.10F : 0.06F) * texture.patch + 0.05F * texture.grain;
  ground.days_late = static_cast<std::int8_t>(std::clamp(std::round(days), -60.0F, 60.0F));
  ground.vigour = static_cast<std::uint8_t>(std::clamp(128 * vigour, 30.0F, 200.0F));
  ground.tone = static_cast<std::uint8_t>(std::clamp(128 * tone, 50.0F, 220.0F));
  ground.infrared = static_cast<std::int8_t>(
      std::clamp(30 * drawn(5, 0) + 16 * drawn(6, year) + 14 * texture.grain, -127.0F, 127.0F));
  ground.shortwave = static_cast<std::int8_t>(
      std::clamp(32 * drawn(7, 0) + 16 * drawn(8, year) + 14 * texture.patch, -127.0F, 127.0F));
}

}  // namespace

int crop_of(std::uint32_t parcel, int year) {
  constexpr int maize = 3;
  const int crop = drawn_crop(parcel, year);
  if (crop != drawn_crop(parcel, year - 1) || crop == maize) return crop;
  return (crop + 3) % kCrops;
}

std::vector<Ground> ground_of_year(const World& world, int year) {
  const Frame& frame = world.frame;
  std::vector<Ground> ground(frame.pixels());
  const Noise patches(world.seed, Purpose::texture);
  const float late = mood_of(world.seed, year).days_late;
  parallel_for(static_cast<std::size_t>(frame.rows), 16, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const std::size_t pixel = frame.at(row, col);
        const Texture texture{
            patches.fractal(frame.x_of(col) / 190, frame.y_of(row) / 190, 3),
            bell(random_bits(world.seed, Purpose::texture, frame.first_row + row, frame.first_col + col))};
        const Cover cover = world.cover(pixel, year);
        ground[pixel] = ground_at(world, pixel, cover, year, texture);
        vary(world, pixel, cover, year, late, texture, ground[pixel]);
      }
    }
  });
  return ground;
}

}  // namespace ecocube::simulate
