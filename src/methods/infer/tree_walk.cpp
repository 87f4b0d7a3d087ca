// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/tree_walk.h"

#include <limits>

namespace ecocube {

TreeWalk::TreeWalk(const std::vector<TreeNode>& nodes) {
  nodes_.reserve(nodes.size());
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    const TreeNode& node = nodes[i];
    if (node.feature == TreeNode::kLeaf) {
      nodes_.push_back({std::numeric_limits<float>::infinity(), 0, i, node.child});
    } else {
      nodes_.push_back({node.threshold, static_cast<std::uint32_t>(node.feature), node.child, 0});
    }
  }
}

void TreeWalk::leaves_of(std::span<const float> rows, std::size_t features, std::span<std::uint32_t> leaves) const {
  const Node* nodes = nodes_.data();
  std::size_t pixel = 0;
  for (; pixel + kLanes <= leaves.size(); pixel += kLanes) {
    std::uint32_t at[kLanes] = {};
    const float* row = rows.data() + pixel * features;
    std::uint32_t moved = 1;
    while (moved != 0) {
      moved = 0;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const Node& node = nodes[at[lane]];
        const std::uint32_t next = node.child + (row[lane * features + node.feature] > node.threshold ? 1u : 0u);
        moved |= next ^ at[lane];
        at[lane] = next;
      }
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) leaves[pixel + lane] = nodes[at[lane]].leaf;
  }
  for (; pixel < leaves.size(); ++pixel) {
    const float* row = rows.data() + pixel * features;
    std::uint32_t at = 0, last = 1;
    while (at != last) {
      last = at;
      at = nodes[at].child + (row[nodes[at].feature] > nodes[at].threshold ? 1u : 0u);
    }
    leaves[pixel] = nodes[at].leaf;
  }
}

}  // namespace ecocube
