// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_statistics_sample.h"

#include <algorithm>
#include <cassert>

namespace ecocube::series {

const DateSample::Chip& DateSample::chip_of(std::size_t pixel) const {
  const auto after = std::upper_bound(chips.begin(), chips.end(), pixel,
                                      [](std::size_t at, const Chip& chip) { return at < chip.first; });
  return *(after - 1);
}

DateSample gather_sample(std::span<const SampleChip> chips, std::size_t times) {
  DateSample sample;
  sample.times = times;
  for (const SampleChip& chip : chips) {
    const std::size_t pixels = chip.rows * chip.cols;
    assert(chip.values.size() == times * pixels && chip.valid.size() == times * pixels);
    if (pixels == 0) continue;
    sample.chips.push_back({sample.pixels, chip.rows, chip.cols});
    sample.pixels += pixels;
  }
  sample.values.resize(times * sample.pixels);
  sample.valid.resize(times * sample.pixels);
  sample.count.assign(times, 0);
  std::size_t first = 0;
  for (const SampleChip& chip : chips) {
    const std::size_t pixels = chip.rows * chip.cols;
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        const bool valid = chip.valid[time * pixels + pixel] != 0;
        const std::size_t at = time * sample.pixels + first + pixel;
        sample.valid[at] = valid ? 1 : 0;
        sample.values[at] = valid ? chip.values[time * pixels + pixel] : 0.0F;
        sample.count[time] += valid ? 1 : 0;
      }
    }
    first += pixels;
  }
  return sample;
}

std::vector<float> standardised(const DateSample& sample, std::span<const double> mean,
                                std::span<const double> spread) {
  std::vector<float> result(sample.values.size(), 0.0F);
  for (std::size_t time = 0; time < sample.times; ++time) {
    const auto middle = static_cast<float>(mean[time]);
    const auto scale = static_cast<float>(1.0 / spread[time]);
    for (std::size_t at = time * sample.pixels; at < (time + 1) * sample.pixels; ++at) {
      if (sample.valid[at] != 0) result[at] = (sample.values[at] - middle) * scale;
    }
  }
  return result;
}

double weighted_quantile(std::vector<WeightedValue>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end(),
            [](const WeightedValue& one, const WeightedValue& other) { return one.value < other.value; });
  double all = 0, sum = 0;
  for (const WeightedValue& one : values) all += one.weight;
  for (const WeightedValue& one : values) {
    sum += one.weight;
    if (sum >= share * all) return one.value;
  }
  return values.back().value;
}

}  // namespace ecocube::series
