// SPDX-License-Identifier: Apache-2.0
#include "methods/train/tree.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "methods/train/random.h"

namespace ecocube {
namespace {

/// Below this many rows sorting is cheaper than counting into all bins.
constexpr std::size_t kFewRows = 64;

struct Split {
  bool found = false;
  std::size_t feature = 0;
  std::uint8_t left_bin = 0, right_bin = 0;  ///< last bin on the left, first on the right that the node holds
  double purity = 0;                         ///< sum over both sides of (sum of squared class weights) / weight
};

/// Rows of the node being split, side by side.
struct NodeRows {
  std::vector<std::uint16_t> seen;
  std::vector<double> weights;
  std::vector<std::uint8_t> bins;      ///< of the feature being tried
  std::vector<std::uint32_t> ordered;  ///< places within the node, ascending by bin
  std::vector<double> class_weights;   ///< shape [class]
  double weight = 0, squares = 0;
  std::size_t rows() const { return seen.size(); }
};

double sum_of_squares(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

class Grower {
 public:
  Grower(std::span<const BinnedColumn> columns, std::span<const std::uint16_t> seen, std::span<const double> weights,
         std::size_t classes, const TreeSettings& settings)
      : columns_(columns),
        seen_(seen),
        weights_(weights),
        classes_(classes),
        settings_(settings),
        left_(classes),
        order_of_features_(columns.size()) {
    for (std::size_t row = 0; row < seen.size(); ++row) {
      if (weights[row] > 0) rows_.push_back(static_cast<std::uint32_t>(row));
    }
    grown_.impurity_decrease.resize(columns.size());
    grown_.tree.leaf_starts.push_back(0);
  }

  GrownTree grow() {
    assert(!rows_.empty());
    grown_.tree.nodes.emplace_back();
    std::vector<Place> open{{0, 0, rows_.size(), 0}};
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      load(place);
      const Split split = find_split(place);
      if (!split.found) {
        make_leaf(place.node);
        continue;
      }
      const std::size_t middle = divide(place, split);
      const auto child = static_cast<std::uint32_t>(grown_.tree.nodes.size());
      const BinnedColumn& column = columns_[split.feature];
      grown_.tree.nodes[place.node] = {
          static_cast<std::int32_t>(split.feature),
          threshold_between(column.highest[split.left_bin], column.lowest[split.right_bin]), child};
      grown_.tree.nodes.resize(grown_.tree.nodes.size() + 2);
      grown_.impurity_decrease[split.feature] += std::max(0.0, split.purity - node_.squares / node_.weight);
      open.push_back({child + 1u, middle, place.end, place.depth + 1});
      open.push_back({child, place.begin, middle, place.depth + 1});
    }
    return std::move(grown_);
  }

 private:
  struct Place {
    std::size_t node, begin, end;
    int depth;
  };

  void load(const Place& place) {
    node_.seen.clear();
    node_.weights.clear();
    node_.class_weights.assign(classes_, 0);
    node_.weight = 0;
    for (std::size_t i = place.begin; i < place.end; ++i) {
      node_.seen.push_back(seen_[rows_[i]]);
      node_.weights.push_back(weights_[rows_[i]]);
      node_.class_weights[node_.seen.back()] += node_.weights.back();
      node_.weight += node_.weights.back();
    }
    node_.squares = sum_of_squares(node_.class_weights);
  }

  bool is_leaf(const Place& place) const {
    const bool deep = settings_.max_depth > 0 && place.depth >= settings_.max_depth;
    return deep || node_.rows() < 2 * settings_.min_leaf || node_.rows() < 2 ||
           std::count_if(node_.class_weights.begin(), node_.class_weights.end(), [](double w) { return w > 0; }) < 2;
  }

  Split find_split(const Place& place) {
    Split best;
    if (is_leaf(place)) return best;
    Random random{settings_.seed, settings_.tree, place.node};
    std::iota(order_of_features_.begin(), order_of_features_.end(), 0u);
    std::size_t tried = 0;
    for (std::size_t i = 0; i < order_of_features_.size(); ++i) {
      std::swap(order_of_features_[i], order_of_features_[i + random.below(order_of_features_.size() - i)]);
      const std::size_t feature = order_of_features_[i];
      if (!order_by_bin(place, columns_[feature])) continue;
      try_feature(feature, best);
      if (++tried >= settings_.features_per_split && best.found) break;
    }
    return best;
  }

  /// Fills node_.bins and node_.ordered; false when all rows share one bin.
  bool order_by_bin(const Place& place, const BinnedColumn& column) {
    const std::size_t rows = node_.rows();
    node_.bins.resize(rows);
    std::uint8_t low = 255, high = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::uint8_t bin = column.bin_of[rows_[place.begin + i]];
      node_.bins[i] = bin;
      low = std::min(low, bin);
      high = std::max(high, bin);
    }
    if (low == high) return false;
    node_.ordered.resize(rows);
    if (rows < kFewRows) {
      for (std::size_t i = 0; i < rows; ++i) node_.ordered[i] = static_cast<std::uint32_t>(node_.bins[i] << 8 | i);
      std::sort(node_.ordered.begin(), node_.ordered.end());
      for (std::uint32_t& place_in_node : node_.ordered) place_in_node &= 0xff;
      return true;
    }
    std::uint32_t starts[257] = {};
    for (const std::uint8_t bin : node_.bins) ++starts[bin + 1];
    for (std::size_t bin = low; bin < high; ++bin) starts[bin + 1] += starts[bin];
    for (std::size_t i = 0; i < rows; ++i) node_.ordered[starts[node_.bins[i]]++] = static_cast<std::uint32_t>(i);
    return true;
  }

  /// Moves the rows from the right to the left in ascending order and scores every place between two bins.
  void try_feature(std::size_t feature, Split& best) {
    std::fill(left_.begin(), left_.end(), 0.0);
    double left_weight = 0, left_squares = 0, right_squares = node_.squares;
    const std::size_t rows = node_.rows();
    for (std::size_t i = 0; i + 1 < rows; ++i) {
      const std::uint32_t at = node_.ordered[i];
      const double weight = node_.weights[at];
      double& moved = left_[node_.seen[at]];
      const double remaining = node_.class_weights[node_.seen[at]] - moved;
      left_squares += weight * (2 * moved + weight);
      right_squares -= weight * (2 * remaining - weight);
      moved += weight;
      left_weight += weight;
      const std::uint8_t bin = node_.bins[at], next_bin = node_.bins[node_.ordered[i + 1]];
      if (bin == next_bin || i + 1 < settings_.min_leaf || rows - i - 1 < settings_.min_leaf) continue;
      const double purity = left_squares / left_weight + right_squares / (node_.weight - left_weight);
      if (!best.found || purity > best.purity) best = {true, feature, bin, next_bin, purity};
    }
  }

  /// Rows of the left side first, each side in its old order; returns where the right side begins.
  std::size_t divide(const Place& place, const Split& split) {
    const BinnedColumn& column = columns_[split.feature];
    const auto first = rows_.begin() + static_cast<std::ptrdiff_t>(place.begin);
    const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(place.end);
    const auto middle =
        std::stable_partition(first, last, [&](std::uint32_t row) { return column.bin_of[row] <= split.left_bin; });
    return static_cast<std::size_t>(middle - rows_.begin());
  }

  void make_leaf(std::size_t node) {
    ForestTree& tree = grown_.tree;
    tree.nodes[node] = {TreeNode::kLeaf, 0, static_cast<std::uint32_t>(tree.leaf_starts.size() - 1)};
    for (std::size_t c = 0; c < classes_; ++c) {
      if (!(node_.class_weights[c] > 0)) continue;
      tree.shares.push_back({static_cast<std::uint16_t>(c), static_cast<float>(node_.class_weights[c] / node_.weight)});
    }
    tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.shares.size()));
  }

  std::span<const BinnedColumn> columns_;
  std::span<const std::uint16_t> seen_;
  std::span<const double> weights_;
  std::size_t classes_;
  TreeSettings settings_;
  std::vector<std::uint32_t> rows_;  ///< rows of a node lie side by side
  NodeRows node_;
  std::vector<double> left_;
  std::vector<std::uint32_t> order_of_features_;
  GrownTree grown_;
};

}  // namespace

GrownTree grow_tree(std::span<const BinnedColumn> columns, std::span<const std::uint16_t> seen,
                    std::span<const double> weights, std::size_t classes, const TreeSettings& settings) {
  return Grower(columns, seen, weights, classes, settings).grow();
}

}  // namespace ecocube
