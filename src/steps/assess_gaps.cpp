// SPDX-License-Identifier: Apache-2.0
#include "steps/assess_gaps.h"

#include <algorithm>
#include <cmath>

#include "io/file/file.h"
#include "io/report/gap_report.h"
#include "methods/series/gap_assessment_fill.h"
#include "steps/gap_assessment.h"
#include "steps/series_engine.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

class AssessGapsStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "assess-gaps",
        "Hides observed values, fills them with every method and tells how wrong each is",
        "the layers that fill-gaps would read: the continuous layers of each variable over all periods",
        "`assess-gaps/report.html` and `assess-gaps/assessment.json`; no layers",
        "the sample of one variable at a time: pixels x layers x 40 bytes, 1 GiB at most",
        2};
    return info;
  }

  void declare(OptionSet& options) override;
  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<void> check_options();

  std::vector<std::string> methods_, variables_;
  std::vector<std::string> ways_;
  double share_ = 0.10;
  std::int64_t seed_ = 1;
  SampleOptions sample_;

  Cube cube_;
  std::vector<SeriesVariable> chosen_;
  std::vector<ChipPlace> places_;
  std::vector<series::HidingWay> hide_;
};

void AssessGapsStep::declare(OptionSet& options) {
  std::vector<std::string> ways;
  for (std::size_t way = 0; way < series::kHidingWays; ++way)
    ways.emplace_back(series::name_of(static_cast<series::HidingWay>(way)));
  options.add("methods", methods_,
              "methods to be assessed: drk, linear, seasonal-mean, tmwm, swag, swag-two-sided, swag+sg, harmonic, "
              "harmonic-1, nearest; none: all of them");
  options.add("variables", variables_, "patterns of the variables to assess; none: all continuous ones with periods");
  options
      .add("ways", ways_,
           "how values are hidden: single ones, one or two seasons in squares, clouds, or everything on a date; none: "
           "all four ways")
      .choices(ways);
  options.add("share", share_, "of the values that is hidden at random, and of the dates that are hidden at once")
      .range(0.01, 0.5);
  options.add("seed", seed_, "number that decides which values are hidden").range(0, 9e15);
  options
      .add("chips", sample_.chips,
           "squares of 64 x 64 pixels that are the sample; an area of at most 300000 pixels is taken whole")
      .range(1, 100000);
}

Result<void> AssessGapsStep::check_options() {
  ECOCUBE_TRY(check_methods(methods_, "methods"));
  if (methods_.empty()) {
    for (const std::string_view name : series::assessed_method_names()) methods_.emplace_back(name);
  }
  for (std::size_t way = 0; way < series::kHidingWays; ++way) {
    const auto one = static_cast<series::HidingWay>(way);
    if (ways_.empty() || std::find(ways_.begin(), ways_.end(), series::name_of(one)) != ways_.end())
      hide_.push_back(one);
  }
  return {};
}

Result<void> AssessGapsStep::plan(Planning& planning) {
  cube_ = planning.cube();
  ECOCUBE_TRY(check_options());
  ECOCUBE_TRY_ASSIGN(chosen_, choose_series(planning.layers(), variables_));
  std::size_t times = 0;
  Task task;
  for (const SeriesVariable& variable : chosen_) {
    // Found out before anything runs.
    const auto axis = time_axis_of(variable.layers);
    if (!axis) return within("variable " + variable.name, axis.error());
    task.facts["axes"][variable.name] = time_axis_fact(*axis);
    times = std::max(times, variable.layers.size());
  }
  // The sample decides the figures, so it must not follow from --memory: the default bound holds everywhere.
  places_ = choose_chips(cube_, times, sample_);
  task.step = planning.step_name();
  for (const ChipPlace& place : places_) {
    task.facts["sample"].push_back(place.region);
    for (const Tile& tile : cube_.tiles) {
      if (intersection(tile.window, place.window).empty()) continue;
      for (const SeriesVariable& variable : chosen_) {
        for (const Layer& layer : variable.layers) ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
      }
    }
  }
  task.outputs = {planning.step_name() + "/assessment.json", planning.step_name() + "/report.html"};
  task.memory_bytes = assessment_bytes(places_, times);
  task.disk_bytes = chosen_.size() * (4U << 20);
  planning.add(std::move(task));
  return {};
}

/// The best method in each way of hiding, for the run log.
std::string best_text(const GapKnowledge& knowledge) {
  const series::GapAssessment& assessment = *knowledge.assessment;
  std::string text = knowledge.variable + ": least error";
  for (std::size_t way = 0; way < series::kHidingWays; ++way) {
    const series::GapScore* best = nullptr;
    for (const series::GapScore& score : assessment.scores) {
      const bool whole = score.slot < 0 && score.gap_class < 0 && score.region < 0;
      if (!whole || score.way != static_cast<series::HidingWay>(way) || score.sums.empty > score.sums.count / 100)
        continue;
      if (!best || score.sums.rmse() < best->sums.rmse()) best = &score;
    }
    if (!best) continue;
    text += fmt::format("{} {} {} ({:.4g} {})", text.back() == 'r' ? "" : ",", series::name_of(best->way),
                        assessment.methods[best->method], best->sums.rmse(),
                        knowledge.unit.empty() ? "RMSE" : knowledge.unit + " RMSE");
  }
  return text;
}

Result<void> AssessGapsStep::run(const Task& task, TaskRun& run) const {
  KnowledgeOptions options;
  options.methods = methods_;
  options.assess.share = share_;
  options.assess.seed = static_cast<std::uint64_t>(seed_);
  options.assess.ways = hide_;
  std::vector<GapKnowledge> all;
  GapReport report;
  report.title = cube_.name;
  for (const SeriesVariable& variable : chosen_) {
    const auto begun = static_cast<double>(all.size());
    options.assess.progress = [&](double share) {
      run.progress((begun + share) / static_cast<double>(chosen_.size()));
    };
    ECOCUBE_TRY_ASSIGN(GapKnowledge knowledge, learn_gaps(variable, cube_, places_, options, run.root()));
    run.note(best_text(knowledge));
    report.variables.push_back(
        {knowledge.variable, knowledge.unit, knowledge.slot_names, knowledge.regions, *knowledge.assessment});
    all.push_back(std::move(knowledge));
  }
  for (const auto& [name, value] : task.facts["options"].items()) report.settings.emplace_back(name, value_text(value));
  ECOCUBE_TRY(write_gap_knowledge(all, run.stage(task.outputs[0])));
  return write_text(run.stage(task.outputs[1]), gap_report_html(report));
}

}  // namespace

std::unique_ptr<Step> make_assess_gaps_step() {
  return std::make_unique<AssessGapsStep>();
}

}  // namespace ecocube
