// SPDX-License-Identifier: Apache-2.0
#include "methods/train/network.h"

#include <gtest/gtest.h>

#include <cmath>

#include "data/model/plain_prediction.h"
#include "methods/train/network_layer.h"
#include "base/random.h"

namespace ecocube {
namespace {

/// Two classes that no line tells apart: the quarters of a square.
TrainingRows quarters(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  TrainingRows rows{2, 2, std::vector<float>(2 * count), {}, std::vector<double>(count, 1.0), {}};
  for (float& value : rows.values) value = static_cast<float>(random.below(2001)) / 1000 - 1;
  for (std::size_t row = 0; row < count; ++row)
    rows.seen.push_back((rows.values[row] > 0) != (rows.values[count + row] > 0));
  return rows;
}

double share_right(const Network& network, const TrainingRows& rows) {
  std::vector<float> row(rows.features), answer(rows.answers());
  double right = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    rows.copy_row(i, row);
    plain_answer(network, row, answer);
    right += std::max_element(answer.begin(), answer.end()) - answer.begin() == rows.seen[i];
  }
  return right / static_cast<double>(rows.rows());
}

/// Mean of the squared outputs of a batch, over 2.
double loss(TrainedLayer layer, const NetworkMatrix& inputs) {
  Random none{0};
  double sum = 0;
  const NetworkMatrix& outputs = layer.forward(inputs, none);
  for (std::size_t r = 0; r < outputs.rows; ++r) {
    for (std::size_t c = 0; c < outputs.columns; ++c) sum += std::pow(static_cast<double>(outputs.row(r)[c]), 2);
  }
  return sum / 2;
}

class TrainedLayerTest : public testing::TestWithParam<bool> {};

TEST_P(TrainedLayerTest, SlopesAtTheInputsAreThoseOfSmallSteps) {
  Random random{3};
  const TrainedLayer fresh({3, 5, true, GetParam(), 0}, random);
  NetworkMatrix inputs(7, 3);
  for (std::size_t r = 0; r < 7; ++r) {
    for (std::size_t c = 0; c < 3; ++c) inputs.row(r)[c] = static_cast<float>(random.below(2001)) / 1000 - 1;
  }
  TrainedLayer layer = fresh;
  NetworkMatrix slopes = layer.forward(inputs, random), input_slopes;
  layer.backward(inputs, slopes, &input_slopes);
  for (std::size_t r = 0; r < 7; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      NetworkMatrix up = inputs, down = inputs;
      up.row(r)[c] += 0.004f;
      down.row(r)[c] -= 0.004f;
      const double expected = (loss(fresh, up) - loss(fresh, down)) / 0.008;
      EXPECT_NEAR(input_slopes.row(r)[c], expected, 0.02 * std::max(1.0, std::abs(expected))) << r << " " << c;
    }
  }
}

TEST_P(TrainedLayerTest, StepsDownTheSlopesLowerTheLoss) {
  Random random{4};
  TrainedLayer layer({4, 6, !GetParam(), false, 0}, random);
  NetworkMatrix inputs(9, 4);
  for (float& value : inputs.values) value = 0.5f;
  const double before = loss(layer, inputs);
  NadamStep step{0.01, 0, 1, 1};
  for (int i = 0; i < 200; ++i) {
    NetworkMatrix slopes = layer.forward(inputs, random);
    layer.backward(inputs, slopes, nullptr);
    layer.descend(step);
    step.beta1_power *= 0.9;
    step.beta2_power *= 0.999;
  }
  EXPECT_LT(loss(layer, inputs), before / 100);
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutNormalisation, TrainedLayerTest, testing::Bool());

TEST(TrainedLayer, FoldedItAnswersAsItDidInTraining) {
  // The same batch over and over: the running statistics become those of the batch.
  Random random{5};
  TrainedLayer layer({3, 4, true, true, 0}, random);
  NetworkMatrix inputs(11, 3);
  for (std::size_t r = 0; r < 11; ++r) {
    for (std::size_t c = 0; c < 3; ++c) inputs.row(r)[c] = static_cast<float>(random.below(2001)) / 1000 + 2;
  }
  NetworkMatrix trained;
  for (int i = 0; i < 3; ++i) trained = layer.forward(inputs, random);
  const NetworkLayer folded = layer.folded();
  for (std::size_t r = 0; r < 11; ++r) {
    for (std::size_t o = 0; o < 4; ++o) {
      float sum = folded.biases[o];
      for (std::size_t i = 0; i < 3; ++i) sum += folded.weights[o * 3 + i] * inputs.row(r)[i];
      EXPECT_NEAR(std::max(0.0f, sum), trained.row(r)[o], 1e-4f);
    }
  }
}

TEST(TrainedLayer, DropoutLeavesOutItsShareAndKeepsTheMean) {
  Random random{6};
  TrainedLayer layer({1, 64, true, false, 0.25}, random);
  const NetworkMatrix inputs = [] {
    NetworkMatrix ones(400, 1);
    for (std::size_t r = 0; r < 400; ++r) ones.row(r)[0] = 1;
    return ones;
  }();
  const NetworkMatrix dropped = layer.forward(inputs, random);
  const NetworkLayer folded = layer.folded();
  double zeros = 0, open = 0, sum = 0, expected = 0;
  for (std::size_t o = 0; o < 64; ++o) {
    if (!(folded.weights[o] > 0)) continue;
    for (std::size_t r = 0; r < 400; ++r) {
      open += 1;
      zeros += dropped.row(r)[o] == 0;
      sum += static_cast<double>(dropped.row(r)[o]);
      expected += static_cast<double>(folded.weights[o]);
    }
  }
  EXPECT_NEAR(zeros / open, 0.25, 0.02);
  EXPECT_NEAR(sum / expected, 1, 0.02);
}

TEST(Network, LearnsWhatNoLineTellsApart) {
  const TrainingRows rows = quarters(500, 1), others = quarters(300, 2);
  const auto network = fit_network(rows, {.seed = 1}), line = fit_network(rows, {.layers = 0, .seed = 1});
  ASSERT_TRUE(network);
  ASSERT_TRUE(line);
  EXPECT_GT(share_right(*network, others), 0.93);
  EXPECT_LT(share_right(*line, others), 0.7);
}

TEST(Network, HasTheLayersItWasAskedFor) {
  const auto network = fit_network(quarters(60, 1), {.layers = 3, .width = 5, .epochs = 2});
  ASSERT_TRUE(network);
  ASSERT_EQ(network->layers.size(), 4u);
  EXPECT_EQ(network->layers[0].inputs, 2u);
  EXPECT_EQ(network->layers[1].inputs, 5u);
  EXPECT_EQ(network->layers[2].outputs, 5u);
  EXPECT_EQ(network->layers[3].outputs, 2u);
}

TEST(Network, RowsHeldOutStopItBeforeItLearnsNoiseByHeart) {
  Random random{9};
  TrainingRows rows{20, 2, std::vector<float>(20 * 300), {}, std::vector<double>(300, 1.0), {}};
  for (float& value : rows.values) value = static_cast<float>(random.below(2001)) / 1000 - 1;
  for (int row = 0; row < 300; ++row) rows.seen.push_back(static_cast<std::uint16_t>(random.below(2)));
  const NetworkSettings by_heart{.dropout = 0, .epochs = 60, .decay = 0, .held_out = 0, .seed = 1};
  NetworkSettings stopped = by_heart;
  stopped.held_out = 0.3;
  stopped.patience = 5;
  const auto long_one = fit_network(rows, by_heart), short_one = fit_network(rows, stopped);
  EXPECT_GT(share_right(*long_one, rows), 0.9);
  EXPECT_LT(share_right(*short_one, rows), 0.85);
}

TEST(Network, WeightDecayDrawsWeightsToNothing) {
  const TrainingRows rows = quarters(200, 1);
  const auto sum = [&](double decay) {
    double squares = 0;
    const auto network = fit_network(rows, {.normalised = false, .epochs = 10, .decay = decay});
    for (const float weight : network->layers[1].weights) squares += std::pow(static_cast<double>(weight), 2);
    return squares;
  };
  EXPECT_LT(sum(1), sum(0) / 4);
}

TEST(Network, ADescentThatLeavesTheNumbersIsAnError) {
  const auto network = fit_network(quarters(100, 1), {.normalised = false, .epochs = 20, .rate = 1e30, .decay = 0});
  ASSERT_FALSE(network);
  EXPECT_NE(network.error().message.find("rate 1e+30"), std::string::npos) << network.error().message;
}

}  // namespace
}  // namespace ecocube
