// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ecocube {
namespace {

/// Four rows of classes 0, 0, 0, 1 and 2 more of class 1; class 2 is absent and once predicted, class 3 never occurs.
struct Example {
  std::vector<std::uint16_t> seen{0, 0, 0, 1, 1};
  std::vector<double> weights{1, 1, 2, 4, 2};
  std::vector<float> probabilities{
      0.75f, 0.25f, 0,     0,  // right
      0.25f, 0.5f,  0.25f, 0,  // 0 taken for 1
      0.5f,  0.5f,  0,     0,  // a tie: the first, right
      0.25f, 0.75f, 0,     0,  // right
      0.25f, 0.25f, 0.5f,  0,  // 1 taken for 2
  };
  Evaluation result = evaluate("drawn", seen, probabilities, weights, 4);
};

TEST(Measures, TheConfusionHoldsWeightsBySeenAndPredictedClass) {
  EXPECT_EQ(Example().result.confusion, (std::vector<double>{3, 1, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Measures, PrecisionIsOfWhatWasMappedAndRecallOfWhatIsThere) {
  const Evaluation result = Example().result;
  EXPECT_DOUBLE_EQ(result.classes[0].precision, 3.0 / 3);
  EXPECT_DOUBLE_EQ(result.classes[0].recall, 3.0 / 4);
  EXPECT_DOUBLE_EQ(result.classes[1].precision, 4.0 / 5);
  EXPECT_DOUBLE_EQ(result.classes[1].recall, 4.0 / 6);
  EXPECT_DOUBLE_EQ(result.classes[0].f1, 6.0 / 7);
  EXPECT_DOUBLE_EQ(result.classes[1].f1, 8.0 / 11);
}

TEST(Measures, TrueSkillIsSensitivityPlusSpecificityMinusOne) {
  const Evaluation result = Example().result;
  EXPECT_DOUBLE_EQ(result.classes[0].true_skill, 0.75 + 1 - 1);
  EXPECT_DOUBLE_EQ(result.classes[1].true_skill, 4.0 / 6 + 3.0 / 4 - 1);
}

TEST(Measures, AnAbsentClassHasNoScoreExceptThePrecisionOfItsPredictions) {
  const Evaluation result = Example().result;
  EXPECT_EQ(result.classes[2].precision, 0);
  EXPECT_TRUE(std::isnan(result.classes[2].recall));
  EXPECT_TRUE(std::isnan(result.classes[2].f1));
  EXPECT_TRUE(std::isnan(result.classes[2].true_skill));
  EXPECT_TRUE(std::isnan(result.classes[2].log_loss));
  EXPECT_TRUE(std::isnan(result.classes[2].precision_recall_area));
  EXPECT_TRUE(std::isnan(result.classes[3].precision));
  EXPECT_EQ(result.classes[2].rows, 0u);
}

TEST(Measures, WholeScoresAreWeightedMeans) {
  const Evaluation result = Example().result;
  EXPECT_DOUBLE_EQ(result.overall_accuracy, 0.7);
  EXPECT_DOUBLE_EQ(result.weighted_f1, (4 * 6.0 / 7 + 6 * 8.0 / 11) / 10);
  EXPECT_DOUBLE_EQ(result.macro_f1, (6.0 / 7 + 8.0 / 11) / 2);
}

TEST(Measures, LogLossIsHeldAgainstThatOfTheClassShares) {
  const Evaluation result = Example().result;
  const double loss =
      -(std::log(0.75) + std::log(0.25) + 2 * std::log(0.5) + 4 * std::log(0.75) + 2 * std::log(0.25)) / 10;
  const double shares = -(0.4 * std::log(0.4) + 0.6 * std::log(0.6));
  EXPECT_NEAR(result.log_loss, loss, 1e-12);
  EXPECT_NEAR(result.log_loss_ratio, loss / shares, 1e-12);
  EXPECT_NEAR(result.r2_log_loss, 1 - loss / shares, 1e-12);
  const double first =
      -(std::log(0.75) + std::log(0.25) + 2 * std::log(0.5) + 4 * std::log(0.75) + 2 * std::log(0.75)) / 10;
  EXPECT_NEAR(result.classes[0].log_loss, first, 1e-12);
}

TEST(Measures, ACertainMistakeCostsTheClippedLoss) {
  const std::vector<float> probabilities{0, 1};
  const Evaluation result = evaluate("", std::vector<std::uint16_t>{0}, probabilities, std::vector<double>{1}, 2);
  EXPECT_NEAR(result.log_loss, -std::log(1e-15), 1e-9);
  EXPECT_TRUE(std::isnan(result.log_loss_ratio));  // a single class has no loss of its shares
  EXPECT_TRUE(std::isnan(result.classes[0].true_skill));
}

TEST(Measures, PrecisionRecallAreaStepsThroughTheThresholdsWithTiesTogether) {
  // Class 0 in order of probability: .75 (right, 1), .5 (right, 2), .25 (one right of 1, wrong 6).
  const Evaluation result = Example().result;
  const double expected = 1.0 / 4 * 1 + 2.0 / 4 * 1 + 1.0 / 4 * (4.0 / 10);
  EXPECT_DOUBLE_EQ(result.classes[0].precision_recall_area, expected);
}

TEST(Measures, ReliabilityBinsTheDominantProbability) {
  const Evaluation result = Example().result;
  ASSERT_EQ(result.reliability.size(), 10u);
  EXPECT_DOUBLE_EQ(result.reliability[7].weight, 5);
  EXPECT_DOUBLE_EQ(result.reliability[7].mean_probability, 0.75);
  EXPECT_DOUBLE_EQ(result.reliability[7].share_right, 1);
  EXPECT_DOUBLE_EQ(result.reliability[5].weight, 5);
  EXPECT_DOUBLE_EQ(result.reliability[5].share_right, 2.0 / 5);
  EXPECT_EQ(result.reliability[0].weight, 0);
  EXPECT_TRUE(std::isnan(result.reliability[0].share_right));
}

TEST(Measures, TheCalibrationErrorIsTheMeanGapOfTheBins) {
  EXPECT_DOUBLE_EQ(Example().result.calibration_error, (5 * std::abs(0.75 - 1) + 5 * std::abs(0.5 - 0.4)) / 10);
}

TEST(Measures, FromTheBalancedThresholdOnAsMuchIsMappedAsIsThere) {
  // Class 0 weighs 4: rows at .75 (1) and .5 (2) weigh 3, with those at .25 it would be 10.
  const Evaluation result = Example().result;
  EXPECT_DOUBLE_EQ(result.classes[0].balanced_threshold, 0.5);
  // Class 1 weighs 6: rows at .75 (4), .5 (1 + 2) make 7, nearer to 6 than 4.
  EXPECT_DOUBLE_EQ(result.classes[1].balanced_threshold, 0.5);
  EXPECT_TRUE(std::isnan(result.classes[2].balanced_threshold));
}

TEST(Measures, AtTheBalancedThresholdPrecisionAndRecallAreEqual) {
  std::vector<std::uint16_t> seen;
  std::vector<float> probabilities;
  std::vector<double> weights;
  for (int i = 0; i < 200; ++i) {
    const float p = static_cast<float>(i * 37 % 200) / 200 + 0.001f;
    probabilities.insert(probabilities.end(), {p, 1 - p});
    seen.push_back(i * 37 % 200 + (i * 91 % 120) > 190 ? 0 : 1);
    weights.push_back(1);
  }
  const double threshold = evaluate("", seen, probabilities, weights, 2).classes[0].balanced_threshold;
  double mapped = 0, is = 0, both = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const bool over = static_cast<double>(probabilities[2 * i]) >= threshold;
    mapped += over;
    is += seen[i] == 0;
    both += over && seen[i] == 0;
  }
  EXPECT_GT(both, 0);
  EXPECT_DOUBLE_EQ(both / mapped, both / is);
}

TEST(Measures, AProbabilityOfOneFallsIntoTheLastBin) {
  const Evaluation result =
      evaluate("", std::vector<std::uint16_t>{0}, std::vector<float>{1, 0}, std::vector<double>{1}, 2);
  EXPECT_EQ(result.reliability[9].weight, 1);
}

}  // namespace
}  // namespace ecocube
