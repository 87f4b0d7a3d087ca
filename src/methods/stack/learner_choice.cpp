// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/learner_choice.h"

#include <algorithm>
#include <cmath>

#include "data/model/portable_math.h"

namespace ecocube {

TrainingRows with_features(const TrainingRows& rows, const std::vector<std::uint32_t>& chosen) {
  TrainingRows part{chosen.size(), rows.classes, {}, rows.seen, rows.weights, rows.responses};
  part.values.reserve(chosen.size() * rows.rows());
  for (const std::uint32_t f : chosen) {
    const auto column = rows.column(f);
    part.values.insert(part.values.end(), column.begin(), column.end());
  }
  return part;
}

Result<FittedLearner> fit_learner(const std::string& name, const TrainingRows& rows, const LearnerChoice& choice,
                                  std::uint64_t seed) {
  ECOCUBE_TRY_ASSIGN(const LearnerMethod* method, learner_method(name));
  const auto given = choice.parameters.find(name);
  auto fitted = method->fit(
      rows, given == choice.parameters.end() ? HyperParameters(method->info().parameters) : given->second, seed);
  if (!fitted) return within(fmt::format("learner {}", name), fitted.error());
  return fitted;
}

double loss_of_answers(const TrainingRows& rows, const RowList& asked, std::span<const double> weights,
                       std::span<const float> answers) {
  double loss = 0;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::uint32_t row = asked[i];
    if (rows.regression()) {
      const double apart = static_cast<double>(answers[i]) - static_cast<double>(rows.responses[row]);
      loss += weights[row] * apart * apart;
    } else {
      const auto of_seen = static_cast<double>(answers[i * rows.classes + rows.seen[row]]);
      loss -= weights[row] * portable_log(std::clamp(of_seen, 1e-15, 1.0));
    }
  }
  return loss;
}

double mean_loss(bool regression, double loss, double weight) {
  return regression ? std::sqrt(loss / weight) : loss / weight;
}

}  // namespace ecocube
