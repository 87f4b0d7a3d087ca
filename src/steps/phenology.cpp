// SPDX-License-Identifier: Apache-2.0
#include "steps/phenology.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "methods/series/phenology.h"
#include "methods/series/whittaker.h"
#include "steps/pixel_series.h"
#include "steps/series_engine.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

const Encoding kDayOfYear{DataType::int16, 1, 0, -32768, "day of the year"};
const Encoding kDays{DataType::int16, 1, 0, -32768, "days"};

/// What is told of a season; a value from it and the days before 1 January of its year.
struct Measure {
  const char* name;
  const char* title;
  bool in_days;
  double (*value)(const series::Season& season, int new_year);
};

constexpr Measure kMeasures[] = {
    {"sos", "Start of season", true, [](const series::Season& one, int from) { return one.start - from + 1; }},
    {"pos", "Peak of season", true, [](const series::Season& one, int from) { return one.peak - from + 1; }},
    {"eos", "End of season", true, [](const series::Season& one, int from) { return one.end - from + 1; }},
    {"length", "Length of season", true, [](const series::Season& one, int) { return one.end - one.start; }},
    {"amplitude", "Seasonal amplitude", false, [](const series::Season& one, int) { return one.amplitude; }},
    {"base", "Base level", false, [](const series::Season& one, int) { return one.base; }},
    {"peak", "Peak value", false, [](const series::Season& one, int) { return one.peak_value; }},
    {"large_integral", "Integral over the season", false,
     [](const series::Season& one, int) { return one.large_integral; }},
    {"small_integral", "Integral over the season above the base", false,
     [](const series::Season& one, int) { return one.small_integral; }},
};

const Measure* measure_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(kMeasures), std::end(kMeasures),
                                   [&](const Measure& measure) { return name == measure.name; });
  return found == std::end(kMeasures) ? nullptr : found;
}

std::vector<std::string> measure_names() {
  std::vector<std::string> names;
  for (const Measure& measure : kMeasures) names.emplace_back(measure.name);
  return names;
}

Encoding encoding_of(const Measure& measure, const std::string& unit) {
  if (measure.in_days) return std::string_view(measure.name) == "length" ? kDays : kDayOfYear;
  const bool integral = std::string_view(measure.name).ends_with("integral");
  return statistic_encoding(integral ? unit_with(unit, "days") : unit);
}

/// Outputs: the measures of the first year, those of the second, and so on.
class PhenologyKernel : public SeriesKernel {
 public:
  PhenologyKernel(const series::TimeAxis& axis, std::vector<int> new_year, std::vector<const Measure*> measures,
                  series::PhenologyOptions options, double lambda)
      : axis_(axis),
        model_(axis.days),
        new_year_(std::move(new_year)),
        measures_(std::move(measures)),
        options_(options) {
    std::vector<double> positions;
    for (std::size_t time = 0; time < axis.days.size(); ++time)
      positions.push_back(axis.year[time] * axis.slots + axis.slot[time]);
    if (lambda > 0) smoother_ = series::whittaker_plan(positions, kDifferences, lambda);
  }

  static constexpr int kDifferences = 2;

  std::uint64_t bytes_per_thread() const override {
    constexpr std::uint64_t kWorkBytes = 20 * sizeof(double);
    return bytes_of_pixel_series(axis_.days.size()) + kWorkBytes * axis_.days.size();
  }

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    RangeResults out(measures_.size() * (new_year_.size() - 1), range);
    std::size_t told = 0;
    std::vector<std::size_t> times;
    std::vector<double> values;
    for_each_pixel_series(block, range, [&](std::size_t pixel, auto stored, auto valid) {
      take(stored, valid, times, values);
      const auto seasons = series::growing_seasons(model_, axis_.days, times, values, new_year_, options_);
      for (std::size_t year = 0; year < seasons.size(); ++year) {
        if (!seasons[year].told) continue;
        ++told;
        for (std::size_t i = 0; i < measures_.size(); ++i)
          out.set(year * measures_.size() + i, pixel, measures_[i]->value(seasons[year], new_year_[year]));
      }
    });
    out.put(results);
    return told;
  }

 private:
  /// The valid values, smooth if that is asked for.
  void take(std::span<const float> stored, std::span<const std::uint8_t> valid, std::vector<std::size_t>& times,
            std::vector<double>& values) const {
    times.clear();
    values.clear();
    for (std::size_t time = 0; time < stored.size(); ++time) {
      if (valid[time] == 0) continue;
      times.push_back(time);
      values.push_back(static_cast<double>(stored[time]));
    }
    if (smoother_.positions.empty() || values.size() < kDifferences) return;
    std::vector<double> all(stored.size()), weights(stored.size()), smooth(stored.size());
    for (std::size_t i = 0; i < times.size(); ++i) {
      all[times[i]] = values[i];
      weights[times[i]] = 1;
    }
    series::smooth_whittaker_series(all, weights, smoother_, smooth);
    for (std::size_t i = 0; i < times.size(); ++i) values[i] = smooth[times[i]];
  }

  const series::TimeAxis axis_;
  const series::HarmonicModel model_;
  const std::vector<int> new_year_;
  const std::vector<const Measure*> measures_;
  const series::PhenologyOptions options_;
  series::WhittakerPlan smoother_;  ///< without positions: none
};

class PhenologyStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "phenology",
        "Tells when every pixel's growing season starts, peaks and ends in each year, and how strong it is",
        "the continuous layers of each variable over all periods",
        "a layer a year and measure (`ndvi_sos`, `ndvi_amplitude`)",
        "one variable at a time, rows of a block (128 at most) x columns x periods: twice the numbers read, and 2 or 4 "
        "bytes for each result; and 1 MiB for every open file",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options
        .add("start", phenology_.start_share,
             "share of the rise from the minimum before to the peak that starts the season")
        .range(0.01, 0.99);
    options.add("end", phenology_.end_share, "share of the fall to the minimum after that is left when it ends")
        .range(0.01, 0.99);
    options.add("longest_gap", phenology_.longest_gap, "longest time without a value in a season that has a result")
        .unit("days")
        .range(1, 366);
    options.add("least_amplitude", phenology_.least_amplitude, "how high a season must rise, in the values' unit")
        .range(0, 1e9);
    options.add("lambda", lambda_, "smooth the values first with a Whittaker curve of this stiffness; 0: not")
        .range(0, 1e9);
    options.add("measures", measures_, fmt::format("what to tell: {}; none: all", join(measure_names(), ", ")))
        .rule("a list of " + join(measure_names(), ", "), [](const Value& value) {
          const auto known = [](const Value& word) {
            return word.is_string() && measure_named(word.get<std::string>()) != nullptr;
          };
          return value.is_array() ? std::all_of(value.begin(), value.end(), known) : known(value);
        });
    options.add("variables", variables_,
                "patterns of the variables to take; none: all continuous ones that have periods");
  }

  Result<void> plan(Planning& planning) override {
    job_.step = planning.step_name();
    job_.cube = planning.cube();
    for (const Measure& measure : kMeasures) {
      const bool wanted = std::find(measures_.begin(), measures_.end(), measure.name) != measures_.end();
      if (wanted || measures_.empty()) chosen_.push_back(&measure);
    }
    ECOCUBE_TRY_ASSIGN(const auto chosen, choose_series(planning.layers(), variables_));
    for (const SeriesVariable& variable : chosen) {
      auto axis = time_axis_of(variable.layers);
      if (!axis) return within(fmt::format("variable {}", variable.name), axis.error());
      constexpr int kFewest = 4;  // layers a year that make a season
      if (axis->slots < kFewest) {
        return usage_error("variable {} has {} layers a year, a growing season needs {}", variable.name, axis->slots,
                           kFewest);
      }
      job_.groups.push_back(group_of(variable, *axis));
    }
    return plan_series(planning, job_);
  }

  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    const std::int64_t pixels = job_.cube.tile_named(task.tile)->window.pixels();
    for (std::size_t g = 0; g < job_.groups.size(); ++g) {
      const auto years = static_cast<std::int64_t>(job_.groups[g].outputs.size() / chosen_.size());
      run.note(fmt::format("{}: {} of {} seasons found", job_.groups[g].name, outcome.counts[g], pixels * years));
    }
    return {};
  }

 private:
  SeriesGroup group_of(const SeriesVariable& variable, const series::TimeAxis& axis) const {
    SeriesGroup group{variable.name, variable.layers, {}, nullptr};
    const std::string& unit = variable.layers.front().encoding.unit;
    const int first_year = variable.layers.front().period->year - axis.year.front();
    std::vector<int> new_year;
    for (int year = first_year; year <= first_year + axis.years; ++year)
      new_year.push_back(static_cast<int>(make_day(year, 1, 1).time_since_epoch().count()));
    for (int year = first_year; year < first_year + axis.years; ++year) {
      const Period period = PeriodScheme::years().of_year(year).front();
      for (const Measure* measure : chosen_) {
        Layer layer = layer_made_of(variable, measure->name, measure->title, encoding_of(*measure, unit));
        layer.period = period;
        group.outputs.push_back({std::move(layer), period.id() + (measure->in_days ? "_days.tif" : ".tif"), {}});
      }
    }
    group.kernel = std::make_shared<PhenologyKernel>(axis, std::move(new_year), chosen_, phenology_, lambda_);
    return group;
  }

  series::PhenologyOptions phenology_;
  double lambda_ = 0;
  std::vector<std::string> measures_, variables_;
  std::vector<const Measure*> chosen_;
  SeriesJob job_;
};

}  // namespace

std::unique_ptr<Step> make_phenology_step() {
  return std::make_unique<PhenologyStep>();
}

}  // namespace ecocube
