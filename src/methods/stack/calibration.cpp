// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/calibration.h"

#include <algorithm>

namespace ecocube {

std::vector<double> quantile_levels_for(const EnsembleSettings& settings) {
  return settings.intervals ? interval_quantiles(*settings.intervals) : std::vector<double>();
}

Result<void> calibrate(Model& model, const CalibrationRows& rows, const EnsembleSettings& settings) {
  if (!model.classes.empty() && settings.sets) {
    const ClassAnswers answers{rows.answers, rows.seen, rows.groups, rows.weights, model.classes.size()};
    ECOCUBE_TRY_ASSIGN(model.sets, calibrate_class_sets(answers, *settings.sets));
  }
  if (!model.classes.empty() || !settings.intervals) return {};
  IntervalOptions options = *settings.intervals;
  const auto forest = std::find_if(model.learners.begin(), model.learners.end(), [](const NamedLearner& named) {
    const auto* own = std::get_if<RegressionForest>(&named.learner);
    return own && !own->responses.empty();
  });
  if (forest == model.learners.end() || rows.shares.empty()) {
    options.conformal = Conformal::residual;
  } else {
    options.forest = static_cast<std::uint32_t>(forest - model.learners.begin());
  }
  NumberAnswers answers{rows.responses, rows.answers, {}, {}, rows.groups, rows.weights};
  if (options.conformal == Conformal::levels) answers.shares = rows.shares;
  if (options.conformal == Conformal::margins) answers.quantiles = rows.quantiles;
  ECOCUBE_TRY_ASSIGN(model.intervals, calibrate_intervals(answers, options));
  return {};
}

bool sharpen(Meta& meta, double exponent) {
  const auto times = [&](std::vector<double>& numbers) {
    for (double& number : numbers) number *= exponent;
  };
  if (auto* pool = std::get_if<LogPool>(&meta.pool)) {
    times(pool->weights);
    times(pool->biases);
    times(pool->corrections);
  } else if (auto* mixture = std::get_if<LinearPool>(&meta.pool)) {
    mixture->final_exponent *= exponent;
  } else if (auto* logistic = std::get_if<Logistic>(&meta.pool)) {
    times(logistic->intercepts);
    times(logistic->weights);
  } else {
    return false;
  }
  return true;
}

}  // namespace ecocube
