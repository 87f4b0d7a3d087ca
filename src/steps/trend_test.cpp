// SPDX-License-Identifier: Apache-2.0
#include "steps/trend.h"

#include <gmock/gmock.h>

#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

/// Values of static layers as they are stored.
class TrendStepTest : public RasterRecipeFixture {
 protected:
  const StepList steps{make_trend_step};

  static float value_of(const Done& done, const std::string& variable, std::size_t pixel) {
    const Layer* layer = done.plan.layers.find(variable, std::nullopt);
    EXPECT_TRUE(layer) << variable;
    if (!layer) return -2;
    LayerReader reader(done.plan.cube.grid, done.root);
    const auto row = static_cast<std::int64_t>(pixel) / kCols, col = static_cast<std::int64_t>(pixel) % kCols;
    for (const Tile& tile : done.plan.cube.tiles) {
      const Window one{row, col, 1, 1};
      if (intersection(tile.window, one).empty()) continue;
      std::vector<float> value(1);
      std::vector<std::uint8_t> valid(1);
      EXPECT_TRUE(reader.read(*layer, tile.name(), one, value, valid));
      return valid[0] != 0 ? value[0] : -1;
    }
    return -2;
  }

  /// Three years of seasons: pixel 5 rises by 3 a season over a wave of the year, pixel 7 is seen four times, others
  /// rise by one a season with a gap in each series.
  void draw_years(const std::string& variable = "ndvi",
                  const Encoding& encoding = {DataType::uint8, 0.01, -1, 255, {}}) const {
    for (int season = 0; season < 12; ++season) {
      std::vector<float> values(kPixels);
      for (std::size_t i = 0; i < kPixels; ++i)
        values[i] = static_cast<std::size_t>(season) == i % 12 ? -1.0F : static_cast<float>(40 + season);
      values[5] = static_cast<float>(50 + 3 * season + 40 * (season % 4 == 2));
      values[7] = season < 4 ? 10.0F : -1.0F;
      draw(variable, season, values, encoding);
    }
  }
};

TEST_F(TrendStepTest, ALineThroughEveryPixelInPhysicalUnitsPerYear) {
  draw_years();
  const Done done = run(steps, "[{trend: {}}]");
  ASSERT_EQ(done.error, "");
  for (const std::size_t pixel : {std::size_t{0}, std::size_t{100}, kPixels - 1}) {
    EXPECT_NEAR(value_of(done, "ndvi_slope", pixel), 0.04, 0.001) << pixel;
    EXPECT_GT(value_of(done, "ndvi_r2", pixel), 0.99);
    EXPECT_LT(value_of(done, "ndvi_p", pixel), 1e-6F);
    EXPECT_NEAR(value_of(done, "ndvi_intercept", pixel), 0.40 - 1, 0.01);
    EXPECT_EQ(value_of(done, "ndvi_n", pixel), 11);
  }
  EXPECT_EQ(value_of(done, "ndvi_slope", 7), -1) << "four values are fewer than five";
  EXPECT_EQ(value_of(done, "ndvi_n", 7), 4);
  const Layer* slope = done.plan.layers.find("ndvi_slope", std::nullopt);
  EXPECT_EQ(slope->encoding.unit, "per year");
  EXPECT_EQ(slope->long_name, "Slope of ndvi");
  EXPECT_EQ(slope->made_by, "trend");
}

TEST_F(TrendStepTest, WithoutSeasonsTheRiseIsCertain) {
  draw_years();
  const Done with = run(steps, "[{trend: {method: [ols, theil-sen]}}]", "with"),
             without = run(steps, "[{trend: {method: [ols, theil-sen], deseasonalise: true}}]", "without");
  ASSERT_EQ(with.error + without.error, "");
  EXPECT_LT(value_of(with, "ndvi_r2", 5), 0.6);
  EXPECT_GT(value_of(without, "ndvi_r2", 5), 0.85);
  EXPECT_LT(value_of(without, "ndvi_p", 5), value_of(with, "ndvi_p", 5));
  EXPECT_LT(value_of(without, "ndvi_mk_p", 5), 0.01);
  EXPECT_GT(value_of(without, "ndvi_mk_z", 5), 2.5);
  EXPECT_GT(value_of(without, "ndvi_sen_slope", 5), 0.05);
}

TEST_F(TrendStepTest, RanksAloneComeWithTheirCount) {
  draw_years("height", {DataType::float32, 2, 0, -9999, "m"});
  const Done done = run(steps, "[{trend: {method: theil-sen}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_FALSE(done.plan.layers.find("height_slope", std::nullopt));
  EXPECT_EQ(value_of(done, "height_mk_s", 0), 55);
  EXPECT_NEAR(value_of(done, "height_sen_slope", 0), 8, 0.2);
  EXPECT_EQ(value_of(done, "height_n", 0), 11);
  EXPECT_EQ(done.plan.layers.find("height_sen_slope", std::nullopt)->encoding.unit, "m per year");
}

TEST_F(TrendStepTest, AnUnknownMethodAndTooShortASeriesAreErrors) {
  draw_years();
  EXPECT_THAT(run(steps, "[{trend: {method: [ols, sen]}}]").error, HasSubstr("ols, theil-sen"));
  EXPECT_THAT(run(steps, "[{trend: {fewest: 13}}]").error, HasSubstr("variable ndvi has 12 layers"));
  EXPECT_THAT(run(steps, "[{trend: {variables: nvdi}}]").error, HasSubstr("ndvi"));
}

}  // namespace
}  // namespace ecocube
