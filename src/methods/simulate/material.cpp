// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/material.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

/// Up around day `start`, down around day `end`, each within about four times its `pace` days: a double logistic.
struct Pulse {
  float start, start_pace, end, end_pace, height;
};
using Pulses = std::initializer_list<Pulse>;
constexpr float kBefore = -400, kAfter = 800;  // days outside every year

constexpr Spectrum kSoil{.075F, .105F, .14F, .22F, .30F, .25F};
constexpr Spectrum kLitter{.035F, .052F, .068F, .16F, .20F, .135F};
constexpr Spectrum kStraw{.095F, .145F, .20F, .30F, .34F, .23F};
constexpr Spectrum kFlower{.05F, .15F, .125F, .42F, .22F, .11F};
constexpr Spectrum kCropGreen{.024F, .058F, .030F, .46F, .20F, .09F};
constexpr Spectrum kMaizeGreen{.022F, .054F, .029F, .42F, .21F, .095F};
constexpr Spectrum kBeetGreen{.024F, .064F, .030F, .52F, .21F, .095F};
constexpr Spectrum kGrassGreen{.028F, .070F, .040F, .41F, .22F, .11F};
constexpr Spectrum kDryGrass{.07F, .105F, .14F, .25F, .30F, .19F};
constexpr Spectrum kBroadGreen{.018F, .045F, .022F, .39F, .17F, .07F};
constexpr Spectrum kPoplarGreen{.022F, .052F, .027F, .42F, .19F, .08F};
constexpr Spectrum kSpruce{.014F, .027F, .018F, .22F, .085F, .036F};
constexpr Spectrum kPine{.018F, .034F, .025F, .24F, .115F, .052F};
constexpr Spectrum kLarch{.018F, .042F, .025F, .31F, .14F, .06F};
constexpr Spectrum kSlash{.045F, .06F, .078F, .15F, .25F, .20F};
constexpr Spectrum kHeather{.03F, .045F, .045F, .20F, .16F, .085F};
constexpr Spectrum kReedGreen{.024F, .058F, .036F, .30F, .15F, .07F};
constexpr Spectrum kMud{.05F, .065F, .07F, .11F, .10F, .07F};
constexpr Spectrum kRoof{.075F, .09F, .115F, .17F, .20F, .18F};
constexpr Spectrum kHall{.17F, .19F, .205F, .24F, .26F, .25F};
constexpr Spectrum kAsphalt{.085F, .098F, .108F, .135F, .155F, .145F};
constexpr Spectrum kBuildersSoil{.11F, .15F, .19F, .27F, .36F, .31F};
constexpr Spectrum kRiver{.042F, .058F, .048F, .028F, .010F, .007F};
constexpr Spectrum kLake{.030F, .036F, .022F, .011F, .004F, .003F};
constexpr Spectrum kAlgae{.034F, .068F, .040F, .07F, .012F, .007F};

float sum_at(const Pulses& pulses, float day) {
  float sum = 0;
  for (const Pulse& pulse : pulses) {
    sum += pulse.height * (1 / (1 + std::exp((pulse.start - day) / pulse.start_pace)) -
                           1 / (1 + std::exp((pulse.end - day) / pulse.end_pace)));
  }
  return sum;
}

struct Look {
  Spectrum green, dry, ground;
};

MaterialYear draw(const Look& look, const Pulses& green, const Pulses& dry, const YearMood& mood, float thirst) {
  MaterialYear year;
  year.green_look = look.green;
  year.dry_look = look.dry;
  year.ground_look = look.ground;
  for (int day = 0; day < MaterialYear::kDays; ++day) {
    const auto at = static_cast<std::size_t>(day);
    const auto when = static_cast<float>(day);
    const float parched = thirst * mood.drought * sum_at({{195, 9, 265, 9, 1}}, when);
    const float lush = std::clamp(sum_at(green, when), 0.0F, 0.97F);
    year.green[at] = lush * (1 - parched);
    year.dry[at] = std::min(1 - year.green[at], std::clamp(sum_at(dry, when), 0.0F, 1.0F) + lush * parched);
  }
  return year;
}

/// What stands on a field from late summer on.
MaterialYear with_autumn(MaterialYear year, AfterCrop after) {
  for (int day = 0; day < MaterialYear::kDays; ++day) {
    const auto at = static_cast<std::size_t>(day);
    const auto when = static_cast<float>(day);
    float sown = 0;
    if (after == AfterCrop::winter_crop) sown = sum_at({{312, 9, kAfter, 9, 0.34F}}, when);
    if (after == AfterCrop::cover_crop) sown = sum_at({{262, 8, 352, 9, 0.66F}}, when);
    year.green[at] = std::min(0.97F, year.green[at] + sown);
    year.dry[at] = std::min(year.dry[at], 1 - year.green[at]);
  }
  return year;
}

std::vector<MaterialYear> crops_in(const YearMood& mood) {
  const Look grain{kCropGreen, kStraw, kSoil}, rape{kCropGreen, kFlower, kSoil}, maize{kMaizeGreen, kStraw, kSoil};
  const Look beet{kBeetGreen, kStraw, kSoil}, grass{kGrassGreen, kDryGrass, kSoil};
  return {
      draw(grain, {{kBefore, 9, 186, 6, .30F}, {92, 9, 186, 6, .62F}}, {{184, 5, 214, 3, .72F}, {214, 3, 262, 9, .38F}},
           mood, .25F),
      draw(grain, {{kBefore, 9, 166, 6, .34F}, {86, 9, 166, 6, .56F}}, {{164, 5, 193, 3, .72F}, {193, 3, 240, 9, .38F}},
           mood, .1F),
      draw(rape, {{kBefore, 9, 192, 7, .50F}, {82, 9, 192, 7, .36F}, {113, 4, 139, 4, -.38F}}, {{113, 4, 139, 4, .42F}},
           mood, .1F),
      draw(maize, {{158, 8, 262, 8, .88F}}, {{258, 6, 281, 3, .5F}, {281, 3, 350, 15, .28F}}, mood, .35F),
      draw(beet, {{150, 9, 301, 7, .92F}}, {}, mood, .35F),
      draw(beet, {{152, 8, 238, 7, .88F}}, {{240, 6, 263, 4, .3F}}, mood, .25F),
      draw(grain, {{106, 8, 192, 6, .86F}}, {{190, 5, 217, 3, .7F}, {217, 3, 262, 9, .36F}}, mood, .3F),
      draw(grass,
           {{kBefore, 9, kAfter, 9, .55F},
            {90, 10, 305, 12, .32F},
            {142, 2, 158, 5, -.5F},
            {198, 2, 214, 5, -.45F},
            {250, 2, 266, 5, -.4F}},
           {{kBefore, 9, kAfter, 9, .10F}}, mood, .4F),
  };
}

void add_grass_and_trees(const YearMood& mood, std::vector<MaterialYear>& materials) {
  const Look grass{kGrassGreen, kDryGrass, kSoil}, beech{kBroadGreen, kDryGrass, kLitter},
      poplar{kPoplarGreen, kDryGrass, kLitter};
  const Look spruce{kSpruce, kLitter, kLitter}, pine{kPine, kDryGrass, kLitter}, larch{kLarch, kDryGrass, kLitter};
  const auto add = [&](const Look& look, const Pulses& green, const Pulses& dry, float thirst) {
    materials.push_back(draw(look, green, dry, mood, thirst));
  };
  const Pulse ever{kBefore, 9, kAfter, 9, .54F}, spring{88, 10, 305, 13, .34F};
  add(grass,
      {ever, spring, {131, 2, 146, 5, -.42F}, {178, 2, 193, 5, -.38F}, {226, 2, 241, 5, -.34F}, {268, 2, 283, 6, -.3F}},
      {{kBefore, 9, kAfter, 9, .1F}, {300, 10, kAfter, 9, .08F}}, .45F);
  add(grass, {ever, spring, {152, 2, 168, 5, -.45F}, {205, 2, 221, 5, -.38F}, {258, 2, 274, 6, -.34F}},
      {{kBefore, 9, kAfter, 9, .12F}}, .45F);
  add(grass, {ever, {95, 11, 300, 14, .24F}}, {{kBefore, 9, kAfter, 9, .18F}}, .55F);
  add(grass, {{kBefore, 9, kAfter, 9, .45F}, {102, 11, 295, 14, .36F}, {176, 3, 204, 8, -.48F}},
      {{kBefore, 9, kAfter, 9, .2F}, {163, 5, 178, 3, .18F}}, .55F);
  add(beech, {{kBefore, 9, kAfter, 9, .08F}, {121, 5, 296, 7, .84F}}, {{kBefore, 9, kAfter, 9, .03F}}, .12F);
  add(beech, {{kBefore, 9, kAfter, 9, .10F}, {129, 6, 304, 8, .78F}}, {{kBefore, 9, kAfter, 9, .06F}}, .1F);
  add(poplar, {{kBefore, 9, kAfter, 9, .2F}, {116, 7, 284, 8, .68F}}, {{kBefore, 9, kAfter, 9, .1F}}, .12F);
  add(spruce, {{kBefore, 9, kAfter, 9, .88F}, {140, 14, 280, 16, .05F}}, {}, .12F);
  add(pine, {{kBefore, 9, kAfter, 9, .74F}, {125, 14, 285, 16, .1F}}, {{kBefore, 9, kAfter, 9, .08F}}, .08F);
  add(larch, {{kBefore, 9, kAfter, 9, .26F}, {112, 7, 309, 7, .6F}}, {{kBefore, 9, kAfter, 9, .1F}}, .1F);
}

void add_wild_and_built(const YearMood& mood, std::vector<MaterialYear>& materials) {
  const auto add = [&](const Look& look, const Pulses& green, const Pulses& dry, float thirst) {
    materials.push_back(draw(look, green, dry, mood, thirst));
  };
  add({kGrassGreen, kDryGrass, kSlash}, {{kBefore, 9, kAfter, 9, .16F}, {112, 10, 285, 14, .30F}},
      {{kBefore, 9, kAfter, 9, .22F}}, .4F);
  add({kPoplarGreen, kDryGrass, kLitter}, {{kBefore, 9, kAfter, 9, .2F}, {117, 8, 292, 10, .58F}},
      {{kBefore, 9, kAfter, 9, .16F}}, .2F);
  add({kPine, kDryGrass, kLitter}, {{kBefore, 9, kAfter, 9, .56F}, {118, 10, 285, 13, .18F}},
      {{kBefore, 9, kAfter, 9, .18F}}, .25F);
  add({kHeather, kDryGrass, kLitter}, {{kBefore, 9, kAfter, 9, .46F}, {128, 13, 285, 16, .26F}},
      {{kBefore, 9, kAfter, 9, .16F}, {222, 8, 262, 10, .08F}}, .3F);
  add({kGrassGreen, kStraw, kLitter}, {{kBefore, 9, kAfter, 9, .08F}, {143, 9, 258, 12, .6F}},
      {{kBefore, 9, 143, 9, .66F}, {143, 9, kAfter, 9, .26F}, {258, 12, kAfter, 9, .36F}}, .3F);
  add({kReedGreen, kStraw, kMud}, {{kBefore, 9, kAfter, 9, .06F}, {146, 9, 262, 12, .66F}},
      {{kBefore, 9, 146, 9, .52F}, {146, 9, kAfter, 9, .16F}, {262, 12, kAfter, 9, .32F}}, .1F);
  add({kGrassGreen, kDryGrass, kSoil}, {{kBefore, 9, kAfter, 9, .42F}, {110, 10, 300, 12, .36F}},
      {{kBefore, 9, kAfter, 9, .14F}}, .4F);
  add({kGrassGreen, kDryGrass, kRoof}, {{kBefore, 9, kAfter, 9, .03F}, {112, 10, 298, 12, .05F}}, {}, 0);
  add({kGrassGreen, kDryGrass, kHall}, {{115, 10, 295, 12, .03F}}, {}, 0);
  add({kGrassGreen, kDryGrass, kAsphalt}, {{115, 10, 295, 12, .03F}}, {}, 0);
  add({kGrassGreen, kDryGrass, kBuildersSoil}, {{120, 10, 285, 12, .12F}}, {{kBefore, 9, kAfter, 9, .05F}}, .3F);
  add({kAlgae, kDryGrass, kRiver}, {{150, 12, 262, 12, .18F}}, {}, 0);
  add({kAlgae, kDryGrass, kLake}, {{160, 14, 275, 14, .42F}}, {}, 0);
}

}  // namespace

YearMood mood_of(std::uint64_t seed, int year) {
  YearMood mood;
  mood.days_late = 6 * bell(random_bits(seed, Purpose::year_anomaly, year, 0));
  mood.drought = std::clamp(0.15F + 0.38F * bell(random_bits(seed, Purpose::year_anomaly, year, 1)), 0.0F, 1.0F);
  mood.warmth = 0.7F * bell(random_bits(seed, Purpose::year_anomaly, year, 2));
  return mood;
}

std::vector<MaterialYear> materials_in(const YearMood& mood) {
  const std::vector<MaterialYear> crops = crops_in(mood);
  std::vector<MaterialYear> materials;
  for (const AfterCrop after : {AfterCrop::bare, AfterCrop::winter_crop, AfterCrop::cover_crop}) {
    for (const MaterialYear& crop : crops) materials.push_back(with_autumn(crop, after));
  }
  add_grass_and_trees(mood, materials);
  add_wild_and_built(mood, materials);
  return materials;
}

}  // namespace ecocube::simulate
