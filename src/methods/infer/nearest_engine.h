// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "methods/infer/learner_engine.h"

namespace ecocube {

/// The learner must outlive the engine.
std::unique_ptr<LearnerEngine> make_nearest_engine(const NearestNeighbours& neighbours, std::size_t features,
                                                   std::size_t answers);

}  // namespace ecocube
