// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_regression.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "methods/series/date_kriging.h"
#include "methods/series/date_regression_blend.h"
#include "methods/series/date_regression_predictor.h"
#include "methods/series/date_statistics_errors.h"

namespace ecocube::series {
namespace {

std::vector<std::uint8_t> inverted(std::span<const std::uint8_t> marks) {
  std::vector<std::uint8_t> result;
  for (const std::uint8_t mark : marks) result.push_back(mark != 0 ? 0 : 1);
  return result;
}

/// Expected error by variance: a table with sixteen entries for each power of two, found by the bits of the number.
class ErrorTable {
 public:
  explicit ErrorTable(std::span<const ErrorFactor> factors) {
    for (std::uint32_t entry = 0; entry < kEntries; ++entry) {
      const float variance = std::bit_cast<float>((kFirst + entry) << kShift);
      factor_.push_back(static_cast<float>(error_factor(factors, static_cast<double>(variance))));
    }
  }
  float expected(float variance) const {
    const std::uint32_t entry = std::bit_cast<std::uint32_t>(variance) >> kShift;
    const std::uint32_t place = std::clamp(entry, kFirst, kFirst + kEntries - 1) - kFirst;
    return factor_[place] * std::sqrt(variance);
  }

 private:
  static constexpr std::uint32_t kShift = 19;
  static constexpr std::uint32_t kFirst = std::bit_cast<std::uint32_t>(0x1p-17F) >> kShift;
  static constexpr std::uint32_t kEntries = 18 * 16;
  std::vector<float> factor_;
};

}  // namespace

struct DateRegression::Tables {
  Tables(DateStatistics told, TimeAxis of)
      : statistics(std::move(told)),
        axis(std::move(of)),
        known(inverted(statistics.nearly_empty)),
        mean(statistics.mean.begin(), statistics.mean.end()),
        spread(statistics.spread.begin(), statistics.spread.end()),
        predictor(statistics.correlation, statistics.series_only ? std::span<const std::uint8_t>() : known,
                  kRegressionDates, kRegressionRidge),
        structured(statistics.structured, statistics.series_only ? std::span<const std::uint8_t>() : known,
                   kStructuredDates, kStructuredRidge),
        kriging(statistics.distance, kKrigingRadius),
        regression_error(statistics.regression_error),
        kriging_error(statistics.kriging_error) {
    for (std::size_t time = 0; time < statistics.times; ++time) {
      scale.push_back(static_cast<float>(1.0 / statistics.spread[time]));
      if (known[time] == 0) nearly_empty.push_back(time);
    }
  }

  float held(float value) const {
    return std::clamp(value, static_cast<float>(statistics.lowest), static_cast<float>(statistics.highest));
  }

  DateStatistics statistics;
  TimeAxis axis;
  std::vector<std::uint8_t> known;
  std::vector<float> mean, spread, scale;
  DatePredictor predictor, structured;
  DateKriging kriging;
  ErrorTable regression_error, kriging_error;
  std::vector<std::size_t> nearly_empty;  ///< their numbers
};

namespace {

/// Fills the gaps of dates that are not nearly empty, sixteen at a time.
template <class Tables>
class GapBatch {
 public:
  GapBatch(const Tables& tables, const BlockAround& block, PixelRange range, const FilledSeries& filled)
      : tables_(tables),
        block_(block),
        filled_(filled),
        planes_(block.rows * block.cols),
        count_(range.end - range.begin),
        batch_(tables.predictor.dates()),
        systems_(Neighbours::kMost) {}

  /// pixel   its number in the planes;  place   its number in the range
  void add(std::size_t time, std::size_t pixel, std::size_t place, const Neighbours& neighbours) {
    const std::size_t lane = batch_.count++;
    batch_.time[lane] = time;
    batch_.pixel[lane] = pixel;
    place_[lane] = place;
    neighbours_[lane] = neighbours;
    if (batch_.count == PredictionBatch::kLanes) flush();
  }

  void flush() {
    if (batch_.count == 0) return;
    tables_.predictor.predict(block_.valid, planes_, batch_);
    for (std::size_t lane = 0; lane < batch_.count; ++lane) tables_.kriging.set_lane(neighbours_[lane], systems_, lane);
    solve(systems_);
    for (std::size_t lane = 0; lane < batch_.count; ++lane) write(lane);
    batch_.count = 0;
  }

 private:
  void write(std::size_t lane) {
    const std::size_t time = batch_.time[lane];
    const float* const completed = block_.completed.data();
    float value = DatePredictor::apply(batch_, lane, completed, planes_, batch_.pixel[lane]);
    float variance = batch_.variance[lane];
    const Neighbours& neighbours = neighbours_[lane];
    for (std::size_t one = 0; one < neighbours.count; ++one) {
      const std::size_t pixel = neighbours.pixel[one];
      const float residual =
          completed[time * planes_ + pixel] - DatePredictor::apply(batch_, lane, completed, planes_, pixel);
      value += systems_.solution[one * SymmetricSystems::kLanes + lane] * residual;
    }
    const bool kriged = neighbours.count > 0;
    if (kriged) variance *= std::max(1.0F - systems_.explained[lane], 0.02F);
    const std::size_t at = time * count_ + place_[lane];
    filled_.values[at] = tables_.held(tables_.mean[time] + tables_.spread[time] * value);
    filled_.source[at] = kriged ? kDateRegressionKriging : kDateRegression;
    const float error = (kriged ? tables_.kriging_error : tables_.regression_error).expected(variance);
    filled_.expected_error[at] = error * tables_.spread[time];
  }

  const Tables& tables_;
  const BlockAround& block_;
  const FilledSeries& filled_;
  std::size_t planes_, count_;
  PredictionBatch batch_;
  SymmetricSystems systems_;
  std::array<std::size_t, PredictionBatch::kLanes> place_{};
  std::array<Neighbours, PredictionBatch::kLanes> neighbours_{};
};

/// A run of pixels of one row of the block's rectangle.
struct RowRun {
  std::size_t row;  ///< in the planes
  std::size_t col;  ///< of the first, in the planes
  std::size_t count;
  std::size_t place;  ///< of the first, in the range
};

template <class Visit>
void for_each_row(const BlockAround& block, PixelRange range, const Visit& visit) {
  for (std::size_t pixel = range.begin; pixel < range.end;) {
    const std::size_t row = pixel / block.where_cols, col = pixel % block.where_cols;
    const std::size_t count = std::min(block.where_cols - col, range.end - pixel);
    visit(RowRun{block.where_row + row, block.where_col + col, count, pixel - range.begin});
    pixel += count;
  }
}

/// Copies what was observed; gaps become kEmpty with the value 0. Returns the number of gaps.
std::size_t copy_observed(const BlockAround& block, const RowRun& run, std::size_t times, std::size_t count,
                          const FilledSeries& filled) {
  std::size_t gaps = 0;
  for (std::size_t time = 0; time < times; ++time) {
    const std::size_t from = (time * block.rows + run.row) * block.cols + run.col;
    const std::size_t to = time * count + run.place;
    for (std::size_t at = 0; at < run.count; ++at) {
      const bool valid = block.valid[from + at] != 0;
      filled.values[to + at] = valid ? block.values[from + at] : 0.0F;
      filled.source[to + at] = valid ? kObserved : kEmpty;
      filled.expected_error[to + at] = 0;
      gaps += valid ? 0 : 1;
    }
  }
  return gaps;
}

/// The series of a run of pixels by themselves, shapes [time][pixel].
struct RunSeries {
  RunSeries(const BlockAround& block, const RowRun& run, std::size_t times) {
    for (std::size_t time = 0; time < times; ++time) {
      const auto from = static_cast<std::ptrdiff_t>((time * block.rows + run.row) * block.cols + run.col);
      const auto to = from + static_cast<std::ptrdiff_t>(run.count);
      values.insert(values.end(), block.values.begin() + from, block.values.begin() + to);
      valid.insert(valid.end(), block.valid.begin() + from, block.valid.begin() + to);
    }
  }
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
};

/// Fills the gaps of nearly empty dates.
template <class Tables>
void fill_nearly_empty(const Tables& tables, const BlockAround& block, const RowRun& run, std::size_t count,
                       const FilledSeries& filled) {
  const DateStatistics& statistics = tables.statistics;
  std::array<bool, kBlendMembers> asked{};
  for (const std::size_t time : tables.nearly_empty) {
    for (std::size_t member = 0; member < kBlendMembers; ++member) {
      asked[member] = asked[member] || statistics.blend[time * kBlendMembers + member] > 0;
    }
  }
  // Always finite, it stands in where the others tell nothing.
  asked[static_cast<std::size_t>(BlendMember::structured)] = true;
  const RunSeries series(block, run, statistics.times);
  const std::vector<float> predicted =
      predict_by_members({tables.axis, statistics.mean, statistics.spread, tables.structured}, series.values,
                         series.valid, run.count, tables.nearly_empty, asked);
  for (std::size_t date = 0; date < tables.nearly_empty.size(); ++date) {
    const std::size_t time = tables.nearly_empty[date];
    for (std::size_t pixel = 0; pixel < run.count; ++pixel) {
      const std::size_t at = time * count + run.place + pixel;
      if (filled.source[at] != kEmpty) continue;
      float sum = 0, weights = 0;
      for (std::size_t member = 0; member < kBlendMembers; ++member) {
        const float value = predicted[(member * tables.nearly_empty.size() + date) * run.count + pixel];
        const auto weight = static_cast<float>(statistics.blend[time * kBlendMembers + member]);
        if (std::isnan(value) || weight <= 0) continue;
        sum += weight * value;
        weights += weight;
      }
      filled.values[at] = tables.held(weights > 0 ? sum / weights : predicted[date * run.count + pixel]);
      filled.source[at] = kTemporalBlend;
      filled.expected_error[at] = static_cast<float>(statistics.blend_error[time]);
    }
  }
}

/// Fills everything from the pixels' own series; a pixel never seen takes the means of the dates.
template <class Tables>
void fill_series_only(const Tables& tables, const BlockAround& block, const RowRun& run, std::size_t count,
                      const FilledSeries& filled) {
  const std::size_t times = tables.statistics.times;
  // Nothing was ever observed: there is nothing to say.
  if (!tables.statistics.any_value) return;
  RunSeries series(block, run, times);
  std::vector<std::uint8_t> source(series.valid.size());
  fill_temporal_blend({series.values, series.valid, source, run.count}, {0, run.count}, tables.axis);
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t pixel = 0; pixel < run.count; ++pixel) {
      const std::size_t at = time * count + run.place + pixel, of_run = time * run.count + pixel;
      if (filled.source[at] != kEmpty) continue;
      const bool told = series.valid[of_run] != 0;
      filled.values[at] = tables.held(told ? series.values[of_run] : tables.mean[time]);
      filled.source[at] = kTemporalBlend;
      filled.expected_error[at] = told ? static_cast<float>(tables.statistics.series_error) : tables.spread[time];
    }
  }
}

/// Hands the gaps of a row to the batch. A pixel beside one whose nearest neighbour is d away has none nearer than
/// d - 1, so the search begins there.
template <class Tables>
class GapSearch {
 public:
  GapSearch(const Tables& tables, const BlockAround& block)
      : tables_(tables), block_(block), nearest_(tables.statistics.times * block.cols, 0.0F) {}

  void add_gaps(const RowRun& run, GapBatch<Tables>& batch) {
    const std::size_t times = tables_.statistics.times, planes = block_.rows * block_.cols;
    Neighbours found;
    for (std::size_t time = 0; time < times; ++time) {
      if (tables_.known[time] == 0) continue;
      const std::uint8_t* const valid = block_.valid.data() + time * planes;
      // Distances found in the row above, then in this row.
      float* const nearest = nearest_.data() + time * block_.cols;
      float before = 0;
      for (std::size_t col = run.col; col < run.col + run.count; ++col) {
        const std::size_t pixel = run.row * block_.cols + col;
        if (valid[pixel] != 0) {
          before = nearest[col] = 0;
          continue;
        }
        if (tables_.kriging.tells()) {
          const float bound = std::max({before, nearest[col], 1.0F}) - 1.0F;
          tables_.kriging.find(valid, block_.rows, block_.cols, run.row, col, static_cast<int>(bound), found);
          before = nearest[col] = found.nearest;
        }
        batch.add(time, pixel, run.place + col - run.col, found);
      }
    }
  }

 private:
  const Tables& tables_;
  const BlockAround& block_;
  std::vector<float> nearest_;  ///< shape [time][col]
};

}  // namespace

DateRegression::DateRegression(DateStatistics statistics, TimeAxis axis)
    : tables_(std::make_unique<const Tables>(std::move(statistics), std::move(axis))) {}
DateRegression::~DateRegression() = default;
DateRegression::DateRegression(DateRegression&&) noexcept = default;
DateRegression& DateRegression::operator=(DateRegression&&) noexcept = default;

const DateStatistics& DateRegression::statistics() const {
  return tables_->statistics;
}

void DateRegression::complete(std::span<const float> values, std::span<const std::uint8_t> valid, std::size_t pixels,
                              PixelRange range, std::span<float> completed) const {
  const Tables& tables = *tables_;
  const std::size_t times = tables.statistics.times;
  assert(values.size() == times * pixels && valid.size() == values.size() && completed.size() == values.size());
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t at = time * pixels + range.begin; at < time * pixels + range.end; ++at) {
      completed[at] = valid[at] != 0 ? (values[at] - tables.mean[time]) * tables.scale[time] : 0.0F;
    }
  }
  if (tables.statistics.series_only) return;
  complete_dates(tables.predictor, valid, pixels, range.begin, range.end, tables.known, completed);
}

std::size_t DateRegression::fill(const BlockAround& block, PixelRange range, const FilledSeries& filled) const {
  const Tables& tables = *tables_;
  const std::size_t times = tables.statistics.times, count = range.end - range.begin;
  assert(block.values.size() == times * block.rows * block.cols && filled.values.size() == times * count);
  assert(range.end <= block.where_rows * block.where_cols);
  std::size_t gaps = 0;
  GapBatch<Tables> batch(tables, block, range, filled);
  GapSearch<Tables> search(tables, block);
  for_each_row(block, range, [&](const RowRun& run) {
    const std::size_t of_run = copy_observed(block, run, times, count, filled);
    gaps += of_run;
    if (of_run == 0) return;
    if (tables.statistics.series_only) return fill_series_only(tables, block, run, count, filled);
    if (!tables.nearly_empty.empty()) fill_nearly_empty(tables, block, run, count, filled);
    search.add_gaps(run, batch);
  });
  batch.flush();
  return tables.statistics.any_value ? gaps : 0;
}

}  // namespace ecocube::series
