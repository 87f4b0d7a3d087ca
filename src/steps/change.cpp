// SPDX-License-Identifier: Apache-2.0
#include "steps/change.h"

#include <algorithm>

#include "base/text.h"
#include "methods/classes/class_smoothing.h"
#include "steps/class_layers.h"
#include "steps/series_engine.h"

namespace ecocube {
namespace {

constexpr std::uint8_t kMissing = ClassSmoother::kNoData;
constexpr int kHighestPercent = 100;

/// Inputs: the class of every year, then the uncertainties of both years where they are there. Outputs: class before,
/// class after, whether they differ, and the sum of the uncertainties.
class ChangeKernel : public SeriesKernel {
 public:
  ChangeKernel(std::size_t years, std::size_t from, std::size_t to, int window, bool uncertain)
      : years_(years), from_(from), to_(to), window_(window), uncertain_(uncertain) {}

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    const Stack<std::uint8_t> stack = block.stored<std::uint8_t>();
    const Planes<std::uint8_t> out = results.stored<std::uint8_t>(0, uncertain_ ? 4 : 3);
    std::vector<std::uint8_t> classes(years_), modes(years_);
    std::size_t changed = 0;
    for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
      for (std::size_t year = 0; year < years_; ++year) classes[year] = stack.plane(year)[pixel];
      mode_of_years(classes, window_, modes);
      const std::uint8_t before = modes[from_], after = modes[to_];
      if (before == kMissing || after == kMissing) continue;  // outputs are missing from the beginning
      out.plane(0)[pixel] = before;
      out.plane(1)[pixel] = after;
      out.plane(2)[pixel] = before == after ? 0 : 1;
      changed += before == after ? 0 : 1;
      if (uncertain_) out.plane(3)[pixel] = sum_of(stack.plane(years_)[pixel], stack.plane(years_ + 1)[pixel]);
    }
    return changed;
  }

 private:
  static std::uint8_t sum_of(std::uint8_t before, std::uint8_t after) {
    if (before == kMissing || after == kMissing) return kMissing;
    return static_cast<std::uint8_t>(std::min(kHighestPercent, before + after));
  }

  std::size_t years_, from_, to_;
  int window_;
  bool uncertain_;
};

class ChangeStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "change",
        "Tells where the dominant class differs between two years",
        "the yearly layers `class`, and `class_uncertainty` where it is there",
        "static layers `class_before`, `class_after`, `class_changed` (1 where they differ) and `change_uncertainty`, "
        "the uncertainties of both years added",
        "rows of a block (128 at most) x columns x bytes of all years and of 4 outputs; and 1 MiB for every open file",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("from", from_, "year before; none: the first that has a map");
    options.add("to", to_, "year after; none: the last that has a map");
    options
        .add("mode_filter", window_,
             "years about each year of which the most frequent class is taken first; 1: the year alone")
        .unit("years")
        .range(1, 99)
        .rule("odd", [](const Value& value) { return value.is_number_integer() && value.get<int>() % 2 == 1; });
  }

  Result<void> plan(Planning& planning) override;

  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    run.note(fmt::format("{} pixels changed", outcome.counts[0]));
    return {};
  }

 private:
  /// Place of an asked year among those with a map.
  static Result<std::size_t> place_of(const char* key, const std::optional<double>& asked,
                                      const std::vector<int>& years, std::size_t otherwise) {
    if (!asked) return otherwise;
    const auto found = std::find(years.begin(), years.end(), static_cast<int>(*asked));
    if (found == years.end())
      return usage_error("{}: there is no map of the year {}; there are maps of {}..{}", key, *asked, years.front(),
                         years.back());
    return static_cast<std::size_t>(found - years.begin());
  }

  std::optional<double> from_, to_;
  int window_ = 3;
  SeriesJob job_;
};

Result<void> ChangeStep::plan(Planning& planning) {
  job_.step = planning.step_name();
  job_.cube = planning.cube();
  const LayerSet& layers = planning.layers();
  ECOCUBE_TRY_ASSIGN(const std::vector<int> years, years_of(layers, "class"));
  ECOCUBE_TRY_ASSIGN(const std::size_t from, place_of("from", from_, years, 0));
  ECOCUBE_TRY_ASSIGN(const std::size_t to, place_of("to", to_, years, years.size() - 1));
  if (from >= to) return usage_error("from: {} is not before {}", years[from], years[to]);
  SeriesGroup group{fmt::format("change {}..{}", years[from], years[to]), {}, {}, nullptr};
  ECOCUBE_TRY_ASSIGN(group.inputs, yearly_layers(layers, "class", years));
  const auto spread = yearly_layers(layers, "class_uncertainty", {years[from], years[to]});
  if (spread) group.inputs.insert(group.inputs.end(), spread->begin(), spread->end());
  for (const Layer& layer : group.inputs) {
    if (layer.encoding.type != DataType::uint8)
      return usage_error("layer {}: {} numbers, class maps are bytes", layer.variable, name_of(layer.encoding.type));
  }
  // What the numbers are is told by each layer; held together they are all bytes.
  for (Layer& layer : group.inputs) layer.encoding = kClassBytes;
  const auto add = [&](const char* variable, const std::string& what, LayerKind kind, const Encoding& encoding) {
    Layer layer;
    layer.variable = variable;
    layer.long_name = what;
    layer.kind = kind;
    layer.encoding = encoding;
    const bool map = kind == LayerKind::classes;
    group.outputs.push_back({std::move(layer), map ? fmt::format("{}.tif", variable) : "change.tif",
                             map ? planning.legend().classes : std::vector<LegendClass>()});
  };
  add("class_before", fmt::format("Most probable class in {}", years[from]), LayerKind::classes, kClassBytes);
  add("class_after", fmt::format("Most probable class in {}", years[to]), LayerKind::classes, kClassBytes);
  add("class_changed", fmt::format("Whether the class differs between {} and {}", years[from], years[to]),
      LayerKind::source, kClassBytes);
  if (spread)
    add("change_uncertainty", fmt::format("Uncertainty of {} plus that of {}", years[from], years[to]),
        LayerKind::continuous, kPercentBytes);
  group.kernel = std::make_shared<ChangeKernel>(years.size(), from, to, window_, spread.has_value());
  job_.groups.push_back(std::move(group));
  return plan_series(planning, job_);
}

}  // namespace

std::unique_ptr<Step> make_change_step() {
  return std::make_unique<ChangeStep>();
}

}  // namespace ecocube
