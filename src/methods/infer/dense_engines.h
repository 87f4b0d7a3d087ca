// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "methods/infer/learner_engine.h"

namespace ecocube {

// Engines for learners that weigh every feature; each learner must outlive its engine.

std::unique_ptr<LearnerEngine> make_dense_engine(const Logistic& logistic, std::size_t features, std::size_t classes);
std::unique_ptr<LearnerEngine> make_dense_engine(const Linear& linear, std::size_t features);
std::unique_ptr<LearnerEngine> make_dense_engine(const Network& network, std::size_t features, std::size_t answers);

}  // namespace ecocube
