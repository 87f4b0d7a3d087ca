// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecocube::series {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr int kBinsPerOctave = 16, kLowestOctave = -40, kOctaves = 80;
/// Hidden values that the whole counts as, where a part is shrunk towards it. They come in patches whose errors are
/// alike, so this is about one patch.
constexpr double kPriorValues = 1000;

/// Bounds of a bin: octaves are cut into equal parts, which needs no logarithm and so is the same on every machine.
double lower_bound_of(std::size_t bin) {
  const int octave = static_cast<int>(bin) / kBinsPerOctave + kLowestOctave;
  return std::ldexp(1 + static_cast<double>(bin % kBinsPerOctave) / kBinsPerOctave, octave);
}

std::size_t bin_of(double magnitude) {
  int exponent = 0;
  const double mantissa = std::frexp(magnitude, &exponent);  // 0.5..1
  const int octave = exponent - 1 - kLowestOctave;
  if (magnitude <= 0 || octave < 0) return 0;
  if (octave >= kOctaves) return static_cast<std::size_t>(kOctaves * kBinsPerOctave - 1);
  return static_cast<std::size_t>(octave * kBinsPerOctave + static_cast<int>((mantissa * 2 - 1) * kBinsPerOctave));
}

}  // namespace

void MagnitudeHistogram::add(double magnitude) {
  if (bins_.empty()) bins_.assign(static_cast<std::size_t>(kOctaves * kBinsPerOctave), 0.0F);
  bins_[bin_of(magnitude)] += 1.0F;
  count_ += 1;
}

void MagnitudeHistogram::add(const MagnitudeHistogram& other, double times) {
  if (other.bins_.empty()) return;
  if (bins_.empty()) bins_.assign(other.bins_.size(), 0.0F);
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) bins_[bin] += static_cast<float>(times) * other.bins_[bin];
  count_ += times * other.count_;
}

double MagnitudeHistogram::quantile(double share) const {
  if (!(count_ > 0)) return kNone;
  double before = 0;
  const double wanted = share * count_;
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
    const auto here = static_cast<double>(bins_[bin]);
    if (here > 0 && before + here >= wanted) {
      const double low = bin == 0 ? 0 : lower_bound_of(bin);
      return low + (lower_bound_of(bin + 1) - low) * std::clamp((wanted - before) / here, 0.0, 1.0);
    }
    before += here;
  }
  return lower_bound_of(bins_.size());
}

double shrunk_quantile(const MagnitudeHistogram& part, const MagnitudeHistogram& whole) {
  if (!(whole.count() > 0)) return part.quantile(kExpectedShare);
  MagnitudeHistogram mixed = part;
  mixed.add(whole, kPriorValues / whole.count());
  return mixed.quantile(kExpectedShare);
}

ErrorTally::ErrorTally(int slots, std::size_t regions)
    : slots_(slots), errors_(2 * static_cast<std::size_t>(slots) * kGapClasses), ratios_(errors_.size()) {
  for (auto& sums : sums_) sums.resize(errors_.size());
  for (auto& sums : regions_) sums.resize(regions);
}

std::size_t ErrorTally::place(bool nearly_empty, int slot, std::size_t gap_class) const {
  const std::size_t row = static_cast<std::size_t>((nearly_empty ? slots_ : 0) + slot);
  return row * kGapClasses + gap_class;
}

void ErrorTally::add(const HiddenValue& value) {
  const std::size_t cell = place(value.nearly_empty, value.slot, value.gap_class);
  const auto way = static_cast<std::size_t>(value.way);
  sums_[way][cell].add(value.hidden, value.filled);
  regions_[way][value.region].add(value.hidden, value.filled);
  if (!std::isfinite(value.filled)) return;
  const double error = std::abs(value.filled - value.hidden);
  errors_[cell].add(error);
  if (value.own > 0) ratios_[cell].add(error / value.own);
}

const ErrorSums& ErrorTally::sums(HidingWay way, bool nearly_empty, int slot, std::size_t gap_class) const {
  return sums_[static_cast<std::size_t>(way)][place(nearly_empty, slot, gap_class)];
}

ErrorSums ErrorTally::sums(HidingWay way, bool nearly_empty, int slot) const {
  ErrorSums all;
  for (std::size_t gap = 0; gap < kGapClasses; ++gap) all.add(sums(way, nearly_empty, slot, gap));
  return all;
}

MagnitudeHistogram ErrorTally::errors_of(int slot, bool nearly_empty) const {
  MagnitudeHistogram all;
  for (std::size_t gap = 0; gap < kGapClasses; ++gap) all.add(errors_[place(nearly_empty, slot, gap)]);
  return all;
}

MagnitudeHistogram ErrorTally::ratios_of(int slot, bool nearly_empty) const {
  MagnitudeHistogram all;
  for (std::size_t gap = 0; gap < kGapClasses; ++gap) all.add(ratios_[place(nearly_empty, slot, gap)]);
  return all;
}

MagnitudeHistogram ErrorTally::errors_of(bool nearly_empty) const {
  MagnitudeHistogram all;
  for (int slot = 0; slot < slots_; ++slot) all.add(errors_of(slot, nearly_empty));
  if (all.count() > 0) return all;
  for (const MagnitudeHistogram& one : errors_) all.add(one);
  return all;
}

MagnitudeHistogram ErrorTally::ratios_of(bool nearly_empty) const {
  MagnitudeHistogram all;
  for (int slot = 0; slot < slots_; ++slot) all.add(ratios_of(slot, nearly_empty));
  if (all.count() > 0) return all;
  for (const MagnitudeHistogram& one : ratios_) all.add(one);
  return all;
}

std::vector<GapScore> ErrorTally::scores(std::size_t method) const {
  std::vector<GapScore> lines;
  for (std::size_t w = 0; w < kHidingWays; ++w) {
    const auto way = static_cast<HidingWay>(w);
    const auto put = [&](int slot, int gap, int region, const ErrorSums& sums) {
      if (sums.count + sums.empty > 0) lines.push_back({method, way, slot, gap, region, sums});
    };
    ErrorSums total;
    std::vector<ErrorSums> slots(static_cast<std::size_t>(slots_)), gaps(kGapClasses);
    for (int slot = 0; slot < slots_; ++slot) {
      for (std::size_t gap = 0; gap < kGapClasses; ++gap) {
        for (const bool empty : {false, true}) {
          const ErrorSums& cell = sums(way, empty, slot, gap);
          total.add(cell), slots[static_cast<std::size_t>(slot)].add(cell), gaps[gap].add(cell);
        }
      }
    }
    put(-1, -1, -1, total);
    for (int slot = 0; slot < slots_; ++slot) put(slot, -1, -1, slots[static_cast<std::size_t>(slot)]);
    for (std::size_t gap = 0; gap < kGapClasses; ++gap) put(-1, static_cast<int>(gap), -1, gaps[gap]);
    if (regions_[w].size() < 2) continue;
    for (std::size_t region = 0; region < regions_[w].size(); ++region)
      put(-1, -1, static_cast<int>(region), regions_[w][region]);
  }
  return lines;
}

std::vector<ExpectedError> ErrorTally::expected() const {
  std::vector<ExpectedError> all(errors_.size());
  for (const bool empty : {false, true}) {
    const MagnitudeHistogram everything = errors_of(empty), every_ratio = ratios_of(empty);
    for (std::size_t gap = 0; gap < kGapClasses; ++gap) {
      // A class that was never met, such as gaps longer than any hidden one, is taken for all classes.
      MagnitudeHistogram errors, ratios;
      for (int slot = 0; slot < slots_; ++slot) {
        errors.add(errors_[place(empty, slot, gap)]);
        ratios.add(ratios_[place(empty, slot, gap)]);
      }
      if (!(errors.count() > 0)) errors = everything;
      if (!(ratios.count() > 0)) ratios = every_ratio;
      for (int slot = 0; slot < slots_; ++slot) {
        const std::size_t cell = place(empty, slot, gap);
        ErrorSums sums;
        for (std::size_t way = 0; way < kHidingWays; ++way) sums.add(sums_[way][cell]);
        all[cell].count = sums.count;
        all[cell].rmse = sums.rmse();
        all[cell].error = shrunk_quantile(errors_[cell], errors);
        const double factor = shrunk_quantile(ratios_[cell], ratios);
        all[cell].factor = std::isfinite(factor) ? factor : 1;
      }
    }
  }
  return all;
}

}  // namespace ecocube::series
