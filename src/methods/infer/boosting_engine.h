// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "methods/infer/learner_engine.h"

namespace ecocube {

/// Boosted trees; all decisions of shallow ones at once (sliced_tree.h), deeper ones walked. The learner must outlive
/// the engine.
std::unique_ptr<LearnerEngine> make_boosting_engine(const Boosting& boosting, std::size_t features, std::size_t answers,
                                                    std::span<const std::optional<StoredBytes>> stored);

}  // namespace ecocube
