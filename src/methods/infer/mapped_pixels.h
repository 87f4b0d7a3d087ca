// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"

namespace ecocube {

/// What a map shall say of each pixel; only what is asked for is computed. A model with classes and a model of a number
/// each look at their own part and at the last one.
struct WantedOutputs {
  bool dominant = true;                 ///< the most probable class, its probability and its uncertainty
  bool probability = true;              ///< of every class
  bool uncertainty = true;              ///< of every class: how far the learners are apart
  bool margin = false;                  ///< between the two most probable classes
  bool entropy = false;                 ///< of the probabilities
  std::vector<std::size_t> set_levels;  ///< class sets: indices into the levels of the model's sets
  bool set_members = false;             ///< beside the sizes of these sets, which classes are in

  bool value = true;                         ///< the number
  bool spread = true;                        ///< how far the learners are apart
  std::vector<double> quantiles;             ///< levels 0..1 of the quantile forest
  std::vector<std::size_t> interval_levels;  ///< indices into the levels of the model's intervals

  bool dissimilarity = false;  ///< to the training rows, and whether the pixel is in the area of applicability
};

/// What a map says of each pixel. Bytes are 255 and numbers NaN where any feature is missing; what was not asked for is
/// empty. Numbers of the response are transformed back.
struct MappedPixels {
  static constexpr std::uint8_t kNoData = 255;
  std::vector<std::uint8_t> dominant;              ///< raster value of the most probable class; [pixel]
  std::vector<std::uint8_t> dominant_probability;  ///< 0..100; [pixel]
  std::vector<std::uint8_t> dominant_uncertainty;  ///< 0..50; [pixel]
  std::vector<std::uint8_t> probability;           ///< 0..100, a pixel's classes sum to 100; [class][pixel]
  std::vector<std::uint8_t> uncertainty;           ///< 0..50, spread of the base learners; [class][pixel]
  std::vector<std::uint8_t> margin;                ///< 0..100: 0, two classes are as likely; [pixel]
  std::vector<std::uint8_t> entropy;               ///< 0..100: 100, all classes are as likely; [pixel]
  std::vector<std::uint8_t> set_size;              ///< classes in the set; [level][pixel]
  std::vector<std::uint8_t> set_member;            ///< 1 in the set, 0 not; [level][class][pixel]

  std::vector<float> value;         ///< units of the response; [pixel]
  std::vector<float> spread;        ///< standard deviation of the learners' numbers, units of the response; [pixel]
  std::vector<float> quantile;      ///< units of the response; [quantile][pixel]
  std::vector<float> lower, upper;  ///< ends of the interval, units of the response; [level][pixel]

  std::vector<float> dissimilarity;   ///< 0 at a training row; [pixel]
  std::vector<std::uint8_t> outside;  ///< 1 beyond the area of applicability, 0 within; [pixel]
};

/// The learner whose samples give quantiles: the one that the intervals mean, or the first that keeps samples.
std::optional<std::size_t> quantile_learner(const Model& model);

/// Fails where the model cannot give what is wanted, naming it.
Result<void> check_wanted(const Model& model, const WantedOutputs& wanted);

}  // namespace ecocube
