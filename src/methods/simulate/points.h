// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/period.h"
#include "methods/simulate/world.h"

namespace ecocube::simulate {

/// A place that somebody looked at.
struct SurveyPoint {
  LonLat place;
  Day date;
  Cover truth = Cover::arable;
  Cover label = Cover::arable;  ///< what was written down; now and then not the truth
  int confidence = 100;         ///< 100: seen in the field, 85: centre of a mapped polygon
  std::string block;            ///< square of the world that it lies in, about 1.5 km wide
};

struct SurveySettings {
  std::size_t points = 2000;
  double label_noise = 0.05;  ///< share of the labels that are wrong
  std::vector<int> years;
};

/// Points spread over the years and the world, rare classes more than their area asks for, mostly well
/// inside their parcels. Fewer than asked for when the world is too small.
std::vector<SurveyPoint> survey(const World& world, const SurveySettings& settings);

}  // namespace ecocube::simulate
