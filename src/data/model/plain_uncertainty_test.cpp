// SPDX-License-Identifier: Apache-2.0
#include "data/model/plain_uncertainty.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "data/model/plain_prediction.h"

namespace ecocube {
namespace {

using Members = std::vector<std::uint8_t>;

Members set_of(const ClassSets& sets, const std::vector<double>& probabilities) {
  Members member(probabilities.size(), 7);
  plain_class_set(sets, 0, probabilities, member);
  return member;
}

ClassSets lac(std::vector<double> thresholds) {
  ClassSets sets;
  sets.levels = {{.thresholds = std::move(thresholds)}};
  return sets;
}

TEST(PlainUncertainty, AClassIsInWhenItsProbabilityReachesOneLessTheThreshold) {
  EXPECT_EQ(set_of(lac({0.75}), {0.5, 0.25, 0.125, 0.125}), (Members{1, 1, 0, 0}));
}

TEST(PlainUncertainty, EveryClassIsHeldAgainstItsOwnThreshold) {
  EXPECT_EQ(set_of(lac({0.5, 0.5, 0.875, 0.5}), {0.5, 0.25, 0.125, 0.125}), (Members{1, 0, 1, 0}));
}

TEST(PlainUncertainty, TheDominantClassIsAlwaysInUnlessAskedOtherwise) {
  ClassSets sets = lac({0.1});
  EXPECT_EQ(set_of(sets, {0.25, 0.5, 0.25}), (Members{0, 1, 0}));
  EXPECT_EQ(set_of(sets, {0.375, 0.375, 0.25}), (Members{1, 0, 0}));
  sets.keep_dominant = false;
  EXPECT_EQ(set_of(sets, {0.25, 0.5, 0.25}), (Members{0, 0, 0}));
}

TEST(PlainUncertainty, AdaptiveSetsAddProbabilitiesFromTheLargestAndPayForEachClassBeyondTheFreeOnes) {
  ClassSets sets = lac({0.875});
  sets.method = SetMethod::raps;
  sets.free_classes = 1;
  EXPECT_EQ(set_of(sets, {0.125, 0.5, 0.25, 0.125}), (Members{1, 1, 1, 0}));  // of equals, the first comes first
  sets.penalty = 0.0625;                                                      // .5, .8125, 1 (= .875 + 2 × .0625), …
  EXPECT_EQ(set_of(sets, {0.125, 0.5, 0.25, 0.125}), (Members{0, 1, 1, 0}));
  std::vector<double> scores(4);
  class_set_scores(sets, std::vector{0.125, 0.5, 0.25, 0.125}, scores);
  EXPECT_EQ(scores, (std::vector{1.0, 0.5, 0.8125, 1.1875}));
}

TEST(PlainUncertainty, AnIntervalLiesAboutTheQuantilesOrTheValue) {
  Intervals intervals;
  intervals.levels = {{.lower_margin = 1, .upper_margin = 2}};
  const PlainInterval quantile = plain_interval(intervals, 0, 5, 10, 20);
  EXPECT_EQ(quantile.low, 9);
  EXPECT_EQ(quantile.high, 22);
  intervals.method = IntervalMethod::residual;
  const PlainInterval residual = plain_interval(intervals, 0, 5, 10, 20);
  EXPECT_EQ(residual.low, 4);
  EXPECT_EQ(residual.high, 7);
}

TEST(PlainUncertainty, EndsThatWouldCrossMeetInTheMiddle) {
  Intervals intervals;
  intervals.levels = {{.lower_margin = -4, .upper_margin = -2}};
  const PlainInterval crossed = plain_interval(intervals, 0, 0, 10, 12);
  EXPECT_EQ(crossed.low, 12);
  EXPECT_EQ(crossed.high, 12);
}

/// Two trees: left of 0 the leaves hold responses 1 and 2, right of it 2 and 4.
RegressionForest two_trees() {
  RegressionForest forest;
  forest.responses = {1, 2, 4};
  RegressionTree tree;
  tree.nodes = {{0, 0.0f, 1}, {TreeNode::kLeaf, 0, 0}, {TreeNode::kLeaf, 0, 1}};
  tree.means = {1.5, 3};
  tree.leaf_starts = {0, 2, 4};
  tree.samples = {{0, 0.5f}, {1, 0.5f}, {1, 0.25f}, {2, 0.75f}};
  forest.trees = {tree, tree};
  forest.trees[1].samples = {{0, 1.0f}, {2, 1.0f}};
  forest.trees[1].leaf_starts = {0, 1, 2};
  return forest;
}

TEST(PlainUncertainty, SharesOfTheLeafSamplesLieBelowAndUpToANumber) {
  const RegressionForest forest = two_trees();
  const SampleShares left = plain_shares(forest, std::vector{-1.0f}, 2);  // 1: .75, 2: .25
  EXPECT_EQ(left.below, 0.75);
  EXPECT_EQ(left.up_to, 1);
  EXPECT_EQ(left.lowest, 1);
  EXPECT_EQ(left.highest, 2);
  const SampleShares right = plain_shares(forest, std::vector{1.0f}, 1.5);  // 2: .125, 4: .875
  EXPECT_EQ(right.below, 0);
  EXPECT_EQ(right.up_to, 0);
  EXPECT_EQ(right.lowest, 2);
  EXPECT_EQ(right.highest, 4);
}

TEST(PlainUncertainty, SharesAreTheInverseOfTheQuantiles) {
  const RegressionForest forest = two_trees();
  for (const float x : {-1.0f, 1.0f}) {
    for (const double value : {0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0}) {
      const SampleShares shares = plain_shares(forest, std::vector{x}, value);
      for (double level = 0.03; level < 1; level += 0.05) {
        std::vector<float> quantile(1);
        plain_quantiles(forest, std::vector{x}, std::vector{level}, quantile);
        EXPECT_EQ(static_cast<double>(quantile[0]) <= value, level <= shares.up_to)
            << x << ' ' << value << ' ' << level;
        EXPECT_EQ(static_cast<double>(quantile[0]) >= value, level > shares.below) << x << ' ' << value << ' ' << level;
      }
    }
  }
}

TEST(PlainUncertainty, DissimilarityIsTheDistanceToTheNearestRowOverTheMeanDistance) {
  Applicability area;
  area.means = {10, 0, 5};
  area.scales = {2, 1, 0};  // the third feature does not count
  area.rows = {0, 0, 0, 6, 8, 0};
  area.mean_distance = 10;
  EXPECT_EQ(plain_dissimilarity(area, std::vector{10.0f, 0.0f, 99.0f}), 0);
  EXPECT_EQ(plain_dissimilarity(area, std::vector{11.5f, 4.0f, -9.0f}), 0.5);  // (3, 4): 5 from both
  EXPECT_EQ(plain_dissimilarity(area, std::vector{13.0f, 18.0f, 5.0f}), 1);    // (6, 18): 10 from the second
}

TEST(PlainUncertainty, MarginIsTheLargestProbabilityLessTheSecond) {
  EXPECT_EQ(plain_margin(std::vector{0.25, 0.625, 0.125}), 0.375);
  EXPECT_EQ(plain_margin(std::vector{0.5, 0.5}), 0);
  EXPECT_EQ(plain_margin(std::vector{1.0}), 1);
}

TEST(PlainUncertainty, EntropyGoesFromCertainToAllAlike) {
  EXPECT_EQ(plain_entropy(std::vector{0.0, 1.0, 0.0}), 0);
  EXPECT_NEAR(plain_entropy(std::vector{0.25, 0.25, 0.25, 0.25}), 1, 1e-12);
  EXPECT_NEAR(plain_entropy(std::vector{0.5, 0.5, 0.0, 0.0}), 0.5, 1e-12);
  EXPECT_EQ(plain_entropy(std::vector{1.0}), 0);
}

}  // namespace
}  // namespace ecocube
