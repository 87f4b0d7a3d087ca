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
  plain_probabilities(learner, row, probabilities);
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
  combine_learners(nullptr, std::vector<float>{1, 0, 0, 0, 0.5f, 0.5f}, probabilities);
  EXPECT_EQ(probabilities, (std::vector<double>{0.5, 0.25, 0.25}));
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
              model.meta = Logistic{5, {0, 0, 0}, {}};
            }),
            "meta learner: 5 inputs where there are 6");
}

}  // namespace
}  // namespace ecocube
