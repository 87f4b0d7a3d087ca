// SPDX-License-Identifier: Apache-2.0
#include "io/model/tree_sections.h"

#include <cstdint>
#include <vector>

namespace ecocube {
namespace {

/// The nodes of all trees of a learner, one tree after the other.
struct NodeColumns {
  std::vector<std::uint32_t> counts;  ///< shape [tree]
  std::vector<std::int32_t> features;
  std::vector<float> thresholds;
  std::vector<std::uint32_t> children;

  void add(const std::vector<TreeNode>& nodes) {
    counts.push_back(static_cast<std::uint32_t>(nodes.size()));
    for (const TreeNode& node : nodes) {
      features.push_back(node.feature);
      thresholds.push_back(node.threshold);
      children.push_back(node.child);
    }
  }

  void put(SectionWriter& writer) const {
    writer.put<std::uint32_t>(counts);
    writer.put<std::int32_t>(features);
    writer.put<float>(thresholds);
    writer.put<std::uint32_t>(children);
  }

  static Result<std::vector<std::vector<TreeNode>>> take(SectionReader& reader) {
    NodeColumns columns;
    ECOCUBE_TRY_ASSIGN(columns.counts, reader.take<std::uint32_t>("nodes of each tree"));
    ECOCUBE_TRY_ASSIGN(columns.features, reader.take<std::int32_t>("features"));
    ECOCUBE_TRY_ASSIGN(columns.thresholds, reader.take<float>("thresholds"));
    ECOCUBE_TRY_ASSIGN(columns.children, reader.take<std::uint32_t>("children"));
    const std::size_t total = columns.features.size();
    if (columns.thresholds.size() != total || columns.children.size() != total) {
      return input_error("{} features, {} thresholds and {} children of nodes", total, columns.thresholds.size(),
                         columns.children.size());
    }
    std::vector<std::vector<TreeNode>> trees;
    std::size_t at = 0;
    for (const std::uint32_t count : columns.counts) {
      if (count > total - at)
        return input_error("tree {} has {} nodes where {} are left", trees.size(), count, total - at);
      std::vector<TreeNode> nodes;
      for (const std::size_t end = at + count; at < end; ++at) {
        nodes.push_back({columns.features[at], columns.thresholds[at], columns.children[at]});
      }
      trees.push_back(std::move(nodes));
    }
    if (at != total) return input_error("{} nodes belong to no tree", total - at);
    return trees;
  }
};

/// The next `count` of `numbers`, which is one of several trees' shares of them.
template <class T>
Result<std::vector<T>> next_part(const std::vector<T>& numbers, std::size_t& at, std::size_t count, const char* what) {
  if (count > numbers.size() - at) return input_error("{} {} where {} are left", count, what, numbers.size() - at);
  const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(at);
  at += count;
  return std::vector<T>(first, first + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

void put(SectionWriter& writer, const Forest& forest) {
  NodeColumns nodes;
  std::vector<std::uint32_t> starts_counts, starts;
  std::vector<std::uint16_t> classes;
  std::vector<float> probabilities;
  for (const ForestTree& tree : forest.trees) {
    nodes.add(tree.nodes);
    starts_counts.push_back(static_cast<std::uint32_t>(tree.leaf_starts.size()));
    starts.insert(starts.end(), tree.leaf_starts.begin(), tree.leaf_starts.end());
    for (const LeafShare& share : tree.shares) {
      classes.push_back(share.class_index);
      probabilities.push_back(share.probability);
    }
  }
  nodes.put(writer);
  writer.put<std::uint32_t>(starts_counts);
  writer.put<std::uint32_t>(starts);
  writer.put<std::uint16_t>(classes);
  writer.put<float>(probabilities);
}

Result<Learner> take_forest(SectionReader& reader) {
  ECOCUBE_TRY_ASSIGN(auto nodes, NodeColumns::take(reader));
  ECOCUBE_TRY_ASSIGN(const auto starts_counts, reader.take<std::uint32_t>("leaf starts of each tree"));
  ECOCUBE_TRY_ASSIGN(const auto starts, reader.take<std::uint32_t>("leaf starts"));
  ECOCUBE_TRY_ASSIGN(const auto classes, reader.take<std::uint16_t>("classes of leaf shares"));
  ECOCUBE_TRY_ASSIGN(const auto probabilities, reader.take<float>("probabilities of leaf shares"));
  if (starts_counts.size() != nodes.size())
    return input_error("leaf starts of {} trees, nodes of {}", starts_counts.size(), nodes.size());
  if (classes.size() != probabilities.size())
    return input_error("{} classes and {} probabilities of leaf shares", classes.size(), probabilities.size());
  Forest forest;
  std::size_t next_start = 0, next_share = 0;
  for (std::size_t t = 0; t < nodes.size(); ++t) {
    ForestTree tree{std::move(nodes[t]), {}, {}};
    ECOCUBE_TRY_ASSIGN(tree.leaf_starts, next_part(starts, next_start, starts_counts[t], "leaf starts"));
    const std::size_t shares = tree.leaf_starts.empty() ? 0 : tree.leaf_starts.back();
    if (shares > classes.size() - next_share)
      return input_error("tree {}: {} leaf shares where {} are left", t, shares, classes.size() - next_share);
    for (const std::size_t end = next_share + shares; next_share < end; ++next_share) {
      tree.shares.push_back({classes[next_share], probabilities[next_share]});
    }
    forest.trees.push_back(std::move(tree));
  }
  if (next_start != starts.size() || next_share != classes.size()) return input_error("leaves that belong to no tree");
  return forest;
}

void put(SectionWriter& writer, const RegressionForest& forest) {
  NodeColumns nodes;
  std::vector<std::uint32_t> leaves, starts_counts, starts, responses;
  std::vector<double> means;
  std::vector<float> shares;
  for (const RegressionTree& tree : forest.trees) {
    nodes.add(tree.nodes);
    leaves.push_back(static_cast<std::uint32_t>(tree.means.size()));
    means.insert(means.end(), tree.means.begin(), tree.means.end());
    starts_counts.push_back(static_cast<std::uint32_t>(tree.leaf_starts.size()));
    starts.insert(starts.end(), tree.leaf_starts.begin(), tree.leaf_starts.end());
    for (const LeafSample& sample : tree.samples) {
      responses.push_back(sample.response);
      shares.push_back(sample.share);
    }
  }
  writer.put<float>(forest.responses);
  nodes.put(writer);
  writer.put<std::uint32_t>(leaves);
  writer.put<double>(means);
  writer.put<std::uint32_t>(starts_counts);
  writer.put<std::uint32_t>(starts);
  writer.put<std::uint32_t>(responses);
  writer.put<float>(shares);
}

Result<Learner> take_regression_forest(SectionReader& reader) {
  RegressionForest forest;
  ECOCUBE_TRY_ASSIGN(forest.responses, reader.take<float>("responses"));
  ECOCUBE_TRY_ASSIGN(auto nodes, NodeColumns::take(reader));
  ECOCUBE_TRY_ASSIGN(const auto leaves, reader.take<std::uint32_t>("leaves of each tree"));
  ECOCUBE_TRY_ASSIGN(const auto means, reader.take<double>("leaf means"));
  ECOCUBE_TRY_ASSIGN(const auto starts_counts, reader.take<std::uint32_t>("leaf starts of each tree"));
  ECOCUBE_TRY_ASSIGN(const auto starts, reader.take<std::uint32_t>("leaf starts"));
  ECOCUBE_TRY_ASSIGN(const auto responses, reader.take<std::uint32_t>("responses of leaf samples"));
  ECOCUBE_TRY_ASSIGN(const auto shares, reader.take<float>("shares of leaf samples"));
  if (leaves.size() != nodes.size() || starts_counts.size() != nodes.size())
    return input_error("leaves of {} trees, leaf starts of {}, nodes of {}", leaves.size(), starts_counts.size(),
                       nodes.size());
  if (responses.size() != shares.size())
    return input_error("{} responses and {} shares of leaf samples", responses.size(), shares.size());
  std::size_t next_mean = 0, next_start = 0, next_sample = 0;
  for (std::size_t t = 0; t < nodes.size(); ++t) {
    RegressionTree tree{std::move(nodes[t]), {}, {}, {}};
    ECOCUBE_TRY_ASSIGN(tree.means, next_part(means, next_mean, leaves[t], "leaf means"));
    ECOCUBE_TRY_ASSIGN(tree.leaf_starts, next_part(starts, next_start, starts_counts[t], "leaf starts"));
    const std::size_t samples = tree.leaf_starts.empty() ? 0 : tree.leaf_starts.back();
    if (samples > shares.size() - next_sample)
      return input_error("tree {}: {} leaf samples where {} are left", t, samples, shares.size() - next_sample);
    for (const std::size_t end = next_sample + samples; next_sample < end; ++next_sample)
      tree.samples.push_back({responses[next_sample], shares[next_sample]});
    forest.trees.push_back(std::move(tree));
  }
  if (next_mean != means.size() || next_start != starts.size() || next_sample != shares.size())
    return input_error("leaves that belong to no tree");
  return forest;
}

void put(SectionWriter& writer, const Boosting& boosting) {
  NodeColumns nodes;
  std::vector<std::uint32_t> classes, leaf_counts;
  std::vector<float> values;
  for (const BoostingTree& tree : boosting.trees) {
    nodes.add(tree.nodes);
    classes.push_back(tree.class_index);
    leaf_counts.push_back(static_cast<std::uint32_t>(tree.leaf_values.size()));
    values.insert(values.end(), tree.leaf_values.begin(), tree.leaf_values.end());
  }
  writer.put<float>(std::span<const float>(&boosting.base_score, 1));
  const auto link = static_cast<std::uint32_t>(boosting.link);
  writer.put<std::uint32_t>(std::span<const std::uint32_t>(&link, 1));
  nodes.put(writer);
  writer.put<std::uint32_t>(classes);
  writer.put<std::uint32_t>(leaf_counts);
  writer.put<float>(values);
}

Result<Learner> take_boosting(SectionReader& reader, unsigned version) {
  ECOCUBE_TRY_ASSIGN(const auto base_score, reader.take<float>("base score"));
  auto link = static_cast<std::uint32_t>(Link::softmax);
  if (version >= 2) {
    ECOCUBE_TRY_ASSIGN(link, take_one<std::uint32_t>(reader, "link"));
    if (link > static_cast<std::uint32_t>(Link::identity)) return input_error("unknown link {}", link);
  }
  ECOCUBE_TRY_ASSIGN(auto nodes, NodeColumns::take(reader));
  ECOCUBE_TRY_ASSIGN(const auto classes, reader.take<std::uint32_t>("class of each tree"));
  ECOCUBE_TRY_ASSIGN(const auto leaf_counts, reader.take<std::uint32_t>("leaves of each tree"));
  ECOCUBE_TRY_ASSIGN(const auto values, reader.take<float>("leaf values"));
  if (base_score.size() != 1) return input_error("{} base scores", base_score.size());
  if (classes.size() != nodes.size() || leaf_counts.size() != nodes.size()) {
    return input_error("classes of {} trees, leaves of {}, nodes of {}", classes.size(), leaf_counts.size(),
                       nodes.size());
  }
  Boosting boosting{base_score[0], {}, static_cast<Link>(link)};
  std::size_t next_value = 0;
  for (std::size_t t = 0; t < nodes.size(); ++t) {
    BoostingTree tree{classes[t], std::move(nodes[t]), {}};
    ECOCUBE_TRY_ASSIGN(tree.leaf_values, next_part(values, next_value, leaf_counts[t], "leaf values"));
    boosting.trees.push_back(std::move(tree));
  }
  if (next_value != values.size()) return input_error("{} leaf values belong to no tree", values.size() - next_value);
  return boosting;
}

}  // namespace ecocube
