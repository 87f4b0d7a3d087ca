// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/model/evaluation.h"

namespace ecocube {

/// Holds predictions against what was seen. Every measure is weighted. The predicted class is the one of highest
/// probability, the first of several. NaN: a measure that the rows do not define, such as the recall of a class that
/// is absent or the precision of one never predicted; macro F1 is the mean over the classes that are present.
///
/// name           goes into the evaluation
/// seen           class index; shape [row]
/// probabilities  shape [row][class]; each row sums to 1
/// weights        shape [row]
Evaluation evaluate(std::string name, std::span<const std::uint16_t> seen, std::span<const float> probabilities,
                    std::span<const double> weights, std::size_t classes);

}  // namespace ecocube
