// SPDX-License-Identifier: Apache-2.0
#include "steps/breaks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "methods/series/breaks.h"
#include "methods/series/theil_sen.h"
#include "methods/series/yearly_values.h"
#include "steps/pixel_series.h"
#include "steps/series_engine.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

using Axis = series::TimeAxis;

/// 2013.5 is the middle of 2013.
double year_and_share(int days) {
  const Day day{std::chrono::days{days}};
  const int year = year_of(day);
  const Day begin = make_day(year, 1, 1), end = make_day(year + 1, 1, 1);
  return year + static_cast<double>((day - begin).count()) / static_cast<double>((end - begin).count());
}

/// How the values that a change is sought between come about: one a year, or (none) all, less their season's median.
const std::map<std::string, std::optional<series::YearValue>> kChangeValues{{"mean", series::YearValue::mean},
                                                                            {"median", series::YearValue::median},
                                                                            {"highest", series::YearValue::highest},
                                                                            {"lowest", series::YearValue::lowest},
                                                                            {"deseasonalised", std::nullopt}};
const std::map<std::string, series::ChangeDirection> kDirections{{"drop", series::ChangeDirection::drop},
                                                                 {"rise", series::ChangeDirection::rise},
                                                                 {"either", series::ChangeDirection::either}};

std::vector<std::string> names_of(const auto& words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) names.push_back(name);
  return names;
}

/// Change, aftereffect and trend. Outputs: year, magnitude, and slope, R² and gain of the whole series and of the
/// parts before and after.
class ChangeKernel : public SeriesKernel {
 public:
  ChangeKernel(Axis axis, int first_year, std::optional<series::YearValue> values, series::ChangeDirection direction,
               std::size_t fewest)
      : axis_(std::move(axis)), how_(values), direction_(direction), fewest_(fewest) {
    if (how_) {
      for (int year = 0; year < axis_.years; ++year) years_.push_back(first_year + year);
    } else {
      for (const int day : axis_.days) years_.push_back(year_and_share(day));
    }
  }

  std::uint64_t bytes_per_thread() const override {
    return bytes_of_pixel_series(axis_.days.size()) + years_.size() * series::kLanes * sizeof(double);
  }

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    const std::size_t layers = axis_.days.size(), pixels = range.end - range.begin;
    RangeResults out(series::kChangeFigures, range);
    std::vector<float> stored(layers * series::kLanes);
    std::vector<std::uint8_t> valid(stored.size());
    std::vector<double> values(years_.size() * series::kLanes);
    std::size_t found = 0;
    for (std::size_t begin = range.begin; begin < range.end; begin += series::kLanes) {
      const std::size_t count = std::min(series::kLanes, range.end - begin);
      const auto cells = std::span(stored).first(layers * count);
      block.decode({begin, begin + count}, cells, std::span(valid).first(cells.size()));
      for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = valid[i] != 0 ? cells[i] : kMissing;
      const Stack<float> stack{stored.data(), layers, count, count, kMissing};
      const Planes<double> made{values.data(), years_.size(), count, count, static_cast<double>(kMissing)};
      if (how_) {
        series::yearly_values(stack, {0, count}, axis_.year, *how_, made);
      } else {
        deseasonalise(stack, made);
      }
      found += series::change_aftereffect_trends(
          {values.data(), years_.size(), count, count, made.no_data}, {0, count}, years_, fewest_, direction_,
          {out.plane(0).data() + (begin - range.begin), series::kChangeFigures, count, pixels, kMissing});
    }
    out.put(results);
    return found;
  }

 private:
  static constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

  void deseasonalise(const Stack<float>& stack, const Planes<double>& made) const {
    std::vector<float> left, room;
    std::vector<int> slots;
    for (std::size_t pixel = 0; pixel < stack.pixels; ++pixel) {
      left.clear();
      slots.clear();
      for (std::size_t time = 0; time < stack.times; ++time) {
        if (std::isnan(stack.plane(time)[pixel])) continue;
        left.push_back(stack.plane(time)[pixel]);
        slots.push_back(axis_.slot[time]);
      }
      series::subtract_slot_medians(left, slots, axis_.slots, room);
      for (std::size_t time = 0, next = 0; time < stack.times; ++time)
        made.plane(time)[pixel] =
            std::isnan(stack.plane(time)[pixel]) ? made.no_data : static_cast<double>(left[next++]);
    }
  }

  const Axis axis_;
  const std::optional<series::YearValue> how_;
  const series::ChangeDirection direction_;
  const std::size_t fewest_;
  std::vector<double> years_;  ///< of the values: whole ones, or with the share of the year; shape [value]
};

/// The harmonic model with residual test. Outputs: year and magnitude of the break that is told, number of breaks,
/// RMSE.
class MonitorKernel : public SeriesKernel {
 public:
  static constexpr std::size_t kOutputs = 4;

  MonitorKernel(const Axis& axis, series::MonitorOptions options, std::string told)
      : model_(axis.days), options_(options), told_(std::move(told)) {
    for (const int day : axis.days) years_.push_back(year_and_share(day));
  }

  std::uint64_t bytes_per_thread() const override {
    constexpr std::uint64_t kWorkBytes = 8 * sizeof(double);
    return bytes_of_pixel_series(years_.size()) + kWorkBytes * years_.size();
  }

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    RangeResults out(kOutputs, range);
    std::size_t broken = 0;
    std::vector<std::size_t> times;
    std::vector<double> values;
    for_each_pixel_series(block, range, [&](std::size_t pixel, auto stored, auto valid) {
      times.clear();
      values.clear();
      for (std::size_t time = 0; time < stored.size(); ++time) {
        if (valid[time] == 0) continue;
        times.push_back(time);
        values.push_back(static_cast<double>(stored[time]));
      }
      const series::MonitoredBreaks found = series::monitor_breaks(model_, times, values, options_);
      if (std::isnan(found.rmse)) return;
      out.set(2, pixel, static_cast<double>(found.breaks.size()));
      out.set(3, pixel, found.rmse);
      if (found.breaks.empty()) return;
      ++broken;
      const series::SeriesBreak& one = chosen(found.breaks);
      out.set(0, pixel, years_[times[one.after]]);
      out.set(1, pixel, one.magnitude);
    });
    out.put(results);
    return broken;
  }

 private:
  const series::SeriesBreak& chosen(const std::vector<series::SeriesBreak>& breaks) const {
    if (told_ == "first") return breaks.front();
    if (told_ == "last") return breaks.back();
    return *std::max_element(breaks.begin(), breaks.end(), [](const auto& left, const auto& right) {
      return std::fabs(left.magnitude) < std::fabs(right.magnitude);
    });
  }

  const series::HarmonicModel model_;
  const series::MonitorOptions options_;
  const std::string told_;
  std::vector<double> years_;  ///< and share of it, shape [time]
};

class BreaksStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{"breaks",
                               "Finds when every pixel's series changed abruptly, and by how much",
                               "the continuous layers of each variable over all periods",
                               "static layers: when and how much (`ndvi_break_year`, `ndvi_break_magnitude`), with cat "
                               "the trends of the whole "
                               "series, before and after, with harmonic the number of breaks and the model's error",
                               "one variable at a time, rows of a block (128 at most) x columns x periods: twice the "
                               "numbers read, and 4 bytes "
                               "for each result; and 1 MiB for every open file",
                               1};
    return info;
  }
  void declare(OptionSet& options) override;
  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    const std::int64_t pixels = job_.cube.tile_named(task.tile)->window.pixels();
    for (std::size_t g = 0; g < job_.groups.size(); ++g)
      run.note(fmt::format("{}: a break in {} of {} pixels", job_.groups[g].name, outcome.counts[g], pixels));
    return {};
  }

 private:
  void add_change(const SeriesVariable& variable, Axis axis, SeriesGroup& group) const;
  void add_monitor(const SeriesVariable& variable, const Axis& axis, SeriesGroup& group) const;
  static void add(SeriesGroup& group, const SeriesVariable& variable, const std::string& suffix,
                  const std::string& what, const std::string& unit) {
    group.outputs.push_back(
        {layer_made_of(variable, suffix, what, statistic_encoding(unit)), variable.name + ".tif", {}});
  }

  std::string method_ = "cat", direction_ = "drop", values_ = "mean", told_ = "largest";
  std::int64_t fewest_ = 5;
  int modes_ = 3, consecutive_ = 6;
  double threshold_ = 3, history_years_ = 1, least_rmse_ = 0;
  std::int64_t history_ = 12;
  std::vector<std::string> variables_;
  SeriesJob job_;
};

void BreaksStep::declare(OptionSet& options) {
  options
      .add(
          "method", method_,
          "cat: the largest change between years, with trends before and after; harmonic: residuals of a model of line "
          "and yearly waves")
      .choices({"cat", "harmonic"});
  options.add("direction", direction_, "of cat: which change is sought").choices(names_of(kDirections));
  options
      .add("values", values_,
           "of cat: what a year's value is made of its layers, or the values of all layers less their season's median")
      .choices(names_of(kChangeValues));
  options.add("fewest", fewest_, "of cat: years (deseasonalised: values) that a pixel needs").range(2, 10000);
  options.add("modes", modes_, "of harmonic: waves of the year, fewer while there are few values")
      .range(0, series::HarmonicModel::kMostModes);
  options.add("consecutive", consecutive_, "of harmonic: values in a row beyond the threshold that make a break")
      .range(1, 100);
  options.add("threshold", threshold_, "of harmonic: how far off the model they lie, all to one side")
      .unit("RMSE")
      .range(0.1, 100);
  options.add("history", history_, "of harmonic: values that the model is first fitted to, at least").range(5, 10000);
  options.add("history_years", history_years_, "of harmonic: and the time that they span at least")
      .unit("years")
      .range(0, 100);
  options
      .add("least_rmse", least_rmse_,
           "of harmonic: noise of the values, in their unit, that the model's error never undercuts")
      .range(0, 1e9);
  options.add("told", told_, "of harmonic: of which break year and magnitude are told")
      .choices({"largest", "first", "last"});
  options.add("variables", variables_,
              "patterns of the variables to take; none: all continuous ones that have periods");
}

void BreaksStep::add_change(const SeriesVariable& variable, Axis axis, SeriesGroup& group) const {
  const std::string& unit = variable.layers.front().encoding.unit;
  const std::string per_year = unit_with(unit, "per year");
  add(group, variable, "break_year", "Year of the largest change", "years");
  add(group, variable, "break_magnitude", "Largest change", unit);
  const std::pair<const char*, const char*> parts[] = {{"total", "the whole series"},
                                                       {"before", "the years before the change"},
                                                       {"after", "the years from the change on"}};
  for (const auto& [suffix, where] : parts) {
    add(group, variable, fmt::format("{}_slope", suffix), fmt::format("Slope in {}", where), per_year);
    add(group, variable, fmt::format("{}_r2", suffix), fmt::format("R² of the line in {}", where), "");
    add(group, variable, fmt::format("{}_gain", suffix), fmt::format("Gain along the line in {}", where), unit);
  }
  const int first_year = variable.layers.front().period->year - axis.year.front();
  group.kernel = std::make_shared<ChangeKernel>(std::move(axis), first_year, kChangeValues.at(values_),
                                                kDirections.at(direction_), static_cast<std::size_t>(fewest_));
}

void BreaksStep::add_monitor(const SeriesVariable& variable, const Axis& axis, SeriesGroup& group) const {
  const std::string& unit = variable.layers.front().encoding.unit;
  add(group, variable, "break_year", fmt::format("Year of the {} break", told_), "years");
  add(group, variable, "break_magnitude", fmt::format("Magnitude of the {} break", told_), unit);
  Layer count = layer_made_of(variable, "breaks", "Number of breaks", {DataType::uint8, 1, 0, 255, {}});
  count.kind = LayerKind::count;
  group.outputs.push_back({std::move(count), variable.name + "_breaks.tif", {}});
  add(group, variable, "break_rmse", "Root mean square error of the harmonic model", unit);
  const series::MonitorOptions options{modes_,         consecutive_, threshold_, static_cast<std::size_t>(history_),
                                       history_years_, least_rmse_};
  group.kernel = std::make_shared<MonitorKernel>(axis, options, told_);
}

Result<void> BreaksStep::plan(Planning& planning) {
  job_.step = planning.step_name();
  job_.cube = planning.cube();
  ECOCUBE_TRY_ASSIGN(const auto chosen, choose_series(planning.layers(), variables_));
  for (const SeriesVariable& variable : chosen) {
    auto axis = time_axis_of(variable.layers);
    if (!axis) return within(fmt::format("variable {}", variable.name), axis.error());
    SeriesGroup group{variable.name, variable.layers, {}, nullptr};
    const auto times = static_cast<std::int64_t>(variable.layers.size());
    if (method_ == "harmonic") {
      if (times < history_ + consecutive_) {
        return usage_error("history: {} values and {} to find a break in are asked for, variable {} has {} layers",
                           history_, consecutive_, variable.name, times);
      }
      add_monitor(variable, *axis, group);
    } else {
      const std::int64_t values = values_ == "deseasonalised" ? times : axis->years;
      if (values < fewest_)
        return usage_error("fewest: {} values are asked for, variable {} has {}", fewest_, variable.name, values);
      add_change(variable, std::move(*axis), group);
    }
    job_.groups.push_back(std::move(group));
  }
  return plan_series(planning, job_);
}

}  // namespace

std::unique_ptr<Step> make_breaks_step() {
  return std::make_unique<BreaksStep>();
}

}  // namespace ecocube
