// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/ensemble.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"
#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "data/model/portable_math.h"
#include "methods/assess/applicability.h"
#include "methods/assess/measures.h"
#include "methods/assess/regression_measures.h"
#include "methods/stack/calibration.h"
#include "methods/stack/ensemble_rows.h"
#include "methods/stack/fold_importance.h"
#include "methods/stack/linear_pool.h"
#include "methods/stack/out_of_fold.h"

namespace ecocube {
namespace {

class Trainer {
 public:
  Trainer(PreparedRows prepared, const EnsembleSettings& settings)
      : data_(std::move(prepared.data)),
        own_weights_(std::move(prepared.own_weights)),
        table_rows_(std::move(prepared.table_rows)),
        folds_(prepared.folds),
        settings_(settings),
        learners_(settings.learners.size()) {
    trained_.report.notes = std::move(prepared.notes);
  }

  Result<TrainedEnsemble> train() {
    if (settings_.nested && folds_ < 3)
      return usage_error("the nested score needs 3 folds, there are {}: give more, or leave the nested score out",
                         folds_);
    ECOCUBE_TRY(choose());
    ECOCUBE_TRY(answer());
    ECOCUBE_TRY(fit_metas());
    score();
    ECOCUBE_TRY(fit_on_all_rows());
    ECOCUBE_TRY(finish());
    return std::move(trained_);
  }

 private:
  const TrainingRows& rows() const { return data_.rows; }
  bool regression() const { return data_.rows.regression(); }

  // What to fit.
  Result<LearnerChoice> choice_for(int without, TrainingReport* report) const;
  Result<void> choose();
  Result<void> answer();

  // The meta learners.
  MetaRows meta_rows(std::span<const float> learned, int without) const;
  Result<FittedMeta> meta_without(std::span<const float> learned, int fold, const MetaSettings& settings) const;
  Result<void> fit_metas();
  std::vector<double> combined(const std::vector<Meta>& of_fold) const;

  // The scores.
  void score();
  Evaluation evaluated(std::string name, const std::vector<double>& answers) const;
  RegressionEvaluation evaluated_numbers(std::string name, const std::vector<double>& answers) const;
  void score_one(std::string name, const std::vector<double>& answers, Evaluation& classes,
                 RegressionEvaluation& numbers) const;
  double back(double number) const { return transformed_back(data_.response->transform, number); }

  // The model.
  Result<void> fit_on_all_rows();
  Result<void> finish();
  void describe();
  void keep_out_of_fold();

  EnsembleData data_;
  std::vector<double> own_weights_;
  std::vector<std::uint32_t> table_rows_;
  int folds_;
  const EnsembleSettings& settings_;
  std::size_t learners_;
  OutOfFoldPlan plan_;
  OutOfFold out_of_fold_;
  Meta meta_;
  std::vector<Meta> published_metas_, nested_metas_;  ///< shape [fold]
  std::vector<double> answers_;                       ///< nested if asked, transformed; shape [row][answer]
  TrainedEnsemble trained_;
};

/// Features and hyper-parameters chosen on the folds, all but one.
Result<LearnerChoice> Trainer::choice_for(int without, TrainingReport* report) const {
  LearnerChoice choice{{}, settings_.parameters};
  choice.features.resize(rows().features);
  std::iota(choice.features.begin(), choice.features.end(), 0u);
  const std::uint64_t seed = Random{settings_.seed, 0x7e1eULL, static_cast<std::uint64_t>(without + 1)}.next();
  const std::vector<Side> sides = sides_of(data_.folds, folds_, without);
  if (settings_.elimination.method != EliminationMethod::none) {
    ECOCUBE_TRY_ASSIGN(EliminatedFeatures found, eliminate_features(rows(), data_.features, own_weights_, sides, choice,
                                                                    settings_.elimination, seed));
    choice.features = std::move(found.kept);
    if (report) report->elimination = std::move(found.steps);
  }
  if (settings_.tuning.method == TuningMethod::none) return choice;
  const TrainingRows part = with_features(rows(), choice.features);
  for (const std::string& learner : settings_.learners) {
    ECOCUBE_TRY_ASSIGN(TunedLearner tuned,
                       tune_learner(learner, part, own_weights_, sides, choice, settings_.tuning, seed));
    choice.parameters.insert_or_assign(learner, std::move(tuned.parameters));
    if (report) report->tuning.insert(report->tuning.end(), tuned.trials.begin(), tuned.trials.end());
  }
  return choice;
}

Result<void> Trainer::choose() {
  plan_.learners = settings_.learners;
  plan_.nested = settings_.nested;
  plan_.seed = settings_.seed;
  plan_.keep_learners = settings_.permutation_repeats > 0;
  if (regression()) plan_.quantile_levels = quantile_levels_for(settings_);
  ECOCUBE_TRY_ASSIGN(plan_.choice, choice_for(-1, &trained_.report));
  const bool chooses =
      settings_.elimination.method != EliminationMethod::none || settings_.tuning.method != TuningMethod::none;
  for (int f = 0; chooses && settings_.nested && f < folds_; ++f) {
    ECOCUBE_TRY_ASSIGN(LearnerChoice choice, choice_for(f, nullptr));
    plan_.fold_choices.push_back(std::move(choice));
  }
  return {};
}

Result<void> Trainer::answer() {
  ECOCUBE_TRY_ASSIGN(out_of_fold_, answer_out_of_fold(rows(), data_.folds, folds_, plan_));
  return {};
}

/// Rows outside a fold with their answers, as `learned` has them; -1: all rows.
MetaRows Trainer::meta_rows(std::span<const float> learned, int without) const {
  MetaRows part{learners_, rows().classes, {}, {}, {}, {}};
  for (std::size_t row = 0; row < rows().rows(); ++row) {
    if (data_.folds[row] == without) continue;
    const auto own = learned.subspan(row * part.inputs(), part.inputs());
    part.learned.insert(part.learned.end(), own.begin(), own.end());
    part.weights.push_back(rows().weights[row]);
    if (regression()) {
      part.responses.push_back(rows().responses[row]);
    } else {
      part.seen.push_back(rows().seen[row]);
    }
  }
  return part;
}

Result<FittedMeta> Trainer::meta_without(std::span<const float> learned, int fold, const MetaSettings& settings) const {
  std::vector<std::uint8_t> folds;
  for (const std::uint8_t f : data_.folds) {
    if (f != fold) folds.push_back(f);
  }
  return fit_meta(meta_rows(learned, fold), folds, settings);
}

Result<void> Trainer::fit_metas() {
  ECOCUBE_TRY_ASSIGN(FittedMeta fitted, meta_without(out_of_fold_.outer, -1, settings_.meta));
  meta_ = std::move(fitted.meta);
  trained_.report.meta_candidates = std::move(fitted.candidates);
  // The published kind takes the rung that all folds chose; the nested one climbs anew in every fold.
  const MetaSettings chosen = settings_of(meta_, settings_.meta);
  for (int f = 0; f < folds_; ++f) {
    ECOCUBE_TRY_ASSIGN(FittedMeta published, meta_without(out_of_fold_.outer, f, chosen));
    published_metas_.push_back(std::move(published.meta));
    if (!settings_.nested) continue;
    ECOCUBE_TRY_ASSIGN(FittedMeta nested,
                       meta_without(out_of_fold_.inner[static_cast<std::size_t>(f)], f, settings_.meta));
    trained_.report.fold_metas.push_back(nested.meta.name);
    nested_metas_.push_back(std::move(nested.meta));
  }
  return {};
}

/// Answers to every row by the meta learner of its fold; shape [row][answer].
std::vector<double> Trainer::combined(const std::vector<Meta>& of_fold) const {
  const std::size_t count = rows().answers(), inputs = learners_ * count;
  const auto learned = settings_.nested && &of_fold == &nested_metas_ ? out_of_fold_.answers_of_folds()
                                                                      : std::span<const float>(out_of_fold_.outer);
  std::vector<double> answers(rows().rows() * count);
  for (std::size_t row = 0; row < rows().rows(); ++row)
    combine_learners(of_fold[data_.folds[row]], learned.subspan(row * inputs, inputs),
                     std::span(answers).subspan(row * count, count));
  return answers;
}

Evaluation Trainer::evaluated(std::string name, const std::vector<double>& answers) const {
  const std::vector<float> probabilities(answers.begin(), answers.end());
  return evaluate(std::move(name), rows().seen, probabilities, own_weights_, rows().classes);
}

RegressionEvaluation Trainer::evaluated_numbers(std::string name, const std::vector<double>& answers) const {
  std::vector<double> seen, told;
  for (std::size_t row = 0; row < answers.size(); ++row) {
    seen.push_back(back(static_cast<double>(rows().responses[row])));
    told.push_back(back(answers[row]));
  }
  return evaluate_numbers(std::move(name), seen, told, own_weights_);
}

void Trainer::score_one(std::string name, const std::vector<double>& answers, Evaluation& classes,
                        RegressionEvaluation& numbers) const {
  if (regression()) {
    numbers = evaluated_numbers(std::move(name), answers);
  } else {
    classes = evaluated(std::move(name), answers);
  }
}

void Trainer::score() {
  TrainingReport& report = trained_.report;
  answers_ = combined(published_metas_);
  score_one("ensemble, as published", answers_, report.published, report.published_numbers);
  if (settings_.nested) {
    answers_ = combined(nested_metas_);
    score_one("ensemble", answers_, report.nested, report.nested_numbers);
  }
  const auto learned = out_of_fold_.answers_of_folds();
  const std::size_t count = rows().answers();
  std::vector<double> mean(rows().rows() * count);
  for (std::size_t l = 0; l < learners_; ++l) {
    std::vector<double> own;
    for (std::size_t row = 0; row < rows().rows(); ++row) {
      for (std::size_t c = 0; c < count; ++c)
        own.push_back(static_cast<double>(learned[(row * learners_ + l) * count + c]));
    }
    for (std::size_t i = 0; i < own.size(); ++i) mean[i] += own[i] / static_cast<double>(learners_);
    if (regression()) {
      report.learner_numbers.push_back(evaluated_numbers(settings_.learners[l], own));
    } else {
      report.learner_scores.push_back(evaluated(settings_.learners[l], own));
    }
  }
  score_one("mean of the learners", mean, report.plain_mean, report.plain_mean_numbers);
}

Result<void> Trainer::fit_on_all_rows() {
  // The learners of the folds are still there, and the features they know.
  if (settings_.permutation_repeats > 0) {
    const TrainingRows part = with_features(rows(), plan_.choice.features);
    std::vector<std::string> names;
    for (const std::uint32_t f : plan_.choice.features) names.push_back(data_.features[f]);
    trained_.report.permutation_importance =
        fold_importance(part, names, data_.folds, out_of_fold_.fitted, meta_, own_weights_,
                        settings_.permutation_repeats, settings_.seed);
    out_of_fold_.fitted.clear();
  }
  keep_features(data_, plan_.choice.features);
  TrainingReport& report = trained_.report;
  report.out_of_bag_accuracy = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t l = 0; l < learners_; ++l) {
    const std::string& name = settings_.learners[l];
    ECOCUBE_TRY_ASSIGN(FittedLearner fitted,
                       fit_learner(name, rows(), plan_.choice, Random{settings_.seed, l + 1}.next()));
    trained_.model.learners.push_back({name, std::move(fitted.learner)});
    if (fitted.importance.empty() || !report.importance.empty()) continue;
    report.out_of_bag_accuracy = fitted.out_of_bag_score;
    for (std::size_t f = 0; f < rows().features; ++f)
      report.importance.push_back({data_.features[f], fitted.importance[f], 0});
  }
  std::stable_sort(report.importance.begin(), report.importance.end(),
                   [](const auto& a, const auto& b) { return a.importance > b.importance; });
  return {};
}

Result<void> Trainer::finish() {
  Model& model = trained_.model;
  model.features = data_.features;
  for (std::size_t f = 0; f < rows().features; ++f) {
    const auto [lowest, highest] = std::minmax_element(rows().column(f).begin(), rows().column(f).end());
    FeatureFacts& facts = model.facts.emplace_back();
    if (!data_.units.empty()) facts.unit = data_.units[f];
    facts.lowest = static_cast<double>(*lowest);
    facts.highest = static_cast<double>(*highest);
  }
  model.classes = data_.classes;
  model.response = data_.response;
  model.meta = meta_;
  if (regression()) {
    const auto [lowest, highest] = std::minmax_element(rows().responses.begin(), rows().responses.end());
    model.response->lowest = back(static_cast<double>(*lowest));
    model.response->highest = back(static_cast<double>(*highest));
  }
  describe();
  keep_out_of_fold();
  if (settings_.calibration == 0) {
    CalibrationRows calibration{
        answers_, rows().seen, {}, data_.groups.of_row, own_weights_, out_of_fold_.quantiles, out_of_fold_.shares};
    calibration.responses.assign(rows().responses.begin(), rows().responses.end());
    ECOCUBE_TRY(calibrate(model, calibration, settings_));
  }
  if (!settings_.applicability) return {};
  std::vector<double> importance(rows().features, 1);
  const auto& ranked = trained_.report.permutation_importance.empty() ? trained_.report.importance
                                                                      : trained_.report.permutation_importance;
  for (const RankedFeature& one : ranked) {
    const auto f = std::find(data_.features.begin(), data_.features.end(), one.feature) - data_.features.begin();
    importance[static_cast<std::size_t>(f)] = one.importance;
  }
  const std::vector<std::uint32_t> folds(data_.folds.begin(), data_.folds.end());
  ECOCUBE_TRY_ASSIGN(model.applicability, find_applicability(rows().row_by_row(), importance, folds,
                                                             {.most_rows = 5000, .seed = settings_.seed}));
  return {};
}

void Trainer::describe() {
  TrainingReport& report = trained_.report;
  report.classes = data_.classes;
  report.response = trained_.model.response;
  report.learners = settings_.learners;
  report.features = data_.features;
  report.rows = rows().rows();
  report.groups = data_.groups.count;
  report.folds = static_cast<std::size_t>(folds_);
  report.meta = meta_.name;
  report.fold_rows.resize(report.folds);
  report.fold_groups.resize(report.folds);
  std::vector<bool> counted(data_.groups.count);
  for (std::size_t row = 0; row < rows().rows(); ++row) {
    ++report.fold_rows[data_.folds[row]];
    const std::uint32_t group = data_.groups.of_row[row];
    if (!counted[group]) ++report.fold_groups[data_.folds[row]];
    counted[group] = true;
  }
}

void Trainer::keep_out_of_fold() {
  OutOfFoldRows& kept = trained_.report.out_of_fold;
  kept.places = data_.places;
  kept.table_rows = table_rows_;
  kept.folds = data_.folds;
  kept.groups = data_.groups.of_row;
  kept.weights = own_weights_;
  kept.answers = answers_;
  const auto learned = out_of_fold_.answers_of_folds();
  kept.learned.assign(learned.begin(), learned.end());
  if (!regression()) {
    kept.seen_class = rows().seen;
    return;
  }
  for (const float response : rows().responses) kept.seen.push_back(back(static_cast<double>(response)));
  for (double& answer : kept.answers) answer = back(answer);
  if (out_of_fold_.quantiles.empty()) return;
  kept.quantile_levels = plan_.quantile_levels;
  for (const double quantile : out_of_fold_.quantiles) kept.quantiles.push_back(back(quantile));
}

Result<void> check_able(const std::string& learner, bool regression) {
  const auto able = [&](const LearnerInfo& info) { return regression ? info.regresses : info.classifies; };
  ECOCUBE_TRY_ASSIGN(const LearnerMethod* method, learner_method(learner));
  if (able(method->info())) return {};
  std::vector<std::string> names;
  for (const LearnerMethod* one : learner_methods()) {
    if (able(one->info())) names.push_back(one->info().name);
  }
  return usage_error("learner '{}' does no {}; these do: {}", learner, regression ? "regression" : "classification",
                     join(names, ", "));
}

/// Features are found again by their names, and scores are told by those of the learners.
Result<void> check_named_once(std::string_view what, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return {};
  return usage_error("{} '{}' is named twice", what, *twice);
}

Result<void> check_settings(const EnsembleData& data, const EnsembleSettings& settings) {
  const bool regression = data.rows.regression();
  if (regression && data.rows.responses.empty())
    return input_error("training: none of the {} rows has a label or a number to learn", data.rows.weights.size());
  if (settings.learners.empty()) return usage_error("no learners are named");
  ECOCUBE_TRY(check_named_once("learner", settings.learners));
  ECOCUBE_TRY(check_named_once("feature", data.features));
  for (const std::string& name : settings.learners) ECOCUBE_TRY(check_able(name, regression));
  if (settings.elimination.method != EliminationMethod::none) {
    const auto able = check_able(settings.elimination.learner, regression);
    if (!able) return within("elimination of features", able.error());
  }
  if (settings.calibration < 0 || settings.calibration > 0.5)
    return usage_error("a share of {} of the groups to calibrate on is not within 0..0.5", settings.calibration);
  return check_meta_kind(settings.meta.kind, regression);
}

struct HeldOut {
  EnsembleData data;
  RowList left;  ///< which of all rows are not held out
};

/// Takes whole groups of about the asked share of the rows out of the data; copies of a row go with it.
Result<HeldOut> hold_out(EnsembleData& data, const EnsembleSettings& settings) {
  const int parts = std::max(2, static_cast<int>(std::lround(1 / settings.calibration)));
  const std::vector<std::uint16_t> alike(data.rows.rows(), 0);
  ECOCUBE_TRY_ASSIGN(const auto part, deal_folds(groups_with_duplicates(data), alike, 1, parts,
                                                 Random{settings.seed, 0xca1bULL}.next()));
  RowList held;
  HeldOut out{data, {}};
  for (std::uint32_t row = 0; row < part.size(); ++row) (part[row] == 0 ? held : out.left).push_back(row);
  keep_rows(out.data, held);
  keep_rows(data, out.left);
  return out;
}

/// The place of each of `wanted` among `names`.
std::vector<std::uint32_t> places_of(const std::vector<std::string>& wanted, const std::vector<std::string>& names) {
  std::vector<std::uint32_t> places;
  for (const std::string& name : wanted)
    places.push_back(static_cast<std::uint32_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  return places;
}

/// What the finished model says of the rows held out. Rows of classes that it does not know are left out.
CalibrationRows answers_of(const Model& model, EnsembleData held, const std::vector<double>& levels) {
  CalibrationRows calibration;
  const std::vector<std::uint32_t> columns = places_of(model.features, held.features);
  std::vector<float> features(columns.size());
  std::vector<double> answer(model.answers());
  for (std::size_t row = 0; row < held.rows.rows(); ++row) {
    bool whole = held.rows.weights[row] > 0 && (!held.rows.regression() || std::isfinite(held.rows.responses[row]));
    for (std::size_t f = 0; f < columns.size(); ++f) {
      features[f] = held.rows.column(columns[f])[row];
      whole = whole && std::isfinite(features[f]);
    }
    if (!whole) continue;
    if (!held.rows.regression()) {
      const auto known = std::find(model.classes.begin(), model.classes.end(), held.classes[held.rows.seen[row]]);
      if (known == model.classes.end()) continue;
      calibration.seen.push_back(static_cast<std::uint16_t>(known - model.classes.begin()));
    } else {
      calibration.responses.push_back(static_cast<double>(held.rows.responses[row]));
    }
    plain_answer(model, features, answer);
    calibration.answers.insert(calibration.answers.end(), answer.begin(), answer.end());
    calibration.groups.push_back(held.groups.of_row[row]);
    calibration.weights.push_back(held.rows.weights[row]);
    for (const NamedLearner& named : model.learners) {
      const auto* forest = std::get_if<RegressionForest>(&named.learner);
      if (!forest || forest->responses.empty() || levels.empty()) continue;
      std::vector<float> quantiles(levels.size());
      plain_quantiles(*forest, features, levels, quantiles);
      calibration.quantiles.insert(calibration.quantiles.end(), quantiles.begin(), quantiles.end());
      calibration.shares.push_back(plain_shares(*forest, features, calibration.responses.back()));
      break;
    }
  }
  return calibration;
}

Result<void> calibrate_on(TrainedEnsemble& trained, const EnsembleData& held, const EnsembleSettings& settings) {
  const std::vector<double> levels = held.rows.regression() ? quantile_levels_for(settings) : std::vector<double>();
  CalibrationRows rows = answers_of(trained.model, held, levels);
  if (rows.weights.empty())
    return input_error("calibration: none of the {} rows held out has every feature and a known class",
                       held.rows.rows());
  trained.report.notes.push_back(fmt::format("{} rows were held out of training to calibrate on", rows.weights.size()));
  if (!held.rows.regression()) {
    const std::size_t classes = trained.model.classes.size();
    std::vector<double> logs;
    for (const double p : rows.answers) logs.push_back(portable_log(std::max(1e-300, p)));
    const double exponent = best_exponent(logs, rows.seen, rows.weights, classes);
    if (sharpen(trained.model.meta, exponent)) {
      trained.report.notes.push_back(fmt::format("the final temperature on them is {:.3f}", 1 / exponent));
      rows = answers_of(trained.model, held, levels);
    }
  }
  return calibrate(trained.model, rows, settings);
}

}  // namespace

Result<TrainedEnsemble> train_ensemble(EnsembleData data, const EnsembleSettings& settings) {
  ECOCUBE_TRY(check_settings(data, settings));
  std::optional<HeldOut> held;
  if (settings.calibration > 0) {
    ECOCUBE_TRY_ASSIGN(held, hold_out(data, settings));
  }
  ECOCUBE_TRY_ASSIGN(PreparedRows prepared, prepare_rows(std::move(data), settings));
  ECOCUBE_TRY_ASSIGN(TrainedEnsemble trained, Trainer(std::move(prepared), settings).train());
  if (!held) return trained;
  for (std::uint32_t& row : trained.report.out_of_fold.table_rows) row = held->left[row];
  ECOCUBE_TRY(calibrate_on(trained, held->data, settings));
  return trained;
}

}  // namespace ecocube
