// SPDX-License-Identifier: Apache-2.0
#include "data/model/plain_prediction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ecocube {
namespace {

/// x0 <= 5 is class 0; else x1 <= 2 is half class 0, half class 2, else class 1.
ForestTree drawn_tree() {
  return {.nodes = {{0, 5, 1}, {TreeNode::kLeaf, 0, 0}, {1, 2, 3}, {TreeNode::kLeaf, 0, 1}, {TreeNode::kLeaf, 0, 2}},
          .leaf_starts = {0, 1, 3, 4},
          .shares = {{0, 1}, {0, 0.5f}, {2, 0.5f}, {1, 1}}};
}

Model drawn_model() {
  Model model;
  model.features = {"ndvi.summer", "elevation"};
  model.classes = {{"111", "town", 1, {}}, {"211", "field", 12, {}}, {"311", "wood", 23, {}}};
  model.learners = {{"forest", Forest{{drawn_tree()}}}, {"logistic", Logistic{2, {0, 1, 2}, {0, 0, 0, 0, 0, 0}}}};
  return model;
}

std::vector<float> probabilities_at(const Learner& learner, float x0, float x1) {
  const float row[] = {x0, x1};
  std::vector<float> probabilities(3);
  plain_answer(learner, row, probabilities);
  return probabilities;
}

TEST(PlainPrediction, AValueOnTheThresholdGoesLeft) {
  const Forest forest{{drawn_tree()}};
  EXPECT_EQ(probabilities_at(forest, 5, 9), (std::vector<float>{1, 0, 0}));
  EXPECT_EQ(probabilities_at(forest, std::nextafter(5.0f, 6.0f), 9), (std::vector<float>{0, 1, 0}));
  EXPECT_EQ(probabilities_at(forest, 6, 2), (std::vector<float>{0.5f, 0, 0.5f}));
}

TEST(PlainPrediction, AForestIsTheMeanOfItsTrees) {
  ForestTree other{{{TreeNode::kLeaf, 0, 0}}, {0, 1}, {{1, 1}}};
  EXPECT_EQ(probabilities_at(Forest{{drawn_tree(), other}}, 0, 0), (std::vector<float>{0.5f, 0.5f, 0}));
}

TEST(PlainPrediction, BoostingIsTheSoftmaxOfTheSummedScores) {
  const Boosting boosting{0.5f, {{0, {{0, 1, 1}, {TreeNode::kLeaf, 0, 0}, {TreeNode::kLeaf, 0, 1}}, {1, -1}}}};
  const float row[] = {0, 0};
  std::vector<float> scores(3);
  boosting_scores(boosting, row, scores);
  EXPECT_EQ(scores, (std::vector<float>{1.5f, 0.5f, 0.5f}));
  EXPECT_NEAR(probabilities_at(boosting, 0, 0)[0], std::exp(1.0) / (std::exp(1.0) + 2), 1e-7);
  EXPECT_NEAR(probabilities_at(boosting, 2, 0)[0], std::exp(-1.0) / (std::exp(-1.0) + 2), 1e-7);
}

TEST(PlainPrediction, AClassTheLogisticNeverSawHasNoProbability) {
  const Logistic logistic{2, {0, -std::numeric_limits<double>::infinity(), 0}, {0, 0, 0, 0, 0, 0}};
  EXPECT_EQ(probabilities_at(logistic, 3, 4), (std::vector<float>{0.5f, 0, 0.5f}));
}

TEST(PlainPrediction, WithoutAMetaLearnerTheEnsembleIsTheMean) {
  std::vector<double> probabilities(3);
  combine_learners(Meta{}, std::vector<float>{1, 0, 0, 0, 0.5f, 0.5f}, probabilities);
  EXPECT_EQ(probabilities, (std::vector<double>{0.5, 0.25, 0.25}));
}

/// x0 <= 10: 1 and 3; else 5.
RegressionForest drawn_regression_forest() {
  const RegressionTree tree{{{0, 10, 1}, {TreeNode::kLeaf, 0, 0}, {TreeNode::kLeaf, 0, 1}},
                            {2, 5},
                            {0, 2, 3},
                            {{0, 0.5f}, {1, 0.5f}, {2, 1}}};
  const RegressionTree stump{{{TreeNode::kLeaf, 0, 0}}, {4}, {0, 2}, {{1, 0.5f}, {2, 0.5f}}};
  return {{1, 3, 5}, {tree, stump}};
}

float value_at(const Learner& learner, float x0, float x1) {
  float value = 0;
  plain_answer(learner, std::vector<float>{x0, x1}, std::span(&value, 1));
  return value;
}

TEST(PlainPrediction, ARegressionForestIsTheMeanOfItsTrees) {
  EXPECT_EQ(value_at(drawn_regression_forest(), 3, 0), 3);
  EXPECT_EQ(value_at(drawn_regression_forest(), 11, 0), 4.5f);
}

TEST(PlainPrediction, QuantilesAreThoseOfThePooledLeafSamples) {
  // Pooled at x0 <= 10: 1 with a quarter, 3 with a half, 5 with a quarter.
  std::vector<float> quantiles(6);
  plain_quantiles(drawn_regression_forest(), std::vector<float>{3, 0},
                  std::vector<double>{0, 0.25, 0.26, 0.75, 0.76, 1}, quantiles);
  EXPECT_EQ(quantiles, (std::vector<float>{1, 1, 3, 3, 5, 5}));
}

TEST(PlainPrediction, BoostingHasALinkForTwoClassesAndForNumbers) {
  const BoostingTree leaf{0, {{TreeNode::kLeaf, 0, 0}}, {0.5f}};
  EXPECT_EQ(value_at(Boosting{1, {leaf, leaf}, Link::identity}, 0, 0), 2);
  std::vector<float> pair(2);
  plain_answer(Boosting{1, {leaf, leaf}, Link::logistic}, std::vector<float>{0, 0}, pair);
  EXPECT_NEAR(pair[1], 1 / (1 + std::exp(-2.0)), 1e-7);
  EXPECT_NEAR(pair[0] + pair[1], 1, 1e-7);
}

TEST(PlainPrediction, ANetworkScalesItsInputsAndBendsBetweenItsLayers) {
  // Hidden: max(0, 2 x0' - 1), max(0, -x0'); output: 1 + 3 h0 + 5 h1, then 10 + 2 times that.
  const Network network{{1, 0},         {0.5f, 0}, {{2, 2, {2, 0, -1, 0}, {-1, 0}}, {2, 1, {3, 5}, {1}}},
                        Link::identity, 10,        2};
  EXPECT_EQ(value_at(network, 5, 7), 10 + 2 * (1 + 3 * 3));
  EXPECT_EQ(value_at(network, -1, 7), 10 + 2 * (1 + 5 * 1));
}

TEST(PlainPrediction, NeighboursVoteByWeightAndDistance) {
  NearestNeighbours drawn{2, false, {0, 0}, {1, 1}, {0, 0, 3, 0, 0, 9}, {}, {1, 4, 100}, {1, 2, 1}};
  EXPECT_EQ(value_at(drawn, 1, 0), 3);  // (1 * 1 + 2 * 4) / 3
  drawn.by_distance = true;             // votes 1 / 1 and 2 / 2
  EXPECT_NEAR(value_at(drawn, 1, 0), 2.5, 1e-5);
  const NearestNeighbours classes{2, false, {0, 0}, {1, 1}, {0, 0, 3, 0, 0, 9}, {2, 0, 1}, {}, {1, 3, 1}};
  EXPECT_EQ(probabilities_at(classes, 1, 0), (std::vector<float>{0.75f, 0, 0.25f}));
}

TEST(PlainPrediction, ALinearRegressionAddsUp) {
  EXPECT_EQ(value_at(Linear{1, {2, -3}}, 4, 1), 6);
}

std::vector<double> pooled(const Meta& meta, const std::vector<float>& learned, std::size_t answers) {
  std::vector<double> answer(answers);
  combine_learners(meta, learned, answer);
  return answer;
}

TEST(PlainMeta, ALinearPoolOfPlainWeightsIsTheirMixture) {
  const Meta meta{"linear", 1e-12, {0.5, 0.5}, LinearPool{{1, 1}, {0.25, 0.75}, 1}};
  EXPECT_NEAR(pooled(meta, {0.2f, 0.8f, 0.6f, 0.4f}, 2)[0], 0.25 * 0.2 + 0.75 * 0.6, 1e-7);
}

TEST(PlainMeta, ALogPoolIsTheirWeightedGeometricMean) {
  const Meta meta{"log", 1e-12, {0.5, 0.5}, LogPool{{0.5, 0.5}, {0, 0}, 1, {}}};
  const double first = std::sqrt(0.2 * 0.6), second = std::sqrt(0.8 * 0.4);
  EXPECT_NEAR(pooled(meta, {0.2f, 0.8f, 0.6f, 0.4f}, 2)[0], first / (first + second), 1e-7);
}

TEST(PlainMeta, AnImpossibleClassIsSmoothedAndNotLost) {
  const Meta meta{"log", 0.1, {0.5, 0.5}, LogPool{{1}, {0, 0}, 1, {}}};
  EXPECT_NEAR(pooled(meta, {1, 0}, 2)[1], 0.05, 1e-12);
}

TEST(PlainMeta, CorrectionsSeeCentredLogProbabilities) {
  const double apart = (std::log(0.8) - std::log(0.2)) / 2;  // of the first class from the mean over both
  const Meta meta{"anchored", 1e-12, {0.5, 0.5}, LogPool{{1}, {0, 0}, 2, {1, 0, 0, 0}}};
  const double odds = std::log(0.8 / 0.2) + 2 * apart;
  EXPECT_NEAR(pooled(meta, {0.8f, 0.2f}, 2)[0], 1 / (1 + std::exp(-odds)), 1e-7);
}

TEST(PlainMeta, AValuePoolAddsUp) {
  EXPECT_EQ(pooled({"ridge", 0, {}, ValuePool{1, {0.5, 2}}}, {4, 3}, 1)[0], 9);
}

TEST(Transforms, GoThereAndBack) {
  for (const Transform transform : {Transform::none, Transform::log1p, Transform::square_root, Transform::logit}) {
    EXPECT_EQ(transform_named(name_of(transform)), transform);
    for (const double value : {0.5, 7.0, 99.0})
      EXPECT_NEAR(transformed_back(transform, transformed(transform, value)), value, 1e-9) << name_of(transform);
  }
  EXPECT_EQ(transform_named("log"), std::nullopt);
}

TEST(CheckModel, PassesAWholeModelAndNamesWhatIsWrongWithABrokenOne) {
  EXPECT_TRUE(check_model(drawn_model()));
  const auto complaint = [](auto damage) {
    Model model = drawn_model();
    damage(model, std::get<Forest>(model.learners[0].learner).trees[0]);
    const auto checked = check_model(model);
    return checked ? std::string("fine") : checked.error().message;
  };
  EXPECT_EQ(complaint([](Model&, ForestTree& tree) { tree.nodes[2].feature = 2; }),
            "learner forest: tree 0: node 2: feature 2 of 2");
  EXPECT_EQ(complaint([](Model&, ForestTree& tree) { tree.nodes[2].child = 0; }),
            "learner forest: tree 0: node 2: child 0 of 5 nodes");
  EXPECT_EQ(complaint([](Model&, ForestTree& tree) { tree.nodes[2].child = 4; }),
            "learner forest: tree 0: node 2: child 4 of 5 nodes");
  EXPECT_EQ(complaint([](Model&, ForestTree& tree) { tree.nodes[4].child = 3; }),
            "learner forest: tree 0: node 4: leaf 3 of 3");
  EXPECT_EQ(complaint([](Model&, ForestTree& tree) { tree.shares[3].class_index = 3; }),
            "learner forest: tree 0: share of class 3 of 3");
  EXPECT_EQ(complaint([](Model&, ForestTree& tree) { tree.leaf_starts[1] = 9; }),
            "learner forest: tree 0: leaf 1: starts after its end");
  EXPECT_EQ(complaint([](Model& model, ForestTree&) { model.classes[1].value = 255; }),
            "class 211: raster value 255 is not ascending within 1..254");
  EXPECT_EQ(complaint([](Model& model, ForestTree&) { model.features[1] = model.features[0]; }),
            "feature 'ndvi.summer' is empty or given twice");
  EXPECT_EQ(complaint([](Model& model, ForestTree&) {
              model.meta = {"published", 0, {}, Logistic{5, {0, 0, 0}, {}}};
            }),
            "meta learner: 5 inputs where there are 6");
}

}  // namespace
}  // namespace ecocube
