// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/date_statistics.h"

namespace ecocube::series {

/// SplitMix64: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
class SampleDraws {
 public:
  explicit SampleDraws(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>((next() >> 32U) * count >> 32U); }

 private:
  std::uint64_t state_;
};

/// All chips of a sample behind one another.
struct DateSample {
  struct Chip {
    std::size_t first = 0;  ///< pixel of the sample
    std::size_t rows = 0;
    std::size_t cols = 0;
  };
  std::size_t times = 0;
  std::size_t pixels = 0;
  std::vector<Chip> chips;
  std::vector<float> values;        ///< 0 where missing, shape [time][pixel]
  std::vector<std::uint8_t> valid;  ///< shape [time][pixel]
  std::vector<std::size_t> count;   ///< valid values of each date

  const Chip& chip_of(std::size_t pixel) const;
};

DateSample gather_sample(std::span<const SampleChip> chips, std::size_t times);

/// (value - mean) / spread, 0 where missing. Shape [time][pixel].
std::vector<float> standardised(const DateSample& sample, std::span<const double> mean, std::span<const double> spread);

/// Value at which the weights of the values below reach `share` of the sum. Sorts its argument by value.
struct WeightedValue {
  double value;
  double weight;
};
double weighted_quantile(std::vector<WeightedValue>& values, double share);

}  // namespace ecocube::series
