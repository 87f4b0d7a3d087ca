// SPDX-License-Identifier: Apache-2.0
#include "steps/fill_gaps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "base/text.h"
#include "methods/series/fill_gaps.h"
#include "methods/series/gap_assessment_fill.h"
#include "steps/fill_gaps_kernel.h"
#include "steps/gap_assessment.h"
#include "steps/series_engine.h"
#include "steps/series_engine_block.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

const Encoding kSourceEncoding{.type = DataType::uint8, .scale = 1, .offset = 0, .no_data = series::kEmpty, .unit = {}};

/// How expected errors of a variable are stored: bytes are told ten times as finely as they are themselves.
Encoding error_encoding(const Encoding& variable) {
  switch (variable.type) {
    case DataType::uint8:
      return {DataType::uint16, 0.1 * std::abs(variable.scale), 0, 65535, variable.unit};
    case DataType::uint16:
    case DataType::int16:
      return {DataType::uint16, std::abs(variable.scale), 0, 65535, variable.unit};
    default:
      return {DataType::float32, 1, 0, std::numeric_limits<double>::quiet_NaN(), variable.unit};
  }
}

/// A variable whose gaps are filled.
struct Variable {
  SeriesVariable series;
  series::TimeAxis axis;
  const Encoding& encoding() const { return series.layers.front().encoding; }
};

class FillGapsStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "fill-gaps",
        "Fills the gaps of every pixel's series from the same pixel's other years and seasons, and from pixels around",
        "the continuous layers of each variable over all periods",
        "the same layers without gaps, for each a layer that tells how every value came about (`red_p50_source`), and "
        "with `quality` one that tells how wrong it may be (`red_p50_error`)",
        "one variable at a time, rows of a block (128 at most) x columns x periods: twice the numbers read, and what "
        "is "
        "written; drk and auto 9 bytes more for each; and 1 MiB for every open file; blocks of fewer rows, which a "
        "small --memory brings, keep 128 rows of all that is written as well",
        4};
    return info;
  }

  void declare(OptionSet& options) override;
  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  void declare_swag(OptionSet& options);
  bool learns() const { return learned_method() || quality_; }
  bool learned_method() const { return method_ == "drk" || method_ == "auto"; }
  Result<void> check_options() const;
  Result<void> check_owners() const;
  Result<void> add_variable(SeriesVariable chosen);
  std::vector<std::string> suffixes() const;
  SeriesGroup group_of(const Variable& variable, const std::string& suffix) const;
  series::FillMethod temporal_method() const;
  FillRules rules_of(const Variable& variable) const;
  std::shared_ptr<const SeriesKernel> kernel_of(FillRules rules) const;
  Result<void> plan_learning(Planning& planning);
  KnowledgeOptions knowledge_options() const;
  std::string knowledge_path(const Variable& variable) const {
    return fmt::format("{}/{}.json", job_.step, variable.series.name);
  }
  Result<void> learn(const Task& task, TaskRun& run) const;
  Result<void> fill(const Task& task, TaskRun& run) const;
  Result<std::shared_ptr<const FillKnowledge>> knowledge_of(const Variable& variable, const TaskRun& run,
                                                            std::size_t& assessed) const;

  std::string method_ = "tmwm", mode_ = "corrected";
  series::FillMethod fill_;
  std::int64_t reach_ = 0;
  bool quality_ = false;
  SampleOptions sample_;
  std::vector<std::string> variables_;

  std::vector<Variable> chosen_;
  std::vector<ChipPlace> places_;  ///< of the sample that is learned from
  SeriesJob job_;
};

void FillGapsStep::declare_swag(OptionSet& options) {
  options.add("attenuation_seasonal", fill_.swag.att_seas, "of swag: by how much a value half a year away weighs less")
      .unit("dB")
      .range(0, 150);
  options
      .add("attenuation_envelope", fill_.swag.att_env,
           "of swag: by how much a value as far away as the series is long weighs less")
      .unit("dB")
      .range(0, 150);
  options
      .add("future", fill_.swag.future,
           "of swag: factor on the weights of later values; 0: past only, 1: both sides alike")
      .range(0, 1);
  options
      .add("sg_window", fill_.swag.sg_window,
           "of swag: gaps then take the Savitzky-Golay curve through so many layers; 0: they do not")
      .unit("layers")
      .range(0, 999)
      .rule("odd or 0", [](const Value& value) {
        return value.is_number_integer() && (value.get<int>() == 0 || value.get<int>() % 2 == 1);
      });
  options.add("sg_order", fill_.swag.sg_order, "of swag: degree of that curve's polynomials, less than sg_window")
      .range(0, 9);
}

void FillGapsStep::declare(OptionSet& options) {
  options
      .add("method", method_,
           "how gaps are filled: moving window median, seasonally weighted average, linear in time, mean of the same "
           "season, harmonic curve, nearest in time, date regression and kriging, or whatever is measured best")
      .choices({"tmwm", "swag", "linear", "seasonal-mean", "harmonic", "nearest", "drk", "auto"});
  options.add("mode", mode_, "of tmwm: corrected, or the published definition with its faults")
      .choices({"corrected", "reference"});
  options
      .add("window", fill_.tmwm.window_years, "of tmwm: narrowest window; its multiples follow until one holds a value")
      .unit("years")
      .range(1, 99)
      .rule("odd",
            [](const Value& value) { return value.is_number() && static_cast<int>(value.get<double>()) % 2 == 1; });
  declare_swag(options);
  options.add("modes", fill_.harmonic.modes, "of harmonic: waves a year").range(1, 3);
  options.add("trend", fill_.harmonic.trend, "of harmonic: with a straight line over the years");
  options.add("robust", fill_.harmonic.robust, "of harmonic: values far from the curve weigh less");
  options
      .add("reach", reach_,
           "how far a value still missing is taken from the nearest pixels of the same layer; 0: it stays empty")
      .unit("pixels")
      .range(0, 100);
  options.add("quality", quality_, "write the expected error of every filled value as well");
  options
      .add(
          "chips", sample_.chips,
          "of drk, auto and quality: squares of 64 x 64 pixels that are learned from; an area of at most 300000 pixels "
          "is taken whole")
      .range(1, 100000);
  options.add("variables", variables_,
              "patterns of the variables to fill; none: all continuous ones that have periods");
}

/// An option that the chosen method does not look at would be passed over in silence.
Result<void> FillGapsStep::check_owners() const {
  const series::FillMethod usual;
  const std::tuple<const char*, const char*, bool> owned[] = {
      {"mode", "tmwm", mode_ != "corrected"},
      {"window", "tmwm", fill_.tmwm.window_years != usual.tmwm.window_years},
      {"attenuation_seasonal", "swag", fill_.swag.att_seas != usual.swag.att_seas},
      {"attenuation_envelope", "swag", fill_.swag.att_env != usual.swag.att_env},
      {"future", "swag", fill_.swag.future != usual.swag.future},
      {"sg_window", "swag", fill_.swag.sg_window != usual.swag.sg_window},
      {"sg_order", "swag", fill_.swag.sg_order != usual.swag.sg_order},
      {"modes", "harmonic", fill_.harmonic.modes != usual.harmonic.modes},
      {"trend", "harmonic", fill_.harmonic.trend != usual.harmonic.trend},
      {"robust", "harmonic", fill_.harmonic.robust != usual.harmonic.robust}};
  for (const auto& [option, method, given] : owned) {
    if (given && method_ != method)
      return usage_error("{}: an option of {}, the method is {}", option, method, method_);
  }
  return {};
}

Result<void> FillGapsStep::check_options() const {
  ECOCUBE_TRY(check_owners());
  if (fill_.swag.sg_window == 0 && fill_.swag.sg_order != series::SwagOptions().sg_order)
    return usage_error("sg_order: nothing is smoothed without sg_window");
  if (fill_.swag.sg_window > 0 && fill_.swag.sg_order >= fill_.swag.sg_window)
    return usage_error("sg_order: {} is not less than the {} layers of sg_window", fill_.swag.sg_order,
                       fill_.swag.sg_window);
  const bool reference = method_ == "tmwm" && mode_ == "reference";
  if (reach_ > 0 && reference)
    return usage_error("reach: the published definition (mode: reference) takes nothing from other pixels");
  if (reach_ > 0 && learned_method())
    return usage_error("reach: {} looks at the pixels around a gap by itself", method_);
  if (quality_ && reference)
    return usage_error("quality: the flags of the published definition (mode: reference) do not tell what was filled");
  return {};
}

Result<void> FillGapsStep::add_variable(SeriesVariable chosen) {
  auto axis = time_axis_of(chosen.layers);
  if (!axis) return within(fmt::format("variable {}", chosen.name), axis.error());
  if (method_ == "tmwm" && mode_ == "reference" && 3 * axis->years > series::kEmpty) {
    return usage_error("mode: the flags of reference hold at most 85 years, variable {} has {}", chosen.name,
                       axis->years);
  }
  const int places =
      (axis->year.back() - axis->year.front()) * axis->slots + axis->slot.back() - axis->slot.front() + 1;
  if (fill_.swag.sg_window > places)
    return usage_error("sg_window: {} layers are asked for, variable {} spans {}", fill_.swag.sg_window, chosen.name,
                       places);
  for (const Layer& layer : chosen.layers) {
    if (!(layer.encoding == chosen.layers.front().encoding)) {
      return input_error("variable {}: layers {} and {} are stored in different ways", chosen.name,
                         chosen.layers.front().period->id(), layer.period->id());
    }
  }
  chosen_.push_back({std::move(chosen), std::move(*axis)});
  return {};
}

/// A file holds one data type and one number for missing values, so variables that differ in them from the first get
/// files of their own: what is added to the names of each variable's files.
std::vector<std::string> FillGapsStep::suffixes() const {
  std::vector<Encoding> kinds;
  std::vector<std::string> of_kind, of_variable;
  for (const Variable& variable : chosen_) {
    const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const Encoding& kind) {
      return kind.type == variable.encoding().type && kind.same_no_data(variable.encoding());
    });
    const auto number = static_cast<std::size_t>(same - kinds.begin());
    if (same == kinds.end()) {
      kinds.push_back(variable.encoding());
      std::string suffix = number == 0 ? "" : fmt::format("_{}", name_of(variable.encoding().type));
      if (std::find(of_kind.begin(), of_kind.end(), suffix) != of_kind.end()) suffix += fmt::format("_{}", number + 1);
      of_kind.push_back(std::move(suffix));
    }
    of_variable.push_back(of_kind[number]);
  }
  return of_variable;
}

series::FillMethod FillGapsStep::temporal_method() const {
  series::FillMethod method = fill_;
  method.name = method_;
  method.tmwm.mode = mode_ == "reference" ? series::TmwmMode::reference : series::TmwmMode::corrected;
  return method;
}

FillRules FillGapsStep::rules_of(const Variable& variable) const {
  FillRules rules;
  rules.method = temporal_method();
  rules.axis = variable.axis;
  rules.encoding = variable.encoding();
  rules.reach = static_cast<int>(reach_);
  rules.errors = quality_;
  return rules;
}

std::shared_ptr<const SeriesKernel> FillGapsStep::kernel_of(FillRules rules) const {
  return learned_method() ? make_learned_kernel(std::move(rules)) : make_temporal_kernel(std::move(rules));
}

SeriesGroup FillGapsStep::group_of(const Variable& variable, const std::string& suffix) const {
  SeriesGroup group{variable.series.name, variable.series.layers, {}, kernel_of(rules_of(variable))};
  const auto title = [](const Layer& layer) { return layer.long_name.empty() ? layer.variable : layer.long_name; };
  for (const Layer& layer : variable.series.layers)
    group.outputs.push_back({layer, layer.period->id() + suffix + ".tif", {}});
  for (const Layer& layer : variable.series.layers) {
    Layer source = layer;
    source.variable += "_source";
    source.long_name = fmt::format("How the value of {} came about", title(layer));
    source.kind = LayerKind::source;
    source.encoding = kSourceEncoding;
    group.outputs.push_back({std::move(source), layer.period->id() + "_source.tif", {}});
  }
  if (!quality_) return group;
  const Encoding encoding = error_encoding(variable.encoding());
  const char* const type = encoding.type == DataType::float32 ? "_float32" : "";
  for (const Layer& layer : variable.series.layers) {
    Layer error = layer;
    error.variable += "_error";
    error.long_name = fmt::format("Expected error of {}", title(layer));
    error.kind = LayerKind::error;
    error.encoding = encoding;
    group.outputs.push_back({std::move(error), fmt::format("{}_error{}.tif", layer.period->id(), type), {}});
  }
  return group;
}

KnowledgeOptions FillGapsStep::knowledge_options() const {
  KnowledgeOptions options;
  options.statistics = learned_method();
  if (method_ == "auto") {
    for (const std::string_view name : series::assessed_method_names()) options.methods.emplace_back(name);
  } else if (method_ != "drk") {
    // With the options that it fills with, for they decide its errors.
    options.own = temporal_method();
  }
  return options;
}

/// A task a variable, over the whole area, before the tiles: it learns from a sample that does not depend on --memory.
Result<void> FillGapsStep::plan_learning(Planning& planning) {
  std::size_t times = 0;
  for (const Variable& variable : chosen_) times = std::max(times, variable.axis.days.size());
  places_ = choose_chips(job_.cube, times, sample_);
  for (const Variable& variable : chosen_) {
    Task task;
    task.step = job_.step;
    task.period = variable.series.name;
    for (const ChipPlace& place : places_) task.facts["sample"].push_back(place.region);
    task.facts["axis"] = time_axis_fact(variable.axis);
    for (const ChipPlace& place : places_) {
      for (const TilePart& part : tile_parts(job_.cube, place.window)) {
        for (const Layer& layer : variable.series.layers) ECOCUBE_TRY(planning.reads(task, layer, part.tile));
      }
    }
    task.outputs = {knowledge_path(variable)};
    task.memory_bytes = assessment_bytes(places_, variable.axis.days.size());
    task.disk_bytes = 1U << 20;
    job_.needs.push_back(task.id());
    planning.add(std::move(task));
  }
  return {};
}

Result<void> FillGapsStep::plan(Planning& planning) {
  job_.step = planning.step_name();
  job_.cube = planning.cube();
  ECOCUBE_TRY(check_options());
  ECOCUBE_TRY_ASSIGN(auto all, choose_series(planning.layers(), variables_));
  for (SeriesVariable& chosen : all) ECOCUBE_TRY(add_variable(std::move(chosen)));
  if (learns()) ECOCUBE_TRY(plan_learning(planning));
  const std::vector<std::string> files = suffixes();
  for (std::size_t v = 0; v < chosen_.size(); ++v) job_.groups.push_back(group_of(chosen_[v], files[v]));
  return plan_series(planning, job_);
}

/// `drk`, or `0.61 swag-two-sided + 0.39 harmonic`
std::string choice_text(const series::GapAssessment& assessment, const series::GapChoice& choice) {
  std::vector<std::string> parts;
  for (std::size_t method = 0; method < choice.weights.size(); ++method) {
    const double weight = choice.weights[method];
    if (weight >= 1) return assessment.methods[method];
    if (weight > 0) parts.push_back(fmt::format("{:.2f} {}", weight, assessment.methods[method]));
  }
  return fmt::format("{}", fmt::join(parts, " + "));
}

/// Which method `auto` takes where: a line for dates seen elsewhere, and one for nearly empty ones.
std::vector<std::string> choice_notes(const GapKnowledge& knowledge) {
  std::vector<std::string> notes;
  const series::GapAssessment& assessment = *knowledge.assessment;
  const bool any_empty =
      std::find(assessment.nearly_empty.begin(), assessment.nearly_empty.end(), 1) != assessment.nearly_empty.end();
  for (const bool empty : {false, true}) {
    if (empty && !any_empty) continue;
    std::vector<std::string> parts;
    for (int slot = 0; slot < assessment.slots; ++slot) {
      parts.push_back(fmt::format("{}: {}", knowledge.slot_names[static_cast<std::size_t>(slot)],
                                  choice_text(assessment, assessment.choice(empty, slot))));
    }
    notes.push_back(fmt::format("{}{} is filled by {}", knowledge.variable, empty ? ", on dates nearly empty," : "",
                                fmt::join(parts, "; ")));
  }
  return notes;
}

Result<void> FillGapsStep::learn(const Task& task, TaskRun& run) const {
  const auto variable =
      std::find_if(chosen_.begin(), chosen_.end(), [&](const Variable& one) { return one.series.name == task.period; });
  KnowledgeOptions options = knowledge_options();
  options.assess.progress = [&](double share) { run.progress(share); };
  ECOCUBE_TRY_ASSIGN(GapKnowledge learned, learn_gaps(variable->series, job_.cube, places_, options, run.root()));
  if (method_ == "auto") {
    for (std::string& note : choice_notes(learned)) run.note(std::move(note));
  }
  return write_gap_knowledge({std::move(learned)}, run.stage(task.outputs.front()));
}

/// `assessed` is set to the place of the method in the assessment.
Result<std::shared_ptr<const FillKnowledge>> FillGapsStep::knowledge_of(const Variable& variable, const TaskRun& run,
                                                                        std::size_t& assessed) const {
  const auto file = run.root() / knowledge_path(variable);
  ECOCUBE_TRY_ASSIGN(std::vector<GapKnowledge> all, read_gap_knowledge(file));
  if (all.size() != 1 || all.front().variable != variable.series.name)
    return input_error("{}: it does not tell about {} alone", file.string(), variable.series.name);
  GapKnowledge& told = all.front();
  const bool wants_table = method_ == "auto" || !learned_method();
  if ((wants_table && !told.assessment) || (learned_method() && !told.statistics))
    return input_error("{}: what {} needs to know is not in it", file.string(), method_);
  auto knowledge = std::make_shared<FillKnowledge>();
  knowledge->assessment = std::move(told.assessment);
  if (learned_method()) knowledge->drk.emplace(std::move(*told.statistics), variable.axis);
  if (method_ == "auto") knowledge->chosen.emplace(*knowledge->assessment, &*knowledge->drk, variable.axis);
  if (wants_table) {
    const std::vector<std::string>& methods = knowledge->assessment->methods;
    const auto place = std::find(methods.begin(), methods.end(), method_);
    assessed = static_cast<std::size_t>(place - methods.begin());
    if (method_ != "auto" && place == methods.end())
      return input_error("{}: {} was not assessed", file.string(), method_);
  }
  return knowledge;
}

Result<void> FillGapsStep::fill(const Task& task, TaskRun& run) const {
  SeriesJob job = job_;
  const auto stayed_empty = std::make_shared<std::atomic<std::size_t>>(0);
  for (std::size_t v = 0; v < chosen_.size(); ++v) {
    FillRules rules = rules_of(chosen_[v]);
    rules.stayed_empty = stayed_empty;
    if (learns()) {
      ECOCUBE_TRY_ASSIGN(rules.knowledge, knowledge_of(chosen_[v], run, rules.assessed));
    }
    job.groups[v].kernel = kernel_of(std::move(rules));
  }
  ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job, task, run));
  std::size_t filled = 0;
  for (const std::size_t count : outcome.counts) filled += count;
  run.note(fmt::format("{} of {} cells were gaps, {} of them stay empty", filled + *stayed_empty, outcome.cells,
                       stayed_empty->load()));
  return {};
}

Result<void> FillGapsStep::run(const Task& task, TaskRun& run) const {
  return task.tile.empty() ? learn(task, run) : fill(task, run);
}

}  // namespace

std::unique_ptr<Step> make_fill_gaps_step() {
  return std::make_unique<FillGapsStep>();
}

}  // namespace ecocube
