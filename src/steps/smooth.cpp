// SPDX-License-Identifier: Apache-2.0
#include "steps/smooth.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "methods/series/savitzky_golay.h"
#include "methods/series/whittaker.h"
#include "steps/pixel_series.h"
#include "steps/series_engine.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

/// Calls `smooth(stack, out)` with the physical values of a few pixels after the other, NaN where missing, and puts
/// what it writes.
template <class Smooth>
void smooth_physical(const SeriesBlock& block, series::PixelRange range, SeriesResults& results, const Smooth& smooth) {
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  const std::size_t layers = block.layers().size();
  std::vector<float> values(layers * series::kLanes), made(values.size());
  std::vector<std::uint8_t> valid(values.size());
  const std::vector<std::uint8_t> all_valid(series::kLanes, 1);  // NaN is missing anyway
  for (std::size_t begin = range.begin; begin < range.end; begin += series::kLanes) {
    const std::size_t count = std::min(series::kLanes, range.end - begin), cells = layers * count;
    block.decode({begin, begin + count}, std::span(values).first(cells), std::span(valid).first(cells));
    for (std::size_t i = 0; i < cells; ++i) values[i] = valid[i] != 0 ? values[i] : kMissing;
    smooth(Stack<float>{values.data(), layers, count, count, kMissing},
           Planes<float>{made.data(), layers, count, count, kMissing});
    for (std::size_t layer = 0; layer < layers; ++layer)
      results.put(layer, {begin, begin + count}, {made.data() + layer * count, count},
                  std::span(all_valid).first(count));
  }
}

class WhittakerKernel : public SeriesKernel {
 public:
  explicit WhittakerKernel(series::WhittakerPlan plan) : plan_(std::move(plan)) {}

  std::uint64_t bytes_per_thread() const override {
    return bytes_of_pixel_series(plan_.positions.size()) + 200 * plan_.positions.size() * sizeof(double);
  }

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    const std::size_t layers = block.layers().size();
    switch (block.type()) {
      case DataType::uint8:
        series::smooth_whittaker(block.stored<std::uint8_t>(), range, plan_, results.stored<std::uint8_t>(0, layers));
        break;
      case DataType::uint16:
        series::smooth_whittaker(block.stored<std::uint16_t>(), range, plan_, results.stored<std::uint16_t>(0, layers));
        break;
      case DataType::int16:
        series::smooth_whittaker(block.stored<std::int16_t>(), range, plan_, results.stored<std::int16_t>(0, layers));
        break;
      default:
        smooth_physical(block, range, results, [&](const Stack<float>& stack, const Planes<float>& out) {
          series::smooth_whittaker(stack, {0, stack.pixels}, plan_, out);
        });
    }
    return range.end - range.begin;
  }

 private:
  const series::WhittakerPlan plan_;
};

class SavitzkyGolayKernel : public SeriesKernel {
 public:
  SavitzkyGolayKernel(series::SavitzkyGolay smoother, std::size_t layers, bool keep_gaps)
      : smoother_(std::move(smoother)), layers_(layers), keep_gaps_(keep_gaps) {}

  std::uint64_t bytes_per_thread() const override { return bytes_of_pixel_series(2 * layers_); }

  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    smooth_physical(block, range, results, [&](const Stack<float>& stack, const Planes<float>& out) {
      smoother_.smooth(stack, {0, stack.pixels}, keep_gaps_, out);
    });
    return range.end - range.begin;
  }

 private:
  const series::SavitzkyGolay smoother_;
  const std::size_t layers_;
  const bool keep_gaps_;
};

class SmoothStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "smooth",
        "Smooths every pixel's series over time, and fills its gaps from the smooth curve",
        "the continuous layers of each variable over all periods",
        "the same layers, smooth",
        "one variable at a time, rows of a block (128 at most) x columns x periods: twice the numbers read, and those "
        "written; and 1 MiB for every open file",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("method", method_, "whittaker: penalised least squares; savitzky-golay: polynomials over a window")
        .choices({"whittaker", "savitzky-golay"});
    options.add("lambda", lambda_, "of whittaker: the larger, the smoother").range(1e-3, 1e9);
    options
        .add("differences", differences_,
             "of whittaker: what costs nothing: 1 a constant, 2 a straight line, 3 a parabola")
        .range(1, series::kMostDifferences);
    options.add("window", window_, "of savitzky-golay: layers that a polynomial is fitted to")
        .unit("layers")
        .range(3, 999)
        .rule("odd", [](const Value& value) { return value.is_number_integer() && value.get<int>() % 2 == 1; });
    options.add("order", order_, "of savitzky-golay: degree of the polynomials, less than the window").range(0, 9);
    options.add("gaps", gaps_, "whether missing values are filled from the curve or stay missing")
        .choices({"fill", "keep"});
    options.add("variables", variables_,
                "patterns of the variables to smooth; none: all continuous ones that have periods");
  }

  Result<void> plan(Planning& planning) override {
    job_.step = planning.step_name();
    job_.cube = planning.cube();
    if (method_ == "savitzky-golay" && order_ >= window_)
      return usage_error("order: {} is not less than the window of {} layers", order_, window_);
    ECOCUBE_TRY_ASSIGN(const auto chosen, choose_series(planning.layers(), variables_));
    std::vector<Encoding> kinds;  // of file, for one holds one data type and one number for missing values
    for (const SeriesVariable& variable : chosen) {
      const Encoding& encoding = variable.layers.front().encoding;
      for (const Layer& layer : variable.layers) {
        if (layer.encoding == encoding) continue;
        return input_error("variable {}: layers {} and {} are stored in different ways", variable.name,
                           variable.layers.front().period->id(), layer.period->id());
      }
      const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const Encoding& kind) {
        return kind.type == encoding.type && kind.same_no_data(encoding);
      });
      const auto number = same - kinds.begin();
      if (same == kinds.end()) kinds.push_back(encoding);
      ECOCUBE_TRY_ASSIGN(auto kernel, kernel_of(variable));
      SeriesGroup group{variable.name, variable.layers, {}, std::move(kernel)};
      for (const Layer& layer : variable.layers) {
        const std::string file = layer.period->id() + (number == 0 ? "" : fmt::format("_{}", number + 1)) + ".tif";
        group.outputs.push_back({layer, file, {}});
      }
      job_.groups.push_back(std::move(group));
    }
    return plan_series(planning, job_);
  }

  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    run.note(fmt::format("{} cells smoothed", outcome.cells));
    return {};
  }

 private:
  Result<std::shared_ptr<const SeriesKernel>> kernel_of(const SeriesVariable& variable) const {
    const std::size_t layers = variable.layers.size();
    auto axis = time_axis_of(variable.layers);
    if (!axis) return within(fmt::format("variable {}", variable.name), axis.error());
    if (method_ == "savitzky-golay") {
      if (static_cast<std::size_t>(window_) > layers)
        return usage_error("window: {} layers are asked for, variable {} has {}", window_, variable.name, layers);
      return std::make_shared<SavitzkyGolayKernel>(series::SavitzkyGolay(window_, order_, layers), layers,
                                                   gaps_ == "keep");
    }
    if (layers <= static_cast<std::size_t>(differences_)) {
      return usage_error("differences: {} need more than {} layers, variable {} has {}", differences_, differences_,
                         variable.name, layers);
    }
    std::vector<double> positions;
    for (std::size_t time = 0; time < layers; ++time)
      positions.push_back(axis->year[time] * axis->slots + axis->slot[time]);
    series::WhittakerPlan plan = series::whittaker_plan(positions, differences_, lambda_);
    plan.keep_gaps = gaps_ == "keep";
    return std::make_shared<WhittakerKernel>(std::move(plan));
  }

  std::string method_ = "whittaker", gaps_ = "fill";
  double lambda_ = 10;
  int differences_ = 2, window_ = 5, order_ = 2;
  std::vector<std::string> variables_;
  SeriesJob job_;
};

}  // namespace

std::unique_ptr<Step> make_smooth_step() {
  return std::make_unique<SmoothStep>();
}

}  // namespace ecocube
