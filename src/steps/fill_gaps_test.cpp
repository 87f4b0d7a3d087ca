// SPDX-License-Identifier: Apache-2.0
#include "steps/fill_gaps.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

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

  /// Seasons, noise of 3 and a level of every pixel; a third of the values is missing, one pixel is never seen.
  static float noisy(int season, std::size_t pixel) {
    std::mt19937 random(static_cast<unsigned>(1000 * season) + static_cast<unsigned>(pixel));
    const bool missing = random() % 3 == 0 || pixel == kNeverSeen;
    const int level = static_cast<int>(pixel % kCols) * 2, wave = season % 4 == 2 ? 60 : season % 4 == 0 ? 0 : 30;
    return missing ? -1.0F : static_cast<float>(60 + level + wave + static_cast<int>(random() % 11) - 5);
  }
  void draw_noisy() const {
    for (int season = 0; season < 12; ++season) {
      std::vector<float> values(kPixels);
      for (std::size_t i = 0; i < kPixels; ++i) values[i] = noisy(season, i);
      draw("ndvi", season, values, {DataType::uint8, 0.01, -1, 255, {}});
    }
  }
  /// Observed numbers are as they were, and every filled one comes with an error that is not zero.
  void check_filled(const Done& done) const {
    for (int season = 0; season < 12; ++season) {
      const auto values = stored(done, "ndvi", season), source = stored(done, "ndvi_source", season),
                 error = stored(done, "ndvi_error", season);
      for (std::size_t i = 0; i < kPixels; ++i) {
        const float seen = noisy(season, i);
        EXPECT_EQ(source[i] == 0, seen >= 0);
        if (seen >= 0) {
          EXPECT_EQ(values[i], seen);
          EXPECT_EQ(error[i], 0);
        } else if (values[i] >= 0) {
          EXPECT_GT(error[i], 10) << "a tenth of a number is told; the noise alone is 3";
          EXPECT_LT(error[i], 600);
        } else {
          EXPECT_EQ(i, kNeverSeen);
          EXPECT_EQ(error[i], -1);
        }
      }
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
  // Its neighbours are pixels 14, 15, 16, 34, 36, 54, 55 and 56, of which 16, 36 and 56 lie in another tile.
  EXPECT_EQ(stored(done, "ndvi", 0)[kNeverSeen], 35);
  EXPECT_EQ(stored(done, "ndvi", 3)[kNeverSeen], 65);
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

TEST_F(FillGapsStepTest, EveryMethodFillsAndTellsSo) {
  draw_noisy();
  const std::map<std::string, std::uint8_t> codes{{"{method: swag}", series::kSwag},
                                                  {"{method: swag, future: 1}", series::kSwag},
                                                  {"{method: harmonic, modes: 1, trend: false}", series::kHarmonic},
                                                  {"{method: nearest}", series::kNearestInTime},
                                                  {"{method: linear}", series::kLinear},
                                                  {"{method: seasonal-mean}", series::kSeasonalMean}};
  std::map<std::string, std::vector<float>> filled;
  for (const auto& [options, code] : codes) {
    const Done done = run(steps, "[{fill-gaps: " + options + "}]");
    ASSERT_EQ(done.error, "");
    filled[options] = stored(done, "ndvi", 6);
    const auto source = stored(done, "ndvi_source", 6);
    EXPECT_EQ(std::count(source.begin(), source.end(), static_cast<float>(code)) +
                  std::count(source.begin(), source.end(), 0.0F) + std::count(source.begin(), source.end(), -1.0F),
              static_cast<std::ptrdiff_t>(kPixels))
        << options;
    EXPECT_GT(std::count(source.begin(), source.end(), static_cast<float>(code)), 50) << options;
    std::filesystem::remove_all(done.root);
  }
  EXPECT_NE(filled["{method: swag}"], filled["{method: swag, future: 1}"]);
}

TEST_F(FillGapsStepTest, LearnsFromTheWholeAreaBeforeItFillsByDateRegression) {
  draw_noisy();
  std::map<std::string, std::string> first;
  for (const auto& [memory, threads] : {std::pair(std::uint64_t{1} << 30, 1), std::pair(std::uint64_t{1500}, 3)}) {
    settings.threads = threads;
    const Done done = run(steps, "[{fill-gaps: {method: drk, quality: true}}]", fmt::format("out{}", threads), memory);
    ASSERT_EQ(done.error, "");
    EXPECT_EQ(done.plan.tasks.front().id(), "fill-gaps/ndvi");
    EXPECT_THAT(done.plan.tasks.back().needs, testing::ElementsAre("fill-gaps/ndvi"));
    for (const Task& task : done.plan.tasks) {
      for (const std::string& output : task.outputs) {
        const std::string bytes = *read_text(done.root / output);
        EXPECT_EQ(first.emplace(output, bytes).first->second, bytes) << output;
      }
    }
    check_filled(done);
  }
  EXPECT_TRUE(first.contains("fill-gaps/ndvi.json"));
}

TEST_F(FillGapsStepTest, AutoFillsByWhatItMeasuredBestAndTellsIt) {
  draw_noisy();
  const Done done = run(steps, "[{fill-gaps: {method: auto, quality: true}}]");
  ASSERT_EQ(done.error, "");
  check_filled(done);
  std::string told;
  for (const Value& event : read_run_log(done.root / "run-log.jsonl")) {
    if (event.value("task", "") == "fill-gaps/ndvi") told = event.at("notes").dump();
  }
  EXPECT_THAT(told, HasSubstr("ndvi is filled by winter: "));
  EXPECT_THAT(told, HasSubstr("; summer: "));
  EXPECT_THAT(*read_text(done.root / "fill-gaps/ndvi.json"), HasSubstr("seasonal-mean")) << "the table it chose by";
}

TEST_F(FillGapsStepTest, QualityTellsTheErrorThatWasMeasured) {
  draw_noisy();
  const Done done = run(steps, "[{fill-gaps: {method: tmwm, quality: true}}]");
  ASSERT_EQ(done.error, "");
  check_filled(done);
  const Layer* layer = done.plan.layers.find("ndvi_error", period_of(2));
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->encoding.type, DataType::uint16);
  EXPECT_DOUBLE_EQ(layer->encoding.scale, 0.001);
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

TEST_F(FillGapsStepTest, ACubeWithFewSeenPixelsIsFilledFromTheirOwnSeries) {
  // Twelve pixels tell nothing about dates, so date regression falls back on the temporal blend.
  for (int season = 0; season < 12; ++season) {
    std::vector<float> values(kPixels, -1);
    for (std::size_t i = 0; i < 12; ++i) values[i] = i == static_cast<std::size_t>(season) ? -1 : drawn(season, i);
    draw("ndvi", season, values, {DataType::uint8, 0.01, -1, 255, {}});
  }
  for (const char* method : {"drk", "auto"}) {
    const Done done = run(steps, fmt::format("[{{fill-gaps: {{method: {}, quality: true}}}}]", method), method);
    ASSERT_EQ(done.error, "");
    for (int season = 0; season < 12; ++season) {
      const auto values = stored(done, "ndvi", season);
      EXPECT_EQ(std::count(values.begin(), values.end(), -1.0F), 0) << method << ", season " << season;
      EXPECT_NE(stored(done, "ndvi_source", season)[static_cast<std::size_t>(season)], 0);
    }
  }
}

TEST_F(FillGapsStepTest, SeriesOfAFewDatesAreFilledByEveryMethod) {
  for (const int dates : {1, 2, 3}) {
    for (int season = 0; season < dates; ++season) {
      std::vector<float> values(kPixels);
      for (std::size_t i = 0; i < kPixels; ++i) values[i] = noisy(season, i);
      draw("ndvi", season, values, {DataType::uint8, 0.01, -1, 255, {}});
    }
    for (const char* method : {"tmwm", "swag", "linear", "seasonal-mean", "harmonic", "nearest", "drk", "auto"}) {
      const Done done = run(steps, fmt::format("[{{fill-gaps: {{method: {}, quality: true}}}}]", method));
      ASSERT_EQ(done.error, "") << method << ", " << dates << " dates";
      for (int season = 0; season < dates; ++season) {
        const auto values = stored(done, "ndvi", season), source = stored(done, "ndvi_source", season);
        for (std::size_t i = 0; i < kPixels; ++i) {
          const float seen = noisy(season, i);
          EXPECT_EQ(source[i] == 0, seen >= 0) << method << ", " << dates << " dates";
          EXPECT_EQ(values[i] < 0, source[i] < 0) << "missing in both or in none";
          if (seen >= 0) {
            EXPECT_EQ(values[i], seen);
          }
        }
      }
      std::filesystem::remove_all(done.root);
    }
  }
}

TEST_F(FillGapsStepTest, AVariableThatWasNeverSeenStaysEmptyOrIsNamed) {
  for (int season = 0; season < 4; ++season) draw("ndvi", season, std::vector<float>(kPixels, -1));
  const Done done = run(steps, "[{fill-gaps: {reach: 2}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(stored(done, "ndvi", 1), std::vector<float>(kPixels, -1));
  EXPECT_EQ(stored(done, "ndvi_source", 1), std::vector<float>(kPixels, -1));
  EXPECT_THAT(run(steps, "[{fill-gaps: {method: drk}}]", "learned").error,
              HasSubstr("variable ndvi: none of the 1440 values of the sample was ever seen"));
}

TEST_F(FillGapsStepTest, QualityIsMeasuredWithTheOptionsThatFill) {
  draw_noisy();
  std::map<std::string, std::vector<float>> errors;
  for (const char* options : {"future: 1", "future: 1, attenuation_seasonal: 0", "future: 1, sg_window: 5"}) {
    const Done done = run(steps, fmt::format("[{{fill-gaps: {{method: swag, quality: true, {}}}}}]", options));
    ASSERT_EQ(done.error, "");
    check_filled(done);
    errors[options] = stored(done, "ndvi_error", 6);
    std::filesystem::remove_all(done.root);
  }
  EXPECT_NE(errors["future: 1"], errors["future: 1, attenuation_seasonal: 0"]);
  EXPECT_NE(errors["future: 1"], errors["future: 1, sg_window: 5"]);
}

TEST_F(FillGapsStepTest, SwagCanBeSmoothedAfterwards) {
  draw_noisy();
  std::map<std::string, std::vector<float>> filled;
  for (const char* options : {"future: 1", "future: 1, sg_window: 5", "future: 1, sg_window: 5, sg_order: 1"}) {
    const Done done = run(steps, fmt::format("[{{fill-gaps: {{method: swag, {}}}}}]", options));
    ASSERT_EQ(done.error, "");
    filled[options] = stored(done, "ndvi", 6);
    for (std::size_t i = 0; i < kPixels; ++i) {
      if (noisy(6, i) >= 0) {
        EXPECT_EQ(filled[options][i], noisy(6, i)) << "observed values are not smoothed";
      }
    }
    std::filesystem::remove_all(done.root);
  }
  EXPECT_NE(filled["future: 1"], filled["future: 1, sg_window: 5"]);
  EXPECT_NE(filled["future: 1, sg_window: 5"], filled["future: 1, sg_window: 5, sg_order: 1"]);
}

TEST_F(FillGapsStepTest, OptionsThatTheMethodPassesOverAreMistakes) {
  draw_years();
  const auto error = [&](const std::string& options) { return run(steps, "[{fill-gaps: {" + options + "}}]").error; };
  EXPECT_THAT(error("method: linear, window: 7"), HasSubstr("window: an option of tmwm, the method is linear"));
  EXPECT_THAT(error("future: 1"), HasSubstr("future: an option of swag, the method is tmwm"));
  EXPECT_THAT(error("method: swag, robust: false"), HasSubstr("robust: an option of harmonic, the method is swag"));
  EXPECT_THAT(error("method: auto, mode: reference"), HasSubstr("mode: an option of tmwm, the method is auto"));
  EXPECT_THAT(error("method: swag, sg_window: 4"), HasSubstr("sg_window: 4 must be odd or 0"));
  EXPECT_THAT(error("method: swag, sg_order: 1"), HasSubstr("sg_order: nothing is smoothed without sg_window"));
  EXPECT_THAT(error("method: swag, sg_window: 3, sg_order: 3"),
              HasSubstr("sg_order: 3 is not less than the 3 layers of sg_window"));
  EXPECT_THAT(error("method: swag, sg_window: 13"), HasSubstr("13 layers are asked for, variable ndvi spans 12"));
  EXPECT_THAT(run(steps, "[{fill-gaps: {}}, {fill-gaps: {variables: [ndvi, ndvi_source]}}]").error,
              HasSubstr("variables: ndvi_source is of kind source, not continuous"));
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
  EXPECT_THAT(run(steps, "[{fill-gaps: {method: drk, reach: 1}}]").error, HasSubstr("reach: drk looks at the pixels"));
  EXPECT_THAT(run(steps, "[{fill-gaps: {mode: reference, quality: true}}]").error,
              HasSubstr("quality: the flags of the published definition"));
}

}  // namespace
}  // namespace ecocube
