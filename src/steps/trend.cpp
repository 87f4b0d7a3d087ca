// SPDX-License-Identifier: Apache-2.0
#include "steps/trend.h"

#include <algorithm>

#include "base/text.h"
#include "methods/series/mann_kendall.h"
#include "methods/series/theil_sen.h"
#include "methods/series/trend.h"
#include "steps/pixel_series.h"
#include "steps/series_engine.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

constexpr std::size_t kLineOutputs = 5, kRankOutputs = 4;

/// What is fitted to the series of one variable. Outputs: those of the line, those of the ranks, the count.
class TrendKernel : public SeriesKernel {
 public:
  TrendKernel(series::TimeAxis axis, bool line, bool ranks, bool deseasonalise, std::size_t fewest)
      : axis_(std::move(axis)),
        plan_(series::trend_axis(axis_, deseasonalise)),
        student_(axis_.days.size()),
        line_(line),
        ranks_(ranks),
        deseasonalise_(deseasonalise),
        fewest_(fewest) {
    for (const int day : axis_.days)
      years_.push_back(static_cast<float>((day - axis_.days.front()) / series::kDaysOfYear));
  }

  std::uint64_t bytes_per_thread() const override {
    const std::size_t times = axis_.days.size();
    return bytes_of_pixel_series(times) + (ranks_ ? times * times * sizeof(float) : 0);
  }

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    RangeResults out(outputs(), range);
    // Without the line the count still comes from it.
    switch (block.type()) {
      case DataType::uint8:
        fit_line<std::uint8_t>(block, range, out);
        break;
      case DataType::uint16:
        fit_line<std::uint16_t>(block, range, out);
        break;
      case DataType::int16:
        fit_line<std::int16_t>(block, range, out);
        break;
      default:
        fit_line<float>(block, range, out);
    }
    if (ranks_) rank(block, range, out);
    out.put(results);
    const auto counts = out.plane(outputs() - 1);
    return static_cast<std::size_t>(
        std::count_if(counts.begin(), counts.end(), [&](float count) { return count >= static_cast<float>(fewest_); }));
  }

 private:
  std::size_t outputs() const { return (line_ ? kLineOutputs : 0) + (ranks_ ? kRankOutputs : 0) + 1; }

  template <class T>
  void fit_line(const SeriesBlock& block, series::PixelRange range, RangeResults& out) const {
    const series::TrendOptions options{block.encoding().scale, block.encoding().offset, fewest_};
    series::TrendResults line;
    if (line_) line = {out.plane(0), out.plane(1), out.plane(2), out.plane(3), out.plane(4), {}};
    line.count = out.plane(outputs() - 1);
    series::fit_trend(block.stored<T>(), range, plan_, options, student_, line);
  }

  void rank(const SeriesBlock& block, series::PixelRange range, RangeResults& out) const {
    const std::size_t first = line_ ? kLineOutputs : 0;
    std::vector<float> values, years, room;
    std::vector<int> slots;
    for_each_pixel_series(block, range, [&](std::size_t pixel, auto stored, auto valid) {
      values.clear();
      years.clear();
      slots.clear();
      for (std::size_t time = 0; time < stored.size(); ++time) {
        if (valid[time] == 0) continue;
        values.push_back(stored[time]);
        years.push_back(years_[time]);
        slots.push_back(axis_.slot[time]);
      }
      if (values.size() < fewest_) return;
      if (deseasonalise_) series::subtract_slot_medians(values, slots, axis_.slots, room);
      out.set(first, pixel, series::theil_sen_slope(values, years, room));
      const series::MannKendall test = series::mann_kendall(values, room);
      out.set(first + 1, pixel, static_cast<double>(test.s));
      out.set(first + 2, pixel, test.z);
      out.set(first + 3, pixel, test.p);
    });
  }

  const series::TimeAxis axis_;
  const series::TrendAxis plan_;
  const series::StudentT student_;
  const bool line_, ranks_, deseasonalise_;
  const std::size_t fewest_;
  std::vector<float> years_;  ///< since the first layer, shape [time]
};

class TrendStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "trend",
        "Fits a straight line to every pixel's series, and tests whether it rises or falls",
        "the continuous layers of each variable over all periods",
        "static layers: slope, standard error, R², p value, intercept and number of values (`ndvi_slope`), and for "
        "theil-sen the median slope with the Mann-Kendall test (`ndvi_sen_slope`)",
        "one variable at a time, rows of a block (128 at most) x columns x periods: twice the numbers read, and 4 "
        "bytes "
        "for each result; and 1 MiB for every open file",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options
        .add("method", methods_,
             "ols: least squares with t test; theil-sen: median of all pairs' slopes with Mann-Kendall test")
        .rule("a list of ols, theil-sen", [](const Value& value) {
          const auto known = [](const Value& word) { return word == "ols" || word == "theil-sen"; };
          return value.is_array() ? !value.empty() && std::all_of(value.begin(), value.end(), known) : known(value);
        });
    options.add("deseasonalise", deseasonalise_,
                "take the mean (theil-sen: median) of each season off its values first");
    options.add("fewest", fewest_, "valid values that a pixel needs for a result").range(3, 10000);
    options.add("variables", variables_,
                "patterns of the variables to take; none: all continuous ones that have periods");
  }

  Result<void> plan(Planning& planning) override {
    job_.step = planning.step_name();
    job_.cube = planning.cube();
    ECOCUBE_TRY_ASSIGN(const auto chosen, choose_series(planning.layers(), variables_));
    for (const SeriesVariable& variable : chosen) {
      auto axis = time_axis_of(variable.layers);
      if (!axis) return within(fmt::format("variable {}", variable.name), axis.error());
      if (static_cast<std::int64_t>(variable.layers.size()) < fewest_) {
        return usage_error("fewest: {} values are asked for, variable {} has {} layers", fewest_, variable.name,
                           variable.layers.size());
      }
      job_.groups.push_back(group_of(variable, std::move(*axis)));
    }
    return plan_series(planning, job_);
  }

  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    const std::int64_t pixels = job_.cube.tile_named(task.tile)->window.pixels();
    for (std::size_t g = 0; g < job_.groups.size(); ++g)
      run.note(fmt::format("{}: a trend for {} of {} pixels", job_.groups[g].name, outcome.counts[g], pixels));
    return {};
  }

 private:
  bool asked_for(const char* method) const {
    return std::find(methods_.begin(), methods_.end(), method) != methods_.end();
  }

  SeriesGroup group_of(const SeriesVariable& variable, series::TimeAxis axis) const {
    SeriesGroup group{variable.name, variable.layers, {}, nullptr};
    const std::string& unit = variable.layers.front().encoding.unit;
    const auto add = [&](const char* suffix, const std::string& what, const std::string& of_unit) {
      group.outputs.push_back(
          {layer_made_of(variable, suffix, what, statistic_encoding(of_unit)), variable.name + ".tif", {}});
    };
    const std::string per_year = unit_with(unit, "per year");
    if (asked_for("ols")) {
      add("slope", "Slope", per_year);
      add("slope_se", "Standard error of the slope", per_year);
      add("r2", "R² of the line", "");
      add("p", "p value of the slope", "");
      add("intercept", fmt::format("Value of the line on {}", first_day(axis)), unit);
    }
    if (asked_for("theil-sen")) {
      add("sen_slope", "Theil-Sen slope", per_year);
      add("mk_s", "Mann-Kendall S", "");
      add("mk_z", "Mann-Kendall Z", "");
      add("mk_p", "p value of Mann-Kendall", "");
    }
    Layer count = layer_made_of(variable, "n", "Number of values", {DataType::uint16, 1, 0, 65535, {}});
    count.kind = LayerKind::count;
    group.outputs.push_back({std::move(count), variable.name + "_n.tif", {}});
    group.kernel = std::make_shared<TrendKernel>(std::move(axis), asked_for("ols"), asked_for("theil-sen"),
                                                 deseasonalise_, static_cast<std::size_t>(fewest_));
    return group;
  }

  static std::string first_day(const series::TimeAxis& axis) {
    return iso_date(Day{std::chrono::days{axis.days.front()}});
  }

  std::vector<std::string> methods_{"ols"};
  bool deseasonalise_ = false;
  std::int64_t fewest_ = 5;
  std::vector<std::string> variables_;
  SeriesJob job_;
};

}  // namespace

std::unique_ptr<Step> make_trend_step() {
  return std::make_unique<TrendStep>();
}

}  // namespace ecocube
