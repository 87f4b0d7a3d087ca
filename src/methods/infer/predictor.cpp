// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/predictor.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/infer/rounding.h"

namespace ecocube {
namespace {

/// Pixels that go through all trees together: enough to use a tree's nodes often, few enough for the nearest caches.
constexpr std::size_t kBlockPixels = 256;

std::vector<TreeWalk> lay_out(const Learner& learner) {
  std::vector<TreeWalk> walks;
  if (const auto* forest = std::get_if<Forest>(&learner)) {
    for (const ForestTree& tree : forest->trees) walks.emplace_back(tree.nodes);
  } else if (const auto* boosting = std::get_if<Boosting>(&learner)) {
    for (const BoostingTree& tree : boosting->trees) walks.emplace_back(tree.nodes);
  }
  return walks;
}

}  // namespace

struct Predictor::Scratch {
  std::vector<std::size_t> whole;     ///< pixels of the block that miss nothing
  std::vector<float> rows;            ///< shape [whole pixel][feature]
  std::vector<float> learned;         ///< shape [whole pixel][learner][class]
  std::vector<double> probabilities;  ///< shape [whole pixel][class]
};

Predictor::Predictor(const Model& model)
    : model_(model),
      features_(model.features.size()),
      classes_(model.classes.size()),
      inputs_(model.learners.size() * classes_) {
  for (const NamedLearner& named : model.learners) walks_.push_back(lay_out(named.learner));
}

void Predictor::learn_forest(const Forest& forest, std::size_t learner, std::span<const float> rows,
                             std::span<float> learned) const {
  const std::size_t count = rows.size() / features_;
  std::uint32_t leaves[kBlockPixels];
  for (std::size_t t = 0; t < forest.trees.size(); ++t) {
    const ForestTree& tree = forest.trees[t];
    walks_[learner][t].leaves_of(rows, features_, std::span(leaves, count));
    for (std::size_t row = 0; row < count; ++row) {
      float* own = learned.data() + row * inputs_ + learner * classes_;
      const std::uint32_t end = tree.leaf_starts[leaves[row] + 1];
      for (std::uint32_t i = tree.leaf_starts[leaves[row]]; i < end; ++i)
        own[tree.shares[i].class_index] += tree.shares[i].probability;
    }
  }
  const auto trees = static_cast<float>(forest.trees.size());
  for (std::size_t row = 0; row < count; ++row) {
    for (float& probability : learned.subspan(row * inputs_ + learner * classes_, classes_)) probability /= trees;
  }
}

void Predictor::learn_boosting(const Boosting& boosting, std::size_t learner, std::span<const float> rows,
                               std::span<float> learned) const {
  const std::size_t count = rows.size() / features_;
  std::uint32_t leaves[kBlockPixels];
  std::vector<float> scores(count * classes_, boosting.base_score);
  for (std::size_t t = 0; t < boosting.trees.size(); ++t) {
    const BoostingTree& tree = boosting.trees[t];
    walks_[learner][t].leaves_of(rows, features_, std::span(leaves, count));
    for (std::size_t row = 0; row < count; ++row)
      scores[row * classes_ + tree.class_index] += tree.leaf_values[leaves[row]];
  }
  for (std::size_t row = 0; row < count; ++row) {
    probabilities_of_scores(std::span(scores).subspan(row * classes_, classes_),
                            learned.subspan(row * inputs_ + learner * classes_, classes_));
  }
}

void Predictor::learn_logistic(const Logistic& logistic, std::size_t learner, std::span<const float> rows,
                               std::span<float> learned) const {
  for (std::size_t row = 0; row * features_ < rows.size(); ++row) {
    plain_probabilities(logistic, rows.subspan(row * features_, features_),
                        learned.subspan(row * inputs_ + learner * classes_, classes_));
  }
}

void Predictor::predict_rows(std::span<const float> rows, std::span<float> learned,
                             std::span<double> probabilities) const {
  std::fill(learned.begin(), learned.end(), 0.0f);
  const std::size_t count = rows.size() / features_;
  for (std::size_t begin = 0; begin < count; begin += kBlockPixels) {
    const std::size_t length = std::min(kBlockPixels, count - begin);
    const auto block = rows.subspan(begin * features_, length * features_);
    const auto own = learned.subspan(begin * inputs_, length * inputs_);
    for (std::size_t l = 0; l < model_.learners.size(); ++l) {
      const Learner& learner = model_.learners[l].learner;
      if (const auto* forest = std::get_if<Forest>(&learner)) learn_forest(*forest, l, block, own);
      if (const auto* boosting = std::get_if<Boosting>(&learner)) learn_boosting(*boosting, l, block, own);
      if (const auto* logistic = std::get_if<Logistic>(&learner)) learn_logistic(*logistic, l, block, own);
    }
  }
  for (std::size_t row = 0; row < count; ++row) {
    combine_learners(model_.meta ? &*model_.meta : nullptr, learned.subspan(row * inputs_, inputs_),
                     probabilities.subspan(row * classes_, classes_));
  }
}

void Predictor::map_pixel(std::span<const float> learned, std::span<const double> probabilities, std::size_t pixel,
                          std::size_t pixels, MappedPixels& mapped) const {
  std::uint8_t percent[kMaximumClasses];
  round_to_hundred(probabilities, std::span(percent, classes_));
  const auto dominant =
      static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
  for (std::size_t c = 0; c < classes_; ++c) {
    mapped.probability[c * pixels + pixel] = percent[c];
    mapped.uncertainty[c * pixels + pixel] = spread_of_learners(learned, classes_, c);
  }
  mapped.dominant[pixel] = static_cast<std::uint8_t>(model_.classes[dominant].value);
  mapped.dominant_probability[pixel] = percent[dominant];
  mapped.dominant_uncertainty[pixel] = mapped.uncertainty[dominant * pixels + pixel];
}

void Predictor::predict_block(std::span<const float> features, std::span<const std::uint8_t> valid, std::size_t pixels,
                              std::size_t begin, std::size_t end, Scratch& scratch, MappedPixels& mapped) const {
  std::uint8_t misses[kBlockPixels] = {};
  for (std::size_t f = 0; f < features_; ++f) {
    for (std::size_t i = begin; i < end; ++i)
      misses[i - begin] |= valid[f * pixels + i] == 0 || !std::isfinite(features[f * pixels + i]);
  }
  scratch.whole.clear();
  for (std::size_t i = begin; i < end; ++i) {
    if (!misses[i - begin]) scratch.whole.push_back(i);
  }
  const std::size_t count = scratch.whole.size();
  scratch.rows.resize(count * features_);
  for (std::size_t f = 0; f < features_; ++f) {
    for (std::size_t i = 0; i < count; ++i) scratch.rows[i * features_ + f] = features[f * pixels + scratch.whole[i]];
  }
  scratch.learned.resize(count * inputs_);
  scratch.probabilities.resize(count * classes_);
  predict_rows(scratch.rows, scratch.learned, scratch.probabilities);
  for (std::size_t i = 0; i < count; ++i) {
    map_pixel(std::span(scratch.learned).subspan(i * inputs_, inputs_),
              std::span(scratch.probabilities).subspan(i * classes_, classes_), scratch.whole[i], pixels, mapped);
  }
}

void Predictor::predict(std::span<const float> features, std::span<const std::uint8_t> valid, std::size_t pixels,
                        MappedPixels& mapped) const {
  assert(features.size() == features_ * pixels && valid.size() == features.size());
  for (auto* band : {&mapped.dominant, &mapped.dominant_probability, &mapped.dominant_uncertainty}) {
    band->assign(pixels, MappedPixels::kNoData);
  }
  for (auto* bands : {&mapped.probability, &mapped.uncertainty})
    bands->assign(classes_ * pixels, MappedPixels::kNoData);
  const std::size_t blocks = (pixels + kBlockPixels - 1) / kBlockPixels;
  parallel_for(blocks, 4, [&](std::size_t first, std::size_t last) {
    Scratch scratch;
    for (std::size_t block = first; block < last; ++block) {
      predict_block(features, valid, pixels, block * kBlockPixels, std::min(pixels, (block + 1) * kBlockPixels),
                    scratch, mapped);
    }
  });
}

}  // namespace ecocube
