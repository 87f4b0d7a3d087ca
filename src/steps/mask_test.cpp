// SPDX-License-Identifier: Apache-2.0
#include "steps/mask.h"

#include "base/text.h"
#include "steps/scene_recipe_fixture.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

class MaskTest : public SceneRecipeFixture {
 protected:
  static std::map<std::string, double> shares(const fs::path& file) {
    std::ifstream stream(file);
    std::map<std::string, double> shares;
    for (std::string line; std::getline(stream, line);) {
      const auto fields = csv_fields(line);
      if (fields.size() == 3 && fields[1] != "word") shares[fields[1]] = *parse_number(fields[2]);
    }
    return shares;
  }
};

TEST_F(MaskTest, ADaysMaskTellsClearMaskedAndNotCovered) {
  draw("A_20180701_1", all(500), [](std::int64_t row, std::int64_t) { return row == 0 ? 0 : row < 4 ? 3 : 1; });
  const Done done = run({make_mask_step}, recipe("mask"));
  ASSERT_EQ(done.error, "");
  const auto clear = stored(done, "clear", "0701");
  EXPECT_EQ(clear[0], -1) << "fill";
  EXPECT_EQ(clear[kCols], 0);
  EXPECT_EQ(clear[4 * kCols], 1);
  const auto words = shares(done.root / "tiles/r000_c000/mask/20180701_20180701_shares.csv");
  EXPECT_NEAR(words.at("cloud"), 3.0 / 9, 1e-6);
  EXPECT_NEAR(words.at("land"), 6.0 / 9, 1e-6);
  EXPECT_NEAR(words.at("not masked"), 6.0 / 9, 1e-6);
  EXPECT_FALSE(words.contains("fill"));
  EXPECT_NE(done.log.find("cloud 33.3 %"), std::string::npos) << done.log;
}

TEST_F(MaskTest, APixelIsClearInAPeriodWhereAnySceneIs) {
  draw("A_20180701_1", all(500), [](std::int64_t row, std::int64_t) { return row < 5 ? 3 : 1; });
  draw("A_20180717_1", all(500), [](std::int64_t row, std::int64_t) { return row < 2 ? 3 : 1; });
  const Done done = run({make_mask_step}, recipe("{mask: {periods: months}}"));
  ASSERT_EQ(done.error, "");
  const auto clear = stored(done, "clear", "m07");
  EXPECT_EQ(clear[kCols], 0);
  EXPECT_EQ(clear[2 * kCols], 1);
  EXPECT_EQ(stored(done, "clear", "m08")[0], -1);
}

TEST_F(MaskTest, CloudsGrowByADiscInMetresAndFillDoesNot) {
  draw("A_20180701_1", all(500), [](std::int64_t row, std::int64_t col) {
    return col == 11 ? 0 : row == 5 && col == 5 ? 3 : 1;
  });
  const Done done = run({make_mask_step}, recipe("mask", ", dilate: 45"));
  ASSERT_EQ(done.error, "");
  const auto clear = stored(done, "clear", "0701");
  int masked = 0;
  for (const float state : clear) masked += state == 0 ? 1 : 0;
  EXPECT_EQ(masked, 9) << "30 m and 42 m away, but not 60 m";
  EXPECT_EQ(clear[5 * kCols + 10], 1) << "beside fill";
}

TEST_F(MaskTest, LandsatSceneHasTheSharesThatItsMetadataTell) {
  const fs::path data = fs::path(ECOCUBE_SOURCE_DIR "/../shared/data/landsat-c2-l2").lexically_normal();
  if (!fs::exists(data)) GTEST_SKIP() << "the folder shared/data/landsat-c2-l2 is not beside the checkout";
  // Pixels of the decimated scene are 445 m x 454 m: finer ones sample each of them alike.
  const std::string yaml = fmt::format(
      "cube: {{grid: {{crs: EPSG:32618, pixel: 60, origin: [378285, 275715], tile: 4000}}, area: {{bbox: [378285, "
      "43485, 606015, 275715]}}, years: 2019}}\nsources: {{landsat: {{format: landsat-c2-l2, path: \"{}\"}}}}\nsteps: "
      "[mask]\n",
      data.string());
  const Done done = run({make_mask_step}, yaml);
  ASSERT_EQ(done.error, "");
  const auto words = shares(done.root / "tiles/r000_c000/mask/20191201_20191201_shares.csv");
  ASSERT_TRUE(words.contains("cloud"));
  EXPECT_NEAR(words.at("cloud"), 0.811, 0.001);
  EXPECT_NEAR(words.at("cloud_shadow"), 0.062, 0.001);
  EXPECT_NEAR(words.at("clear"), 0.158, 0.001);
  EXPECT_NEAR(words.at("cirrus"), 0.055, 0.001);
}

}  // namespace
}  // namespace ecocube
