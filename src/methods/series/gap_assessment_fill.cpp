// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_fill.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "methods/series/gap_assessment_hiding.h"

namespace ecocube::series {
namespace {

constexpr std::array<std::string_view, 10> kNames{
    "drk", "linear", "seasonal-mean", "tmwm", "swag", "swag-two-sided", "swag+sg", "harmonic", "harmonic-1", "nearest"};

std::size_t place_of(const std::vector<std::string>& methods, std::string_view name) {
  return static_cast<std::size_t>(std::find(methods.begin(), methods.end(), name) - methods.begin());
}

/// The number of a single method with all the weight; that of weights when there are several.
std::size_t only_method(const GapChoice& choice) {
  const auto at = std::find(choice.weights.begin(), choice.weights.end(), 1.0);
  return static_cast<std::size_t>(at - choice.weights.begin());
}

/// Measured factors correct what a filler says of its errors, but no sample may turn it into something else.
double kept_near_one(double factor) {
  return std::clamp(factor, 0.5, 2.0);
}

}  // namespace

std::span<const std::string_view> assessed_method_names() {
  return kNames;
}

std::optional<FillMethod> temporal_method(std::string_view name) {
  FillMethod method;
  if (name == "drk" || std::find(kNames.begin(), kNames.end(), name) == kNames.end()) return {};
  method.name = std::string(name);
  if (name == "swag-two-sided" || name == "swag+sg") {
    method.name = "swag";
    method.swag.future = 1;
    if (name == "swag+sg") method.swag.sg_window = 5;
  } else if (name == "harmonic-1") {
    method.name = "harmonic";
    method.harmonic.modes = 1;
  }
  return method;
}

void expected_errors(const GapAssessment& assessment, std::size_t method, const TimeAxis& axis,
                     std::span<const std::uint8_t> observed, std::span<const std::uint8_t> source, std::size_t pixels,
                     PixelRange range, std::span<float> expected_error) {
  const std::size_t times = axis.days.size(), count = range.end - range.begin;
  std::vector<std::uint8_t> valid(times * count);
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t i = 0; i < count; ++i) valid[time * count + i] = observed[time * pixels + range.begin + i];
  }
  const std::vector<std::uint16_t> lengths = gap_lengths(valid, times, count);
  for (std::size_t time = 0; time < times; ++time) {
    std::array<float, kGapClasses> errors{};
    for (std::size_t gap = 0; gap < kGapClasses; ++gap) {
      const bool empty = assessment.nearly_empty[time] != 0;
      errors[gap] = static_cast<float>(assessment.expected_error(method, empty, axis.slot[time], gap).error);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t cell = time * pixels + range.begin + i;
      const bool filled = !valid[time * count + i] && source[cell] != kEmpty;
      expected_error[cell] = filled ? errors[gap_class_of(lengths[time * count + i])] : 0.0F;
    }
  }
}

AutoFiller::AutoFiller(const GapAssessment& assessment, const DateRegression* drk, TimeAxis axis)
    : assessment_(assessment), drk_(drk), drk_method_(place_of(assessment.methods, kDrk)), axis_(std::move(axis)) {
  for (std::size_t method = 0; method < assessment_.methods.size(); ++method) {
    bool needed = false;
    for (std::size_t time = 0; time < axis_.days.size(); ++time) {
      needed = needed || assessment_.choice(assessment_.nearly_empty[time] != 0, axis_.slot[time]).weights[method] > 0;
    }
    const auto filler = temporal_method(assessment_.methods[method]);
    if (needed && filler) members_.push_back({method, *filler});
  }
}

std::size_t AutoFiller::bytes_per_pixel() const {
  return axis_.days.size() * (members_.size() * (sizeof(float) + 2) + sizeof(float) + 2 + sizeof(std::uint16_t));
}

/// One temporal method's values of the range, shapes [time][pixel of the range].
struct AutoFiller::MemberFill {
  std::vector<float> values;
  std::vector<std::uint8_t> valid, source;
};

/// What one call of AutoFiller::fill works on; shapes [time][pixel of the range].
struct AutoFiller::Work {
  std::size_t count = 0;  ///< pixels of the range
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  std::vector<std::uint16_t> lengths;  ///< of the gaps
  std::vector<MemberFill> fills;       ///< of the members
};

AutoFiller::Work AutoFiller::gathered(const BlockAround& block, PixelRange range) const {
  const std::size_t times = axis_.days.size(), plane = block.rows * block.cols;
  Work work;
  work.count = range.end - range.begin;
  work.values.resize(times * work.count);
  work.valid.resize(times * work.count);
  for (std::size_t i = 0; i < work.count; ++i) {
    const std::size_t row = (range.begin + i) / block.where_cols, col = (range.begin + i) % block.where_cols;
    const std::size_t at = (block.where_row + row) * block.cols + block.where_col + col;
    for (std::size_t time = 0; time < times; ++time) {
      work.values[time * work.count + i] = block.values[time * plane + at];
      work.valid[time * work.count + i] = block.valid[time * plane + at] != 0;
    }
  }
  work.lengths = gap_lengths(work.valid, times, work.count);
  const std::vector<std::uint8_t> nothing(work.valid.size(), kEmpty);
  for (const Member& member : members_) {
    MemberFill& fill = work.fills.emplace_back(MemberFill{work.values, work.valid, nothing});
    fill_series(member.filler, {fill.values, fill.valid, fill.source, work.count}, {0, work.count}, axis_);
  }
  return work;
}

/// Fills a layer's gaps by the weighted mean of what the members, and date regression, made of them.
void AutoFiller::blend(const Work& work, std::size_t time, const GapChoice& choice, const FilledSeries& filled) const {
  const std::size_t only = only_method(choice);
  const bool empty = assessment_.nearly_empty[time] != 0, single = only < choice.weights.size();
  const double drk_weight = drk_ && drk_method_ < choice.weights.size() ? choice.weights[drk_method_] : 0;
  const double shift = empty && !single ? assessment_.level_shifts[time] : 0;
  for (std::size_t cell = time * work.count; cell < (time + 1) * work.count; ++cell) {
    if (work.valid[cell]) continue;
    const auto by_drk = static_cast<double>(filled.values[cell]);
    const bool has_drk = drk_ && filled.source[cell] != kEmpty;
    double weight = drk_weight, sum = drk_weight > 0 ? drk_weight * by_drk : 0;
    bool told = drk_weight > 0;
    std::uint8_t source = kTemporalBlend;
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const double share = choice.weights[members_[m].method];
      const bool tells = work.fills[m].valid[cell] != 0;
      // Date regression stands in for a method that tells nothing, as it did when the weights were learned.
      if (share <= 0 || (!tells && !has_drk)) continue;
      sum += share * (tells ? static_cast<double>(work.fills[m].values[cell]) : by_drk), weight += share;
      told = told || tells;
      if (members_[m].method == only) source = work.fills[m].source[cell];
    }
    if (!told) continue;
    double error = choice.error;
    if (single)
      error = assessment_.expected_error(only, empty, axis_.slot[time], gap_class_of(work.lengths[cell])).error;
    filled.values[cell] = single ? static_cast<float>(sum / weight) : held(sum / weight + shift);
    filled.source[cell] = source;
    filled.expected_error[cell] = static_cast<float>(error);
  }
}

/// Within the observed range, where it is known.
float AutoFiller::held(double value) const {
  if (drk_) value = std::clamp(value, drk_->statistics().lowest, drk_->statistics().highest);
  return static_cast<float>(value);
}

std::size_t AutoFiller::fill(const BlockAround& block, PixelRange range, const FilledSeries& filled) const {
  const Work work = gathered(block, range);
  if (drk_) {
    drk_->fill(block, range, filled);
  } else {
    for (std::size_t cell = 0; cell < work.valid.size(); ++cell) {
      filled.values[cell] = work.valid[cell] ? work.values[cell] : 0.0F;
      filled.source[cell] = work.valid[cell] ? kObserved : kEmpty;
      filled.expected_error[cell] = 0;
    }
  }
  std::size_t number = 0;
  for (std::size_t time = 0; time < axis_.days.size(); ++time) {
    const GapChoice& choice = assessment_.choice(assessment_.nearly_empty[time] != 0, axis_.slot[time]);
    const bool only_drk = drk_ && drk_method_ < choice.weights.size() && only_method(choice) == drk_method_;
    if (!only_drk) blend(work, time, choice, filled);
    const auto factor = static_cast<float>(kept_near_one(choice.factor));
    for (std::size_t cell = time * work.count; cell < (time + 1) * work.count; ++cell) {
      if (work.valid[cell]) continue;
      if (only_drk) filled.expected_error[cell] *= factor;
      number += filled.source[cell] != kEmpty;
    }
  }
  return number;
}

}  // namespace ecocube::series
