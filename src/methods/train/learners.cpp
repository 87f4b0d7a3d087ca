// SPDX-License-Identifier: Apache-2.0
#include "methods/train/learners.h"

#include <limits>

#include "base/parallel.h"
#include "base/text.h"
#include "data/model/plain_prediction.h"

namespace ecocube {

const std::vector<std::string>& learner_names() {
  static const std::vector<std::string> names{"forest", "boosting", "logistic"};
  return names;
}

Result<FittedLearner> fit_learner(const std::string& name, const TrainingRows& rows, LearnerSettings settings,
                                  std::uint64_t seed) {
  FittedLearner fitted{{}, std::numeric_limits<double>::quiet_NaN(), {}};
  if (name == "forest") {
    settings.forest.seed = seed;
    FittedForest forest = fit_forest(rows, settings.forest);
    fitted.learner = std::move(forest.forest);
    fitted.out_of_bag_accuracy = forest.out_of_bag_accuracy;
    fitted.importance = std::move(forest.importance);
  } else if (name == "boosting") {
    settings.boosting.seed = seed;
    ECOCUBE_TRY_ASSIGN(fitted.learner, fit_boosting(rows, settings.boosting));
  } else if (name == "logistic") {
    ECOCUBE_TRY_ASSIGN(fitted.learner, fit_logistic(rows, settings.logistic));
  } else {
    return usage_error("unknown learner '{}'{}", name, suggestion(name, learner_names()));
  }
  return fitted;
}

std::vector<float> predict_rows(const Learner& learner, const TrainingRows& rows,
                                std::span<const std::uint32_t> chosen) {
  std::vector<float> probabilities(chosen.size() * rows.classes);
  parallel_for(chosen.size(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> features(rows.features);
    for (std::size_t i = begin; i < end; ++i) {
      rows.copy_row(chosen[i], features);
      plain_probabilities(learner, features, std::span(probabilities).subspan(i * rows.classes, rows.classes));
    }
  });
  return probabilities;
}

}  // namespace ecocube
