// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ecocube {

/// Probabilities as whole numbers that sum to exactly 100, by the largest remainder: each gets the whole part of its
/// hundredfold, and what is left goes one by one to the largest fractions, of equal ones to the first.
/// A larger probability never gets a smaller number.
///
/// probabilities  0..1, sum 1 but for rounding; shape [class]
/// percent        shape [class]
void round_to_hundred(std::span<const double> probabilities, std::span<std::uint8_t> percent);

/// Population standard deviation of the learners' probabilities of one class, times 100, rounded to the nearest:
/// how far the learners are apart, 0..50.
///
/// learned  probabilities of one pixel; shape [learner][class]
std::uint8_t spread_of_learners(std::span<const float> learned, std::size_t classes, std::size_t class_index);

/// Population standard deviation.
double deviation(std::span<const double> numbers);

}  // namespace ecocube
