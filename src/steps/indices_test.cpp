// SPDX-License-Identifier: Apache-2.0
#include "steps/indices.h"

#include <gmock/gmock.h>

#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class IndicesStepTest : public RasterRecipeFixture {
 protected:
  const StepList steps{make_indices_step};

  /// One season of four bands as reflectance × 250; pixel 3 lacks red, pixel 4 is black.
  void draw_bands(const std::string& suffix, int season = 2) const {
    const Encoding encoding{DataType::uint8, 0.004, 0, 255, {}};
    const std::pair<const char*, float> bands[] = {{"blue", 10.0F}, {"green", 25.0F}, {"red", 20.0F}, {"nir", 100.0F}};
    for (const auto& [band, number] : bands) {
      std::vector<float> values(kPixels, number);
      if (std::string(band) == "red") values[3] = -1;
      values[4] = 0;
      draw(band + suffix, season, values, encoding);
    }
  }
};

TEST_F(IndicesStepTest, ComputesFromThePhysicalValuesOfTheBands) {
  draw_bands("_p50");
  const Done done = run(steps, "[{indices: {names: [ndvi, ndwi, evi]}}]");
  ASSERT_EQ(done.error, "");
  const auto ndvi = stored(done, "ndvi_p50", 2), ndwi = stored(done, "ndwi_p50", 2), evi = stored(done, "evi_p50", 2);
  EXPECT_EQ(ndvi[0], std::floor((80.0F / 120) * 125 + 125 + 0.5F));
  EXPECT_EQ(ndwi[0], std::floor((-75.0F / 125) * 125 + 125 + 0.5F));
  EXPECT_EQ(evi[0], std::floor(2.5F * 0.32F / (0.4F + 0.48F - 0.3F + 1) * 10000 + 0.5F));
  EXPECT_EQ(ndvi[3], -1) << "red is missing";
  EXPECT_NE(ndwi[3], -1) << "needs no red";
  EXPECT_EQ(ndvi[4], -1) << "0 / 0";
  EXPECT_EQ(evi[4], 0);
  EXPECT_EQ(done.plan.layers.find("ndvi_p50", period_of(2))->files.front().path,
            "tiles/{tile}/indices/20150625_20150912.tif");
  EXPECT_EQ(done.plan.layers.find("evi_p50", period_of(2))->files.front().path,
            "tiles/{tile}/indices/20150625_20150912_int16.tif");
}

TEST_F(IndicesStepTest, TakesTheStatisticsAskedFor) {
  draw_bands("_p25");
  draw_bands("");
  const Done done = run(steps, "[{indices: {names: ndvi, statistics: [p25, \"\"]}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(stored(done, "ndvi_p25", 2), stored(done, "ndvi", 2));
}

TEST_F(IndicesStepTest, FormulasOfOnesOwnTakeTheStatisticsOrWholeNames) {
  draw_bands("_p25");
  draw_bands("_p50");
  const Done done = run(steps,
                        "[{indices: {expressions: {gcvi: nir / green - 1, spread: nir_p50 - nir_p25, bright: {formula: "
                        "\"red > 0.05 ? 1 : 0\", type: uint8, no_data: 255}}, statistics: [p25, p50]}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_FLOAT_EQ(stored(done, "gcvi_p50", 2)[0], 3);
  EXPECT_EQ(stored(done, "gcvi_p25", 2)[4], -1) << "0 / 0";
  EXPECT_FLOAT_EQ(stored(done, "spread", 2)[0], 0);
  EXPECT_EQ(stored(done, "bright_p25", 2)[0], 1);
  EXPECT_EQ(stored(done, "bright_p25", 2)[4], 0);
  EXPECT_EQ(stored(done, "bright_p25", 2)[3], -1) << "red is missing";
  EXPECT_EQ(done.plan.layers.find("spread_p25", period_of(2)), nullptr);
}

TEST_F(IndicesStepTest, BareSoilIsTheShareOfTheYearsPeriodsWithLittleNdvi) {
  draw_bands("_p50", 1);
  draw("red_p50", 2, std::vector<float>(kPixels, 100), {DataType::uint8, 0.004, 0, 255, {}});
  draw("nir_p50", 2, std::vector<float>(kPixels, 110), {DataType::uint8, 0.004, 0, 255, {}});
  const Done done = run(steps, "[{indices: {bare_soil: 0.35}}]");
  ASSERT_EQ(done.error, "");
  const Layer* layer = done.plan.layers.find("bare_soil_fraction", PeriodScheme::years().of_year(2015).front());
  ASSERT_TRUE(layer);
  LayerReader reader(done.plan.cube.grid, done.root);
  std::vector<float> values(16 * 16);
  std::vector<std::uint8_t> valid(values.size());
  const Tile& tile = done.plan.cube.tiles.front();
  ASSERT_TRUE(reader.read_decoded(*layer, tile.name(), tile.window, values, valid));
  EXPECT_NEAR(values[0], 0.5, 1e-6) << "bare in one of two seasons";
  EXPECT_NEAR(values[3], 1, 1e-6) << "red is missing in the other";
}

TEST_F(IndicesStepTest, MistakesAreAnsweredWithWhatWouldBeRight) {
  draw_bands("_p50");
  EXPECT_THAT(run(steps, "[{indices: {names: [ndvu]}}]").error,
              HasSubstr("unknown index 'ndvu' - did you mean 'ndvi'?"));
  EXPECT_THAT(run(steps, "[{indices: {}}]").error,
              HasSubstr("nothing to compute: give names, expressions or bare_soil"));
  EXPECT_THAT(run(steps, "[{indices: {names: ndvi, statistics: p5}}]").error,
              HasSubstr("index ndvi needs nir_p5, which no layer is called - did you mean 'nir_p50'?"));
  EXPECT_THAT(run(steps, "[{indices: {expressions: {x: nir / gren}}}]").error,
              HasSubstr("expressions.x: expression 'nir / gren': nothing is called 'gren' - did you mean 'green'?"));
  EXPECT_THAT(run(steps, "[{indices: {expressions: {x: {formula: nir, typ: uint8}}}}]").error,
              HasSubstr("expressions.x.typ: unknown key - did you mean 'type'?"));
  EXPECT_THAT(run(steps, "[{indices: {expressions: {x: {formula: nir, scale: 0}}}}]").error,
              HasSubstr("expressions.x.scale: 0 must be other than 0"));
  EXPECT_THAT(run(steps, "[{indices: {expressions: {x: {formula: nir, type: uint8, no_data: 0.5}}}}]").error,
              HasSubstr("expressions.x.no_data: 0.5 is no whole number, as uint8 holds"));
  EXPECT_THAT(run(steps, "[{indices: {names: nbr}}]").error, HasSubstr("index nbr needs swir2_p50"));
  EXPECT_THAT(run(steps, "[{indices: {names: [ndvi, ndvi]}}]").error, HasSubstr("names: ndvi is given twice"));
  draw("red_p50", 6, std::vector<float>(kPixels, 1));
  EXPECT_THAT(run(steps, "[{indices: {names: ndvi}}]").error,
              HasSubstr("nir_p50 and red_p50 have different periods (1 and 2)"));
}

}  // namespace
}  // namespace ecocube
