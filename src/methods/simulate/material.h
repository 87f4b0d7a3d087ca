// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecocube::simulate {

/// Reflectance 0..1 of the six Landsat bands: blue, green, red, nir, swir1, swir2.
inline constexpr std::size_t kBands = 6;
using Spectrum = std::array<float, kBands>;

/// What a pixel is made of, in part or whole. Crops come three times: followed by bare soil, by a winter crop, by a
/// cover crop.
enum class Material : std::uint8_t {
  winter_wheat,
  winter_barley,
  rape,
  maize,
  beet,
  potato,
  spring_barley,
  ley,
  mown_early = 24,
  mown_late,
  grazed,
  hay_meadow,
  beech,
  oak,
  poplar,
  spruce,
  pine,
  larch,
  slash,
  young_broadleaf,
  young_conifer,
  heather,
  moor_grass,
  reed,
  garden,
  roof,
  hall,
  asphalt,
  builders_soil,
  river_water,
  lake_water,
};
inline constexpr std::size_t kMaterials = 47;
inline constexpr int kCrops = 8;

enum class AfterCrop { bare, winter_crop, cover_crop };
/// `crop` is 0..kCrops-1.
constexpr Material crop_material(int crop, AfterCrop after) {
  return static_cast<Material>(crop + kCrops * static_cast<int>(after));
}

/// How one kind of material looks through a year: shares of green and of dry plants day by day, the rest is ground.
struct MaterialYear {
  static constexpr int kDays = 366;
  std::array<float, kDays> green{};
  std::array<float, kDays> dry{};
  Spectrum green_look{}, dry_look{}, ground_look{};
};

/// How a year differs from the others.
struct YearMood {
  float days_late = 0;  ///< of spring
  float drought = 0;    ///< 0 none, 1 hard: grass and crops turn dry in summer
  float warmth = 0;     ///< K above the mean
};
YearMood mood_of(std::uint64_t seed, int year);

/// All materials in a year of this mood, indexed by Material.
std::vector<MaterialYear> materials_in(const YearMood& mood);

}  // namespace ecocube::simulate
