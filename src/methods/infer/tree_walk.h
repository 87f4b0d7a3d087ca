// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/model/model.h"

namespace ecocube {

/// The trees of a learner laid out for many pixels at once. One walk down a tree waits for memory at every node, so 16
/// pixels walk side by side. A leaf points to itself and its threshold is infinite: pixels that have arrived stay where
/// they are until the last one arrives, and no branch depends on the data.
class TreeWalk {
 public:
  /// Number of pixels that walk together.
  static constexpr std::size_t kLanes = 16;

  explicit TreeWalk(const std::vector<TreeNode>& nodes);

  /// Leaves of `pixels` pixels.
  ///
  /// rows    features, shape [pixel][features]
  /// leaves  shape [pixel]
  void leaves_of(std::span<const float> rows, std::size_t features, std::span<std::uint32_t> leaves) const;

 private:
  struct Node {
    float threshold;
    std::uint32_t feature;
    std::uint32_t child;
    std::uint32_t leaf;
  };
  std::vector<Node> nodes_;
};

}  // namespace ecocube
