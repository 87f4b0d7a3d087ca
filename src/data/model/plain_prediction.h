// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/model/model.h"

namespace ecocube {

// What a model says, written as plainly as it can be. Training uses it for out-of-fold rows; the blocked engine in
// methods/infer is tested equal to it bit by bit. `row` holds the features of one row, none of them missing. An answer
// holds one probability a class, or one number.

/// Number of the leaf that the row falls into.
std::uint32_t leaf_of(const std::vector<TreeNode>& nodes, std::span<const float> row);

/// Softmax in place: shift by the largest, portable_exp, divide by the sum. At least one score is finite.
void softmax(std::span<double> scores);

/// Scores before the link; shape [score].
void boosting_scores(const Boosting& boosting, std::span<const float> row, std::span<float> scores);
void logistic_scores(const Logistic& logistic, std::span<const float> row, std::span<double> scores);
/// Turns boosting's scores into its answer.
void answer_of_scores(Link link, std::span<const float> scores, std::span<float> answer);

void plain_answer(const Forest& forest, std::span<const float> row, std::span<float> answer);
void plain_answer(const Boosting& boosting, std::span<const float> row, std::span<float> answer);
void plain_answer(const Logistic& logistic, std::span<const float> row, std::span<float> answer);
void plain_answer(const RegressionForest& forest, std::span<const float> row, std::span<float> answer);
void plain_answer(const Linear& linear, std::span<const float> row, std::span<float> answer);
void plain_answer(const Network& network, std::span<const float> row, std::span<float> answer);
void plain_answer(const NearestNeighbours& neighbours, std::span<const float> row, std::span<float> answer);
void plain_answer(const Learner& learner, std::span<const float> row, std::span<float> answer);

/// Quantile of the pooled leaf samples of all trees: the smallest response at which the shares (all trees weigh the
/// same, summed as doubles by ascending response) reach `level` of their total.
///
/// forest  keeps samples
/// levels  0..1; quantiles has its shape
void plain_quantiles(const RegressionForest& forest, std::span<const float> row, std::span<const double> levels,
                     std::span<float> quantiles);

/// The ensemble's answer from those of its base learners.
///
/// learned  shape [learner][answer]
/// answer   shape [answer]; probabilities sum to 1
void combine_learners(const Meta& meta, std::span<const float> learned, std::span<double> answer);

/// The ensemble's answer to one row; shape [answer].
void plain_answer(const Model& model, std::span<const float> row, std::span<double> answer);

}  // namespace ecocube
