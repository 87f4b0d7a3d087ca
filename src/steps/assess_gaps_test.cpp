// SPDX-License-Identifier: Apache-2.0
#include "steps/assess_gaps.h"

#include <fstream>

#include "io/file/file.h"
#include "steps/gap_assessment.h"
#include "steps/raster_recipe_fixture.h"

namespace ecocube {
namespace {

class AssessGaps : public RasterRecipeFixture {
 protected:
  /// Twelve seasons: the pixel's own level and a summer; some values miss.
  void draw_seasons() const {
    for (int season = 0; season < 12; ++season) {
      std::vector<float> stored(kPixels);
      for (std::size_t pixel = 0; pixel < kPixels; ++pixel) {
        stored[pixel] = 60.0F + static_cast<float>(pixel % 40) + (season % 4 == 2 ? 50.0F : 0.0F) +
                        static_cast<float>((pixel * 31 + static_cast<std::size_t>(season) * 7) % 5);
        if ((pixel + static_cast<std::size_t>(season) * 13) % 17 == 0) stored[pixel] = -1;
      }
      draw("ndvi", season, stored);
    }
  }
};

TEST_F(AssessGaps, WritesAReportAndTheTableThatFillGapsReads) {
  draw_seasons();
  const Done done = run({make_assess_gaps_step}, "[{assess-gaps: {methods: [linear, tmwm]}}]");
  ASSERT_EQ(done.error, "");
  const auto known = read_gap_knowledge(done.root / "assess-gaps/assessment.json");
  ASSERT_TRUE(known) << known.error().message;
  ASSERT_EQ(known->size(), 1U);
  EXPECT_EQ(known->front().variable, "ndvi");
  ASSERT_TRUE(known->front().assessment);
  const series::GapAssessment& table = *known->front().assessment;
  EXPECT_EQ(table.methods, (std::vector<std::string>{"linear", "tmwm"}));
  // The summers are alike, so the same season of other years tells more than the neighbouring seasons.
  for (int slot = 0; slot < 4; ++slot) EXPECT_EQ(table.choice(false, slot).weights[1], 1.0);
  const auto html = read_text(done.root / "assess-gaps/report.html");
  ASSERT_TRUE(html);
  EXPECT_NE(html->find("tmwm"), std::string::npos);
  EXPECT_NE(html->find("</html>"), std::string::npos);
}

TEST_F(AssessGaps, TheTableComesBackBitForBit) {
  draw_seasons();
  const Done done = run({make_assess_gaps_step}, "[{assess-gaps: {methods: [linear, tmwm]}}]");
  ASSERT_EQ(done.error, "");
  const auto known = read_gap_knowledge(done.root / "assess-gaps/assessment.json");
  ASSERT_TRUE(known);
  GapKnowledge one = known->front();
  one.statistics.emplace();
  one.statistics->times = 2;
  one.statistics->any_value = true;
  one.statistics->mean = {0.1, 1.0 / 3}, one.statistics->correlation = {1, 0.7, 0.7, 1};
  one.statistics->distance = {{0.3, 2.5}};
  const auto file = folder / "again.json";
  ASSERT_TRUE(write_gap_knowledge({one}, file));
  const auto again = read_gap_knowledge(file);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->front().statistics->any_value);
  EXPECT_EQ(again->front().statistics->mean, one.statistics->mean);
  EXPECT_EQ(again->front().statistics->correlation, one.statistics->correlation);
  EXPECT_EQ(again->front().statistics->distance[0].range, 2.5);
  for (std::size_t i = 0; i < one.assessment->expected.size(); ++i) {
    const double a = one.assessment->expected[i].error, b = again->front().assessment->expected[i].error;
    EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)));
  }
}

TEST_F(AssessGaps, AnUnknownMethodIsNamedWithTheNearestKnownOne) {
  draw_seasons();
  const Done done = run({make_assess_gaps_step}, "[{assess-gaps: {methods: [harmonik]}}]");
  EXPECT_NE(done.error.find("'harmonik'"), std::string::npos) << done.error;
  EXPECT_NE(done.error.find("harmonic"), std::string::npos) << done.error;
}

TEST_F(AssessGaps, ALargeAreaIsSampledTheSameWayEachTime) {
  Cube cube;
  cube.name = "large";
  cube.grid = grid();
  cube.grid.tile_pixels = 1000;
  cube.area = {0, 0, 2000, 2000};
  cube.tiles = tiles_of(cube.grid, cube.area);
  const auto places = choose_chips(cube, 84, {});
  EXPECT_EQ(places.size(), 24U);
  std::size_t tiles_met = 0;
  for (const Tile& tile : cube.tiles) {
    bool met = false;
    for (const ChipPlace& place : places) met = met || intersection(tile.window, place.window) == place.window;
    tiles_met += met;
  }
  EXPECT_EQ(tiles_met, 4U);
  const auto again = choose_chips(cube, 84, {});
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(places[i].window, again[i].window);
  // Little memory takes fewer, never none.
  EXPECT_LT(choose_chips(cube, 84, {.memory_bytes = 100U << 20}).size(), 24U);
  EXPECT_EQ(choose_chips(cube, 84, {.memory_bytes = 1}).size(), 1U);
}

TEST_F(AssessGaps, SquaresLieOnTheTilesLatticeAndLeaveSliversOut) {
  Cube cube;
  cube.grid = grid();
  cube.grid.tile_pixels = 100;
  cube.area = {0, 0, 180, 130};  // tiles of 100 and 80 rows, of 100 and 30 columns
  cube.tiles = tiles_of(cube.grid, cube.area);
  ASSERT_EQ(cube.tiles.size(), 4U);
  std::vector<Window> windows;
  for (const ChipPlace& place : choose_chips(cube, 4, {.chips = 1000, .whole_pixels = 0}))
    windows.push_back(place.window);
  EXPECT_EQ(windows, (std::vector<Window>{{0, 0, 64, 64},
                                          {0, 64, 64, 36},
                                          {64, 0, 36, 64},
                                          {64, 64, 36, 36},
                                          {0, 100, 64, 30},
                                          {64, 100, 36, 30},
                                          {100, 0, 64, 64},
                                          {100, 64, 64, 36},
                                          {100, 100, 64, 30}}))
      << "16 rows of the lower tiles are a sliver; 30 columns are all that the right ones have";
}

TEST_F(AssessGaps, AFileThatIsNoAssessmentIsAnError) {
  std::ofstream(folder / "odd.json") << "{\"a\": 1}";
  const auto read = read_gap_knowledge(folder / "odd.json");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("odd.json"), std::string::npos);
}

}  // namespace
}  // namespace ecocube
