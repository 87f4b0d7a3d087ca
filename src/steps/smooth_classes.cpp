// SPDX-License-Identifier: Apache-2.0
#include "steps/smooth_classes.h"

#include <algorithm>

#include "base/text.h"
#include "methods/classes/class_smoothing.h"
#include "steps/class_layers.h"
#include "steps/series_engine.h"

namespace ecocube {
namespace {

constexpr std::uint8_t kMissing = ClassSmoother::kNoData;
constexpr std::size_t kMapOutputs = 2;

/// Inputs: probabilities, then (where they are there) uncertainties, shape [year][class] each. Outputs a year: class,
/// its probability and uncertainty, the probability of every class.
class SmoothClassesKernel : public SeriesKernel {
 public:
  SmoothClassesKernel(const ClassSmoothingOptions& options, std::size_t years, std::vector<LegendClass> classes,
                      bool uncertain, int mode_window)
      : smoother_(options, years, classes.size()),
        years_(years),
        classes_(std::move(classes)),
        uncertain_(uncertain),
        mode_window_(mode_window) {}

  std::size_t outputs_per_year() const { return kMapOutputs + (uncertain_ ? 1 : 0) + classes_.size(); }

  std::uint64_t bytes_per_thread() const override { return years_ * classes_.size() * 16; }

  /// Counts the pixels whose probabilities do not sum to 100 in some year.
  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    const Stack<std::uint8_t> stack = block.stored<std::uint8_t>();
    const Planes<std::uint8_t> out = results.stored<std::uint8_t>(0, years_ * outputs_per_year());
    const std::size_t count = classes_.size();
    std::vector<std::uint8_t> percent(years_ * count), smooth(percent.size()), dominant(years_), modes(years_);
    std::size_t incomplete = 0;
    for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
      for (std::size_t i = 0; i < percent.size(); ++i) percent[i] = stack.plane(i)[pixel];
      incomplete += sums_to_hundred(percent) ? 0 : 1;
      smoother_.smooth(percent, smooth);
      for (std::size_t year = 0; year < years_; ++year) dominant[year] = dominant_of(smooth, year);
      mode_of_years(dominant, mode_window_, modes);
      for (std::size_t year = 0; year < years_; ++year) {
        if (modes[year] != kMissing) put_year(stack, out, pixel, year, modes[year], smooth);
      }
    }
    return incomplete;
  }

 private:
  bool sums_to_hundred(const std::vector<std::uint8_t>& percent) const {
    for (std::size_t year = 0; year < years_; ++year) {
      int sum = 0;
      for (std::size_t c = 0; c < classes_.size(); ++c) sum += percent[year * classes_.size() + c];
      if (percent[year * classes_.size()] != kMissing && sum != 100) return false;
    }
    return true;
  }

  /// Index of the most probable class, the first of several.
  std::uint8_t dominant_of(const std::vector<std::uint8_t>& smooth, std::size_t year) const {
    const auto first = smooth.begin() + static_cast<std::ptrdiff_t>(year * classes_.size());
    if (*first == kMissing) return kMissing;
    return static_cast<std::uint8_t>(std::max_element(first, first + static_cast<std::ptrdiff_t>(classes_.size())) -
                                     first);
  }

  void put_year(const Stack<std::uint8_t>& stack, const Planes<std::uint8_t>& out, std::size_t pixel, std::size_t year,
                std::size_t chosen, const std::vector<std::uint8_t>& smooth) const {
    const std::size_t count = classes_.size();
    std::size_t plane = year * outputs_per_year();
    out.plane(plane++)[pixel] = static_cast<std::uint8_t>(classes_[chosen].value);
    out.plane(plane++)[pixel] = smooth[year * count + chosen];
    if (uncertain_) out.plane(plane++)[pixel] = stack.plane((years_ + year) * count + chosen)[pixel];
    for (std::size_t c = 0; c < count; ++c) out.plane(plane++)[pixel] = smooth[year * count + c];
  }

  ClassSmoother smoother_;
  std::size_t years_;
  std::vector<LegendClass> classes_;
  bool uncertain_;
  int mode_window_;
};

class SmoothClassesStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "smooth-classes",
        "Smooths the class probabilities over the years, and with them the dominant class",
        "the yearly layers `probability_<code>` of all classes, which predict makes of its option classes",
        "the same layers anew, and `class`, `class_probability` and `class_uncertainty` that go with them",
        "rows of a block (128 at most) x columns x years x classes bytes, twice; three times with uncertainties; and 1 "
        "MiB for every open file",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options
        .add("method", method_,
             "savitzky-golay: a polynomial through the years about each year; markov: a hidden Markov chain in which a "
             "pixel tends to keep its class")
        .choices({"savitzky-golay", "markov"});
    const auto odd = [](const Value& value) { return value.is_number_integer() && value.get<int>() % 2 == 1; };
    options.add("window", smoothing_.window, "years of savitzky-golay").unit("years").range(3, 99).rule("odd", odd);
    options.add("order", smoothing_.order, "degree of savitzky-golay's polynomial, below the window").range(0, 10);
    options.add("stay", smoothing_.stay, "markov: probability to keep the class from one year to the next")
        .range(0.5, 0.999999);
    options
        .add("mode_filter", mode_window_,
             "years of which the most frequent class becomes the dominant one; 1: none is looked at but the year")
        .unit("years")
        .range(1, 99)
        .rule("odd", odd);
  }

  Result<void> plan(Planning& planning) override;

  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    if (outcome.counts[0] > 0) {
      return input_error(
          "the probabilities of {} classes do not sum to 100 in {} pixels: predict's option classes must name every "
          "class of the model",
          classes_.size(), outcome.counts[0]);
    }
    return {};
  }

 private:
  void add_outputs(int year, bool uncertain, SeriesGroup& group) const;

  std::string method_ = "savitzky-golay";
  ClassSmoothingOptions smoothing_;
  int mode_window_ = 1;
  std::vector<LegendClass> classes_;
  SeriesJob job_;
};

void SmoothClassesStep::add_outputs(int year, bool uncertain, SeriesGroup& group) const {
  const auto add = [&](const std::string& variable, const std::string& what, LayerKind kind) {
    Layer layer;
    layer.variable = variable;
    layer.long_name = what;
    layer.kind = kind;
    layer.encoding = kind == LayerKind::classes ? kClassBytes : kPercentBytes;
    layer.period = PeriodScheme::years().of_year(year).front();
    group.outputs.push_back({std::move(layer),
                             fmt::format("{}_{}.tif", year, kind == LayerKind::classes ? "class" : "percent"),
                             kind == LayerKind::classes ? classes_ : std::vector<LegendClass>()});
  };
  add("class", "Most probable class, smoothed over the years", LayerKind::classes);
  add("class_probability", "Probability of the most probable class, smoothed over the years", LayerKind::continuous);
  if (uncertain)
    add("class_uncertainty", "Spread of the learners about the most probable class", LayerKind::continuous);
  for (const LegendClass& entry : classes_)
    add(probability_variable(entry), fmt::format("Probability of {}, smoothed over the years", entry.name),
        LayerKind::continuous);
}

Result<void> SmoothClassesStep::plan(Planning& planning) {
  if (smoothing_.order >= smoothing_.window)
    return usage_error("order: {} is not below the window {}", smoothing_.order, smoothing_.window);
  smoothing_.method = method_ == "markov" ? ClassSmoothing::markov : ClassSmoothing::savitzky_golay;
  job_.step = planning.step_name();
  job_.cube = planning.cube();
  const LayerSet& layers = planning.layers();
  classes_ = classes_with_layers(layers, planning.legend());
  if (classes_.size() < 2) {
    return usage_error(
        "{} classes have layers probability_<code>: name all classes of the model in predict's option classes",
        classes_.size());
  }
  ECOCUBE_TRY_ASSIGN(const std::vector<int> years, years_of(layers, probability_variable(classes_.front())));
  if (years.size() < 3) return usage_error("{} years are too few to smooth over: 3 are needed", years.size());
  SeriesGroup group{"classes", {}, {}, nullptr};
  bool uncertain = true;
  for (const LegendClass& entry : classes_)
    uncertain = uncertain && yearly_layers(layers, uncertainty_variable(entry), years).has_value();
  for (const bool spread : {false, true}) {
    if (spread && !uncertain) continue;
    for (const int year : years) {
      for (const LegendClass& entry : classes_) {
        ECOCUBE_TRY_ASSIGN(
            const auto layer,
            yearly_layers(layers, spread ? uncertainty_variable(entry) : probability_variable(entry), {year}));
        group.inputs.push_back(layer.front());
      }
    }
  }
  for (const int year : years) add_outputs(year, uncertain, group);
  group.kernel = std::make_shared<SmoothClassesKernel>(smoothing_, years.size(), classes_, uncertain, mode_window_);
  job_.groups.push_back(std::move(group));
  return plan_series(planning, job_);
}

}  // namespace

std::unique_ptr<Step> make_smooth_classes_step() {
  return std::make_unique<SmoothClassesStep>();
}

}  // namespace ecocube
