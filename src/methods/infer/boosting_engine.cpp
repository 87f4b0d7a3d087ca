// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/boosting_engine.h"

#include <algorithm>
#include <type_traits>

#include "methods/infer/dense_lanes.h"
#include "methods/infer/forest_engine.h"
#include "methods/infer/sliced_tree.h"

namespace ecocube {
namespace {

/// Rank is std::int8_t or std::int16_t.
template <class Rank>
class SlicedBoostingEngine final : public LearnerEngine {
 public:
  SlicedBoostingEngine(const Boosting& boosting, ThresholdRanks ranks, std::size_t answers)
      : boosting_(boosting),
        ranks_(std::move(ranks)),
        answers_(answers),
        scores_(boosting.link == Link::softmax ? answers : 1) {
    for (const BoostingTree& tree : boosting.trees) {
      trees_.push_back(
          {SlicedTree(tree.nodes, depth_of(tree.nodes), ranks_, sizeof(Rank) == 1), values_.size(), tree.class_index});
      for (const std::uint32_t end : trees_.back().sliced.ends())
        values_.push_back(tree.leaf_values[tree.nodes[end].child]);
    }
    values_.resize(values_.size() + 16);
  }

  std::unique_ptr<Room> make_room(std::size_t) const override {
    auto room = std::make_unique<Scores>();
    room->planes.resize(ranks_.columns() * kChunkPixels);
    room->scores.resize(scores_ * kChunkPixels);
    room->exact.resize(answers_ * kChunkPixels);
    return room;
  }
  std::size_t bytes_of_room(std::size_t) const override {
    return kChunkPixels * (ranks_.columns() * sizeof(Rank) + scores_ * sizeof(float) + answers_ * sizeof(double));
  }
  void answer(const FeatureChunk& features, std::size_t, Room& room, float* answers) const override {
    auto& own = static_cast<Scores&>(room);
    ranks_.rank(features, own.planes.data());
    std::fill(own.scores.begin(), own.scores.end(), boosting_.base_score);
    alignas(64) std::uint8_t paths[kChunkPixels];
    for (const Tree& tree : trees_) {
      paths_of(tree.sliced, own.planes.data(), paths);
      add_by_path(paths, values_.data() + tree.first_value, tree.sliced.levels(),
                  own.scores.data() + tree.score * kChunkPixels);
    }
    answers_of_score_planes(boosting_.link, own.scores.data(), answers_, answers, own.exact.data());
  }

 private:
  struct Scores : Room {
    std::vector<Rank> planes;
    std::vector<float> scores;  ///< shape [score][kChunkPixels]
    std::vector<double> exact;  ///< shape [answer][kChunkPixels]
  };
  struct Tree {
    SlicedTree sliced;
    std::size_t first_value;
    std::size_t score;
  };

  const Boosting& boosting_;
  ThresholdRanks ranks_;
  std::size_t answers_, scores_;
  std::vector<Tree> trees_;
  std::vector<float> values_;  ///< by path, tree after tree
};

}  // namespace

std::unique_ptr<LearnerEngine> make_boosting_engine(const Boosting& boosting, std::size_t features, std::size_t answers,
                                                    std::span<const std::optional<StoredBytes>> stored) {
  std::vector<const std::vector<TreeNode>*> nodes;
  int deepest = 0;
  for (const BoostingTree& tree : boosting.trees) {
    nodes.push_back(&tree.nodes);
    deepest = std::max(deepest, depth_of(tree.nodes));
  }
  if (deepest > SlicedTree::kMostLevels) return make_forest_engine(boosting, features, answers, stored);
  ThresholdRanks ranks(nodes, features, stored);
  if (ranks.narrow()) return std::make_unique<SlicedBoostingEngine<std::int8_t>>(boosting, std::move(ranks), answers);
  return std::make_unique<SlicedBoostingEngine<std::int16_t>>(boosting, std::move(ranks), answers);
}

}  // namespace ecocube
