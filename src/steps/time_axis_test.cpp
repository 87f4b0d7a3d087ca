// SPDX-License-Identifier: Apache-2.0
#include "steps/time_axis.h"

#include <gtest/gtest.h>

namespace ecocube {
namespace {

/// Seasons by their number, counted from winter 2015.
std::vector<Layer> seasons(const std::vector<int>& numbers) {
  std::vector<Layer> layers;
  for (const int number : numbers) {
    Layer layer;
    layer.variable = "ndvi";
    layer.period = PeriodScheme::seasons().of_year(2015 + number / 4)[static_cast<std::size_t>(number % 4)];
    layers.push_back(layer);
  }
  return layers;
}

TEST(TimeAxis, OrdersSlotsByTheirPlaceInTheYearWhereverTheSeriesStarts) {
  const auto axis = time_axis_of(seasons({2, 3, 4, 5, 6, 12}));  // summer 2015 … winter 2018, layers lacking between
  ASSERT_TRUE(axis);
  EXPECT_EQ(axis->slots, 4);
  EXPECT_EQ(axis->years, 4);
  EXPECT_EQ(axis->slot, (std::vector<int>{2, 3, 0, 1, 2, 0}));
  EXPECT_EQ(axis->year, (std::vector<int>{0, 0, 1, 1, 1, 3}));
  EXPECT_EQ(axis->days.front(), (make_day(2015, 8, 3) - make_day(1970, 1, 1)).count())
      << "half way from 25 June to 12 September";
}

TEST(TimeAxis, RefusesTwoLayersOfOneSeason) {
  EXPECT_EQ(time_axis_of(seasons({1, 2, 2})).error().message, "two layers of summer 2015");
}

}  // namespace
}  // namespace ecocube
