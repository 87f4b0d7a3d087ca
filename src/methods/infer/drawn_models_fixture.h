// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "data/model/model.h"

namespace ecocube {

/// Draws learners and models for tests: lopsided trees as real ones are, thresholds among whole numbers so that values
/// lie on them.
class DrawnModels {
 public:
  explicit DrawnModels(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_() % count); }
  double number() { return std::uniform_real_distribution<double>(-1, 1)(random_); }
  float whole() { return static_cast<float>(below(levels)); }

  std::size_t features = 5, classes = 4;
  std::size_t levels = 100;  ///< of thresholds and values: 0..levels - 1
  int deepest = 1000;        ///< of a tree

  /// A tree of about `inner` decisions.
  std::vector<TreeNode> nodes(std::size_t inner, std::uint32_t& leaves) {
    std::vector<TreeNode> made(1);
    std::vector<std::pair<std::uint32_t, int>> open{{0, 0}};
    std::vector<std::uint32_t> closed;
    for (std::size_t i = 0; i < inner && !open.empty(); ++i) {
      const std::size_t pick =
          below(4) == 0 ? below(open.size()) : open.size() - 1 - below(std::min<std::size_t>(open.size(), 6));
      const auto [at, depth] = open[pick];
      open[pick] = open.back();
      open.pop_back();
      if (depth == deepest) {
        closed.push_back(at);
        continue;
      }
      const auto child = static_cast<std::uint32_t>(made.size());
      made[at] = {static_cast<std::int32_t>(below(features)), whole(), child};
      made.resize(made.size() + 2);
      open.push_back({child, depth + 1});
      open.push_back({child + 1, depth + 1});
    }
    leaves = 0;
    for (const std::uint32_t at : closed) made[at] = {TreeNode::kLeaf, 0, leaves++};
    for (const auto& [at, depth] : open) made[at] = {TreeNode::kLeaf, 0, leaves++};
    return made;
  }

  /// pure  share of the leaves that hold one class, in percent
  Forest forest(std::size_t trees, std::size_t inner, std::size_t pure) {
    Forest made;
    for (std::size_t t = 0; t < trees; ++t) {
      std::uint32_t leaves = 0;
      ForestTree tree{nodes(1 + below(inner), leaves), {0}, {}};
      for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
        const bool one = below(100) < pure;
        const auto first = static_cast<std::uint16_t>(below(classes - 1));
        const float share = one ? 1 : static_cast<float>(1 + below(99)) / 100;
        tree.shares.push_back({first, share});
        if (!one) tree.shares.push_back({static_cast<std::uint16_t>(first + 1), 1 - share});
        tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.shares.size()));
      }
      made.trees.push_back(std::move(tree));
    }
    return made;
  }

  Boosting boosting(std::size_t trees, std::size_t inner, Link link) {
    Boosting made{0.5F, {}, link};
    for (std::size_t t = 0; t < trees; ++t) {
      std::uint32_t leaves = 0;
      const auto score = static_cast<std::uint32_t>(link == Link::softmax ? below(classes) : 0);
      BoostingTree tree{score, nodes(below(inner + 1), leaves), {}};
      for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) tree.leaf_values.push_back(static_cast<float>(number()));
      made.trees.push_back(std::move(tree));
    }
    return made;
  }

  RegressionForest regression_forest(std::size_t trees, std::size_t inner, std::size_t responses) {
    RegressionForest made;
    for (std::size_t r = 0; r < responses; ++r) made.responses.push_back(static_cast<float>(r) / 8);
    for (std::size_t t = 0; t < trees; ++t) {
      std::uint32_t leaves = 0;
      RegressionTree tree{nodes(1 + below(inner), leaves), {}, {}, {}};
      if (responses) tree.leaf_starts.push_back(0);
      for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
        tree.means.push_back(3 * number());
        if (responses == 0) continue;
        const std::size_t count = 1 + below(5);
        for (std::size_t i = 0; i < count; ++i)
          tree.samples.push_back({static_cast<std::uint32_t>(below(responses)), 1 / static_cast<float>(count)});
        tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.samples.size()));
      }
      made.trees.push_back(std::move(tree));
    }
    return made;
  }

  Logistic logistic(std::size_t inputs, double size) {
    Logistic made{inputs, {}, {}};
    for (std::size_t c = 0; c < classes; ++c) made.intercepts.push_back(number());
    for (std::size_t i = 0; i < inputs * classes; ++i) made.weights.push_back(size * number());
    return made;
  }

  Linear linear() {
    Linear made{number(), {}};
    for (std::size_t f = 0; f < features; ++f) made.weights.push_back(number());
    return made;
  }

  Network network(const std::vector<std::size_t>& hidden, bool classifies) {
    Network made;
    made.link = classifies ? Link::softmax : Link::identity;
    made.response_mean = 3;
    made.response_scale = 1.7;
    scale(made.means, made.scales);
    std::size_t inputs = features;
    std::vector<std::size_t> widths = hidden;
    widths.push_back(classifies ? classes : 1);
    for (const std::size_t outputs : widths) {
      NetworkLayer layer{inputs, outputs, {}, {}};
      for (std::size_t i = 0; i < inputs * outputs; ++i) layer.weights.push_back(static_cast<float>(number()));
      for (std::size_t i = 0; i < outputs; ++i) layer.biases.push_back(static_cast<float>(number()));
      made.layers.push_back(std::move(layer));
      inputs = outputs;
    }
    return made;
  }

  NearestNeighbours neighbours(std::size_t rows, std::uint32_t count, bool by_distance, bool classifies) {
    NearestNeighbours made;
    made.neighbours = count;
    made.by_distance = by_distance;
    scale(made.means, made.scales);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t f = 0; f < features; ++f) made.rows.push_back((whole() - made.means[f]) * made.scales[f]);
      if (classifies) made.seen.push_back(static_cast<std::uint16_t>(below(classes)));
      if (!classifies) made.responses.push_back(static_cast<float>(number()));
      made.weights.push_back(static_cast<float>(1 + below(3)));
    }
    return made;
  }

  void scale(std::vector<float>& means, std::vector<float>& scales) {
    for (std::size_t f = 0; f < features; ++f) {
      means.push_back(whole());
      scales.push_back(static_cast<float>(1 + below(20)) / 100);
    }
  }

  Model classifier() {
    Model model;
    name_features(model);
    for (std::size_t c = 0; c < classes; ++c)
      model.classes.push_back({std::to_string(c), "", static_cast<int>(3 * c + 2), {}});
    return model;
  }

  Model regressor() {
    Model model;
    name_features(model);
    model.response = Response{"clay", "%", Transform::none, 0, 0};
    return model;
  }

  /// Shape [row][feature].
  std::vector<float> rows(std::size_t count) {
    std::vector<float> values(count * features);
    for (float& value : values) value = whole();
    return values;
  }

 private:
  void name_features(Model& model) const {
    for (std::size_t f = 0; f < features; ++f) model.features.push_back("f" + std::to_string(f));
  }

  std::mt19937_64 random_;
};

}  // namespace ecocube
