// SPDX-License-Identifier: Apache-2.0
#include "steps/phenology.h"

#include <gmock/gmock.h>

#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class PhenologyStepTest : public RasterRecipeFixture {
 protected:
  const StepList steps{make_phenology_step};

  /// Three years with a summer peak; pixel 5 peaks in winter, over New Year, and pixel 7 is level.
  void draw_years() const {
    const float northern[] = {20, 60, 100, 50}, southern[] = {100, 50, 20, 60};
    for (int season = 0; season < 12; ++season) {
      std::vector<float> values(kPixels, northern[season % 4]);
      values[5] = southern[season % 4];
      values[7] = 33;
      draw("ndvi", season, values, {DataType::uint8, 0.01, 0, 255, {}});
    }
  }

  static float value_of(const Done& done, const std::string& variable, int year, std::size_t pixel) {
    const Layer* layer = done.plan.layers.find(variable, PeriodScheme::years().of_year(year).front());
    EXPECT_TRUE(layer) << variable;
    if (!layer) return -2;
    LayerReader reader(done.plan.cube.grid, done.root);
    std::vector<float> value(1);
    std::vector<std::uint8_t> valid(1);
    EXPECT_TRUE(reader.read(*layer, done.plan.cube.tiles.front().name(), {0, static_cast<std::int64_t>(pixel), 1, 1},
                            value, valid));
    return valid[0] != 0 ? value[0] : -1;
  }
};

TEST_F(PhenologyStepTest, EveryYearHasItsSeason) {
  draw_years();
  const Done done = run(steps, "[{phenology: {}}]");
  ASSERT_EQ(done.error, "");
  for (const int year : {2015, 2016}) {
    const float start = value_of(done, "ndvi_sos", year, 0), peak = value_of(done, "ndvi_pos", year, 0),
                end = value_of(done, "ndvi_eos", year, 0);
    EXPECT_NEAR(peak, 215, 3) << "the middle of summer";
    EXPECT_GT(start, 30);
    EXPECT_LT(start, 80);
    EXPECT_GT(end, peak + 60);
    EXPECT_NEAR(value_of(done, "ndvi_length", year, 0), end - start, 1);
    EXPECT_NEAR(value_of(done, "ndvi_peak", year, 0), 1, 1e-6);
    EXPECT_GT(value_of(done, "ndvi_large_integral", year, 0), value_of(done, "ndvi_small_integral", year, 0));
    EXPECT_EQ(value_of(done, "ndvi_sos", year, 7), -1) << "no season without a rise";
  }
  EXPECT_EQ(value_of(done, "ndvi_sos", 2017, 0), -1) << "the winter after the last season is not seen";
  const Layer* layer = done.plan.layers.find("ndvi_sos", PeriodScheme::years().of_year(2016).front());
  EXPECT_EQ(layer->encoding.unit, "day of the year");
  EXPECT_EQ(layer->period->slot, "year");
}

TEST_F(PhenologyStepTest, ASeasonOverNewYearIsCountedByItsPeak) {
  draw_years();
  const Done done = run(steps, "[{phenology: {measures: [sos, pos, eos]}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_NEAR(value_of(done, "ndvi_pos", 2016, 5), 25, 4);
  EXPECT_LT(value_of(done, "ndvi_sos", 2016, 5), -60);
  EXPECT_GT(value_of(done, "ndvi_eos", 2016, 5), 60);
  EXPECT_FALSE(done.plan.layers.find("ndvi_base", PeriodScheme::years().of_year(2016).front()));
}

TEST_F(PhenologyStepTest, AnUnknownMeasureIsAnError) {
  draw_years();
  EXPECT_THAT(run(steps, "[{phenology: {measures: [sos, greenup]}}]").error, HasSubstr("amplitude"));
}

}  // namespace
}  // namespace ecocube
