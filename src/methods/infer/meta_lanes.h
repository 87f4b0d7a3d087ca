// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "data/model/meta.h"

namespace ecocube {

/// combine_learners for the pixels of a chunk.
///
/// learned  shape [learner][answer][kChunkPixels]
/// answer   shape [answer][kChunkPixels]
/// room     grows to the shape of `learned`
void combine_planes(const Meta& meta, const float* learned, std::size_t learners, std::size_t answers, double* answer,
                    std::vector<double>& room);

}  // namespace ecocube
