// SPDX-License-Identifier: Apache-2.0
#include "steps/ensemble_options.h"

#include <limits>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// Values of one axis as the recipe lists them: all numbers, or all words.
Result<SearchAxis> axis_of(const std::string& learner, const std::string& name, const Value& values) {
  SearchAxis axis{name, {}, {}};
  if (!values.is_array() || values.empty())
    return usage_error("tune_space.{}.{}: a list of values is due", learner, name);
  for (const Value& value : values) {
    if (value.is_number()) {
      axis.numbers.push_back(value.get<double>());
    } else if (value.is_boolean()) {
      axis.numbers.push_back(value.get<bool>() ? 1 : 0);
    } else if (value.is_string()) {
      axis.words.push_back(value.get<std::string>());
    } else {
      return usage_error("tune_space.{}.{}: {} is neither number nor word", learner, name, value_text(value));
    }
  }
  if (!axis.numbers.empty() && !axis.words.empty())
    return usage_error("tune_space.{}.{}: numbers and words are mixed", learner, name);
  return axis;
}

TuningMethod tuning_named(const std::string& name) {
  if (name == "grid") return TuningMethod::grid;
  if (name == "random") return TuningMethod::random;
  return name == "halving" ? TuningMethod::halving : TuningMethod::none;
}

EliminationMethod elimination_named(const std::string& name) {
  if (name == "impurity") return EliminationMethod::impurity;
  return name == "permutation" ? EliminationMethod::permutation : EliminationMethod::none;
}

Conformal conformal_named(const std::string& name) {
  if (name == "margins") return Conformal::margins;
  return name == "residual" ? Conformal::residual : Conformal::levels;
}

}  // namespace

void EnsembleOptions::declare(OptionSet& options) {
  options.add("learners", initial_.learners, "base learners of the ensemble").choices(learner_names());
  options
      .add("meta", initial_.meta.kind,
           "how their answers become one: `ladder` chooses among pools by the inner folds; classes: `mean`, "
           "`published` (logistic regression on probabilities), `linear-pool`, `log-pool-without-bias`, `log-pool`, "
           "`anchored-pool`; numbers: `mean`, `convex-pool`, `ridge-stack`, `best`")
      .choices(meta_kinds());
  options.add("meta_c", initial_.meta.c, "published: inverse strength of the meta learner's ridge")
      .range(1e-9, kUnbounded);
  options.add("meta_lambda", initial_.meta.lambda, "anchored-pool: strength of its ridge").range(1e-6, kUnbounded);
  options.add("folds", initial_.folds, "parts of the rows that are predicted by learners fitted on the others")
      .range(2, 100);
  options.add("min_rows", min_rows_, "classes with fewer rows are left out").range(1, kUnbounded);
  options.add("balanced", initial_.balanced, "let every class weigh the same in the fits, whatever its number of rows");
  options.add("nested", initial_.nested,
              "also score on outer folds that nothing has seen; costs F (F - 1) / 2 more fits a learner for F folds");
  options
      .add("calibration", initial_.calibration,
           "share of the groups held out of training to calibrate the final temperature, class sets and intervals on; "
           "0: the out-of-fold answers serve")
      .range(0, 0.5);
  options.add("seed", seed_, "number that all random draws follow from").range(0, 9e15);
  declare_choices(options);
  declare_uncertainty(options);
  declare_learners(options);
}

void EnsembleOptions::declare_choices(OptionSet& options) {
  options
      .add("tune", tune_,
           "search of hyper-parameters under the same folds, by log loss or squared error; inside every outer fold "
           "anew when nested, so it costs about folds² × combinations fits a learner")
      .choices({"none", "grid", "random", "halving"});
  options.add("tune_trials", initial_.tuning.trials, "combinations that random search and halving draw").range(1, 4096);
  options.add(
      "tune_space", tune_space_,
      "values to try, as {learner: {hyper-parameter: [value, ...]}}; left out: those that the learner proposes");
  options
      .add("select_features", select_,
           "recursive elimination of features by their importance; the smallest set within one standard error of the "
           "best stays; inside every outer fold anew when nested")
      .choices({"none", "impurity", "permutation"});
  options.add("select_learner", initial_.elimination.learner, "learner whose importance and loss select the features")
      .choices(learner_names());
  options.add("select_share", initial_.elimination.share, "share of the features that goes at each step")
      .range(0.01, 0.9);
  options.add("select_least", initial_.elimination.least, "features that stay in any case").range(1, kUnbounded);
  options
      .add("permutation_repeats", permutation_repeats_,
           "shuffles of every feature for its importance under the folds; 0: not worked out")
      .range(0, 1000);
}

void EnsembleOptions::declare_uncertainty(OptionSet& options) {
  options.add("sets", sets_, "class sets that hold the true class as often as asked: smallest (lac) or adaptive (raps)")
      .choices({"lac", "raps", "none"});
  options.add("sets_per_class", sets_per_class_, "hold every class as often as asked, rare ones as well");
  options
      .add("intervals", intervals_,
           "intervals that hold the true number as often as asked: by the levels of the forest's quantiles, margins "
           "about them, or residuals alone")
      .choices({"levels", "margins", "residual", "none"});
  options.add("coverages", coverages_, "how often sets and intervals are to hold, each within 0..1")
      .rule("a list of numbers within 0..1", [](const Value& value) {
        for (const Value& one : value) {
          if (!one.is_number() || one.get<double>() <= 0 || one.get<double>() >= 1) return false;
        }
        return !value.empty();
      });
  options.add("equal_groups", equal_groups_,
              "let every group weigh the same in calibration, whatever its number of rows");
  options.add("applicability", applicability_, "put an area of applicability into the model");
}

/// One option for every hyper-parameter of every learner: `forest_trees`.
void EnsembleOptions::declare_learners(OptionSet& options) {
  for (const LearnerMethod* method : learner_methods()) {
    for (const HyperParameter& parameter : method->info().parameters) {
      LearnerOption& own = learner_options_.emplace_back(LearnerOption{method->info().name, parameter, 0, 0, ""});
      const std::string name = fmt::format("{}_{}", replace_all(own.learner, "-", "_"), parameter.name);
      if (!parameter.choices.empty()) {
        own.word = parameter.choices.front();
        options.add(name, own.word, parameter.meaning).choices(parameter.choices);
      } else if (parameter.whole) {
        own.whole = static_cast<std::int64_t>(parameter.initial);
        options.add(name, own.whole, parameter.meaning).range(parameter.lowest, parameter.highest);
      } else {
        own.number = parameter.initial;
        options.add(name, own.number, parameter.meaning).range(parameter.lowest, parameter.highest);
      }
    }
  }
}

Result<void> EnsembleOptions::take_learners(EnsembleSettings& settings) const {
  for (const LearnerMethod* method : learner_methods())
    settings.parameters.insert_or_assign(method->info().name, HyperParameters(method->info().parameters));
  for (const LearnerOption& own : learner_options_) {
    HyperParameters& parameters = settings.parameters.at(own.learner);
    const std::string& name = own.parameter.name;
    if (!own.parameter.choices.empty()) {
      ECOCUBE_TRY(parameters.set(name, std::string_view(own.word)));
    } else {
      ECOCUBE_TRY(parameters.set(name, own.parameter.whole ? static_cast<double>(own.whole) : own.number));
    }
  }
  return {};
}

Result<void> EnsembleOptions::take_tuning(EnsembleSettings& settings) const {
  settings.tuning.method = tuning_named(tune_);
  settings.elimination.method = elimination_named(select_);
  if (tune_space_.is_null()) return {};
  if (!tune_space_.is_object()) return usage_error("tune_space: a map of learners is due");
  for (const auto& [learner, axes] : tune_space_.items()) {
    const auto method = learner_method(learner);
    if (!method) return within("tune_space", method.error());
    if (!axes.is_object()) return usage_error("tune_space.{}: a map of hyper-parameters is due", learner);
    SearchSpace space;
    for (const auto& [name, values] : axes.items()) {
      ECOCUBE_TRY_ASSIGN(SearchAxis axis, axis_of(learner, name, values));
      space.push_back(std::move(axis));
    }
    const auto checked = check_search_space((*method)->info(), space);
    if (!checked) return within("tune_space", checked.error());
    settings.tuning.spaces.insert_or_assign(learner, std::move(space));
  }
  return {};
}

void EnsembleOptions::take_uncertainty(EnsembleSettings& settings, bool regression) const {
  const RowShare share = equal_groups_ ? RowShare::group : RowShare::own;
  if (!regression && sets_ != "none") {
    ClassSetOptions sets;
    sets.method = sets_ == "raps" ? SetMethod::raps : SetMethod::lac;
    sets.per_class = sets_per_class_;
    sets.share = share;
    sets.coverages = coverages_;
    settings.sets = sets;
  }
  if (regression && intervals_ != "none") {
    IntervalOptions intervals;
    intervals.conformal = conformal_named(intervals_);
    intervals.share = share;
    intervals.coverages = coverages_;
    settings.intervals = intervals;
  }
  settings.applicability = applicability_;
}

Result<EnsembleSettings> EnsembleOptions::settings(bool regression) const {
  EnsembleSettings settings = initial_;
  settings.min_rows = static_cast<std::size_t>(min_rows_);
  settings.seed = static_cast<std::uint64_t>(seed_);
  settings.permutation_repeats = permutation_repeats_;
  ECOCUBE_TRY(take_learners(settings));
  ECOCUBE_TRY(take_tuning(settings));
  take_uncertainty(settings, regression);
  ECOCUBE_TRY(check_meta_kind(settings.meta.kind, regression));
  return settings;
}

}  // namespace ecocube
