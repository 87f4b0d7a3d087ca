// SPDX-License-Identifier: Apache-2.0
#include "methods/train/tree.h"

#include <algorithm>
#include <cassert>

#include "methods/train/tree_search.h"
#include "methods/train/tree_sums.h"

namespace ecocube {
namespace {

/// A tree before its leaves are filled: the rows of every node, inner ones too, lie side by side.
struct Skeleton {
  struct Node {
    TreeNode split;
    std::size_t begin = 0, end = 0;  ///< its items
    double impurity = 0;             ///< only where the tree is pruned
    double decrease = 0;             ///< of impurity, by its split
    bool leaf() const { return split.feature == TreeNode::kLeaf; }
  };
  std::vector<Node> nodes;  ///< children after their parents
};

template <class Sums>
class Grower {
 public:
  using Item = typename Sums::Item;

  Grower(const BinnedRows& rows, std::vector<Item>& items, Sums& sums, const TreeSettings& settings)
      : items_(items), sums_(sums), settings_(settings), search_(rows, sums, settings) {}

  Skeleton grow() {
    assert(!items_.empty());
    skeleton_.nodes.reserve(items_.size());
    skeleton_.nodes.push_back({{}, 0, items_.size()});
    std::vector<Open> open{{0, 0}};
    while (!open.empty()) {
      const Open next = open.back();
      open.pop_back();
      if (!split(next)) continue;
      const std::size_t child = skeleton_.nodes.size() - 2;
      open.push_back({child + 1, next.depth + 1});
      open.push_back({child, next.depth + 1});
    }
    return std::move(skeleton_);
  }

 private:
  struct Open {
    std::size_t node;
    int depth;
  };

  bool split(const Open& open) {
    const std::size_t begin = skeleton_.nodes[open.node].begin, end = skeleton_.nodes[open.node].end;
    const std::span<Item> items(items_.data() + begin, end - begin);
    sums_.load(items);
    if (settings_.pruning > 0) skeleton_.nodes[open.node].impurity = sums_.impurity();
    const bool deep = settings_.max_depth > 0 && open.depth >= settings_.max_depth;
    const std::size_t needed = std::max({std::size_t{2}, settings_.min_split, 2 * settings_.min_leaf});
    if (deep || items.size() < needed || sums_.pure()) return false;
    const Split best = search_.best_of(items, open.node);
    if (!best.found) return false;
    const std::size_t middle = begin + search_.divide(items, best);
    Skeleton::Node& node = skeleton_.nodes[open.node];
    node.split = {static_cast<std::int32_t>(best.feature), best.threshold,
                  static_cast<std::uint32_t>(skeleton_.nodes.size())};
    node.decrease = sums_.decrease(best.score);
    skeleton_.nodes.push_back({{}, begin, middle});
    skeleton_.nodes.push_back({{}, middle, end});
    return true;
  }

  std::vector<Item>& items_;
  Sums& sums_;
  TreeSettings settings_;
  SplitSearch<Sums> search_;
  Skeleton skeleton_;
};

/// Makes leaves of the nodes whose subtrees do not pay: from the bottom up, a node keeps its subtree only if that
/// costs less, a tree's cost being the impurity of its leaves + `price` for each of them.
void prune(Skeleton& skeleton, double price) {
  std::vector<double> cost(skeleton.nodes.size());
  for (std::size_t i = skeleton.nodes.size(); i-- > 0;) {
    Skeleton::Node& node = skeleton.nodes[i];
    cost[i] = node.impurity + price;
    if (node.leaf()) continue;
    const double below = cost[node.split.child] + cost[node.split.child + 1];
    if (below < cost[i]) {
      cost[i] = below;
    } else {
      node.split = {};
    }
  }
}

/// Nodes that are left once some have become leaves, in their old order; leaves are numbered in it too.
/// `fill(begin, end)` is told the items of each leaf.
template <class Fill>
std::vector<TreeNode> finished_nodes(const Skeleton& skeleton, std::vector<double>& impurity_decrease, Fill&& fill) {
  std::vector<TreeNode> nodes{{}};
  std::vector<std::size_t> from{0};  // in the skeleton
  std::uint32_t leaves = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Skeleton::Node& node = skeleton.nodes[from[i]];
    if (node.leaf()) {
      nodes[i] = {TreeNode::kLeaf, 0, leaves++};
      fill(node.begin, node.end);
      continue;
    }
    nodes[i] = {node.split.feature, node.split.threshold, static_cast<std::uint32_t>(nodes.size())};
    impurity_decrease[static_cast<std::size_t>(node.split.feature)] += node.decrease;
    nodes.resize(nodes.size() + 2);
    from.push_back(node.split.child);
    from.push_back(node.split.child + 1);
  }
  return nodes;
}

template <class Sums>
Skeleton grown_skeleton(const BinnedRows& rows, std::vector<typename Sums::Item>& items, Sums sums,
                        const TreeSettings& settings) {
  Skeleton skeleton = Grower<Sums>(rows, items, sums, settings).grow();
  if (settings.pruning > 0) prune(skeleton, settings.pruning * skeleton.nodes[0].impurity);
  return skeleton;
}

}  // namespace

GrownTree grow_tree(const BinnedRows& rows, std::span<const std::uint16_t> seen, std::span<const double> weights,
                    std::size_t classes, const TreeSettings& settings) {
  std::vector<ClassItem> items;
  items.reserve(seen.size());
  for (std::size_t row = 0; row < seen.size(); ++row) {
    if (weights[row] > 0) items.push_back({weights[row], static_cast<std::uint32_t>(row), seen[row], 0});
  }
  const Skeleton skeleton = settings.criterion == Criterion::gini
                                ? grown_skeleton(rows, items, GiniSums(classes), settings)
                                : grown_skeleton(rows, items, EntropySums(classes, seen.size()), settings);
  GrownTree grown{{}, std::vector<double>(rows.columns.size())};
  grown.tree.leaf_starts.push_back(0);
  ClassSums leaf(classes);
  grown.tree.nodes = finished_nodes(skeleton, grown.impurity_decrease, [&](std::size_t begin, std::size_t end) {
    leaf.load(std::span(items).subspan(begin, end - begin));
    for (std::size_t c = 0; c < classes; ++c) {
      const double weight = leaf.classes()[c];
      if (weight > 0)
        grown.tree.shares.push_back({static_cast<std::uint16_t>(c), static_cast<float>(weight / leaf.weight())});
    }
    grown.tree.leaf_starts.push_back(static_cast<std::uint32_t>(grown.tree.shares.size()));
  });
  return grown;
}

namespace {

/// Samples of one leaf: weights of equal responses together, ascending; shares too small for a float are left out.
void add_samples(std::span<NumberItem> items, std::span<const std::uint32_t> ranks, double weight,
                 RegressionTree& tree) {
  const auto earlier = [&](const NumberItem& a, const NumberItem& b) {
    return std::pair(ranks[a.row], a.row) < std::pair(ranks[b.row], b.row);
  };
  std::sort(items.begin(), items.end(), earlier);
  for (std::size_t i = 0; i < items.size();) {
    const std::uint32_t rank = ranks[items[i].row];
    double sum = 0;
    for (; i < items.size() && ranks[items[i].row] == rank; ++i) sum += items[i].weight;
    const auto share = static_cast<float>(sum / weight);
    if (share > 0) tree.samples.push_back({rank, std::min(1.0f, share)});
  }
  tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.samples.size()));
}

}  // namespace

GrownRegressionTree grow_regression_tree(const BinnedRows& rows, std::span<const float> responses,
                                         std::span<const std::uint32_t> ranks, std::span<const double> weights,
                                         const TreeSettings& settings) {
  std::vector<NumberItem> items;
  items.reserve(responses.size());
  for (std::size_t row = 0; row < responses.size(); ++row) {
    if (weights[row] > 0)
      items.push_back({weights[row], static_cast<double>(responses[row]), 0, static_cast<std::uint32_t>(row), 0});
  }
  const Skeleton skeleton = grown_skeleton(rows, items, VarianceSums(), settings);
  GrownRegressionTree grown{{}, std::vector<double>(rows.columns.size())};
  if (!ranks.empty()) grown.tree.leaf_starts.push_back(0);
  VarianceSums leaf;
  grown.tree.nodes = finished_nodes(skeleton, grown.impurity_decrease, [&](std::size_t begin, std::size_t end) {
    const std::span<NumberItem> own = std::span(items).subspan(begin, end - begin);
    leaf.load(own);
    grown.tree.means.push_back(leaf.mean());
    if (!ranks.empty()) add_samples(own, ranks, leaf.weight(), grown.tree);
  });
  return grown;
}

}  // namespace ecocube
