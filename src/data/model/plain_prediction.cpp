// SPDX-License-Identifier: Apache-2.0
#include "data/model/plain_prediction.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

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

void answer_of_scores(Link link, std::span<const float> scores, std::span<float> answer) {
  if (link == Link::identity) {
    answer[0] = scores[0];
    return;
  }
  double exact[kMaximumClasses] = {};
  const std::span<double> work(exact, answer.size());
  if (link == Link::logistic) {
    work[1] = static_cast<double>(scores[0]);
  } else {
    std::copy(scores.begin(), scores.end(), work.begin());
  }
  softmax(work);
  for (std::size_t c = 0; c < work.size(); ++c) answer[c] = static_cast<float>(work[c]);
}

void plain_answer(const Forest& forest, std::span<const float> row, std::span<float> answer) {
  std::fill(answer.begin(), answer.end(), 0.0f);
  for (const ForestTree& tree : forest.trees) {
    const std::uint32_t leaf = leaf_of(tree.nodes, row);
    for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i) {
      answer[tree.shares[i].class_index] += tree.shares[i].probability;
    }
  }
  const auto trees = static_cast<float>(forest.trees.size());
  for (float& probability : answer) probability /= trees;
}

void plain_answer(const Boosting& boosting, std::span<const float> row, std::span<float> answer) {
  float scores[kMaximumClasses];
  const std::span<float> work(scores, boosting.link == Link::softmax ? answer.size() : 1);
  boosting_scores(boosting, row, work);
  answer_of_scores(boosting.link, work, answer);
}

void plain_answer(const Logistic& logistic, std::span<const float> row, std::span<float> answer) {
  double scores[kMaximumClasses];
  const std::span<double> work(scores, answer.size());
  logistic_scores(logistic, row, work);
  softmax(work);
  for (std::size_t c = 0; c < work.size(); ++c) answer[c] = static_cast<float>(work[c]);
}

void plain_answer(const RegressionForest& forest, std::span<const float> row, std::span<float> answer) {
  double sum = 0;
  for (const RegressionTree& tree : forest.trees) sum += tree.means[leaf_of(tree.nodes, row)];
  answer[0] = static_cast<float>(sum / static_cast<double>(forest.trees.size()));
}

void plain_answer(const Linear& linear, std::span<const float> row, std::span<float> answer) {
  double value = linear.intercept;
  for (std::size_t i = 0; i < row.size(); ++i) value += linear.weights[i] * static_cast<double>(row[i]);
  answer[0] = static_cast<float>(value);
}

void plain_answer(const Network& network, std::span<const float> row, std::span<float> answer) {
  std::vector<float> values(row.size()), next;
  for (std::size_t i = 0; i < row.size(); ++i) values[i] = (row[i] - network.means[i]) * network.scales[i];
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const NetworkLayer& layer = network.layers[l];
    next.assign(layer.biases.begin(), layer.biases.end());
    for (std::size_t o = 0; o < layer.outputs; ++o) {
      for (std::size_t i = 0; i < layer.inputs; ++i) next[o] += layer.weights[o * layer.inputs + i] * values[i];
      if (l + 1 < network.layers.size()) next[o] = std::max(0.0f, next[o]);
    }
    values.swap(next);
  }
  if (network.link == Link::identity) {
    answer[0] = static_cast<float>(network.response_mean + network.response_scale * static_cast<double>(values[0]));
  } else {
    answer_of_scores(network.link, values, answer);
  }
}

void plain_answer(const NearestNeighbours& neighbours, std::span<const float> row, std::span<float> answer) {
  const std::size_t inputs = row.size(), rows = neighbours.weights.size();
  std::vector<std::pair<float, std::uint32_t>> distances(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::size_t i = 0; i < inputs; ++i) {
      const float apart = (row[i] - neighbours.means[i]) * neighbours.scales[i] - neighbours.rows[r * inputs + i];
      sum += apart * apart;
    }
    distances[r] = {sum, static_cast<std::uint32_t>(r)};
  }
  const std::size_t nearest = std::min<std::size_t>(neighbours.neighbours, rows);
  std::partial_sort(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(nearest), distances.end());
  std::vector<double> votes(answer.size());
  double total = 0, value = 0;
  for (std::size_t n = 0; n < nearest; ++n) {
    const auto [square, r] = distances[n];
    double vote = static_cast<double>(neighbours.weights[r]);
    if (neighbours.by_distance) vote /= std::sqrt(static_cast<double>(square)) + 1e-6;
    total += vote;
    if (neighbours.responses.empty()) {
      votes[neighbours.seen[r]] += vote;
    } else {
      value += vote * static_cast<double>(neighbours.responses[r]);
    }
  }
  if (!neighbours.responses.empty()) votes[0] = value;
  for (std::size_t c = 0; c < votes.size(); ++c) answer[c] = static_cast<float>(votes[c] / total);
}

void plain_answer(const Learner& learner, std::span<const float> row, std::span<float> answer) {
  std::visit([&](const auto& one) { plain_answer(one, row, answer); }, learner);
}

void plain_quantiles(const RegressionForest& forest, std::span<const float> row, std::span<const double> levels,
                     std::span<float> quantiles) {
  std::vector<double> shares(forest.responses.size());
  for (const RegressionTree& tree : forest.trees) {
    const std::uint32_t leaf = leaf_of(tree.nodes, row);
    for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i)
      shares[tree.samples[i].response] += static_cast<double>(tree.samples[i].share);
  }
  const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (std::size_t q = 0; q < levels.size(); ++q) {
    double sum = 0;
    std::size_t last = 0;  // rounding may leave the sum a hair below the level
    for (std::size_t r = 0; r < shares.size(); ++r) {
      if (shares[r] == 0) continue;
      sum += shares[r];
      last = r;
      if (sum >= levels[q] * total) break;
    }
    quantiles[q] = forest.responses[last];
  }
}

void plain_answer(const Model& model, std::span<const float> row, std::span<double> answer) {
  const std::size_t answers = answer.size();
  std::vector<float> learned(model.learners.size() * answers);
  for (std::size_t l = 0; l < model.learners.size(); ++l) {
    plain_answer(model.learners[l].learner, row, std::span(learned).subspan(l * answers, answers));
  }
  combine_learners(model.meta, learned, answer);
}

}  // namespace ecocube
