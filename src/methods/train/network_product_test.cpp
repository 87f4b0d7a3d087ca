// SPDX-License-Identifier: Apache-2.0
#include "methods/train/network_product.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "base/random.h"

namespace ecocube {
namespace {

NetworkMatrix drawn(std::size_t rows, std::size_t columns, Random& random) {
  NetworkMatrix matrix(rows, columns);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c)
      matrix.row(r)[c] = (static_cast<float>(random.below(2000001)) - 1e6f) * 1.37e-6f;
  }
  return matrix;
}

TEST(NetworkProduct, MultipliesByHand) {
  NetworkMatrix left(1, 2), right(2, 2), sums(1, 2);
  left.values[0] = 2, left.values[1] = 3;
  right.row(0)[0] = 5, right.row(0)[1] = 7;
  right.row(1)[0] = 11, right.row(1)[1] = 13;
  sums.values[0] = 100;
  add_product(as_it_is(left), right, sums);
  EXPECT_EQ(sums.values[0], 100 + 2 * 5 + 3 * 11);
  EXPECT_EQ(sums.values[1], 2 * 7 + 3 * 13);
}

TEST(NetworkProduct, LanesGiveThePlainBitsOnEveryTarget) {
  Random random{5};
  for (int repeat = 0; repeat < 40; ++repeat) {
    const std::size_t rows = 1 + random.below(23), inner = 1 + random.below(70), columns = 1 + random.below(90);
    const bool turned = random.below(2);
    const NetworkMatrix left = turned ? drawn(inner, rows, random) : drawn(rows, inner, random);
    const NetworkFactor factor = turned ? transposed(left) : as_it_is(left);
    const NetworkMatrix right = drawn(inner, columns, random), start = drawn(rows, columns, random);
    NetworkMatrix plain = start;
    plain_add_product(factor, right, plain);
    for (auto rest = hwy::SupportedTargets(); rest != 0; rest &= rest - 1) {
      hwy::SetSupportedTargetsForTest(rest & ~(rest - 1));
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      NetworkMatrix fast = start;
      add_product(factor, right, fast);
      EXPECT_EQ(fast.values, plain.values) << rows << " x " << inner << " x " << columns;
      hwy::SetSupportedTargetsForTest(0);
    }
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

}  // namespace
}  // namespace ecocube
