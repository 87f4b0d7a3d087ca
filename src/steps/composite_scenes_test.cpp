// SPDX-License-Identifier: Apache-2.0
#include "steps/composite.h"
#include "steps/composite_task.h"
#include "steps/scene_recipe_fixture.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

class CompositeScenesTest : public SceneRecipeFixture {
 protected:
  Done composite(const std::string& options, const std::string& source = "", const std::string& name = "out",
                 std::uint64_t memory = 1U << 30) {
    return run({make_composite_step},
               recipe("{composite: {periods: years, min_clear: 0, statistics: [median]" + options + "}}", source), name,
               memory);
  }
};

TEST_F(CompositeScenesTest, ReflectanceBecomesBytesAndTheSourcesNumbersStayIfAskedFor) {
  draw("A_20180701_1", all(500), all(1));
  draw("A_20180717_1", all(700), all(1));
  const Done bytes = composite("", "", "bytes"), own = composite(", encoding: source", "", "own");
  ASSERT_EQ(bytes.error + own.error, "");
  EXPECT_EQ(stored(bytes, "red_p50", "year")[7], 15) << "0.06 x 250";
  EXPECT_EQ(stored(own, "red_p50", "year")[7], 600);
  EXPECT_EQ(stored(own, "nir_p50", "year")[7], 1600);
  EXPECT_EQ(stored(own, "clear_count", "year")[7], 2);
}

TEST_F(CompositeScenesTest, WordsPresetsAndCodesTakePixelsOut) {
  draw("A_20180701_1", all(500), [](std::int64_t row, std::int64_t) { return row < 3 ? 2 : row < 6 ? 3 : 1; });
  const auto water = static_cast<std::size_t>(kCols), cloud = 4 * water, land = 8 * water;
  const auto counts = [&](const std::string& mask) {
    const Done done = composite("", mask, "mask" + std::to_string(mask.size()));
    EXPECT_EQ(done.error, "");
    const auto count = stored(done, "clear_count", "year");
    return std::vector<float>{count[water], count[cloud], count[land]};
  };
  EXPECT_EQ(counts(""), (std::vector<float>{1, 0, 1}));
  EXPECT_EQ(counts(", mask: dry"), (std::vector<float>{0, 0, 1}));
  EXPECT_EQ(counts(", mask: [water]"), (std::vector<float>{0, 1, 1}));
  EXPECT_EQ(counts(", mask: [1, 3]"), (std::vector<float>{1, 0, 0}));
  EXPECT_NE(composite("", ", mask: clouds").error.find("sources.drawn: unknown mask 'clouds' - did you mean 'cloud'?"),
            std::string::npos);
}

TEST_F(CompositeScenesTest, AnUnknownCodeIsAnErrorThatNamesItOrARecordedSkip) {
  draw("A_20180701_1", all(500), all(1));
  draw("A_20180717_1", all(700), [](std::int64_t row, std::int64_t col) { return row == 9 && col == 3 ? 9 : 1; });
  const Done failed = composite("", "", "fail");
  EXPECT_NE(failed.error.find("scene A_20180717_1: its mask band 'class' holds the code 9 in row 9, column 3, which "
                              "drawn does not know"),
            std::string::npos)
      << failed.error;
  const Done skipped = composite("", ", bad_scene: skip", "skip", 4000);
  ASSERT_EQ(skipped.error, "");
  EXPECT_EQ(stored(skipped, "clear_count", "year")[0], 1) << "left out of the whole tile, also above the bad row";
  EXPECT_NE(skipped.log.find("scene A_20180717_1 left out"), std::string::npos);
}

TEST_F(CompositeScenesTest, ASceneThatMissesABandIsAnErrorOrARecordedSkip) {
  draw("A_20180701_1", all(500), all(1));
  draw("A_20180717_1", all(700), all(1));
  fs::remove(path_of("A_20180717_1", "nir"));
  const Done failed = composite("", "", "fail");
  EXPECT_NE(failed.error.find("scene A_20180717_1: it has no band 'nir' (it has: red, class)"), std::string::npos)
      << failed.error;
  const Done skipped = composite("", ", bad_scene: skip", "skip");
  ASSERT_EQ(skipped.error, "");
  EXPECT_EQ(stored(skipped, "clear_count", "year")[0], 1);
  EXPECT_NE(skipped.log.find("scene A_20180717_1 left out: "), std::string::npos) << skipped.log;
  const Done red = composite(", encoding: source", ", bands: [red]", "red");
  ASSERT_EQ(red.error, "");
  EXPECT_EQ(stored(red, "red_p50", "year")[0], 600) << "the missing band is not asked for";
}

TEST_F(CompositeScenesTest, ATruncatedSceneIsAnErrorOrARecordedSkip) {
  draw("A_20180701_1", all(500), all(1));
  draw(
      "A_20180717_1",
      [](std::int64_t row, std::int64_t col) { return static_cast<int>((row * 7919 + col * 104729) % 9000); }, all(1));
  fs::resize_file(path_of("A_20180717_1", "red"), fs::file_size(path_of("A_20180717_1", "red")) - 40);
  const Done failed = composite("", "", "fail");
  EXPECT_NE(failed.error.find("scene A_20180717_1: "), std::string::npos) << failed.error;
  EXPECT_NE(failed.error.find("cut short"), std::string::npos) << failed.error;
  const Done skipped = composite(", encoding: source", ", bad_scene: skip", "skip");
  ASSERT_EQ(skipped.error, "");
  EXPECT_EQ(stored(skipped, "red_p50", "year")[0], 500);
  EXPECT_NE(skipped.log.find("scene A_20180717_1 left out: "), std::string::npos) << skipped.log;
}

TEST_F(CompositeScenesTest, ASceneWithoutAReferenceSystemIsAnErrorAndAnotherOneIsWarped) {
  const Window window{0, 0, kRows, kCols};
  draw("A_20180701_1", all(500), all(1));
  Grid none = grid();
  none.crs = "";
  draw_band("A_20180701_1", "red", all(500), none, window);
  const Done failed = composite("", "", "fail");
  EXPECT_NE(failed.error.find("scene A_20180701_1: "), std::string::npos) << failed.error;
  EXPECT_NE(failed.error.find("has no coordinate reference system"), std::string::npos) << failed.error;
  draw("A_20180717_1", all(700), all(1));
  const Done skipped = composite(", encoding: source", ", bad_scene: skip", "skip");
  ASSERT_EQ(skipped.error, "");
  EXPECT_EQ(stored(skipped, "red_p50", "year")[0], 700);
  EXPECT_NE(skipped.log.find("scene A_20180701_1 left out: "), std::string::npos) << skipped.log;
  for (const char* band : {"red", "nir", "class"}) fs::remove(path_of("A_20180717_1", band));
  // 4321000, 3210000 of EPSG:3035 lies near 10 E, 52 N.
  const Grid degrees{"EPSG:4326", 0.0002, 9.99, 52.01, 100};
  const Window wide{0, 0, 120, 120};
  for (const char* band : {"red", "nir"}) draw_band("A_20180701_1", band, all(500), degrees, wide);
  draw_band("A_20180701_1", "class", all(1), degrees, wide);
  const Done warped = composite(", encoding: source", "", "warped");
  ASSERT_EQ(warped.error, "");
  EXPECT_EQ(stored(warped, "red_p50", "year"), std::vector<float>(kPixels, 500));
}

TEST_F(CompositeScenesTest, AFileThatHoldsMoreThanItsProductSaysIsAnErrorOrARecordedSkip) {
  const Window window{0, 0, kRows, kCols};
  draw("A_20180701_1", all(500), all(1));
  draw("A_20180717_1", all(700), all(1));
  for (const DataType type : {DataType::float32, DataType::uint16}) {
    draw_band("A_20180717_1", "red", all(700), grid(), window, type);
    const std::string name(name_of(type));
    const Done failed = composite("", "", "fail_" + name);
    EXPECT_NE(failed.error.find("scene A_20180717_1: "), std::string::npos) << failed.error;
    EXPECT_NE(
        failed.error.find("A_20180717_1_red.tif holds " + name + " numbers, its product's description says int16"),
        std::string::npos)
        << failed.error;
    const Done skipped = composite(", encoding: source", ", bad_scene: skip", "skip_" + name);
    ASSERT_EQ(skipped.error, "");
    EXPECT_EQ(stored(skipped, "red_p50", "year")[0], 500);
    EXPECT_NE(skipped.log.find("scene A_20180717_1 left out: "), std::string::npos) << skipped.log;
  }
}

TEST_F(CompositeScenesTest, BandsOfOtherPixelsThanTheMaskTakeItsMarks) {
  draw("A_20180701_1", all(500), all(1));
  // Pixels of 15 m, whose four mean 100, 200, 300, 400 in turn; the mask has 30 m.
  draw_band(
      "A_20180701_1", "red",
      [](std::int64_t row, std::int64_t col) { return static_cast<int>(100 + 100 * (col % 2) + 200 * (row % 2)); },
      grid(15), {0, 0, 2 * kRows, 2 * kCols});
  draw_band("A_20180701_1", "class", [](std::int64_t row, std::int64_t col) { return row == 4 && col == 4 ? 3 : 1; },
            grid(), {0, 0, kRows, kCols});
  const Done done = composite(", encoding: source");
  ASSERT_EQ(done.error, "");
  const auto red = stored(done, "red_p50", "year");
  EXPECT_EQ(red[0], 250) << "mean of the four";
  EXPECT_EQ(red[4 * kCols + 4], -1);
  EXPECT_EQ(red[4 * kCols + 5], 250);
  const Done nearest = composite(", encoding: source", ", resampling: nearest", "nearest");
  EXPECT_EQ(stored(nearest, "red_p50", "year")[0], 400) << "the pixel right and below of the centre";
}

TEST_F(CompositeScenesTest, OfScenesOfOneDayTheClearerOneWinsThenTheNewer) {
  draw("A_20180701_0900", all(100), [](std::int64_t row, std::int64_t) { return row < 5 ? 3 : 1; });
  draw("B_20180701_0800", all(200), [](std::int64_t row, std::int64_t) { return row == 9 ? 3 : 1; });
  const auto first_last = [&](const std::string& merge) {
    const Done done = composite(", encoding: source, merge: " + merge, "", merge);
    EXPECT_EQ(done.error, "");
    const auto red = stored(done, "red_p50", "year"), count = stored(done, "clear_count", "year");
    return std::vector<float>{red[0], red[7 * kCols], red[9 * kCols], count[7 * kCols]};
  };
  EXPECT_EQ(first_last("best"), (std::vector<float>{200, 200, 100, 1}));
  EXPECT_EQ(first_last("none"), (std::vector<float>{200, 150, 100, 2}));
}

TEST_F(CompositeScenesTest, OrbitsAreStitchedByTheirCountsWithinBounds) {
  // Orbit A is seen four times, B once: its share of .2 counts as .4, that of A, .8, as .6.
  for (const int day : {1, 5, 9, 13}) draw(fmt::format("A_201807{:02}_1", day), all(100), all(1));
  draw("B_20180702_1", all(200), [](std::int64_t row, std::int64_t) { return row < 5 ? 1 : 3; });
  const Done done = composite(", encoding: source, merge: stitch");
  ASSERT_EQ(done.error, "");
  const auto red = stored(done, "red_p50", "year"), count = stored(done, "clear_count", "year");
  EXPECT_EQ(red[0], 140);
  EXPECT_EQ(red[9 * kCols], 100);
  EXPECT_EQ(count[0], 5);
}

TEST_F(CompositeScenesTest, WeightedMeansWeighScenesByTheirClearShare) {
  draw("A_20180701_1", all(100), all(1));
  draw("A_20180717_1", all(400), [](std::int64_t row, std::int64_t) { return row < 5 ? 1 : 3; });
  const Done done = run({make_composite_step}, recipe("{composite: {periods: years, min_clear: 0, encoding: source, "
                                                      "statistics: [mean, weighted_mean]}}"));
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(stored(done, "red_mean", "year")[0], 250);
  EXPECT_EQ(stored(done, "red_weighted_mean", "year")[0], 200) << "(100 x 1 + 400 x .5) / 1.5";
}

TEST_F(CompositeScenesTest, SelectionsKeepTheBandsOfADateTogether) {
  const Window window{0, 0, kRows, kCols};
  const int red[] = {500, 520, 900}, nir[] = {1500, 1000, 1100};
  for (int i = 0; i < 3; ++i) {
    const std::string scene = fmt::format("A_2018{:02}01_1", 4 + 3 * i);  // April, July, October
    draw(scene, all(red[i]), all(1));
    draw_band(scene, "nir", all(nir[i]), grid(), window);
  }
  const Done done = composite(
      ", encoding: source, select: [medoid, best, geomedian], metrics: ['red where ndvi is highest', 'nir mean over "
      "lower_quarter of red', 'red where nd(nir, red) is lowest']");
  ASSERT_EQ(done.error, "");
  const auto value = [&](const char* variable) { return stored(done, variable, "year")[5]; };
  EXPECT_EQ(value("red_medoid"), 520);
  EXPECT_EQ(value("nir_medoid"), 1000);
  EXPECT_EQ(value("nir_best"), 1000) << "1 July";
  EXPECT_EQ(value("red_ndvi_highest"), 500);
  EXPECT_EQ(value("nir_red_lower_quarter"), 1500);
  EXPECT_EQ(value("red_nd_nir_red_lowest"), 900);
  EXPECT_GT(value("nir_geomedian"), 1000);
  EXPECT_LT(value("nir_geomedian"), 1400);
  EXPECT_NE(composite(", select: [mediod]").error.find("unknown selection 'mediod' - did you mean 'medoid'?"),
            std::string::npos);
  EXPECT_NE(composite(", metrics: ['rde where ndvi is highest']").error.find("no band 'rde' - did you mean 'red'?"),
            std::string::npos);
}

TEST_F(CompositeScenesTest, AnOutlierIsTakenOutWhenAskedFor) {
  const int values[] = {500, 520, 3000, 510, 490};
  for (int i = 0; i < 5; ++i) draw(fmt::format("A_201807{:02}_1", 1 + 2 * i), all(values[i]), all(1));
  const Done off = composite(", encoding: source", "", "off"),
             on = composite(", encoding: source, outliers: 10", "", "on");
  ASSERT_EQ(off.error + on.error, "");
  EXPECT_EQ(stored(off, "clear_count", "year")[0], 5);
  EXPECT_EQ(stored(on, "clear_count", "year")[0], 4);
  EXPECT_EQ(stored(on, "red_p50", "year")[0], 505);
}

TEST_F(CompositeScenesTest, TheRunLogTellsTheSharesOfReadingKernelsAndWriting) {
  draw("A_20180701_1", all(500), all(1));
  const Done done = composite("");
  EXPECT_NE(done.log.find("read "), std::string::npos) << done.log;
  EXPECT_NE(done.log.find(" %, kernels "), std::string::npos) << done.log;
}

TEST_F(CompositeScenesTest, LittleMemoryMeansTheSameNumbers) {
  for (int day = 1; day < 9; ++day) {
    draw(
        fmt::format("A_201807{:02}_1", day),
        [day](std::int64_t row, std::int64_t col) { return static_cast<int>(day * 731 + row * 97 + col * 13) % 5000; },
        [day](std::int64_t row, std::int64_t col) { return (row * day + col) % 4 == 0 ? 3 : 1; });
  }
  const Done much = composite("", ", dilate: 35", "much"), little = composite("", ", dilate: 35", "little", 1000);
  ASSERT_EQ(much.error + little.error, "");
  for (const char* variable : {"red_p50", "nir_p50", "clear_count"})
    EXPECT_EQ(stored(much, variable, "year"), stored(little, variable, "year")) << variable;
}

}  // namespace
}  // namespace ecocube
