// SPDX-License-Identifier: Apache-2.0
#include "steps/fill_gaps.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "io/file/file.h"
#include "methods/series/fill_gaps.h"
#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

class FillGapsStepTest : public RasterRecipeFixture {
 protected:
  const StepList steps{make_fill_gaps_step};

  /// Row 1, column 15: the last column of its tile.
  static constexpr std::size_t kNeverSeen = kCols + 15;
  static float drawn(int season, std::size_t pixel) {
    return static_cast<float>(10 * season + static_cast<int>(pixel % 100));
  }

  /// Three years in which pixel 5 lacks the summers of 2015 and 2016 and one pixel is never seen.
  void draw_years(const std::string& variable = "ndvi",
                  const Encoding& encoding = {DataType::uint8, 0.01, -1, 255, {}}) const {
    for (int season = 0; season < 12; ++season) {
      std::vector<float> values(kPixels);
      for (std::size_t i = 0; i < kPixels; ++i) values[i] = drawn(season, i);
      if (season == 2 || season == 6) values[5] = -1;
      values[kNeverSeen] = -1;
      draw(variable, season, values, encoding);
    }
  }
};

TEST_F(FillGapsStepTest, FillsGapsAndLeavesObservedNumbersAsTheyWere) {
  draw_years();
  const Done done = run(steps, "[{fill-gaps: {}}]");
  ASSERT_EQ(done.error, "");
  for (int season = 0; season < 12; ++season) {
    const auto values = stored(done, "ndvi", season), source = stored(done, "ndvi_source", season);
    for (std::size_t i = 0; i < kPixels; ++i) {
      const bool gap = i == 5 && (season == 2 || season == 6);
      const float expected = i == kNeverSeen ? -1.0F : gap ? 105.0F : drawn(season, i);
      EXPECT_EQ(values[i], expected) << "season " << season << ", pixel " << i;
      EXPECT_EQ(source[i], i == kNeverSeen ? -1.0F
                           : gap           ? static_cast<float>(series::kWholeSeries)
                                           : 0.0F)
          << "season " << season << ", pixel " << i;
    }
  }
  const Layer* layer = done.plan.layers.find("ndvi", period_of(2));
  EXPECT_EQ(layer->made_by, "fill-gaps");
  EXPECT_EQ(layer->task, "fill-gaps/{tile}");
  EXPECT_EQ(layer->encoding.scale, 0.01);
  EXPECT_EQ(layer->files.front().path, "tiles/{tile}/fill-gaps/20150625_20150912.tif");
  EXPECT_EQ(done.plan.layers.find("ndvi_source", period_of(2))->kind, LayerKind::source);
}

TEST_F(FillGapsStepTest, APixelNeverSeenTakesItsNeighboursWhenAllowedTo) {
  draw_years();
  const Done done = run(steps, "[{fill-gaps: {reach: 1}}]");
  ASSERT_EQ(done.error, "");
  // Its neighbours in the tile are pixels 14, 15, 34, 54 and 55; those to the right lie in another tile.
  EXPECT_EQ(stored(done, "ndvi", 0)[kNeverSeen], 34);
  EXPECT_EQ(stored(done, "ndvi", 3)[kNeverSeen], 64);
  EXPECT_EQ(stored(done, "ndvi_source", 0)[kNeverSeen], static_cast<float>(series::kNearbyPixels));
}

TEST_F(FillGapsStepTest, WritesTheSameBytesForAnyMemory) {
  draw_years();
  draw_years("swir1", {DataType::uint16, 1, 0, 65535, {}});
  std::map<std::string, std::string> first;
  for (const std::uint64_t memory : {std::uint64_t{1} << 30, std::uint64_t{1500}}) {
    const Done done = run(steps, "[{fill-gaps: {reach: 2}}]", fmt::format("out{}", memory), memory);
    ASSERT_EQ(done.error, "");
    for (const Task& task : done.plan.tasks) {
      for (const std::string& output : task.outputs) {
        const std::string bytes = *read_text(done.root / output);
        EXPECT_EQ(first.emplace(output, bytes).first->second, bytes) << output;
      }
    }
  }
}

TEST_F(FillGapsStepTest, VariablesOfDifferentTypesGetFilesOfTheirOwn) {
  draw_years();
  draw_years("swir1", {DataType::uint16, 1, 0, 65535, {}});
  const Done done = run(steps, "[{fill-gaps: {method: linear}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(done.plan.layers.find("swir1", period_of(0))->files.front().path,
            "tiles/{tile}/fill-gaps/20141202_20150320_uint16.tif");
  EXPECT_EQ(stored(done, "swir1", 2)[5], 25) << "between 15 in spring and 35 in autumn";
  EXPECT_EQ(stored(done, "swir1_source", 2)[5], static_cast<float>(series::kLinear));
}

TEST_F(FillGapsStepTest, NaNCanBeTheNumberForMissingValues) {
  const Encoding encoding{DataType::float32, 1, 0, std::numeric_limits<double>::quiet_NaN(), {}};
  draw_years("ndvi", encoding);
  draw_years("evi", encoding);
  const Done done = run(steps, "[{fill-gaps: {}}]");
  ASSERT_EQ(done.error, "");
  for (const char* variable : {"ndvi", "evi"}) {
    EXPECT_EQ(stored(done, variable, 2)[5], 105);
    EXPECT_EQ(stored(done, variable, 2)[6], drawn(2, 6));
    EXPECT_EQ(stored(done, variable, 2)[kNeverSeen], -1);
    EXPECT_EQ(done.plan.layers.find(variable, period_of(2))->files.front().path,
              "tiles/{tile}/fill-gaps/20150625_20150912.tif")
        << "both share a file";
  }
}

TEST_F(FillGapsStepTest, VariablesNotAskedForPassThrough) {
  draw_years();
  draw_years("swir1");
  const Done done = run(steps, "[{fill-gaps: {variables: nd*, method: seasonal-mean}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(done.plan.layers.find("swir1", period_of(2))->made_by, "drawn");
  EXPECT_EQ(done.plan.layers.find("swir1_source", period_of(2)), nullptr);
  EXPECT_EQ(stored(done, "swir1", 2)[5], -1);
  EXPECT_EQ(stored(done, "ndvi", 2)[5], 105);
}

TEST_F(FillGapsStepTest, MistakesAreAnsweredWithWhatWouldBeRight) {
  draw_years();
  EXPECT_THAT(run(steps, "[{fill-gaps: {method: tmwn}}]").error,
              HasSubstr("steps.fill-gaps.method: unknown value 'tmwn' - did you mean 'tmwm'?"));
  EXPECT_THAT(run(steps, "[{fill-gaps: {window: 8}}]").error, HasSubstr("steps.fill-gaps.window: 8 must be odd"));
  EXPECT_THAT(run(steps, "[{fill-gaps: {variables: ndvu}}]").error,
              HasSubstr("variables: nothing is called 'ndvu' - did you mean 'ndvi'?"));
  EXPECT_THAT(run(steps, "[{fill-gaps: {mode: reference, reach: 1}}]").error,
              HasSubstr("reach: the published definition"));
}

}  // namespace
}  // namespace ecocube
