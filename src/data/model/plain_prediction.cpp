// SPDX-License-Identifier: Apache-2.0
#include "data/model/plain_prediction.h"

#include <algorithm>
#include <cassert>

#include "data/model/portable_math.h"

namespace ecocube {

std::uint32_t leaf_of(const std::vector<TreeNode>& nodes, std::span<const float> row) {
  std::size_t at = 0;
  while (nodes[at].feature != TreeNode::kLeaf) {
    const TreeNode& node = nodes[at];
    at = node.child + (row[static_cast<std::size_t>(node.feature)] > node.threshold ? 1 : 0);
  }
  return nodes[at].child;
}

void softmax(std::span<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) {
    score = portable_exp(score - largest);
    sum += score;
  }
  for (double& score : scores) score /= sum;
}

void boosting_scores(const Boosting& boosting, std::span<const float> row, std::span<float> scores) {
  std::fill(scores.begin(), scores.end(), boosting.base_score);
  for (const BoostingTree& tree : boosting.trees) {
    scores[tree.class_index] += tree.leaf_values[leaf_of(tree.nodes, row)];
  }
}

void logistic_scores(const Logistic& logistic, std::span<const float> row, std::span<double> scores) {
  assert(row.size() == logistic.inputs);
  for (std::size_t c = 0; c < scores.size(); ++c) {
    const double* weights = logistic.weights.data() + c * logistic.inputs;
    double score = logistic.intercepts[c];
    for (std::size_t i = 0; i < logistic.inputs; ++i) score += weights[i] * static_cast<double>(row[i]);
    scores[c] = score;
  }
}

void probabilities_of_scores(std::span<const float> scores, std::span<float> probabilities) {
  double exact[kMaximumClasses];
  const std::span<double> work(exact, scores.size());
  std::copy(scores.begin(), scores.end(), work.begin());
  softmax(work);
  for (std::size_t c = 0; c < work.size(); ++c) probabilities[c] = static_cast<float>(work[c]);
}

void plain_probabilities(const Forest& forest, std::span<const float> row, std::span<float> probabilities) {
  std::fill(probabilities.begin(), probabilities.end(), 0.0f);
  for (const ForestTree& tree : forest.trees) {
    const std::uint32_t leaf = leaf_of(tree.nodes, row);
    for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i) {
      probabilities[tree.shares[i].class_index] += tree.shares[i].probability;
    }
  }
  const auto trees = static_cast<float>(forest.trees.size());
  for (float& probability : probabilities) probability /= trees;
}

void plain_probabilities(const Boosting& boosting, std::span<const float> row, std::span<float> probabilities) {
  float scores[kMaximumClasses];
  const std::span<float> work(scores, probabilities.size());
  boosting_scores(boosting, row, work);
  probabilities_of_scores(work, probabilities);
}

void plain_probabilities(const Logistic& logistic, std::span<const float> row, std::span<float> probabilities) {
  double scores[kMaximumClasses];
  const std::span<double> work(scores, probabilities.size());
  logistic_scores(logistic, row, work);
  softmax(work);
  for (std::size_t c = 0; c < work.size(); ++c) probabilities[c] = static_cast<float>(work[c]);
}

void plain_probabilities(const Learner& learner, std::span<const float> row, std::span<float> probabilities) {
  std::visit([&](const auto& one) { plain_probabilities(one, row, probabilities); }, learner);
}

void combine_learners(const Logistic* meta, std::span<const float> learned, std::span<double> probabilities) {
  if (meta) {
    logistic_scores(*meta, learned, probabilities);
    softmax(probabilities);
    return;
  }
  const std::size_t classes = probabilities.size(), learners = learned.size() / classes;
  for (std::size_t c = 0; c < classes; ++c) {
    double sum = 0;
    for (std::size_t l = 0; l < learners; ++l) sum += static_cast<double>(learned[l * classes + c]);
    probabilities[c] = sum / static_cast<double>(learners);
  }
}

void plain_probabilities(const Model& model, std::span<const float> row, std::span<double> probabilities) {
  const std::size_t classes = model.classes.size();
  std::vector<float> learned(model.learners.size() * classes);
  for (std::size_t l = 0; l < model.learners.size(); ++l) {
    plain_probabilities(model.learners[l].learner, row, std::span(learned).subspan(l * classes, classes));
  }
  combine_learners(model.meta ? &*model.meta : nullptr, learned, probabilities);
}

}  // namespace ecocube
