// SPDX-License-Identifier: Apache-2.0
#include "methods/train/forest_out_of_bag.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"

namespace ecocube {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
/// Rows that meet one tree after the other: their features and a tree fit the second-level cache together.
constexpr std::size_t kRowsAtOnce = 512;
/// Walks of one tree that wait for memory side by side.
constexpr std::size_t kWalks = 16;

/// The leaves of several rows of features, at most kWalks of them.
void find_leaves(const std::vector<TreeNode>& nodes, std::span<const float* const> rows, std::uint32_t* leaves) {
  std::uint32_t at[kWalks] = {};
  bool walking = true;
  while (walking) {
    walking = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const TreeNode& node = nodes[at[i]];
      const bool inner = node.feature != TreeNode::kLeaf;
      // Which walks end is hard to foresee: a leaf looks at feature 0 and stays.
      const float value = rows[i][inner ? node.feature : 0];
      const std::uint32_t child = node.child + static_cast<std::uint32_t>(value > node.threshold);
      at[i] = inner ? child : at[i];
      walking |= inner;
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) leaves[i] = nodes[at[i]].child;
}

void add_leaf(const ForestTree& tree, std::uint32_t leaf, float* sums) {
  for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i)
    sums[tree.shares[i].class_index] += tree.shares[i].probability;
}

void add_leaf(const RegressionTree& tree, std::uint32_t leaf, double* sum) {
  *sum += tree.means[leaf];
}

/// Some consecutive rows with their sums.
template <class Sum>
class RowBlock {
 public:
  RowBlock(const TrainingRows& rows, std::size_t first, std::size_t count)
      : first_(first),
        count_(count),
        features_(rows.features),
        answers_(rows.answers()),
        values_(count * features_),
        sums_(count * answers_),
        trees_(count) {
    for (std::size_t i = 0; i < count; ++i)
      rows.copy_row(first + i, std::span(values_).subspan(i * features_, features_));
  }

  template <class Tree>
  void add(const Tree& tree, const std::vector<bool>& drawn) {
    const float* walked[kWalks] = {};
    std::size_t which[kWalks] = {}, waiting = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!drawn[first_ + i]) {
        walked[waiting] = values_.data() + i * features_;
        which[waiting++] = i;
      }
      if (waiting < kWalks && i + 1 < count_) continue;
      std::uint32_t leaves[kWalks] = {};
      find_leaves(tree.nodes, {walked, waiting}, leaves);
      for (std::size_t w = 0; w < waiting; ++w) {
        add_leaf(tree, leaves[w], sums_.data() + which[w] * answers_);
        ++trees_[which[w]];
      }
      waiting = 0;
    }
  }

  void write_means(std::span<float> answers) const {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const std::uint32_t trees = trees_[i / answers_];
      answers[first_ * answers_ + i] = trees ? static_cast<float>(sums_[i] / static_cast<Sum>(trees)) : kMissing;
    }
  }

 private:
  std::size_t first_, count_, features_, answers_;
  std::vector<float> values_;
  std::vector<Sum> sums_;
  std::vector<std::uint32_t> trees_;
};

template <class Sum, class Tree>
std::vector<float> mean_answers(const TrainingRows& rows, const std::vector<Tree>& trees,
                                const std::vector<std::vector<bool>>& drawn) {
  std::vector<float> answers(rows.rows() * rows.answers());
  parallel_for((rows.rows() + kRowsAtOnce - 1) / kRowsAtOnce, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t first = block * kRowsAtOnce;
      RowBlock<Sum> some(rows, first, std::min(kRowsAtOnce, rows.rows() - first));
      for (std::size_t t = 0; t < trees.size(); ++t) some.add(trees[t], drawn[t]);
      some.write_means(answers);
    }
  });
  return answers;
}

}  // namespace

std::vector<float> out_of_bag_answers(const TrainingRows& rows, const std::vector<ForestTree>& trees,
                                      const std::vector<std::vector<bool>>& drawn) {
  return mean_answers<float>(rows, trees, drawn);
}

std::vector<float> out_of_bag_answers(const TrainingRows& rows, const std::vector<RegressionTree>& trees,
                                      const std::vector<std::vector<bool>>& drawn) {
  return mean_answers<double>(rows, trees, drawn);
}

double out_of_bag_accuracy(const TrainingRows& rows, std::span<const float> answers) {
  double right = 0, all = 0;
  for (std::size_t row = 0; row * rows.classes < answers.size(); ++row) {
    const auto own = answers.subspan(row * rows.classes, rows.classes);
    if (std::isnan(own[0])) continue;
    all += rows.weights[row];
    if (std::max_element(own.begin(), own.end()) - own.begin() == rows.seen[row]) right += rows.weights[row];
  }
  return all > 0 ? right / all : std::numeric_limits<double>::quiet_NaN();
}

double out_of_bag_r2(const TrainingRows& rows, std::span<const float> answers) {
  double weight = 0, sum = 0;
  for (std::size_t row = 0; row < answers.size(); ++row) {
    if (std::isnan(answers[row])) continue;
    weight += rows.weights[row];
    sum += rows.weights[row] * static_cast<double>(rows.responses[row]);
  }
  double unexplained = 0, all = 0;
  for (std::size_t row = 0; row < answers.size(); ++row) {
    if (std::isnan(answers[row])) continue;
    const auto response = static_cast<double>(rows.responses[row]);
    const double off = response - static_cast<double>(answers[row]), spread = response - sum / weight;
    unexplained += rows.weights[row] * off * off;
    all += rows.weights[row] * spread * spread;
  }
  return all > 0 ? 1 - unexplained / all : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace ecocube
