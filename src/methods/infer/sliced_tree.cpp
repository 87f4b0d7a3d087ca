// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/sliced_tree.h"

#include <algorithm>

namespace ecocube {

int depth_of(const std::vector<TreeNode>& nodes) {
  std::vector<int> depths(nodes.size(), 0);
  int deepest = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    deepest = std::max(deepest, depths[i]);
    if (nodes[i].feature == TreeNode::kLeaf) continue;
    depths[nodes[i].child] = depths[nodes[i].child + 1] = depths[i] + 1;
  }
  return deepest;
}

SlicedTree::SlicedTree(const std::vector<TreeNode>& nodes, int levels, const ThresholdRanks& ranks, bool bytes)
    : levels_(levels) {
  std::vector<std::uint32_t> here{0}, next;
  for (int level = 0; level < levels; ++level) {
    next.clear();
    for (std::size_t i = 0; i < here.size(); ++i) {
      const TreeNode& node = nodes[here[i]];
      if (node.feature == TreeNode::kLeaf) {
        next.insert(next.end(), 2, here[i]);
        continue;
      }
      const std::uint32_t index = ranks.index_of(node.feature, node.threshold);
      const std::uint32_t repeated =
          bytes ? 0x01010101U * ((index - 128) & 0xff) : 0x00010001U * ((index - 32768) & 0xffff);
      tests_.push_back({static_cast<std::uint16_t>((std::size_t{1} << level) - 1 + i),
                        static_cast<std::uint16_t>(ranks.column_of(node.feature)),
                        static_cast<std::int32_t>(repeated)});
      next.push_back(node.child);
      next.push_back(node.child + 1);
    }
    here.swap(next);
  }
  ends_ = std::move(here);
}

}  // namespace ecocube
