// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/forest_engine.h"

#include <bit>
#include <limits>

#include "methods/infer/dense_lanes.h"
#include "methods/infer/walked_engine.h"

namespace ecocube {
namespace {

template <class Tree>
std::vector<const std::vector<TreeNode>*> nodes_of(const std::vector<Tree>& trees) {
  std::vector<const std::vector<TreeNode>*> nodes;
  for (const Tree& tree : trees) nodes.push_back(&tree.nodes);
  return nodes;
}

bool is_pure(const ForestTree& tree, std::uint32_t leaf) {
  const std::uint32_t first = tree.leaf_starts[leaf];
  return tree.leaf_starts[leaf + 1] == first + 1 && tree.shares[first].probability == 1.0F;
}

/// Class probabilities: a leaf of one class is a vote, which the walk itself tells; others are lists of shares. Where
/// all leaves are votes, they are counted in two bytes a class, because the sums share the nearest cache with the walk.
template <class Word>
class ForestEngine final : public WalkedEngine<Word> {
  using Base = WalkedEngine<Word>;
  using typename Base::Trees;
  using typename Base::WalkedRoom;

 public:
  ForestEngine(const Forest& forest, ThresholdRanks ranks, Trees trees, std::size_t classes)
      : Base(std::move(ranks), std::move(trees)), classes_(classes) {
    first_share_.resize(this->trees().places());
    std::size_t place = 0;
    for (std::size_t t = 0; t < forest.trees.size(); ++t) {
      const ForestTree& tree = forest.trees[t];
      const std::vector<std::uint32_t> starts = add_shares(tree);
      for (const std::size_t end = place + this->trees().bytes_of(t) / sizeof(Word); place < end; ++place)
        first_share_[place] = starts[this->trees().leaves()[place]];
    }
    only_votes_ = shares_.empty() && forest.trees.size() <= std::numeric_limits<std::uint16_t>::max();
  }

  std::unique_ptr<LearnerEngine::Room> make_room(std::size_t chunks) const override {
    auto room = std::make_unique<Sums>();
    this->size_room(chunks, *room);
    room->votes.resize(only_votes_ ? chunks * kChunkPixels * classes_ : 0);
    room->sums.resize((only_votes_ ? 1 : chunks) * kChunkPixels * classes_);
    return room;
  }
  std::size_t bytes_of_room(std::size_t chunks) const override {
    const std::size_t of_chunk = kChunkPixels * classes_;
    const std::size_t sums = only_votes_ ? chunks * sizeof(std::uint16_t) + sizeof(float) : chunks * sizeof(float);
    return this->bytes_of_walk(chunks) + of_chunk * sums;
  }
  void answer(const FeatureChunk&, std::size_t index, LearnerEngine::Room& room, float* answers) const override {
    auto& own = static_cast<Sums&>(room);
    const std::size_t of_chunk = kChunkPixels * classes_;
    if (only_votes_)
      std::copy_n(own.votes.begin() + static_cast<std::ptrdiff_t>(index * of_chunk), of_chunk, own.sums.begin());
    divide_rows(own.sums.data() + (only_votes_ ? 0 : index * of_chunk), classes_,
                static_cast<float>(this->trees().trees()), answers);
  }

 protected:
  void clear(std::size_t chunks, WalkedRoom& room) const override {
    auto& own = static_cast<Sums&>(room);
    if (only_votes_) {
      std::fill_n(own.votes.begin(), chunks * kChunkPixels * classes_, std::uint16_t{0});
    } else {
      std::fill_n(own.sums.begin(), chunks * kChunkPixels * classes_, 0.0F);
    }
  }
  void add(std::size_t tree, std::size_t chunk, const Word* reached, WalkedRoom& room) const override {
    if (only_votes_) {
      std::uint16_t* votes = static_cast<Sums&>(room).votes.data() + chunk * kChunkPixels * classes_;
      for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel, votes += classes_)
        ++votes[Trees::payload(reached[pixel])];
      return;
    }
    float* sums = static_cast<Sums&>(room).sums.data() + chunk * kChunkPixels * classes_;
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel, sums += classes_) {
      const std::uint32_t vote = Trees::payload(reached[pixel]);
      if (vote != Trees::kNoPayload) {
        sums[vote] += 1.0F;
        continue;
      }
      const Share* share = shares_.data() + first_share_[this->trees().place(tree, reached[pixel])];
      for (;; ++share) {
        sums[share->class_index & ~kLast] += share->probability;
        if (share->class_index & kLast) break;
      }
    }
  }

 private:
  struct Sums : WalkedRoom {
    std::vector<std::uint16_t> votes;  ///< where all leaves are; shape [chunk][kChunkPixels][class]
    std::vector<float> sums;           ///< of shares, shape as votes; or the votes of one chunk
  };
  struct Share {
    std::uint16_t class_index;
    float probability;
  };
  /// Marks the last share of a leaf.
  static constexpr std::uint16_t kLast = 0x8000;

  /// Appends the shares of the leaves that are no votes; returns where each leaf's begin.
  std::vector<std::uint32_t> add_shares(const ForestTree& tree) {
    std::vector<std::uint32_t> starts(tree.leaf_starts.size());
    for (std::uint32_t leaf = 0; leaf + 1 < tree.leaf_starts.size(); ++leaf) {
      starts[leaf] = static_cast<std::uint32_t>(shares_.size());
      if (is_pure(tree, leaf)) continue;
      for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i)
        shares_.push_back({tree.shares[i].class_index, tree.shares[i].probability});
      if (shares_.size() == starts[leaf]) shares_.push_back({0, 0});
      shares_.back().class_index |= kLast;
    }
    return starts;
  }

  std::size_t classes_;
  bool only_votes_ = false;
  std::vector<std::uint32_t> first_share_;  ///< shape [place]
  std::vector<Share> shares_;
};

/// Mean of numbers, and quantiles of the samples in the leaves.
template <class Word>
class RegressionEngine final : public WalkedEngine<Word> {
  using Base = WalkedEngine<Word>;
  using typename Base::Trees;
  using typename Base::WalkedRoom;

 public:
  RegressionEngine(const RegressionForest& forest, ThresholdRanks ranks, Trees trees, bool quantiles)
      : Base(std::move(ranks), std::move(trees)), forest_(forest), quantiles_(quantiles) {
    std::size_t place = 0;
    means_.resize(this->trees().places());
    for (std::size_t t = 0; t < forest.trees.size(); ++t) {
      for (const std::size_t end = place + this->trees().bytes_of(t) / sizeof(Word); place < end; ++place)
        means_[place] = forest.trees[t].means[this->trees().leaves()[place]];
    }
  }

  std::size_t wanted_chunks() const override { return quantiles_ ? 4 : Base::wanted_chunks(); }
  std::unique_ptr<LearnerEngine::Room> make_room(std::size_t chunks) const override {
    auto room = std::make_unique<Sums>();
    this->size_room(chunks, *room);
    room->sums.resize(chunks * kChunkPixels);
    if (quantiles_) {
      room->leaves.resize(chunks * kChunkPixels * forest_.trees.size());
      room->shares.resize(forest_.responses.size());
      room->touched.resize((forest_.responses.size() + 63) / 64);
    }
    return room;
  }
  std::size_t bytes_of_room(std::size_t chunks) const override {
    const std::size_t pixels = chunks * kChunkPixels;
    const std::size_t leaves = quantiles_ ? pixels * forest_.trees.size() * sizeof(std::uint32_t) : 0;
    return this->bytes_of_walk(chunks) + pixels * sizeof(double) + leaves + forest_.responses.size() * sizeof(double);
  }
  void answer(const FeatureChunk&, std::size_t index, LearnerEngine::Room& room, float* answers) const override {
    const double* sums = static_cast<Sums&>(room).sums.data() + index * kChunkPixels;
    const auto trees = static_cast<double>(forest_.trees.size());
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) answers[pixel] = static_cast<float>(sums[pixel] / trees);
  }
  void quantiles(std::size_t index, LearnerEngine::Room& room, std::span<const double> levels,
                 float* quantiles) const override {
    auto& own = static_cast<Sums&>(room);
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
      quantiles_of(own, index * kChunkPixels + pixel, levels, quantiles + pixel);
  }

 protected:
  void clear(std::size_t chunks, WalkedRoom& room) const override {
    std::fill_n(static_cast<Sums&>(room).sums.begin(), chunks * kChunkPixels, 0.0);
  }
  void add(std::size_t tree, std::size_t chunk, const Word* reached, WalkedRoom& room) const override {
    auto& own = static_cast<Sums&>(room);
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
      const std::size_t place = this->trees().place(tree, reached[pixel]), at = chunk * kChunkPixels + pixel;
      own.sums[at] += means_[place];
      if (quantiles_) own.leaves[at * forest_.trees.size() + tree] = this->trees().leaves()[place];
    }
  }

 private:
  struct Sums : WalkedRoom {
    std::vector<double> sums;            ///< shape [chunk][kChunkPixels]
    std::vector<std::uint32_t> leaves;   ///< shape [chunk][kChunkPixels][tree]
    std::vector<double> shares;          ///< of one pixel by response, 0 between two pixels
    std::vector<std::uint64_t> touched;  ///< bits of the responses that have a share
  };

  void pool_samples(Sums& room, std::size_t at) const {
    for (std::size_t t = 0; t < forest_.trees.size(); ++t) {
      const RegressionTree& tree = forest_.trees[t];
      const std::uint32_t leaf = room.leaves[at * forest_.trees.size() + t];
      for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i) {
        const LeafSample& sample = tree.samples[i];
        room.shares[sample.response] += static_cast<double>(sample.share);
        room.touched[sample.response / 64] |= std::uint64_t{1} << (sample.response % 64);
      }
    }
  }

  /// Visits the responses that have a share, ascending, until told to stop.
  template <class Visit>
  static void visit(const Sums& room, const Visit& stop_after) {
    for (std::size_t word = 0; word < room.touched.size(); ++word) {
      for (std::uint64_t bits = room.touched[word]; bits != 0; bits &= bits - 1) {
        if (stop_after(64 * word + static_cast<std::size_t>(std::countr_zero(bits)))) return;
      }
    }
  }

  void quantiles_of(Sums& room, std::size_t at, std::span<const double> levels, float* quantiles) const {
    pool_samples(room, at);
    double total = 0;
    visit(room, [&](std::size_t response) { return total += room.shares[response], false; });
    for (std::size_t q = 0; q < levels.size(); ++q) {
      double sum = 0;
      std::size_t last = 0;
      visit(room, [&](std::size_t response) {
        sum += room.shares[response];
        last = response;
        return sum >= levels[q] * total;
      });
      quantiles[q * kChunkPixels] = forest_.responses[last];
    }
    visit(room, [&](std::size_t response) { return room.shares[response] = 0, false; });
    std::fill(room.touched.begin(), room.touched.end(), std::uint64_t{0});
  }

  const RegressionForest& forest_;
  bool quantiles_;
  std::vector<double> means_;  ///< shape [place]
};

/// Boosted trees too deep to be decided level by level.
template <class Word>
class DeepBoostingEngine final : public WalkedEngine<Word> {
  using Base = WalkedEngine<Word>;
  using typename Base::Trees;
  using typename Base::WalkedRoom;

 public:
  DeepBoostingEngine(const Boosting& boosting, ThresholdRanks ranks, Trees trees, std::size_t answers)
      : Base(std::move(ranks), std::move(trees)),
        boosting_(boosting),
        answers_(answers),
        scores_(boosting.link == Link::softmax ? answers : 1) {
    std::size_t place = 0;
    values_.resize(this->trees().places());
    for (std::size_t t = 0; t < boosting.trees.size(); ++t) {
      for (const std::size_t end = place + this->trees().bytes_of(t) / sizeof(Word); place < end; ++place)
        values_[place] = boosting.trees[t].leaf_values[this->trees().leaves()[place]];
    }
  }

  std::unique_ptr<LearnerEngine::Room> make_room(std::size_t chunks) const override {
    auto room = std::make_unique<Sums>();
    this->size_room(chunks, *room);
    room->scores.resize(chunks * kChunkPixels * scores_);
    room->exact.resize(kChunkPixels * answers_);
    return room;
  }
  std::size_t bytes_of_room(std::size_t chunks) const override {
    return this->bytes_of_walk(chunks) + kChunkPixels * (chunks * scores_ * sizeof(float) + answers_ * sizeof(double));
  }
  void answer(const FeatureChunk&, std::size_t index, LearnerEngine::Room& room, float* answers) const override {
    auto& own = static_cast<Sums&>(room);
    answers_of_score_planes(boosting_.link, own.scores.data() + index * kChunkPixels * scores_, answers_, answers,
                            own.exact.data());
  }

 protected:
  void clear(std::size_t chunks, WalkedRoom& room) const override {
    std::fill_n(static_cast<Sums&>(room).scores.begin(), chunks * kChunkPixels * scores_, boosting_.base_score);
  }
  void add(std::size_t tree, std::size_t chunk, const Word* reached, WalkedRoom& room) const override {
    float* scores =
        static_cast<Sums&>(room).scores.data() + (chunk * scores_ + boosting_.trees[tree].class_index) * kChunkPixels;
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
      scores[pixel] += values_[this->trees().place(tree, reached[pixel])];
  }

 private:
  struct Sums : WalkedRoom {
    std::vector<float> scores;  ///< shape [chunk][score][kChunkPixels]
    std::vector<double> exact;  ///< shape [answer][kChunkPixels]
  };

  const Boosting& boosting_;
  std::size_t answers_, scores_;
  std::vector<float> values_;  ///< shape [place]
};

std::uint32_t no_payload(std::size_t, std::uint32_t) {
  return WalkedTrees<std::uint32_t>::kNoPayload;
}

/// `make` gets the trees laid out in the smaller words that serve them.
template <class Tree, class Payload, class Make>
std::unique_ptr<LearnerEngine> make_walked(const std::vector<Tree>& trees, std::size_t features,
                                           std::span<const std::optional<StoredBytes>> stored, const Payload& payload,
                                           const Make& make) {
  const auto nodes = nodes_of(trees);
  ThresholdRanks ranks(nodes, features, stored);
  if (WalkedTrees<std::uint32_t>::serves(nodes, ranks)) {
    WalkedTrees<std::uint32_t> laid_out(nodes, ranks, payload);
    return make(std::move(ranks), std::move(laid_out));
  }
  WalkedTrees<std::uint64_t> laid_out(nodes, ranks, payload);
  return make(std::move(ranks), std::move(laid_out));
}

}  // namespace

std::unique_ptr<LearnerEngine> make_forest_engine(const Forest& forest, std::size_t features, std::size_t classes,
                                                  std::span<const std::optional<StoredBytes>> stored) {
  const auto vote = [&](std::size_t tree, std::uint32_t leaf) -> std::uint32_t {
    const ForestTree& own = forest.trees[tree];
    return is_pure(own, leaf) ? own.shares[own.leaf_starts[leaf]].class_index : WalkedTrees<std::uint32_t>::kNoPayload;
  };
  return make_walked(forest.trees, features, stored, vote,
                     [&]<class Word>(ThresholdRanks ranks, WalkedTrees<Word> trees) -> std::unique_ptr<LearnerEngine> {
                       return std::make_unique<ForestEngine<Word>>(forest, std::move(ranks), std::move(trees), classes);
                     });
}

std::unique_ptr<LearnerEngine> make_forest_engine(const RegressionForest& forest, std::size_t features,
                                                  std::span<const std::optional<StoredBytes>> stored, bool quantiles) {
  return make_walked(forest.trees, features, stored, no_payload,
                     [&]<class Word>(ThresholdRanks ranks, WalkedTrees<Word> trees) -> std::unique_ptr<LearnerEngine> {
                       return std::make_unique<RegressionEngine<Word>>(forest, std::move(ranks), std::move(trees),
                                                                       quantiles);
                     });
}

std::unique_ptr<LearnerEngine> make_forest_engine(const Boosting& boosting, std::size_t features, std::size_t answers,
                                                  std::span<const std::optional<StoredBytes>> stored) {
  return make_walked(boosting.trees, features, stored, no_payload,
                     [&]<class Word>(ThresholdRanks ranks, WalkedTrees<Word> trees) -> std::unique_ptr<LearnerEngine> {
                       return std::make_unique<DeepBoostingEngine<Word>>(boosting, std::move(ranks), std::move(trees),
                                                                         answers);
                     });
}

}  // namespace ecocube
