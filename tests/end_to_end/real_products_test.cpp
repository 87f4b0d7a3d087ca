// SPDX-License-Identifier: Apache-2.0
// The example recipes of products on real points and real maps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/options.h"
#include "data/cube/legend.h"
#include "io/file/file.h"
#include "map_image.h"
#include "program.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

class RealProductsTest : public testing::Test {
 protected:
  /// The folder of the finished run; empty when the data are not there.
  static fs::path run_example(const std::string& example, const std::string& folder,
                              const std::vector<std::string>& settings = {}) {
    const fs::path data = shared_data(folder);
    if (data.empty()) return {};
    const fs::path out = scratch_folder("real_" + example);
    std::vector<std::string> words{"run",   std::string(ECOCUBE_SOURCE_DIR) + "/examples/" + example + ".yaml",
                                   "--out", out.string(),
                                   "--set", "data=" + data.string()};
    for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
    const Ended ended = run_ecocube(words);
    EXPECT_EQ(ended.exit_code, 0) << ended.errors;
    return out;
  }

  static Value report_of(const fs::path& out) {
    const auto text = read_text(out / "model" / "report.json");
    EXPECT_TRUE(text) << out;
    return text ? Value::parse(*text) : Value::object();
  }

  static std::size_t valid_pixels(const MapImage& image) {
    return static_cast<std::size_t>(
        std::count_if(image.values.begin(), image.values.end(), [](double value) { return !std::isnan(value); }));
  }
};

#define ECOCUBE_RUN_EXAMPLE(out, example, folder, ...)            \
  const fs::path out = run_example(example, folder, __VA_ARGS__); \
  if (out.empty()) GTEST_SKIP() << "the folder shared/data/" folder " is not beside the checkout"

/// Sand and clay are learnt alike; both are shares of the fine earth.
void expect_texture(const fs::path& out, const std::string& property) {
  const fs::path tile = only_tile(out) / "predict";
  for (const int depth : {0, 30, 60, 90}) {
    const std::string name = fmt::format("{}_b{}cm", property, depth);
    const auto value = map_image(tile / "2000_values.tif", name).values,
               lower = map_image(tile / "2000_values.tif", name + "_lower90").values,
               upper = map_image(tile / "2000_values.tif", name + "_upper90").values,
               low = map_image(tile / "2000_values.tif", name + "_q05").values,
               high = map_image(tile / "2000_values.tif", name + "_q95").values;
    std::size_t pixels = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
      ASSERT_EQ(std::isnan(value[i]), std::isnan(lower[i]));
      if (std::isnan(value[i])) continue;
      ++pixels;
      ASSERT_GE(value[i], 0);
      ASSERT_LE(value[i], 100);
      ASSERT_LE(lower[i], upper[i]);
      ASSERT_LE(low[i], high[i]);
    }
    EXPECT_GT(pixels, 4000u) << name;
  }
}

TEST_F(RealProductsTest, EbergoetzensSandIsToldAtFourDepths) {
  ECOCUBE_RUN_EXAMPLE(out, "ebergoetzen", "soil-ebergoetzen", {"property=sand", "column=SNDMHT"});
  expect_texture(out, "sand");
  const Value nested = report_of(out)["nested"];
  std::printf("Ebergötzen, sand at all depths: nested R² %.3f, RMSE %.2f %%\n", nested["r2"].get<double>(),
              nested["rmse"].get<double>());
  EXPECT_GT(nested["r2"].get<double>(), 0.5);
  EXPECT_LT(nested["rmse"].get<double>(), 15);
}

TEST_F(RealProductsTest, EbergoetzensClayIsToldAtFourDepths) {
  ECOCUBE_RUN_EXAMPLE(out, "ebergoetzen", "soil-ebergoetzen", {"property=clay", "column=CLYMHT"});
  expect_texture(out, "clay");
  const Value nested = report_of(out)["nested"];
  std::printf("Ebergötzen, clay at all depths: nested R² %.3f, RMSE %.2f %%\n", nested["r2"].get<double>(),
              nested["rmse"].get<double>());
  EXPECT_GT(nested["r2"].get<double>(), 0.3);
}

TEST_F(RealProductsTest, EbergoetzensSoilTypesAreMapped) {
  ECOCUBE_RUN_EXAMPLE(out, "ebergoetzen-soil-type", "soil-ebergoetzen", {});
  const double accuracy = report_of(out)["nested"]["overall_accuracy"].get<double>();
  const MapImage map = map_image(only_tile(out) / "predict" / "2000.tif", "class");
  std::set<double> seen;
  for (const double value : map.values) {
    if (!std::isnan(value)) seen.insert(value);
  }
  std::printf("Ebergötzen, soil types: nested accuracy %.3f, %zu types on the map\n", accuracy, seen.size());
  // The most frequent type makes a quarter of the augers.
  EXPECT_GT(accuracy, 0.65);
  EXPECT_GE(seen.size(), 6u);
  EXPECT_GE(*seen.begin(), 1);
  EXPECT_LE(*seen.rbegin(), 11);
}

TEST_F(RealProductsTest, LatviasTwoSourcesOfPointsMakeOneMap) {
  ECOCUBE_RUN_EXAMPLE(out, "latvia", "lucas-corine-latvia", {});
  const MapImage level1 = map_image(only_tile(out) / "predict" / "2012.tif", "class_level1");
  EXPECT_EQ(valid_pixels(level1), level1.values.size());
  const std::vector<double> corine =
      values_at(level1, map_image(shared_data("lucas-corine-latvia") / "corine2012_100m_epsg3035.tif"));
  std::vector<double> expected;
  double woods = 0, pixels = 0;
  for (const double value : corine) {
    const LegendClass* entry = std::isnan(value) ? nullptr : clc_legend().with_value(static_cast<int>(value));
    expected.push_back(entry ? entry->code[0] - '0' : std::nan(""));
    pixels += entry ? 1 : 0;
    woods += entry && entry->code[0] == '2' ? 1 : 0;
  }
  const double share = equal_share(level1.values, expected);
  std::printf("Latvia: CORINE agrees at level 1 on %.3f of the pixels; farmland alone makes %.3f\n", share,
              woods / pixels);
  EXPECT_GT(share, woods / pixels + 0.1);
  EXPECT_GT(share, 0.65);
  // Both sources count: the survey in two years, the map in one.
  const std::string table = read_text(out / "overlay" / "table.csv").value_or("");
  for (const char* date : {",2009-0", ",2012-0", ",2012-06-30,"}) EXPECT_THAT(table, testing::HasSubstr(date));
}

}  // namespace
}  // namespace ecocube
