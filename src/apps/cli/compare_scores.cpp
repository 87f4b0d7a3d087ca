// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/compare_scores.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace ecocube {
namespace {

constexpr std::uint8_t kNoData = 255;

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void Agreement::count(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> mapped,
                      std::span<const std::uint8_t> skip) {
  assert(truth.size() == mapped.size() && (skip.empty() || skip.size() == truth.size()));
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == kNoData || mapped[i] == kNoData || (!skip.empty() && skip[i] != 0)) continue;
    ++pairs[truth[i] * kValues + mapped[i]];
  }
}

void Agreement::add(const Agreement& other) {
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] += other.pairs[i];
}

std::uint64_t Agreement::pixels() const {
  return std::accumulate(pairs.begin(), pairs.end(), std::uint64_t{0});
}

std::uint64_t Agreement::right() const {
  std::uint64_t sum = 0;
  for (std::size_t value = 0; value < kValues; ++value) sum += pairs[value * kValues + value];
  return sum;
}

double Agreement::share() const {
  return share_of(right(), pixels());
}
double Agreement::recall(std::size_t value) const {
  return share_of(pairs[value * kValues + value], true_pixels(value));
}
double Agreement::precision(std::size_t value) const {
  return share_of(pairs[value * kValues + value], mapped_pixels(value));
}

std::uint64_t Agreement::true_pixels(std::size_t value) const {
  std::uint64_t sum = 0;
  for (std::size_t mapped = 0; mapped < kValues; ++mapped) sum += pairs[value * kValues + mapped];
  return sum;
}

std::uint64_t Agreement::mapped_pixels(std::size_t value) const {
  std::uint64_t sum = 0;
  for (std::size_t truth = 0; truth < kValues; ++truth) sum += pairs[truth * kValues + value];
  return sum;
}

void SquaredError::add(const SquaredError& other) {
  sum += other.sum;
  cells += other.cells;
  empty += other.empty;
}

double SquaredError::root_mean() const {
  return cells == 0 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(sum / static_cast<double>(cells));
}

SquaredError error_on(std::span<const float> values, std::span<const std::uint8_t> valid, std::span<const float> truth,
                      std::span<const std::uint8_t> truth_valid, std::span<const std::uint8_t> chosen) {
  assert(values.size() == truth.size() && valid.size() == values.size() && chosen.size() == values.size());
  SquaredError error;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (chosen[i] == 0 || truth_valid[i] == 0) continue;
    if (valid[i] == 0) {
      ++error.empty;
      continue;
    }
    const double difference = static_cast<double>(values[i]) - static_cast<double>(truth[i]);
    error.sum += difference * difference;
    ++error.cells;
  }
  return error;
}

}  // namespace ecocube
