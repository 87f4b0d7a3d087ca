// SPDX-License-Identifier: Apache-2.0
#include "steps/breaks.h"

#include <gmock/gmock.h>

#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class BreaksStepTest : public RasterRecipeFixture {
 protected:
  const StepList steps{make_breaks_step};

  static float value_of(const Done& done, const std::string& variable, std::size_t pixel) {
    const Layer* layer = done.plan.layers.find(variable, std::nullopt);
    EXPECT_TRUE(layer) << variable;
    if (!layer) return -2;
    LayerReader reader(done.plan.cube.grid, done.root);
    const Tile& tile = done.plan.cube.tiles.front();
    const Window one{0, static_cast<std::int64_t>(pixel), 1, 1};
    std::vector<float> value(1);
    std::vector<std::uint8_t> valid(1);
    EXPECT_TRUE(reader.read(*layer, tile.name(), one, value, valid));
    return valid[0] != 0 ? value[0] : -1;
  }

  /// Three years of seasons that rise by 4 a year, with a wave of the year; pixel 5 loses half from spring 2017 on.
  void draw_years() const {
    for (int season = 0; season < 12; ++season) {
      const int year = season / 4;
      std::vector<float> values(kPixels, static_cast<float>(100 + 4 * year + 10 * (season % 4) + season % 3));
      if (season >= 9) values[5] -= 60;
      draw("ndvi", season, values, {DataType::uint8, 0.01, 0, 255, {}});
    }
  }
};

TEST_F(BreaksStepTest, TheLargestDropBetweenYearsSplitsTheTrend) {
  draw_years();
  const Done done = run(steps, "[{breaks: {fewest: 3}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(value_of(done, "ndvi_break_year", 5), 2017);
  EXPECT_LT(value_of(done, "ndvi_break_magnitude", 5), -0.25F);
  EXPECT_NEAR(value_of(done, "ndvi_before_slope", 5), 0.04, 0.02);
  EXPECT_EQ(value_of(done, "ndvi_after_slope", 5), -1) << "one year has no slope";
  EXPECT_LT(value_of(done, "ndvi_total_slope", 5), 0);
  EXPECT_EQ(value_of(done, "ndvi_break_year", 0), -1) << "a pixel that only rises has no drop";
  EXPECT_EQ(done.plan.layers.find("ndvi_total_slope", std::nullopt)->encoding.unit, "per year");
}

TEST_F(BreaksStepTest, TheDeseasonalisedSeriesTellsTheSeason) {
  draw_years();
  const Done done = run(steps, "[{breaks: {values: deseasonalised}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_NEAR(value_of(done, "ndvi_break_year", 5), 2017.35, 0.1);
  EXPECT_NEAR(value_of(done, "ndvi_break_magnitude", 5), -0.6, 0.25);
}

TEST_F(BreaksStepTest, TheHarmonicModelTellsTheSeasonToo) {
  draw_years();
  const Done done =
      run(steps, "[{breaks: {method: harmonic, modes: 1, consecutive: 3, history: 5, least_rmse: 0.03}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_NEAR(value_of(done, "ndvi_break_year", 5), 2017.35, 0.1);
  EXPECT_NEAR(value_of(done, "ndvi_break_magnitude", 5), -0.6, 0.1);
  EXPECT_EQ(value_of(done, "ndvi_breaks", 5), 1);
  EXPECT_EQ(value_of(done, "ndvi_breaks", 0), 0);
  EXPECT_EQ(value_of(done, "ndvi_break_year", 0), -1);
  EXPECT_GE(value_of(done, "ndvi_break_rmse", 0), 0.03F);
  EXPECT_LT(value_of(done, "ndvi_break_rmse", 0), 0.1F);
}

TEST_F(BreaksStepTest, SeriesTooShortAreErrors) {
  draw_years();
  EXPECT_THAT(run(steps, "[{breaks: {fewest: 4}}]").error, HasSubstr("variable ndvi has 3"));
  EXPECT_THAT(run(steps, "[{breaks: {method: harmonic, history: 9}}]").error, HasSubstr("has 12 layers"));
}

}  // namespace
}  // namespace ecocube
