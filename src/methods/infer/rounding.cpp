// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/rounding.h"

#include <algorithm>
#include <cmath>

#include "data/model/model.h"

namespace ecocube {

void round_to_hundred(std::span<const double> probabilities, std::span<std::uint8_t> percent) {
  double fractions[kMaximumClasses];
  const std::size_t classes = probabilities.size();
  int left = 100;
  for (std::size_t c = 0; c < classes; ++c) {
    // A damaged model may give no numbers at all: those count as 0.
    const double hundredfold = probabilities[c] > 0 ? std::min(probabilities[c] * 100, 100.0) : 0;
    const double whole = std::floor(hundredfold);
    percent[c] = static_cast<std::uint8_t>(whole);
    fractions[c] = hundredfold - whole;
    left -= percent[c];
  }
  for (; left > 0; --left) {
    const auto largest = static_cast<std::size_t>(std::max_element(fractions, fractions + classes) - fractions);
    ++percent[largest];
    fractions[largest] -= 1;
  }
}

std::uint8_t spread_of_learners(std::span<const float> learned, std::size_t classes, std::size_t class_index) {
  double sum = 0, squares = 0;
  const double learners = static_cast<double>(learned.size() / classes);
  for (std::size_t i = class_index; i < learned.size(); i += classes) sum += static_cast<double>(learned[i]);
  const double mean = sum / learners;
  for (std::size_t i = class_index; i < learned.size(); i += classes) {
    const double off = static_cast<double>(learned[i]) - mean;
    squares += off * off;
  }
  const double spread = std::floor(std::sqrt(squares / learners) * 100 + 0.5);
  return spread > 0 ? static_cast<std::uint8_t>(std::min(spread, 100.0)) : std::uint8_t{0};
}

double deviation(std::span<const double> numbers) {
  const auto count = static_cast<double>(numbers.size());
  double sum = 0, squares = 0;
  for (const double number : numbers) sum += number;
  for (const double number : numbers) squares += (number - sum / count) * (number - sum / count);
  return std::sqrt(squares / count);
}

}  // namespace ecocube
