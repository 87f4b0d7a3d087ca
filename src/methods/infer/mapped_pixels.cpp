// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/mapped_pixels.h"

namespace ecocube {

std::optional<std::size_t> quantile_learner(const Model& model) {
  if (model.intervals && model.intervals->method == IntervalMethod::quantile) return model.intervals->forest;
  for (std::size_t l = 0; l < model.learners.size(); ++l) {
    const auto* forest = std::get_if<RegressionForest>(&model.learners[l].learner);
    if (forest && !forest->responses.empty()) return l;
  }
  return std::nullopt;
}

Result<void> check_wanted(const Model& model, const WantedOutputs& wanted) {
  const std::size_t sets = model.sets ? model.sets->levels.size() : 0;
  for (const std::size_t level : wanted.set_levels) {
    if (level >= sets) return usage_error("class sets: level {} of the model's {}", level + 1, sets);
  }
  const std::size_t intervals = model.intervals ? model.intervals->levels.size() : 0;
  for (const std::size_t level : wanted.interval_levels) {
    if (level >= intervals) return usage_error("intervals: level {} of the model's {}", level + 1, intervals);
  }
  for (const double level : wanted.quantiles) {
    if (!(level >= 0 && level <= 1)) return usage_error("quantiles: {} is not within 0..1", level);
  }
  if (!wanted.quantiles.empty() && !quantile_learner(model))
    return usage_error("quantiles: no learner of the model keeps the samples of its leaves");
  if (wanted.dissimilarity && !model.applicability)
    return usage_error("dissimilarity: the model was trained without an area of applicability");
  return {};
}

}  // namespace ecocube
