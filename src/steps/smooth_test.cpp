// SPDX-License-Identifier: Apache-2.0
#include "steps/smooth.h"

#include <gmock/gmock.h>

#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class SmoothStepTest : public RasterRecipeFixture {
 protected:
  const StepList steps{make_smooth_step};

  /// A straight line over three years with a gap in pixel 5, and a spike in pixel 9; pixel 11 is never seen.
  void draw_years(const std::string& variable, const Encoding& encoding) const {
    for (int season = 0; season < 12; ++season) {
      std::vector<float> values(kPixels, static_cast<float>(50 + 2 * season));
      if (season == 6) values[5] = -1;
      if (season == 6) values[9] += 60;
      values[11] = -1;
      draw(variable, season, values, encoding);
    }
  }
  void expect_smooth(const Done& done, const std::string& variable, bool filled) const {
    ASSERT_EQ(done.error, "");
    for (int season = 0; season < 12; ++season) {
      const auto values = stored(done, variable, season);
      const auto line = static_cast<float>(50 + 2 * season);
      EXPECT_NEAR(values[0], line, 1e-3) << season;
      EXPECT_NEAR(values[5], season == 6 && !filled ? -1 : line, 1e-3) << season;
      EXPECT_EQ(values[11], -1) << season;
      if (season == 6) {
        EXPECT_GT(values[9], line + 5);
        EXPECT_LT(values[9], line + 40);
      }
    }
  }
};

TEST_F(SmoothStepTest, WhittakerKeepsLinesLowersSpikesAndFillsGaps) {
  draw_years("ndvi", {DataType::uint8, 0.01, -1, 255, {}});
  draw_years("height", {DataType::int16, 0.1, 0, -32768, "m"});
  draw_years("depth", {DataType::float32, 0.5, 3, -9999, "m"});
  draw_years("many", {DataType::int32, 1, 0, -1, {}});
  const Done done = run(steps, "[{smooth: {}}]");
  for (const char* variable : {"ndvi", "height", "depth", "many"}) expect_smooth(done, variable, true);
  const Layer* layer = done.plan.layers.find("ndvi", period_of(2));
  EXPECT_EQ(layer->made_by, "smooth");
  EXPECT_EQ(layer->encoding.scale, 0.01);
}

TEST_F(SmoothStepTest, SavitzkyGolayDoesSoToo) {
  draw_years("ndvi", {DataType::uint8, 0.01, -1, 255, {}});
  expect_smooth(run(steps, "[{smooth: {method: savitzky-golay, window: 7}}]"), "ndvi", true);
}

TEST_F(SmoothStepTest, GapsStayWhenTheyAreKept) {
  draw_years("ndvi", {DataType::uint8, 0.01, -1, 255, {}});
  expect_smooth(run(steps, "[{smooth: {gaps: keep}}]", "whittaker"), "ndvi", false);
  expect_smooth(run(steps, "[{smooth: {gaps: keep, method: savitzky-golay}}]", "savgol"), "ndvi", false);
}

TEST_F(SmoothStepTest, WhatDoesNotFitTheSeriesIsAnError) {
  draw_years("ndvi", {DataType::uint8, 0.01, -1, 255, {}});
  EXPECT_THAT(run(steps, "[{smooth: {method: savitzky-golay, window: 13}}]").error,
              HasSubstr("window: 13 layers are asked for, variable ndvi has 12"));
  EXPECT_THAT(run(steps, "[{smooth: {method: savitzky-golay, order: 5}}]").error, HasSubstr("order: 5"));
  EXPECT_THAT(run(steps, "[{smooth: {window: 4}}]").error, HasSubstr("odd"));
}

}  // namespace
}  // namespace ecocube
