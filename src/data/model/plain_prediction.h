// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/model.h"

namespace ecocube {

// What a model says, written as plainly as it can be. Training uses it for out-of-fold rows; the blocked engine in
// methods/infer is tested equal to it bit by bit. `row` holds the features of one row, none of them missing.

/// Number of the leaf that the row falls into.
std::uint32_t leaf_of(const std::vector<TreeNode>& nodes, std::span<const float> row);

/// Softmax in place: shift by the largest, portable_exp, divide by the sum. At least one score is finite.
void softmax(std::span<double> scores);

/// Scores before the softmax; shape [class].
void boosting_scores(const Boosting& boosting, std::span<const float> row, std::span<float> scores);
void logistic_scores(const Logistic& logistic, std::span<const float> row, std::span<double> scores);

/// Class probabilities of one learner; shape [class].
void plain_probabilities(const Forest& forest, std::span<const float> row, std::span<float> probabilities);
void plain_probabilities(const Boosting& boosting, std::span<const float> row, std::span<float> probabilities);
void plain_probabilities(const Logistic& logistic, std::span<const float> row, std::span<float> probabilities);
void plain_probabilities(const Learner& learner, std::span<const float> row, std::span<float> probabilities);

/// Turns boosting's scores into probabilities; both of shape [class].
void probabilities_of_scores(std::span<const float> scores, std::span<float> probabilities);

/// The ensemble's class probabilities from those of its base learners.
///
/// meta           the meta learner, or null for the mean
/// learned        shape [learner][class]
/// probabilities  shape [class]
void combine_learners(const Logistic* meta, std::span<const float> learned, std::span<double> probabilities);

/// The ensemble's class probabilities of one row; shape [class].
void plain_probabilities(const Model& model, std::span<const float> row, std::span<double> probabilities);

}  // namespace ecocube
