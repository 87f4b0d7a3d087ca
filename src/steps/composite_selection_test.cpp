// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_selection.h"

#include <cmath>

#include "methods/series/cloud_distance.h"
#include "methods/series/geometric_median.h"
#include "steps/composite.h"
#include "steps/composite_block.h"
#include "steps/composite_task.h"
#include "steps/scene_recipe_fixture.h"

namespace ecocube {
namespace {

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

class CompositeSelectionTest : public SceneRecipeFixture {
 protected:
  Done composite(const std::string& options, const std::string& source = "", const std::string& name = "out",
                 std::uint64_t memory = 1U << 30) {
    return run({make_composite_step},
               recipe("{composite: {periods: years, min_clear: 0, statistics: []" + options + "}}", source), name,
               memory);
  }
  /// A scene whose red and nir are the same everywhere.
  void draw_even(const std::string& scene, int red, int nir, const Draw& code = all(1)) {
    const Window window{0, 0, kRows, kCols};
    draw(scene, all(red), code);
    draw_band(scene, "nir", all(nir), grid(), window);
  }
  /// Four dates whose ndvi is 1/3, 3/5, 0 and 1/2.
  void draw_four() {
    draw_even("A_20180401_1", 1000, 2000);
    draw_even("A_20180601_1", 500, 2000);
    draw_even("A_20180801_1", 3000, 3000);
    draw_even("A_20181001_1", 900, 2700);
  }
  float at(const Done& done, const char* variable, std::size_t pixel = 5) {
    EXPECT_EQ(done.error, "");
    return done.error.empty() ? stored(done, variable, "year")[pixel] : -9;
  }
};

TEST_F(CompositeSelectionTest, TheGeometricMediansDeviationsAreThoseOfTheKernel) {
  draw_four();
  const Done done = composite(", encoding: float32, select: [geomedian, emad, smad, bcmad]");
  const std::vector<float> values{0.1F, 0.2F, 0.05F, 0.2F, 0.3F, 0.3F, 0.09F, 0.27F};
  const std::vector<std::uint8_t> valid(4, 1);
  std::vector<float> median(2), emad(1), smad(1), bcmad(1);
  series::geometric_median_plain({values, valid, 4, 2, 1}, {0, 1}, {.tolerance = 1e-6, .most_iterations = 1000},
                                 {median, emad, smad, bcmad});
  EXPECT_NEAR(at(done, "red_geomedian"), median[0], 1e-5);
  EXPECT_NEAR(at(done, "nir_geomedian"), median[1], 1e-5);
  EXPECT_NEAR(at(done, "geomedian_emad"), emad[0], 1e-5);
  EXPECT_NEAR(at(done, "geomedian_smad"), smad[0], 1e-5);
  EXPECT_NEAR(at(done, "geomedian_bcmad"), bcmad[0], 1e-5);
  EXPECT_GT(emad[0], 0.01F);
  EXPECT_GT(smad[0], 0.001F);
  // Bytes are too small for them, so auto takes 16 bits, with scales of their own.
  const Done scaled = composite(", select: [emad, smad, bcmad]", "", "scaled");
  EXPECT_EQ(at(scaled, "geomedian_emad"), std::floor(emad[0] / 0.0001 + 0.5));
  EXPECT_NEAR(at(scaled, "geomedian_smad"), smad[0] / 0.00001, 1);
  EXPECT_NEAR(at(scaled, "geomedian_bcmad"), bcmad[0] / 0.00002, 1);
  EXPECT_NE(composite(", encoding: uint8, select: [smad]")
                .error.find("encoding: uint8 stores bytes here, which are too small for geomedian_smad; take encoding: "
                            "uint16 or float32"),
            std::string::npos);
}

TEST_F(CompositeSelectionTest, TheBestPixelsDayIsTheDayOfTheYearNearestToTheTarget) {
  draw_four();
  const Done middle = composite(", encoding: source, select: [best, best_day]", "", "middle");
  EXPECT_EQ(at(middle, "best_day"), 213) << "1 August is 30 days from 2 July, 1 June 31";
  EXPECT_EQ(at(middle, "nir_best"), 3000);
  const Done early = composite(", encoding: source, select: [best, best_day], best_day_of_year: 80", "", "early");
  EXPECT_EQ(at(early, "best_day"), 91) << "1 April";
  EXPECT_EQ(at(early, "red_best"), 1000);
  const Done late =
      composite(", encoding: source, select: [best, best_day], best_day_of_year: 280, best_spread: 20", "", "late");
  EXPECT_EQ(at(late, "best_day"), 274) << "1 October";
}

TEST_F(CompositeSelectionTest, APixelFarFromCloudsMayBeatOneOfABetterDay) {
  // On the best day the left two columns are cloud; the other day is clear.
  draw_even("A_20180703_1", 500, 1000, [](std::int64_t, std::int64_t col) { return col < 2 ? 3 : 1; });
  draw_even("A_20180803_1", 700, 1400);
  const std::string best = ", encoding: source, select: [best]";
  const Done by_day = composite(best, "", "day");
  EXPECT_EQ(at(by_day, "red_best", 0), 700) << "cloud on the better day";
  EXPECT_EQ(at(by_day, "red_best", 2), 500);
  const Done by_cloud = composite(best + ", best_cloud_weight: 1, best_cloud_distance: 150", "", "cloud");
  EXPECT_EQ(at(by_cloud, "red_best", 2), 700) << "30 m from the cloud";
  EXPECT_EQ(at(by_cloud, "red_best", kCols - 1), 500) << "300 m from the cloud";
}

TEST_F(CompositeSelectionTest, DistancesToCloudsAreExactAndDoNotDependOnBlocks) {
  for (int i = 0; i < 4; ++i) {
    const auto cloud = [i](std::int64_t row, std::int64_t col) {
      return (row * 5 + col * 3 + i * 7) % 41 == 0 ? 3 : 1;
    };
    draw_even(fmt::format("A_2018{:02}03_1", 5 + i), 500 + 10 * i, 1000, cloud);
  }
  const std::string best =
      ", encoding: source, select: [best, best_day], best_cloud_weight: 2, best_cloud_distance: 200";
  const Done much = composite(best, "", "much"), little = composite(best, "", "little", 1000);
  ASSERT_EQ(much.error + little.error, "");
  EXPECT_EQ(stored(much, "best_day", "year"), stored(little, "best_day", "year"));
  EXPECT_EQ(stored(much, "red_best", "year"), stored(little, "red_best", "year"));
  // By hand: the distances of each date over the whole tile.
  std::vector<std::vector<float>> metres;
  for (int i = 0; i < 4; ++i) {
    std::vector<std::uint8_t> mask;
    for (std::int64_t row = 0; row < kRows; ++row) {
      for (std::int64_t col = 0; col < kCols; ++col) mask.push_back((row * 5 + col * 3 + i * 7) % 41 == 0 ? 1 : 0);
    }
    metres.push_back(series::cloud_distance(mask, {kRows, kCols, 30, 30}, 200));
  }
  const series::BestPixelOptions options{.target_day = 183, .first_day = 1, .last_day = 365, .clear_metres = 200};
  const auto chosen = stored(much, "best_day", "year");
  std::size_t not_nearest = 0;
  for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
    double highest = -1;
    int best_day = -1;
    for (std::size_t i = 0; i < 4; ++i) {
      const int day = day_of_year(make_day(2018, static_cast<unsigned>(5 + i), 3));
      const double score =
          series::day_score(day, options) + 2 * series::cloud_score(static_cast<double>(metres[i][pixel]), options);
      if (metres[i][pixel] > 0 && score > highest) highest = score, best_day = day;
    }
    EXPECT_EQ(chosen[pixel], static_cast<float>(best_day)) << pixel;
    not_nearest += best_day != 184 ? 1 : 0;
  }
  EXPECT_GT(not_nearest, 5U) << "clouds must have mattered";
}

TEST_F(CompositeSelectionTest, DistancesAreThoseOfTheMasksOwnPixels) {
  // Both scenes lie on other pixels than the cube's, and red on finer ones than the mask.
  const auto draw_fine = [&](const std::string& scene, int red, const Draw& code) {
    draw_band(scene, "red", all(red), grid(15), {-20, -20, 2 * kRows + 40, 2 * kCols + 40});
    draw_band(scene, "nir", all(1000), grid(60), {-5, -5, kRows, kCols});
    draw_band(scene, "class", code, grid(60), {-5, -5, kRows, kCols + 3});
  };
  draw_fine("A_20180703_1", 500, [](std::int64_t, std::int64_t col) { return col < 6 ? 3 : 1; });
  draw_fine("A_20180803_1", 700, all(1));
  const std::string best = ", encoding: source, select: [best], best_cloud_weight: 1, best_cloud_distance: 200";
  const Done done = composite(best);
  EXPECT_EQ(at(done, "red_best", 1), 700) << "cloud";
  EXPECT_EQ(at(done, "red_best", 2), 700) << "60 m from the middle of a cloud's pixel";
  EXPECT_EQ(at(done, "red_best", 9), 500) << "240 m";
}

TEST_F(CompositeSelectionTest, DilatedCloudsAreClouds) {
  draw_even("A_20180703_1", 500, 1000, [](std::int64_t, std::int64_t col) { return col < 2 ? 3 : 1; });
  draw_even("A_20180803_1", 700, 1400);
  const std::string best = ", encoding: source, select: [best], best_cloud_weight: 1, best_cloud_distance: 150";
  const Done plain = composite(best, "", "plain"), grown = composite(best, ", dilate: 95", "grown");
  EXPECT_EQ(at(plain, "red_best", 5), 500) << "120 m from the cloud";
  EXPECT_EQ(at(grown, "red_best", 5), 700) << "30 m from the grown cloud";
}

TEST_F(CompositeSelectionTest, HazeCountsAgainstAnObservation) {
  std::ifstream file(folder / "drawn.json");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  file.close();
  text.replace(text.find(R"("name": "nir")"), 13, R"("name": "blue")");
  std::ofstream(folder / "drawn.json") << text;
  // blue - 0.5 red - 0.08: 0.02 is hazy, -0.05 clear.
  for (const auto& [scene, blue] : {std::pair{"A_20180703_1", 1500}, std::pair{"A_20180803_1", 800}})
    draw_even(scene, 1000, blue);
  for (const char* scene : {"A_20180703_1", "A_20180803_1"})
    std::filesystem::rename(path_of(scene, "nir"), folder / "scenes" / (std::string(scene) + "_blue.tif"));
  text.replace(text.find(R"("file": "nir")"), 13, R"("file": "blue")");
  std::ofstream(folder / "drawn.json") << text;
  const Done plain = composite(", encoding: source, select: [best]", "", "plain");
  const Done clear = composite(", encoding: source, select: [best], best_haze_weight: 1", "", "clear");
  EXPECT_EQ(at(plain, "blue_best"), 1500);
  EXPECT_EQ(at(clear, "blue_best"), 800);
}

TEST_F(CompositeSelectionTest, OptionsOfTheBestPixelAreChecked) {
  draw_four();
  const auto error = [&](const std::string& options) { return composite(options).error; };
  expect_contains(error(", select: [medoid], best_spread: 20"),
                  "best_spread: it matters for select: [best] or [best_day] alone");
  expect_contains(error(", select: [best], best_day_weight: 0"), "all weights of the best pixel are 0");
  expect_contains(error(", select: [best], best_cloud_distance: 100"),
                  "best_cloud_distance: it matters with a best_cloud_weight alone");
  expect_contains(error(", select: [best], best_haze_weight: 1"),
                  "best_haze_weight: haze is seen in the bands blue and red, and drawn has no band 'blue' here");
  expect_contains(error(", select: [best], best_day_of_year: 367"), "best_day_of_year");
  const Done months = run({make_composite_step}, recipe("{composite: {periods: months, statistics: [], select: [best], "
                                                        "best_day_of_year: 15}}"));
  expect_contains(months.error,
                  "best_day_of_year: day 15 lies outside of the period m02, 2018-02-01 to "
                  "2018-02-28; give best_spread as well");
}

TEST_F(CompositeSelectionTest, TheYearOfAWinterCanOutweighItsDay) {
  // Winter 2018 runs from 2 December 2017 to 20 March 2018; its middle is 25 January.
  draw_even("A_20171225_1", 500, 1000);
  draw_even("A_20180308_1", 700, 1400);
  const auto best = [&](const std::string& options, const std::string& name) {
    const Done done = run({make_composite_step},
                          recipe("{composite: {periods: seasons, min_clear: 0, statistics: [], encoding: source, "
                                 "select: [best]" +
                                 options + "}}"),
                          name);
    EXPECT_EQ(done.error, "");
    return done.error.empty() ? stored(done, "red_best", "winter")[0] : -9;
  };
  EXPECT_EQ(best("", "day"), 500) << "31 days from the middle against 42";
  EXPECT_EQ(best(", best_year_weight: 5", "year"), 700);
}

TEST_F(CompositeSelectionTest, EveryPartOfARankGivesItsValue) {
  draw_four();  // by ndvi: 0 (red .3), 1/3 (.1), 1/2 (.09), 3/5 (.05)
  const Done done = composite(
      ", encoding: source, metrics: ['red where ndvi is highest', 'red where ndvi is lowest', 'red where ndvi is "
      "median', 'red mean over upper_quarter of ndvi', 'red mean over lower_quarter of ndvi', 'red mean over "
      "between_quarters of ndvi']");
  EXPECT_EQ(at(done, "red_ndvi_highest"), 500);
  EXPECT_EQ(at(done, "red_ndvi_lowest"), 3000);
  EXPECT_EQ(at(done, "red_ndvi_median"), 1000);
  EXPECT_EQ(at(done, "red_ndvi_upper_quarter"), 500) << "places from 2.25 on";
  EXPECT_EQ(at(done, "red_ndvi_lower_quarter"), 3000) << "places up to 0.75";
  EXPECT_EQ(at(done, "red_ndvi_between_quarters"), 950) << "places 1 and 2";
}

TEST_F(CompositeSelectionTest, ACarrierIsABandAnIndexOrADifferenceOfTwoBands) {
  draw_four();
  const Done done = composite(
      ", encoding: source, metrics: ['red where kndvi is highest', 'nir where savi is lowest', 'nir where red is "
      "lowest', 'red where nd(red, nir) is lowest', 'red where nirv is highest']");
  EXPECT_EQ(at(done, "red_kndvi_highest"), 500);
  EXPECT_EQ(at(done, "nir_savi_lowest"), 3000);
  EXPECT_EQ(at(done, "nir_red_lowest"), 2000);
  EXPECT_EQ(at(done, "red_nd_red_nir_lowest"), 500);
  EXPECT_EQ(at(done, "red_nirv_highest"), 900) << "(1/2 - .08) x .27 is more than (3/5 - .08) x .2";
  const auto error = [&](const std::string& metric) { return composite(", metrics: ['" + metric + "']").error; };
  expect_contains(error("red where evi is highest"),
                  "metrics: 'red where evi is highest': the index evi needs the band 'blue', which drawn lacks");
  expect_contains(error("red where ndvy is highest"), "no band or index 'ndvy' - did you mean 'ndvi'?");
  expect_contains(error("red where nd(red, nri) is highest"), "no band 'nri' - did you mean 'nir'?");
  expect_contains(error("red where ndvi is higest"), "did you mean 'highest'?");
}

/// No scenes, only a product: for what is estimated of it.
class ProductAlone : public SceneSource {
 public:
  ProductAlone() : SceneSource({}) {
    for (const char* name : {"red", "nir"})
      product_.bands.push_back({name, name, LayerKind::continuous, {DataType::int16, 0.0001, 0, -9999, ""}});
  }
  const Product& product() const override { return product_; }
  std::vector<TileScene> scenes_of(std::size_t, Day, Day) const override { return {}; }
  Result<std::unique_ptr<SceneFile>> open(const TileScene&, RasterPool&) const override {
    return input_error("there are no scenes");
  }
  SceneRecoding recoding(const TileScene&, std::size_t) const override { return {}; }
  bool mask_costs_all() const override { return false; }
  bool holds_files() const override { return false; }
  std::optional<PixelFrame> frame_of(std::size_t) const override { return std::nullopt; }

 private:
  Product product_;
};

TEST(CompositeMemory, WhatSelectionsAndDistancesHoldIsCounted) {
  const ProductAlone source;
  CompositeRules rules;
  rules.source = &source;
  rules.scenes.product = &source.product();
  rules.scenes.mask = &source.mask();
  rules.scenes.grid = {"EPSG:3035", 30, 0, 0, 1000};
  rules.outputs = *composite_outputs(source.product(), {{}, {}, {}, true, "source"});
  CompositeJob job;
  job.tile = {0, 0, 1000, 1000};
  for (int day = 0; day < 28; ++day) {
    TileScene scene;
    scene.day = make_day(2018, 7, static_cast<unsigned>(day + 1));
    job.scenes.push_back(scene);
  }
  const std::uint64_t plain = job.bytes_of_block(rules, 64);
  const CompositeOutput medoid{"red_medoid", 0, {}, rules.outputs.front().encoding, {}, SelectionOutput{}};
  rules.outputs.insert(rules.outputs.begin(), medoid);
  // Values, validity, a carrier and what it ranks, of each date of 512 pixels, for one thread at least.
  const std::uint64_t least = 512U * 28 * (2 * 4 + 1 + 4 + 4);
  const std::uint64_t selecting = job.bytes_of_block(rules, 64);
  EXPECT_GE(selecting, plain + least);
  rules.scenes.cloud_metres = 3000;
  // Distances of two blocks, and the mask 100 pixels round a block.
  const std::uint64_t stored = 2U * 28 * 64 * 1000 * 4, looked_at = 264U * 1200 * (8 + 4 + 4 + 1);
  EXPECT_GE(job.bytes_of_block(rules, 64), selecting + stored + looked_at);
}

}  // namespace
}  // namespace ecocube
