// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/heavy_paths.h"

#include <cstring>

namespace ecocube {
namespace {

bool is_leaf(std::uint32_t word) {
  return (word & 0xff00) == 0;
}

/// Leaves below each node, itself included.
std::vector<std::uint32_t> count_leaves(std::span<const std::uint32_t> words, std::span<const std::uint32_t> roots) {
  std::vector<std::uint32_t> counts(words.size(), 0), order(roots.begin(), roots.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t word = words[order[i]];
    if (!is_leaf(word)) order.insert(order.end(), {word >> 16, (word >> 16) + 1});
  }
  for (std::size_t i = order.size(); i-- > 0;) {
    const std::uint32_t word = words[order[i]];
    counts[order[i]] = is_leaf(word) ? 1 : counts[word >> 16] + counts[(word >> 16) + 1];
  }
  return counts;
}

}  // namespace

/// A path from `nodes[0]` on; its last node is a leaf or begins another path.
struct HeavyPaths::Path {
  std::vector<std::uint32_t> nodes;

  /// counts  leaves below each node
  Path(std::uint32_t first, std::span<const std::uint32_t> words, std::span<const std::uint32_t> counts)
      : nodes{first} {
    while (!is_leaf(words[nodes.back()]) && nodes.size() < kMostTests) {
      const std::uint32_t left = words[nodes.back()] >> 16;
      nodes.push_back(counts[left + 1] > counts[left] ? left + 1 : left);
    }
  }

  /// Nodes that begin paths at which pixels go on from this one; those of its end last.
  std::vector<std::uint32_t> followers(std::span<const std::uint32_t> words) const {
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
      const std::uint32_t beside = 2 * (words[nodes[i]] >> 16) + 1 - nodes[i + 1];
      if (!is_leaf(words[beside])) found.push_back(beside);
    }
    if (!is_leaf(words[nodes.back()])) found.push_back(nodes.back());
    return found;
  }
};

HeavyPaths::HeavyPaths(std::span<const std::uint32_t> words, std::span<const std::uint32_t> roots) {
  const std::vector<std::uint32_t> counts = count_leaves(words, roots);
  std::vector<std::uint32_t> names(words.size(), 0);
  std::vector<Path> paths;
  std::size_t unit = 0;
  for (const std::uint32_t root : roots) {
    std::vector<std::uint32_t> open{root};
    while (!open.empty()) {
      const std::uint32_t first = open.back();
      open.pop_back();
      if (names[first] != 0) continue;
      const Path& path = paths.emplace_back(first, words, counts);
      if (unit % 256 == 0) ++unit;
      names[first] = static_cast<std::uint32_t>(unit << 8 | path.nodes.size());
      unit += 3 * path.nodes.size();
      const std::vector<std::uint32_t> followers = path.followers(words);
      open.insert(open.end(), followers.rbegin(), followers.rend());
    }
  }
  records_.resize(2 * unit + kBehind);
  for (const Path& path : paths) write(path, words, names);
  for (const std::uint32_t root : roots) starts_.push_back(names[root]);
}

void HeavyPaths::write(const Path& path, std::span<const std::uint32_t> words, std::span<const std::uint32_t> names) {
  const std::size_t tests = path.nodes.size();
  std::uint8_t* columns = records_.data() + 2 * static_cast<std::size_t>(names[path.nodes[0]] >> 8);
  std::uint8_t* thresholds = columns + tests;
  std::uint8_t* ends = thresholds + tests;
  for (std::size_t i = 0; i < tests; ++i) {
    const bool last = i + 1 == tests;
    const std::uint32_t word = words[path.nodes[i]], left = word >> 16;
    const bool right = !last && path.nodes[i + 1] == left + 1;
    columns[i] = last ? 0x80 : static_cast<std::uint8_t>((word & 0xff) | (right ? 0x80 : 0));
    thresholds[i] = last ? 255 : static_cast<std::uint8_t>(255 - (word >> 8 & 0xff));
    const std::uint32_t beside = last ? path.nodes[i] : left + (right ? 0 : 1);
    const std::uint32_t end = is_leaf(words[beside]) ? words[beside] : names[beside];
    std::memcpy(ends + sizeof(end) * i, &end, sizeof(end));
  }
}

}  // namespace ecocube
