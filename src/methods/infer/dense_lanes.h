// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "data/model/dense_learners.h"
#include "data/model/trees.h"
#include "methods/infer/feature_chunk.h"

namespace ecocube {

// Arithmetic of dense learners for the pixels of a chunk; a plane holds kChunkPixels numbers. Every pixel gets the same
// operations in the same order as in data/model/plain_prediction.cpp.

/// intercept + weights · inputs, summed as doubles in the order of the inputs.
///
/// weights  shape [output][input]
/// in       shape [input][kChunkPixels]
/// out      shape [output][kChunkPixels]
void affine_planes(const double* intercepts, const double* weights, std::size_t inputs, std::size_t outputs,
                   const float* in, double* out);

/// One layer of a network, max(0, ·) after it where `rectified`.
void layer_planes(const NetworkLayer& layer, bool rectified, const float* in, float* out);

/// (in - mean) * scale.
void scaled_plane(const float* in, float mean, float scale, float* out);

/// Physical values of stored bytes.
void decoded_plane(const std::uint8_t* stored, const StoredBytes& how, float* out);

/// Softmax over the classes in place; shape [class][kChunkPixels].
void softmax_planes(double* scores, std::size_t classes);

/// Turns scores into answers as answer_of_scores does.
///
/// scores   shape [class][kChunkPixels], of logistic and identity one plane
/// answers  shape [answer][kChunkPixels]
/// room     shape as answers
void answers_of_score_planes(Link link, const float* scores, std::size_t answers_count, float* answers, double* room);

void to_floats(const double* from, std::size_t count, float* to);

/// Sum over trees to mean over trees: rows of a chunk, divided and laid out as planes.
///
/// sums     shape [kChunkPixels][classes]
/// answers  shape [class][kChunkPixels]
void divide_rows(const float* sums, std::size_t classes, float divisor, float* answers);

}  // namespace ecocube
