// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>

#include "methods/series/gap_assessment_choice.h"
#include "methods/series/gap_assessment_hiding.h"
#include "methods/series/gap_assessment_table.h"

namespace ecocube::series {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr float kEmptyFloat = std::numeric_limits<float>::quiet_NaN();

/// Values of whole dates are kept for every method until all dates were hidden; their number is bounded.
constexpr std::size_t kMostDateValues = 600'000;

/// A date told by fewer values counts as nearly empty, as it does for the statistics of date regression.
double fewest_on_date(std::size_t pixels) {
  return std::max(20.0, 0.005 * static_cast<double>(pixels));
}

std::size_t pixels_of(std::span<const SampleChip> chips) {
  std::size_t pixels = 0;
  for (const SampleChip& chip : chips) pixels += chip.rows * chip.cols;
  return pixels;
}

std::vector<std::uint8_t> nearly_empty_dates(std::span<const SampleChip> chips, std::size_t times) {
  const std::vector<std::size_t> seen = seen_on_dates(chips, times);
  std::vector<std::uint8_t> empty(times);
  for (std::size_t time = 0; time < times; ++time)
    empty[time] = static_cast<double>(seen[time]) < fewest_on_date(pixels_of(chips));
  return empty;
}

/// Chips without the hidden values: their numbers are taken out too, so that no filler can read them by mistake.
struct MaskedChips {
  std::vector<std::vector<float>> values;
  std::vector<std::vector<std::uint8_t>> valid;
  std::vector<SampleChip> chips;
};

MaskedChips masked(std::span<const SampleChip> chips, const std::vector<std::vector<std::uint8_t>>& hidden) {
  MaskedChips all;
  for (std::size_t c = 0; c < chips.size(); ++c) {
    auto& values = all.values.emplace_back(chips[c].values.begin(), chips[c].values.end());
    auto& valid = all.valid.emplace_back(chips[c].valid.begin(), chips[c].valid.end());
    for (std::size_t cell = 0; cell < valid.size(); ++cell) {
      if (hidden[c][cell]) valid[cell] = 0;
      if (!valid[cell]) values[cell] = 0;
    }
    all.chips.push_back({values, valid, chips[c].rows, chips[c].cols});
  }
  return all;
}

/// Of the finite values; NaN without any.
double mean_of(std::span<const float> values) {
  double sum = 0, count = 0;
  for (const float value : values) {
    if (std::isfinite(value)) sum += static_cast<double>(value), count += 1;
  }
  return count > 0 ? sum / count : kNone;
}

class Assessor {
 public:
  Assessor(std::span<const SampleChip> chips, const TimeAxis& axis, std::span<const AssessedFiller> fillers,
           const AssessOptions& options)
      : chips_(chips),
        axis_(axis),
        times_(axis.days.size()),
        fillers_(fillers),
        options_(options),
        tallies_(fillers.size(), ErrorTally(axis.slots, chips.size())) {}

  GapAssessment go() {
    for (const HidingWay way : options_.ways) steps_ += way == HidingWay::whole_date ? 0 : fillers_.size();
    if (asked(HidingWay::whole_date)) {
      thinned_ = thinned(chips_, times_, std::min(options_.most_date_pixels, kMostDateValues / times_ + 1));
      rounds_ = date_rounds(chips_, times_, options_.share, options_.seed);
      steps_ += rounds_.size() * fillers_.size();
    }
    for (const HidingWay way : {HidingWay::random, HidingWay::season_block, HidingWay::cloud}) {
      if (asked(way)) hide_values(way);
    }
    for (std::size_t round = 0; round < rounds_.size(); ++round) hide_dates(round);
    for (HiddenDate& date : dates_) complete_from_first(date.filled);
    return result();
  }

 private:
  bool asked(HidingWay way) const {
    return std::find(options_.ways.begin(), options_.ways.end(), way) != options_.ways.end();
  }

  void told() {
    ++done_;
    if (options_.progress) options_.progress(static_cast<double>(done_) / static_cast<double>(steps_));
  }

  void hide_values(HidingWay way) {
    std::vector<std::vector<std::uint8_t>> hidden;
    for (std::size_t c = 0; c < chips_.size(); ++c)
      hidden.push_back(hidden_values(way, chips_[c], c, axis_, options_.share, options_.seed));
    const MaskedChips left = masked(chips_, hidden);
    const std::vector<std::uint8_t> empty = nearly_empty_dates(left.chips, times_);
    std::vector<std::vector<std::uint16_t>> lengths;
    for (const SampleChip& chip : left.chips) lengths.push_back(gap_lengths(chip.valid, times_, chip.rows * chip.cols));
    for (std::size_t method = 0; method < fillers_.size(); ++method) {
      const std::vector<FilledChip> filled = fillers_[method].fill(left.chips);
      for (std::size_t c = 0; c < chips_.size(); ++c) {
        const std::size_t pixels = chips_[c].rows * chips_[c].cols;
        for (std::size_t cell = 0; cell < hidden[c].size(); ++cell) {
          if (!hidden[c][cell]) continue;
          const std::size_t time = cell / pixels;
          const bool has_own = !filled[c].expected_error.empty() && filled[c].valid[cell];
          tallies_[method].add({way, axis_.slot[time], gap_class_of(lengths[c][cell]), empty[time] != 0, c,
                                static_cast<double>(chips_[c].values[cell]),
                                filled[c].valid[cell] ? static_cast<double>(filled[c].values[cell]) : kNone,
                                has_own ? static_cast<double>(filled[c].expected_error[cell]) : 0.0});
        }
      }
      told();
    }
  }

  /// Hides the dates of a round from the thinned sample.
  void hide_dates(std::size_t round) {
    const SampleChip chip = thinned_.chip();
    const std::size_t pixels = thinned_.pixels;
    std::vector<std::vector<std::uint8_t>> hidden{std::vector<std::uint8_t>(chip.valid.size(), 0)};
    for (const std::size_t time : rounds_[round]) {
      for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        hidden[0][time * pixels + pixel] = chip.valid[time * pixels + pixel];
    }
    const MaskedChips left = masked({&chip, 1}, hidden);
    const std::vector<std::uint16_t> lengths = gap_lengths(left.chips[0].valid, times_, pixels);
    const std::size_t first = dates_.size();
    for (const std::size_t time : rounds_[round]) {
      HiddenDate& date = dates_.emplace_back();
      date.round = round, date.slot = axis_.slot[time];
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        const std::size_t cell = time * pixels + pixel;
        if (!hidden[0][cell]) continue;
        date.hidden.push_back(chip.values[cell]);
        date.gap_class.push_back(static_cast<std::uint8_t>(gap_class_of(lengths[cell])));
      }
    }
    for (std::size_t method = 0; method < fillers_.size(); ++method) {
      const FilledChip filled = std::move(fillers_[method].fill(left.chips).front());
      for (std::size_t d = 0; d < rounds_[round].size(); ++d)
        score_date(method, rounds_[round][d], hidden[0], filled, dates_[first + d]);
      told();
    }
  }

  void score_date(std::size_t method, std::size_t time, const std::vector<std::uint8_t>& hidden,
                  const FilledChip& filled, HiddenDate& date) {
    std::vector<float>& values = date.filled.emplace_back();
    for (std::size_t cell = time * thinned_.pixels; cell < (time + 1) * thinned_.pixels; ++cell) {
      if (!hidden[cell]) continue;
      const std::size_t number = values.size();
      values.push_back(filled.valid[cell] ? filled.values[cell] : kEmptyFloat);
      const bool has_own = !filled.expected_error.empty() && filled.valid[cell];
      tallies_[method].add({HidingWay::whole_date, date.slot, date.gap_class[number], true, 0,
                            static_cast<double>(date.hidden[number]),
                            filled.valid[cell] ? static_cast<double>(filled.values[cell]) : kNone,
                            has_own ? static_cast<double>(filled.expected_error[cell]) : 0.0});
    }
  }

  /// Means of what the methods make of each nearly empty date, shape [time][method].
  std::vector<std::vector<double>> means_on(const std::vector<std::uint8_t>& empty) const {
    std::vector<std::vector<double>> means(times_);
    if (dates_.empty() || std::find(empty.begin(), empty.end(), 1) == empty.end()) return means;
    const SampleChip chip = thinned_.chip();
    const MaskedChips whole = masked({&chip, 1}, {std::vector<std::uint8_t>(chip.valid.size(), 0)});
    std::vector<FilledChip> filled;
    for (const AssessedFiller& filler : fillers_) filled.push_back(std::move(filler.fill(whole.chips).front()));
    for (std::size_t time = 0; time < times_; ++time) {
      if (empty[time] == 0) continue;
      std::vector<std::vector<float>> gaps(fillers_.size());
      for (std::size_t cell = time * thinned_.pixels; cell < (time + 1) * thinned_.pixels; ++cell) {
        if (chip.valid[cell] != 0) continue;
        for (std::size_t method = 0; method < gaps.size(); ++method)
          gaps[method].push_back(filled[method].valid[cell] ? filled[method].values[cell] : kEmptyFloat);
      }
      complete_from_first(gaps);
      for (const std::vector<float>& values : gaps) means[time].push_back(mean_of(values));
    }
    return means;
  }

  GapAssessment result() const {
    GapAssessment assessment;
    assessment.slots = axis_.slots;
    assessment.pixels = pixels_of(chips_);
    assessment.nearly_empty = nearly_empty_dates(chips_, times_);
    for (std::size_t method = 0; method < fillers_.size(); ++method) {
      assessment.methods.push_back(fillers_[method].name);
      for (GapScore& line : tallies_[method].scores(method)) {
        // Whole dates were hidden from all chips at once, thinned: they belong to no region.
        if (line.way != HidingWay::whole_date || line.region < 0) assessment.scores.push_back(line);
      }
      const std::vector<ExpectedError> expected = tallies_[method].expected();
      assessment.expected.insert(assessment.expected.end(), expected.begin(), expected.end());
    }
    choose(tallies_, dates_, means_on(assessment.nearly_empty), axis_.slot, assessment);
    return assessment;
  }

  std::span<const SampleChip> chips_;
  const TimeAxis& axis_;
  std::size_t times_;
  std::span<const AssessedFiller> fillers_;
  const AssessOptions& options_;
  std::vector<ErrorTally> tallies_;
  ThinnedSample thinned_;
  std::vector<std::vector<std::size_t>> rounds_;
  std::vector<HiddenDate> dates_;
  std::size_t done_ = 0, steps_ = 0;
};

}  // namespace

std::string_view name_of(HidingWay way) {
  constexpr std::array<std::string_view, kHidingWays> names{"random", "season-block", "cloud", "whole-date"};
  return names[static_cast<std::size_t>(way)];
}

std::size_t gap_class_of(std::size_t layers_missing) {
  return layers_missing <= 1 ? 0 : layers_missing <= 3 ? 1 : layers_missing <= 6 ? 2 : 3;
}

std::string_view name_of_gap_class(std::size_t gap_class) {
  constexpr std::array<std::string_view, kGapClasses> names{"1", "2-3", "4-6", "7+"};
  return names[gap_class];
}

void ErrorSums::add(double hidden, double filled) {
  if (!std::isfinite(filled)) {
    ++empty;
    return;
  }
  const double difference = filled - hidden;
  ++count;
  error += difference, square += difference * difference, magnitude += std::abs(difference);
  value += hidden, value_square += hidden * hidden;
}

void ErrorSums::add(const ErrorSums& other) {
  count += other.count, empty += other.empty;
  error += other.error, square += other.square, magnitude += other.magnitude;
  value += other.value, value_square += other.value_square;
}

double ErrorSums::rmse() const {
  return count > 0 ? std::sqrt(square / static_cast<double>(count)) : kNone;
}
double ErrorSums::mae() const {
  return count > 0 ? magnitude / static_cast<double>(count) : kNone;
}
double ErrorSums::bias() const {
  return count > 0 ? error / static_cast<double>(count) : kNone;
}
double ErrorSums::r2() const {
  const double spread = count > 0 ? value_square - value * value / static_cast<double>(count) : 0;
  return spread > 0 ? 1 - square / spread : kNone;
}

const ExpectedError& GapAssessment::expected_error(std::size_t method, bool date_nearly_empty, int slot,
                                                   std::size_t gap_class) const {
  const auto row = (method * 2 + (date_nearly_empty ? 1 : 0)) * static_cast<std::size_t>(slots);
  return expected[(row + static_cast<std::size_t>(slot)) * kGapClasses + gap_class];
}

const GapChoice& GapAssessment::choice(bool date_nearly_empty, int slot) const {
  return choices[static_cast<std::size_t>((date_nearly_empty ? slots : 0) + slot)];
}

GapAssessment assess_gaps(std::span<const SampleChip> chips, const TimeAxis& axis,
                          std::span<const AssessedFiller> fillers, const AssessOptions& options) {
  assert(!chips.empty() && !fillers.empty());
  return Assessor(chips, axis, fillers, options).go();
}

}  // namespace ecocube::series
