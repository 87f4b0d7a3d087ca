// SPDX-License-Identifier: Apache-2.0
#include "methods/train/learners.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/text.h"
#include "data/model/plain_prediction.h"

namespace ecocube {

const std::vector<const LearnerMethod*>& learner_methods() {
  static const std::vector<const LearnerMethod*> methods{&forest_method(),   &extra_trees_method(), &cart_method(),
                                                         &boosting_method(), &logistic_method(),    &linear_method(),
                                                         &network_method(),  &neighbours_method()};
  return methods;
}

std::vector<std::string> learner_names() {
  std::vector<std::string> names;
  for (const LearnerMethod* method : learner_methods()) names.push_back(method->info().name);
  return names;
}

Result<const LearnerMethod*> learner_method(const std::string& name) {
  const auto& methods = learner_methods();
  const auto found =
      std::find_if(methods.begin(), methods.end(), [&](const auto* method) { return method->info().name == name; });
  if (found == methods.end()) return usage_error("unknown learner '{}'{}", name, suggestion(name, learner_names()));
  return *found;
}

std::vector<float> predict_rows(const Learner& learner, const TrainingRows& rows,
                                std::span<const std::uint32_t> chosen) {
  const std::size_t answers = rows.answers();
  std::vector<float> predicted(chosen.size() * answers);
  parallel_for(chosen.size(), 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> features(rows.features);
    for (std::size_t i = begin; i < end; ++i) {
      rows.copy_row(chosen[i], features);
      plain_answer(learner, features, std::span(predicted).subspan(i * answers, answers));
    }
  });
  return predicted;
}

}  // namespace ecocube
