// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/predictor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/infer/rounding.h"

namespace ecocube {
namespace {

using Engine = std::mt19937_64;

float any_of(Engine& random, int levels) {
  return static_cast<float>(random() % static_cast<std::uint64_t>(levels));
}

/// A tree of about `inner` decisions, lopsided as real ones are, with `leaves` leaves counted up.
std::vector<TreeNode> drawn_nodes(Engine& random, std::size_t features, std::size_t inner, std::uint32_t& leaves) {
  std::vector<TreeNode> nodes(1);
  std::vector<std::uint32_t> open{0};
  for (std::size_t i = 0; i < inner; ++i) {
    const std::size_t pick = random() % open.size();
    const auto child = static_cast<std::uint32_t>(nodes.size());
    nodes[open[pick]] = {static_cast<std::int32_t>(random() % features), any_of(random, 100), child};
    nodes.resize(nodes.size() + 2);
    open[pick] = child;
    open.push_back(child + 1);
  }
  leaves = 0;
  for (const std::uint32_t at : open) nodes[at] = {TreeNode::kLeaf, 0, leaves++};
  return nodes;
}

Model drawn_model(std::uint64_t seed, std::size_t features, std::size_t classes, std::size_t trees, std::size_t inner,
                  bool meta) {
  Engine random(seed);
  std::uniform_real_distribution<double> number(-1, 1);
  Model model;
  for (std::size_t f = 0; f < features; ++f) model.features.push_back("f" + std::to_string(f));
  for (std::size_t c = 0; c < classes; ++c)
    model.classes.push_back({std::to_string(c), "", static_cast<int>(3 * c + 2), {}});
  Forest forest;
  Boosting boosting{0.5f, {}};
  for (std::size_t t = 0; t < trees; ++t) {
    std::uint32_t leaves = 0;
    ForestTree tree{drawn_nodes(random, features, inner, leaves), {0}, {}};
    for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
      const auto first = static_cast<std::uint16_t>(random() % (classes - 1));
      const auto share = static_cast<float>(random() % 100) / 100;
      tree.shares.push_back({first, share});
      tree.shares.push_back({static_cast<std::uint16_t>(first + 1), 1 - share});
      tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.shares.size()));
    }
    forest.trees.push_back(std::move(tree));
    BoostingTree boost{
        static_cast<std::uint32_t>(t % classes), drawn_nodes(random, features, inner / 4 + 1, leaves), {}};
    for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) boost.leaf_values.push_back(static_cast<float>(number(random)));
    boosting.trees.push_back(std::move(boost));
  }
  Logistic logistic{features, {}, {}};
  for (std::size_t c = 0; c < classes; ++c) logistic.intercepts.push_back(number(random));
  for (std::size_t i = 0; i < features * classes; ++i) logistic.weights.push_back(number(random) / 50);
  model.learners = {{"forest", forest}, {"boosting", boosting}, {"logistic", logistic}};
  if (meta) {
    model.meta = Logistic{3 * classes, std::vector<double>(classes, 0.1), {}};
    for (std::size_t i = 0; i < 3 * classes * classes; ++i) model.meta->weights.push_back(3 * number(random));
  }
  return model;
}

struct Pixels {
  std::vector<float> features;
  std::vector<std::uint8_t> valid;
};

Pixels drawn_pixels(std::uint64_t seed, std::size_t features, std::size_t pixels, int missing_in) {
  Engine random(seed);
  Pixels drawn{std::vector<float>(features * pixels), std::vector<std::uint8_t>(features * pixels, 1)};
  for (float& value : drawn.features) value = any_of(random, 100);
  for (std::size_t i = 0; missing_in && i < drawn.valid.size(); ++i) {
    if (random() % static_cast<std::uint64_t>(missing_in) == 0) drawn.valid[i] = 0;
  }
  return drawn;
}

MappedPixels map_of(const Model& model, const Pixels& drawn) {
  MappedPixels mapped;
  Predictor(model).predict(drawn.features, drawn.valid, drawn.features.size() / model.features.size(), mapped);
  return mapped;
}

RC_GTEST_PROP(Predictor, GivesExactlyWhatThePlainEvaluationGives, ()) {
  const std::size_t features = *rc::gen::inRange<std::size_t>(1, 9), classes = *rc::gen::inRange<std::size_t>(2, 7);
  const std::size_t rows = *rc::gen::inRange<std::size_t>(1, 600);
  const Model model =
      drawn_model(*rc::gen::arbitrary<std::uint64_t>(), features, classes, 7, 20, *rc::gen::arbitrary<bool>());
  RC_ASSERT(check_model(model).has_value());
  Engine random(rows);
  std::vector<float> values(rows * features);
  for (float& value : values) value = any_of(random, 100);
  std::vector<float> learned(rows * 3 * classes);
  std::vector<double> probabilities(rows * classes), plain(classes);
  Predictor(model).predict_rows(values, learned, probabilities);
  for (std::size_t row = 0; row < rows; ++row) {
    plain_probabilities(model, std::span(values).subspan(row * features, features), plain);
    RC_ASSERT(
        std::equal(plain.begin(), plain.end(), probabilities.begin() + static_cast<std::ptrdiff_t>(row * classes)));
  }
}

TEST(Predictor, APixelThatMissesAnyFeatureIsNoDataInEveryBandAndNeverZero) {
  const Model model = drawn_model(1, 5, 4, 10, 30, true);
  Pixels drawn = drawn_pixels(2, 5, 1000, 20);
  drawn.features[3 * 1000 + 17] = std::numeric_limits<float>::quiet_NaN();
  const MappedPixels mapped = map_of(model, drawn);
  std::size_t missing = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    bool whole = i != 17;
    for (std::size_t f = 0; f < 5; ++f) whole = whole && drawn.valid[f * 1000 + i];
    missing += !whole;
    EXPECT_EQ(mapped.dominant[i] == 255, !whole);
    EXPECT_EQ(mapped.dominant_probability[i] == 255, !whole);
    EXPECT_EQ(mapped.dominant_uncertainty[i] == 255, !whole);
    int sum = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_EQ(mapped.probability[c * 1000 + i] == 255, !whole);
      EXPECT_EQ(mapped.uncertainty[c * 1000 + i] == 255, !whole);
      sum += mapped.probability[c * 1000 + i];
    }
    EXPECT_EQ(sum, whole ? 100 : 4 * 255);
    EXPECT_NE(mapped.dominant[i], 0);
  }
  EXPECT_GT(missing, 100u);
  EXPECT_LT(missing, 400u);
}

TEST(Predictor, TheDominantClassIsTheLegendsValueOfTheLargestProbability) {
  const Model model = drawn_model(3, 5, 6, 10, 30, true);
  const MappedPixels mapped = map_of(model, drawn_pixels(4, 5, 500, 0));
  for (std::size_t i = 0; i < 500; ++i) {
    const std::size_t c = (mapped.dominant[i] - 2u) / 3u;
    ASSERT_EQ(model.classes[c].value, mapped.dominant[i]);
    EXPECT_EQ(mapped.dominant_probability[i], mapped.probability[c * 500 + i]);
    EXPECT_EQ(mapped.dominant_uncertainty[i], mapped.uncertainty[c * 500 + i]);
    for (std::size_t other = 0; other < 6; ++other)
      EXPECT_LE(mapped.probability[other * 500 + i], mapped.dominant_probability[i]);
  }
}

TEST(Predictor, IsTheSameForOneAndTwoThreads) {
  const Model model = drawn_model(5, 6, 5, 20, 50, true);
  const Pixels drawn = drawn_pixels(6, 6, 20011, 30);
  const auto map = [&](int threads) {
    const ThreadLimit limit(threads);
    return map_of(model, drawn);
  };
  const MappedPixels one = map(1), two = map(2);
  EXPECT_EQ(one.probability, two.probability);
  EXPECT_EQ(one.uncertainty, two.uncertainty);
  EXPECT_EQ(one.dominant, two.dominant);
}

TEST(Predictor, NoPixelsGiveNoBytes) {
  const MappedPixels mapped = map_of(drawn_model(1, 2, 2, 1, 1, false), {});
  EXPECT_TRUE(mapped.dominant.empty());
}

TEST(Predictor, PrintsItsSpeed) {
  const Model model = drawn_model(7, 60, 10, 85, 3000, true);
  const Pixels drawn = drawn_pixels(8, 60, 20000, 0);
  const Predictor predictor(model);
  MappedPixels mapped;
  const ThreadLimit limit(1);
  const auto start = std::chrono::steady_clock::now();
  predictor.predict(drawn.features, drawn.valid, 20000, mapped);
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
  std::printf("85 forest and 85 boosted trees, 60 features, 10 classes: %.2f us per pixel and thread\n",
              spent.count() / 20000);
  EXPECT_EQ(std::count(mapped.dominant.begin(), mapped.dominant.end(), 255), 0);
}

std::vector<int> rounded(std::vector<double> probabilities) {
  std::vector<std::uint8_t> percent(probabilities.size());
  round_to_hundred(probabilities, percent);
  return {percent.begin(), percent.end()};
}

TEST(Rounding, GivesWhatIsLeftToTheLargestFractionsAndAmongEqualsToTheFirst) {
  EXPECT_EQ(rounded({1.0 / 3, 1.0 / 3, 1.0 / 3}), (std::vector<int>{34, 33, 33}));
  EXPECT_EQ(rounded({0.005, 0.005, 0.99}), (std::vector<int>{1, 0, 99}));
  EXPECT_EQ(rounded({0.125, 0.125, 0.75}), (std::vector<int>{13, 12, 75}));
  EXPECT_EQ(rounded({0, 1}), (std::vector<int>{0, 100}));
  EXPECT_EQ(rounded({1 - 1e-16, 1e-16}), (std::vector<int>{100, 0}));
}

RC_GTEST_PROP(Rounding, SumsToAHundredAndKeepsTheOrder, ()) {
  const auto parts = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10000)));
  double sum = 0;
  for (const int part : parts) sum += part;
  RC_PRE(sum > 0 && parts.size() <= 254);
  std::vector<double> probabilities;
  for (const int part : parts) probabilities.push_back(part / sum);
  const std::vector<int> percent = rounded(probabilities);
  int total = 0;
  for (std::size_t a = 0; a < percent.size(); ++a) {
    total += percent[a];
    RC_ASSERT(std::abs(percent[a] - 100 * probabilities[a]) < 1.0 + 1e-9);
    for (std::size_t b = 0; b < percent.size(); ++b)
      RC_ASSERT(!(probabilities[a] > probabilities[b] && percent[a] < percent[b]));
  }
  RC_ASSERT(total == 100);
}

TEST(Rounding, NumbersThatAreNoneDoNotBreakIt) {
  std::vector<std::uint8_t> percent(2);
  round_to_hundred(std::vector<double>{std::nan(""), std::nan("")}, percent);
  EXPECT_EQ(percent[0] + percent[1], 100);
}

TEST(Spread, IsThePopulationStandardDeviationInPercent) {
  // Class 0: .2, .4, .9: mean .5, deviations squared .09 + .01 + .16, over 3, root .29439.
  const std::vector<float> learned{0.2f, 0.8f, 0.4f, 0.6f, 0.9f, 0.1f};
  EXPECT_EQ(spread_of_learners(learned, 2, 0), 29);
  EXPECT_EQ(spread_of_learners(std::vector<float>{0, 1, 1, 0}, 2, 1), 50);
  EXPECT_EQ(spread_of_learners(std::vector<float>{0.3f, 0.7f}, 2, 0), 0);
}

}  // namespace
}  // namespace ecocube
