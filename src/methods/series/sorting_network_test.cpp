// SPDX-License-Identifier: Apache-2.0
#include "methods/series/sorting_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace ecocube::series {
namespace {

/// Whether the exchanges sort every series of zeros and ones, and so, by the zero-one principle, every series. Place i
/// of series s is bit s of row i.
template <std::size_t size>
bool sorts_all_zeros_and_ones() {
  for (std::uint32_t drawn = 0; drawn < (1U << size); ++drawn) {
    std::uint32_t bits = drawn;
    for (const Exchange& step : network_of_up_to<size>()) {
      if (step.high >= size) continue;
      const std::uint32_t both = (bits >> step.low) & (bits >> step.high) & 1U;
      const std::uint32_t any = ((bits >> step.low) | (bits >> step.high)) & 1U;
      bits = (bits & ~(1U << step.low) & ~(1U << step.high)) | (both << step.low) | (any << step.high);
    }
    const std::uint32_t inverse = ~bits & ((1U << size) - 1);
    if ((inverse & (inverse + 1)) != 0) return false;  // zeros first, at the low bits, then ones
  }
  return true;
}

template <std::size_t... sizes>
std::vector<std::size_t> sizes_that_fail(std::index_sequence<sizes...>) {
  std::vector<std::size_t> failing;
  ((sorts_all_zeros_and_ones<sizes>() ? void() : failing.push_back(sizes)), ...);
  return failing;
}

TEST(SortingNetwork, SortsEverySeriesOfUpToSixteen) {
  EXPECT_EQ(sizes_that_fail(std::make_index_sequence<17>()), std::vector<std::size_t>());
}

TEST(SortingNetwork, OfSevenHasSixteenExchanges) {
  int exchanges = 0;
  for (const Exchange& step : network_of_up_to<7>()) {
    EXPECT_LT(step.low, step.high);
    exchanges += step.high < 7 ? 1 : 0;
  }
  EXPECT_EQ(exchanges, 16);
}

TEST(SortingNetwork, BatchersSortsAnyNumberOfPlaces) {
  std::mt19937 random(7);
  for (const std::size_t size : {0, 1, 2, 3, 5, 17, 31, 64, 84, 100, 365, 600}) {
    const std::vector<Exchange> network = batcher_network(size);
    for (int round = 0; round < 40; ++round) {
      std::vector<unsigned> values(size);
      for (unsigned& value : values) value = static_cast<unsigned>(random() % (round % 2 == 0 ? 2 : 1000));
      std::vector<unsigned> expected = values;
      std::sort(expected.begin(), expected.end());
      for (const Exchange& step : network) {
        ASSERT_LT(step.low, step.high);
        ASSERT_LT(step.high, size);
        if (values[step.low] > values[step.high]) std::swap(values[step.low], values[step.high]);
      }
      EXPECT_EQ(values, expected) << size << " places";
    }
  }
}

TEST(SortingNetwork, BatchersMergesRunsThatAreSortedAlready) {
  std::mt19937 random(8);
  for (const std::size_t size : {9, 16, 17, 33, 84, 101}) {
    std::vector<unsigned> values(size);
    for (unsigned& value : values) value = static_cast<unsigned>(random() % 50);
    std::vector<unsigned> expected = values;
    std::sort(expected.begin(), expected.end());
    for (std::size_t run = 0; run < size; run += 16) {
      std::sort(values.begin() + static_cast<std::ptrdiff_t>(run),
                values.begin() + static_cast<std::ptrdiff_t>(std::min(size, run + 16)));
    }
    for (const Exchange& step : batcher_network(size, 16)) {
      if (values[step.low] > values[step.high]) std::swap(values[step.low], values[step.high]);
    }
    EXPECT_EQ(values, expected) << size << " places";
  }
  EXPECT_TRUE(batcher_network(16, 16).empty());
}

}  // namespace
}  // namespace ecocube::series
