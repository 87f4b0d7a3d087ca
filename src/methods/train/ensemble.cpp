// SPDX-License-Identifier: Apache-2.0
#include "methods/train/ensemble.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "methods/train/measures.h"
#include "methods/train/random.h"

namespace ecocube {
namespace {

using RowList = std::vector<std::uint32_t>;

/// Keeps the classes with enough rows, and their rows.
Result<std::vector<std::string>> drop_rare_classes(EnsembleData& data, std::size_t min_rows) {
  std::vector<std::size_t> rows_of(data.classes.size());
  for (const std::uint16_t c : data.rows.seen) ++rows_of[c];
  std::vector<std::string> notes;
  std::vector<LegendClass> kept;
  std::vector<std::uint16_t> place(data.classes.size());
  for (std::size_t c = 0; c < data.classes.size(); ++c) {
    if (rows_of[c] >= std::max<std::size_t>(1, min_rows)) {
      place[c] = static_cast<std::uint16_t>(kept.size());
      kept.push_back(data.classes[c]);
    } else if (rows_of[c] > 0) {
      notes.push_back(fmt::format("class {} ({}) is left out: {} rows, fewer than {}", data.classes[c].code,
                                  data.classes[c].name, rows_of[c], min_rows));
    }
  }
  if (kept.size() < 2) {
    return input_error("training: {} of {} classes have at least {} rows, 2 are needed", kept.size(),
                       data.classes.size() - static_cast<std::size_t>(std::count(rows_of.begin(), rows_of.end(), 0u)),
                       min_rows);
  }
  RowList chosen;
  for (std::uint32_t row = 0; row < data.rows.rows(); ++row) {
    if (rows_of[data.rows.seen[row]] >= min_rows) chosen.push_back(row);
  }
  std::vector<std::string> names;
  for (const std::uint32_t row : chosen) names.push_back(fmt::format("{}", data.groups.of_row[row]));
  data.groups = groups_by_name(names);
  data.rows = data.rows.only(chosen);
  for (std::uint16_t& c : data.rows.seen) c = place[c];
  data.rows.classes = kept.size();
  data.classes = std::move(kept);
  return notes;
}

void scale_to_mean_one(std::vector<double>& weights) {
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight /= mean;
}

void balance(TrainingRows& rows) {
  std::vector<double> of_class(rows.classes);
  for (std::size_t row = 0; row < rows.rows(); ++row) of_class[rows.seen[row]] += rows.weights[row];
  for (std::size_t row = 0; row < rows.rows(); ++row) rows.weights[row] /= of_class[rows.seen[row]];
  scale_to_mean_one(rows.weights);
}

/// One base learner fitted on some rows and asked about others.
struct Fit {
  std::size_t learner = 0;
  const RowList* fitted_on = nullptr;
  const RowList* asked = nullptr;
  std::uint64_t seed = 0;
  std::vector<float> probabilities;  ///< shape [asked row][class]
  std::optional<Error> error;
};

/// Rows on both sides of one fold. `outer` and `inner` number it, for the seeds.
struct Side {
  std::uint64_t outer = 0, inner = 0;
  RowList fitted_on, asked;
};

/// Sides of all folds over the rows of `among`; `fold` has the length of `among`.
std::vector<Side> sides_of(const RowList& among, std::span<const std::uint8_t> fold, int folds) {
  std::vector<Side> sides(static_cast<std::size_t>(folds));
  for (std::size_t i = 0; i < among.size(); ++i) {
    for (std::size_t f = 0; f < sides.size(); ++f)
      (fold[i] == f ? sides[f].asked : sides[f].fitted_on).push_back(among[i]);
  }
  return sides;
}

class Trainer {
 public:
  Trainer(EnsembleData data, std::vector<double> own_weights, const EnsembleSettings& settings)
      : data_(std::move(data)),
        rows_(data_.rows),
        own_weights_(std::move(own_weights)),
        settings_(settings),
        learners_(settings.learners.size()),
        inputs_(learners_ * rows_.classes) {}

  Result<TrainedEnsemble> train(std::vector<std::string> notes) {
    trained_.report.notes = std::move(notes);
    ECOCUBE_TRY(deal());
    ECOCUBE_TRY(predict_all_sides());
    ECOCUBE_TRY(score());
    ECOCUBE_TRY(fit_on_all_rows());
    describe();
    return std::move(trained_);
  }

 private:
  Result<void> deal() {
    RowList all(rows_.rows());
    std::iota(all.begin(), all.end(), 0u);
    ECOCUBE_TRY_ASSIGN(fold_, deal_folds(data_.groups, rows_.seen, rows_.classes, settings_.folds, settings_.seed));
    outer_ = sides_of(all, fold_, settings_.folds);
    for (std::size_t f = 0; f < outer_.size(); ++f) outer_[f].outer = f + 1;
    if (!settings_.nested) return {};
    for (const Side& outer : outer_) ECOCUBE_TRY(deal_inside(outer));
    return {};
  }

  Result<void> deal_inside(const Side& outer) {
    std::vector<std::string> names;
    std::vector<std::uint16_t> seen;
    for (const std::uint32_t row : outer.fitted_on) {
      names.push_back(fmt::format("{}", data_.groups.of_row[row]));
      seen.push_back(rows_.seen[row]);
    }
    const Groups groups = groups_by_name(names);
    if (groups.count < 2) {
      return usage_error(
          "the nested score needs 2 groups of rows outside each of the {} folds, fold {} leaves {} of {}: "
          "give more groups, or leave the nested score out",
          settings_.folds, outer.outer, groups.count, data_.groups.count);
    }
    const int folds = std::min(settings_.folds, static_cast<int>(groups.count));
    ECOCUBE_TRY_ASSIGN(const auto fold,
                       deal_folds(groups, seen, rows_.classes, folds, Random{settings_.seed, outer.outer}.next()));
    inner_.push_back(sides_of(outer.fitted_on, fold, folds));
    for (std::size_t g = 0; g < inner_.back().size(); ++g) {
      inner_.back()[g].outer = outer.outer;
      inner_.back()[g].inner = g + 1;
    }
    return {};
  }

  void add_fits(const std::vector<Side>& sides, std::vector<Fit>& fits) const {
    for (const Side& side : sides) {
      for (std::size_t l = 0; l < learners_; ++l) {
        fits.push_back(
            {l, &side.fitted_on, &side.asked, Random{settings_.seed, l + 1, side.outer, side.inner}.next(), {}, {}});
      }
    }
  }

  /// Meta inputs of every row from the fits of one set of sides, in their order; shape [row][learner][class].
  std::vector<float> take_inputs(const std::vector<Side>& sides, const Fit*& fit) const {
    std::vector<float> inputs(rows_.rows() * inputs_);
    for (std::size_t i = 0; i < sides.size() * learners_; ++i, ++fit) {
      for (std::size_t a = 0; a < fit->asked->size(); ++a) {
        std::copy_n(
            fit->probabilities.begin() + static_cast<std::ptrdiff_t>(a * rows_.classes), rows_.classes,
            inputs.begin() + static_cast<std::ptrdiff_t>((*fit->asked)[a] * inputs_ + fit->learner * rows_.classes));
      }
    }
    return inputs;
  }

  Result<void> predict_all_sides() {
    std::vector<Fit> fits;
    add_fits(outer_, fits);
    for (const std::vector<Side>& sides : inner_) add_fits(sides, fits);
    parallel_for(fits.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) run(fits[i]);
    });
    for (const Fit& fit : fits) {
      if (fit.error) return Failure(*fit.error);
    }
    const Fit* next = fits.data();
    outer_inputs_ = take_inputs(outer_, next);
    for (const std::vector<Side>& sides : inner_) inner_inputs_.push_back(take_inputs(sides, next));
    return {};
  }

  void run(Fit& fit) const {
    const std::string& name = settings_.learners[fit.learner];
    const auto fitted = fit_learner(name, rows_.only(*fit.fitted_on), settings_.learner_settings, fit.seed);
    if (fitted) {
      fit.probabilities = predict_rows(fitted->learner, rows_, *fit.asked);
    } else {
      fit.error = fitted.error();
    }
  }

  Result<std::optional<Logistic>> fit_meta(std::span<const float> inputs, const RowList& on) const {
    if (!settings_.meta) return std::optional<Logistic>();
    std::vector<float> chosen;
    std::vector<std::uint16_t> seen;
    std::vector<double> weights;
    for (const std::uint32_t row : on) {
      const auto own = inputs.subspan(row * inputs_, inputs_);
      chosen.insert(chosen.end(), own.begin(), own.end());
      seen.push_back(rows_.seen[row]);
      weights.push_back(rows_.weights[row]);
    }
    auto fitted = fit_logistic(chosen, seen, weights, rows_.classes, {.c = settings_.meta_c, .standardise = false});
    if (!fitted) return within("meta learner", fitted.error());
    return std::optional<Logistic>(std::move(*fitted));
  }

  void predict_meta(const std::optional<Logistic>& meta, const RowList& asked,
                    std::vector<float>& probabilities) const {
    std::vector<double> own(rows_.classes);
    for (const std::uint32_t row : asked) {
      combine_learners(meta ? &*meta : nullptr, std::span(outer_inputs_).subspan(row * inputs_, inputs_), own);
      for (std::size_t c = 0; c < own.size(); ++c) probabilities[row * own.size() + c] = static_cast<float>(own[c]);
    }
  }

  /// The meta learner of each fold is fitted on the fold's other rows, with their probabilities as `inputs` has them.
  Result<Evaluation> score_folds(const char* name,
                                 const std::function<std::span<const float>(std::size_t)>& inputs) const {
    std::vector<float> probabilities(rows_.rows() * rows_.classes);
    for (std::size_t f = 0; f < outer_.size(); ++f) {
      ECOCUBE_TRY_ASSIGN(const auto meta, fit_meta(inputs(f), outer_[f].fitted_on));
      predict_meta(meta, outer_[f].asked, probabilities);
    }
    return evaluate(name, rows_.seen, probabilities, own_weights_, rows_.classes);
  }

  Result<void> score() {
    TrainingReport& report = trained_.report;
    ECOCUBE_TRY_ASSIGN(report.published, score_folds("ensemble, as published", [&](std::size_t) {
                         return std::span<const float>(outer_inputs_);
                       }));
    if (settings_.nested) {
      ECOCUBE_TRY_ASSIGN(report.nested, score_folds("ensemble", [&](std::size_t f) {
                           return std::span<const float>(inner_inputs_[f]);
                         }));
    }
    for (std::size_t l = 0; l < learners_; ++l) {
      std::vector<float> probabilities;
      for (std::size_t row = 0; row < rows_.rows(); ++row) {
        const auto first = outer_inputs_.begin() + static_cast<std::ptrdiff_t>(row * inputs_ + l * rows_.classes);
        probabilities.insert(probabilities.end(), first, first + static_cast<std::ptrdiff_t>(rows_.classes));
      }
      report.learner_scores.push_back(
          evaluate(settings_.learners[l], rows_.seen, probabilities, own_weights_, rows_.classes));
    }
    return {};
  }

  Result<void> fit_on_all_rows() {
    RowList all(rows_.rows());
    std::iota(all.begin(), all.end(), 0u);
    ECOCUBE_TRY_ASSIGN(trained_.model.meta, fit_meta(outer_inputs_, all));
    trained_.report.out_of_bag_accuracy = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t l = 0; l < learners_; ++l) {
      const std::string& name = settings_.learners[l];
      ECOCUBE_TRY_ASSIGN(FittedLearner fitted,
                         fit_learner(name, rows_, settings_.learner_settings, Random{settings_.seed, l + 1}.next()));
      trained_.model.learners.push_back({name, std::move(fitted.learner)});
      if (fitted.importance.empty()) continue;
      trained_.report.out_of_bag_accuracy = fitted.out_of_bag_accuracy;
      for (std::size_t f = 0; f < rows_.features; ++f)
        trained_.report.importance.push_back({data_.features[f], fitted.importance[f]});
    }
    std::stable_sort(trained_.report.importance.begin(), trained_.report.importance.end(),
                     [](const auto& a, const auto& b) { return a.importance > b.importance; });
    return {};
  }

  void describe() {
    trained_.model.features = data_.features;
    trained_.model.classes = data_.classes;
    TrainingReport& report = trained_.report;
    report.classes = data_.classes;
    report.learners = settings_.learners;
    report.features = data_.features;
    report.rows = rows_.rows();
    report.groups = data_.groups.count;
    report.folds = static_cast<std::size_t>(settings_.folds);
    std::vector<std::set<std::uint8_t>> folds_of(rows_.classes);
    for (std::size_t row = 0; row < rows_.rows(); ++row) folds_of[rows_.seen[row]].insert(fold_[row]);
    for (std::size_t c = 0; c < rows_.classes; ++c) {
      if (folds_of[c].size() > 1) continue;
      report.notes.push_back(
          fmt::format("class {} ({}) lies in one fold alone: no fold could learn it and be scored on it",
                      data_.classes[c].code, data_.classes[c].name));
    }
  }

  EnsembleData data_;
  const TrainingRows& rows_;
  std::vector<double> own_weights_;
  const EnsembleSettings& settings_;
  std::size_t learners_, inputs_;
  std::vector<std::uint8_t> fold_;                ///< shape [row]
  std::vector<Side> outer_;                       ///< shape [fold]
  std::vector<std::vector<Side>> inner_;          ///< shape [outer fold][inner fold]
  std::vector<float> outer_inputs_;               ///< shape [row][learner][class]
  std::vector<std::vector<float>> inner_inputs_;  ///< shape [outer fold][row][learner][class]
  TrainedEnsemble trained_;
};

}  // namespace

Result<TrainedEnsemble> train_ensemble(EnsembleData data, const EnsembleSettings& settings) {
  for (const std::string& name : settings.learners) {
    if (std::find(learner_names().begin(), learner_names().end(), name) == learner_names().end()) {
      return usage_error("unknown learner '{}'{}", name, suggestion(name, learner_names()));
    }
    if (std::count(settings.learners.begin(), settings.learners.end(), name) > 1)
      return usage_error("learner '{}' is given twice", name);
  }
  if (settings.learners.empty()) return usage_error("no learners are given");
  ECOCUBE_TRY_ASSIGN(auto notes, drop_rare_classes(data, settings.min_rows));
  scale_to_mean_one(data.rows.weights);
  std::vector<double> own_weights = data.rows.weights;
  if (settings.balanced) balance(data.rows);
  return Trainer(std::move(data), std::move(own_weights), settings).train(std::move(notes));
}

}  // namespace ecocube
