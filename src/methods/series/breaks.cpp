// SPDX-License-Identifier: Apache-2.0
#include "methods/series/breaks.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ecocube::series {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

SegmentTrend segment_trend(std::span<const double> years, std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  if (values.size() < 2) return {kMissing, kMissing, kMissing};
  double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0, syy = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    mean_x += years[i] / count;
    mean_y += values[i] / count;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = years[i] - mean_x, y = values[i] - mean_y;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
  }
  SegmentTrend trend;
  trend.slope = sxy / sxx;
  trend.gain = trend.slope * (years.back() - years.front());
  trend.r2 = values.size() < 3 ? kMissing : syy > 0 ? std::min(1.0, sxy * sxy / (sxx * syy)) : 0;
  return trend;
}

/// The monitoring of one series.
class Monitor {
 public:
  Monitor(const HarmonicModel& model, std::span<const std::size_t> times, std::span<const double> values,
          const MonitorOptions& options)
      : model_(model), times_(times), values_(values), options_(options) {}

  MonitoredBreaks go() {
    MonitoredBreaks result;
    bool stable_once = false;
    std::size_t begin = 0;
    while (start_history(begin)) {
      if (!stable()) {
        ++begin;
        continue;
      }
      stable_once = true;
      const std::optional<SeriesBreak> found = watch();
      result.rmse = rmse();
      if (!found) break;
      result.breaks.push_back(*found);
      begin = found->after;
    }
    if (!stable_once) {
      take(0, values_.size());
      result.rmse = fit_.terms == 0 ? kMissing : rmse();
    }
    return result;
  }

 private:
  double rmse() const { return std::max(fit_.rmse, options_.least_rmse); }

  int modes_for(std::size_t observations) const {
    // CCDC's numbers: 4 terms below 18 observations, 6 below 24, 8 from there on.
    const int most = observations < 18 ? 1 : observations < 24 ? 2 : 3;
    return std::min(most, options_.modes);
  }

  /// Fits the observations begin..end-1, all of them.
  void take(std::size_t begin, std::size_t end) {
    kept_times_.assign(times_.begin() + static_cast<std::ptrdiff_t>(begin),
                       times_.begin() + static_cast<std::ptrdiff_t>(end));
    kept_values_.assign(values_.begin() + static_cast<std::ptrdiff_t>(begin),
                        values_.begin() + static_cast<std::ptrdiff_t>(end));
    next_ = end;
    refit();
  }

  void refit() {
    fit_ = model_.fit(kept_times_, kept_values_, modes_for(kept_times_.size()));
    fitted_ = kept_times_.size();
  }

  /// Fits the shortest history from `begin` on; false when too few observations are left for one.
  bool start_history(std::size_t begin) {
    std::size_t end = begin + options_.history;
    const auto span_years = [&] { return model_.years(times_[end - 1]) - model_.years(times_[begin]); };
    while (end <= values_.size() && span_years() < options_.history_years) ++end;
    if (end > values_.size()) return false;
    take(begin, end);
    return true;
  }

  double residual(std::size_t i) const { return values_[i] - model_.predicted(fit_, times_[i]); }

  bool stable() const {
    if (fit_.terms == 0) return false;
    const double limit = options_.threshold * rmse();
    const std::size_t first = kept_times_.front(), last = kept_times_.back();
    const double drift = fit_.coefficients[1] * (model_.years(last) - model_.years(first));
    return std::fabs(drift) <= limit && std::fabs(kept_values_.front() - model_.predicted(fit_, first)) <= limit &&
           std::fabs(kept_values_.back() - model_.predicted(fit_, last)) <= limit;
  }

  /// Whether observation i and those after it lie off, all to one side; the median of their residuals.
  std::optional<double> off_from(std::size_t i) {
    const auto row = static_cast<std::size_t>(options_.consecutive);
    if (i + row > values_.size()) return std::nullopt;
    residuals_.clear();
    const bool above = residual(i) > 0;
    for (std::size_t k = i; k < i + row; ++k) {
      const double one = residual(k);
      if (std::fabs(one) <= options_.threshold * rmse() || (one > 0) != above) return std::nullopt;
      residuals_.push_back(one);
    }
    std::sort(residuals_.begin(), residuals_.end());
    return 0.5 * (residuals_[(row - 1) / 2] + residuals_[row / 2]);
  }

  /// Goes through the observations after the history, up to a break or the end.
  std::optional<SeriesBreak> watch() {
    constexpr std::size_t kSteady = 24;  // with fewer, the model is fitted anew with every observation
    for (; next_ < values_.size(); ++next_) {
      if (std::fabs(residual(next_)) > options_.threshold * rmse()) {
        if (const auto magnitude = off_from(next_)) return SeriesBreak{next_, *magnitude};
        continue;
      }
      kept_times_.push_back(times_[next_]);
      kept_values_.push_back(values_[next_]);
      if (kept_times_.size() >= (fitted_ < kSteady ? fitted_ + 1 : fitted_ + fitted_ / 3)) refit();
    }
    return std::nullopt;
  }

  const HarmonicModel& model_;
  const std::span<const std::size_t> times_;
  const std::span<const double> values_;
  const MonitorOptions& options_;
  std::vector<std::size_t> kept_times_;  ///< what the model is fitted to: no outliers
  std::vector<double> kept_values_, residuals_;
  HarmonicModel::Fit fit_;
  std::size_t fitted_ = 0, next_ = 0;
};

}  // namespace

std::optional<ChangeAftereffectTrend> change_aftereffect_trend(std::span<const double> years,
                                                               std::span<const double> values,
                                                               ChangeDirection direction) {
  assert(years.size() == values.size());
  const auto size_of = [direction](double change) {
    return direction == ChangeDirection::drop   ? -change
           : direction == ChangeDirection::rise ? change
                                                : std::fabs(change);
  };
  ChangeAftereffectTrend result;
  double largest = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double change = values[i] - values[i - 1];
    if (size_of(change) <= largest) continue;
    largest = size_of(change);
    result.after = i;
    result.magnitude = change;
  }
  if (result.after == 0) return std::nullopt;
  result.total = segment_trend(years, values);
  result.before = segment_trend(years.first(result.after), values.first(result.after));
  result.later = segment_trend(years.subspan(result.after), values.subspan(result.after));
  return result;
}

std::size_t change_aftereffect_trends_plain(const Stack<double>& values, PixelRange range,
                                            std::span<const double> years, std::size_t fewest,
                                            ChangeDirection direction, const Planes<float>& figures) {
  assert(years.size() == values.times && figures.count == kChangeFigures);
  std::vector<double> own_years, own_values;
  std::size_t found = 0;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    own_years.clear(), own_values.clear();
    for (std::size_t time = 0; time < values.times; ++time) {
      if (std::isnan(values.plane(time)[pixel])) continue;
      own_years.push_back(years[time]);
      own_values.push_back(values.plane(time)[pixel]);
    }
    for (std::size_t figure = 0; figure < kChangeFigures; ++figure)
      figures.plane(figure)[pixel] = std::numeric_limits<float>::quiet_NaN();
    const auto change = change_aftereffect_trend(own_years, own_values, direction);
    if (!change || own_values.size() < fewest) continue;
    ++found;
    std::size_t figure = 0;
    const auto put = [&](double value) { figures.plane(figure++)[pixel] = static_cast<float>(value); };
    put(own_years[change->after]);
    put(change->magnitude);
    for (const SegmentTrend& part : {change->total, change->before, change->later})
      put(part.slope), put(part.r2), put(part.gain);
  }
  return found;
}

MonitoredBreaks monitor_breaks(const HarmonicModel& model, std::span<const std::size_t> times,
                               std::span<const double> values, const MonitorOptions& options) {
  assert(times.size() == values.size() && options.consecutive >= 1 && options.history >= 1);
  return Monitor(model, times, values, options).go();
}

}  // namespace ecocube::series
