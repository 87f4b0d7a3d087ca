// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/learner_engine.h"

#include <variant>

#include "methods/infer/boosting_engine.h"
#include "methods/infer/dense_engines.h"
#include "methods/infer/forest_engine.h"
#include "methods/infer/nearest_engine.h"

namespace ecocube {
namespace {

/// Picks the engine of the learner that a model holds.
struct Maker {
  std::size_t features, answers;
  std::span<const std::optional<StoredBytes>> stored;
  bool quantiles;

  std::unique_ptr<LearnerEngine> operator()(const Forest& one) const {
    return make_forest_engine(one, features, answers, stored);
  }
  std::unique_ptr<LearnerEngine> operator()(const RegressionForest& one) const {
    return make_forest_engine(one, features, stored, quantiles);
  }
  std::unique_ptr<LearnerEngine> operator()(const Boosting& one) const {
    return make_boosting_engine(one, features, answers, stored);
  }
  std::unique_ptr<LearnerEngine> operator()(const Logistic& one) const {
    return make_dense_engine(one, features, answers);
  }
  std::unique_ptr<LearnerEngine> operator()(const Linear& one) const { return make_dense_engine(one, features); }
  std::unique_ptr<LearnerEngine> operator()(const Network& one) const {
    return make_dense_engine(one, features, answers);
  }
  std::unique_ptr<LearnerEngine> operator()(const NearestNeighbours& one) const {
    return make_nearest_engine(one, features, answers);
  }
};

}  // namespace

std::unique_ptr<LearnerEngine> make_engine(const Learner& learner, std::size_t features, std::size_t answers,
                                           std::span<const std::optional<StoredBytes>> stored, bool quantiles) {
  return std::visit(Maker{features, answers, stored, quantiles}, learner);
}

}  // namespace ecocube
