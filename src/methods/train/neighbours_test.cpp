// SPDX-License-Identifier: Apache-2.0
#include "methods/train/neighbours.h"

#include <gtest/gtest.h>

#include "data/model/plain_prediction.h"

namespace ecocube {
namespace {

//                 near  near  far
// first feature     0     2    10
// second feature    0     0  1000
TrainingRows three_rows() {
  return {2, 2, {0, 2, 10, 0, 0, 1000}, {0, 0, 1}, {1, 1, 1}, {}};
}

TEST(Neighbours, TheNearestOnesVote) {
  const NearestNeighbours fitted = fit_neighbours(three_rows(), {.neighbours = 2, .by_distance = false});
  std::vector<float> answer(2);
  plain_answer(fitted, std::vector<float>{1, 0}, answer);
  EXPECT_EQ(answer, (std::vector<float>{1, 0}));
  plain_answer(fitted, std::vector<float>{9, 900}, answer);
  EXPECT_EQ(answer, (std::vector<float>{0.5f, 0.5f}));
}

TEST(Neighbours, ByDistanceARowItselfDecides) {
  const NearestNeighbours fitted = fit_neighbours(three_rows(), {.neighbours = 3, .by_distance = true});
  std::vector<float> answer(2);
  plain_answer(fitted, std::vector<float>{10, 1000}, answer);
  EXPECT_GT(answer[1], 0.9999f);
}

TEST(Neighbours, TheUnitOfAFeatureIsIrrelevant) {
  TrainingRows rows = three_rows();
  const NearestNeighbours metres = fit_neighbours(rows, {});
  for (std::size_t row = 3; row < 6; ++row) rows.values[row] *= 1024;
  EXPECT_EQ(fit_neighbours(rows, {}).rows, metres.rows);
}

TEST(Neighbours, AWeightIsAVote) {
  TrainingRows rows{1, 0, {0, 1}, {}, {3, 1}, {10, 30}};
  const NearestNeighbours fitted = fit_neighbours(rows, {.neighbours = 2, .by_distance = false});
  std::vector<float> answer(1);
  plain_answer(fitted, std::vector<float>{0.7f}, answer);
  EXPECT_EQ(answer[0], 15);
}

}  // namespace
}  // namespace ecocube
