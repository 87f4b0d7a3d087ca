// SPDX-License-Identifier: Apache-2.0
// The templates on a small simulated world, as `ecocube new` writes them: each map is held against the truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/options.h"
#include "data/cube/legend.h"
#include "io/file/file.h"
#include "map_image.h"
#include "program.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kArea = "cube.area.bbox=[4044000, 3204720, 4047690, 3208410]";
/// Smaller learners than a map for people would have: seconds matter here.
const std::vector<std::string> kQuick{"steps.train.forest_trees=40", "steps.train.folds=3"};

/// How well a number tells pixels where something is from those where it is not, over all thresholds.
struct Separation {
  double area_under_curve = 0;  ///< of the receiver's characteristic; .5: no better than chance
  double best_skill = 0;        ///< sensitivity + specificity - 1 at its best threshold
};

Separation separation(const std::vector<double>& number, const std::vector<double>& chance, double threshold) {
  std::vector<std::pair<double, bool>> sorted;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (!std::isnan(number[i]) && !std::isnan(chance[i])) sorted.emplace_back(-number[i], chance[i] >= threshold);
  }
  std::sort(sorted.begin(), sorted.end());
  const auto there =
      static_cast<double>(std::count_if(sorted.begin(), sorted.end(), [](auto& one) { return one.second; }));
  const double elsewhere = static_cast<double>(sorted.size()) - there;
  Separation found;
  double hits = 0, alarms = 0;
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    double more_hits = 0;
    while (end < sorted.size() && sorted[end].first == sorted[begin].first) more_hits += sorted[end++].second ? 1 : 0;
    const double more_alarms = static_cast<double>(end - begin) - more_hits;
    found.area_under_curve += more_alarms * (hits + more_hits / 2);
    hits += more_hits, alarms += more_alarms;
    found.best_skill = std::max(found.best_skill, hits / there - alarms / elsewhere);
  }
  found.area_under_curve /= there * elsewhere;
  return found;
}

class ProductsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    world = scratch_folder("products_world");
    const Ended made = run_ecocube({"simulate", "--out", world.string(), "--size", "240x160", "--points", "1500"});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
  }

  /// Runs a recipe of a template as it is, but for the area, the learners and `more`.
  static Ended run(const std::string& name, const fs::path& out, const std::string& file = "recipe.yaml",
                   const std::vector<std::string>& more = {}) {
    const fs::path folder = scratch_folder("products_template_" + name);
    const Ended written = run_ecocube({"new", folder.string(), "--template", name});
    EXPECT_EQ(written.exit_code, 0) << written.errors;
    std::vector<std::string> words{"run",   (folder / file).string(),  "--out", out.string(),
                                   "--set", "world=" + world.string(), "--set", kArea};
    for (const std::string& setting : kQuick) words.insert(words.end(), {"--set", setting});
    if (name == "land-cover") words.insert(words.end(), {"--set", "steps.composite.statistics=[p50]"});
    words.insert(words.end(), more.begin(), more.end());
    return run_ecocube(words);
  }

  /// The run of a template on two threads, made once.
  static fs::path done(const std::string& name, const std::string& file = "recipe.yaml") {
    const std::string key = name + "_" + fs::path(file).stem().string();
    const auto [found, fresh] = folders.emplace(key, "");
    if (!fresh) return found->second;
    const fs::path out = scratch_folder("products_" + key);
    const Ended ended = run(name, out, file, {"--threads", "2"});
    EXPECT_EQ(ended.exit_code, 0) << ended.errors;
    return found->second = out;
  }

  static fs::path truth(const std::string& name) { return world / "truth" / (name + ".tif"); }

  /// Files that people get: the model, its report, and all that is published.
  static std::map<std::string, std::string> hashes(const fs::path& out) {
    std::map<std::string, std::string> kept;
    for (const auto& [path, hash] : hashes_below(out)) {
      if (path.starts_with("model/") || path.starts_with("cube/") || path.starts_with("tiles/"))
        kept.emplace(path, hash);
    }
    return kept;
  }

  static void expect_same_bytes_on_one_thread(const std::string& name) {
    const fs::path two = done(name), one = scratch_folder("products_one_thread_" + name);
    const Ended ended = run(name, one, "recipe.yaml", {"--threads", "1"});
    ASSERT_EQ(ended.exit_code, 0) << ended.errors;
    const auto expected = hashes(two);
    EXPECT_TRUE(expected.contains("model/model.ecomodel"));
    EXPECT_THAT(differences(hashes(one), expected), IsEmpty());
  }

  static inline fs::path world;
  static inline std::map<std::string, fs::path> folders;
};

TEST_F(ProductsTest, LandCoverAgreesWithTheTruthAndMoreSoWhenSmoothed) {
  const fs::path tile = only_tile(done("land-cover"));
  double mapped = 0, smoothed = 0, first_level = 0;
  for (int year = 2015; year <= 2020; ++year) {
    const MapImage map = map_image(tile / "predict" / fmt::format("{}.tif", year), "class");
    const std::vector<double> classes = values_at(map, map_image(truth(fmt::format("landcover_{}", year))));
    mapped += equal_share(map.values, classes) / 6;
    smoothed += equal_share(map_image(tile / "smooth-classes" / fmt::format("{}_class.tif", year)).values, classes) / 6;
    std::vector<double> levels;
    for (const double value : classes) {
      const LegendClass* entry = std::isnan(value) ? nullptr : clc_legend().with_value(static_cast<int>(value));
      levels.push_back(entry ? entry->code[0] - '0' : std::nan(""));
    }
    first_level +=
        equal_share(map_image(tile / "predict" / fmt::format("{}.tif", year), "class_level1").values, levels) / 6;
  }
  std::printf("land cover: %.3f of the pixels are right, %.3f when smoothed, %.3f at level 1\n", mapped, smoothed,
              first_level);
  EXPECT_GT(mapped, 0.80);
  EXPECT_GT(smoothed, mapped + 0.01);
  EXPECT_GT(first_level, mapped + 0.02);
}

TEST_F(ProductsTest, ClassSetsHoldTheTrueClassAsOftenAsTheyPromise) {
  const fs::path file = only_tile(done("land-cover")) / "predict" / "2018.tif";
  const MapImage size = map_image(file, "class_set_size");
  const std::vector<double> classes = values_at(size, map_image(truth("landcover_2018")));
  std::map<int, std::vector<double>> members;
  double pixels = 0, held = 0, sizes = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (std::isnan(classes[i]) || std::isnan(size.values[i])) continue;
    const LegendClass* entry = clc_legend().with_value(static_cast<int>(classes[i]));
    ASSERT_NE(entry, nullptr);
    if (!members.contains(entry->value)) members[entry->value] = map_image(file, "set_" + entry->code).values;
    ++pixels;
    held += members[entry->value][i];
    sizes += size.values[i];
  }
  std::printf("class sets of 90 %%: %.3f hold the true class, %.2f classes on average\n", held / pixels,
              sizes / pixels);
  // Labels of points are wrong now and then, pixels are not: sets hold the truth more often than the labels.
  EXPECT_GT(held / pixels, 0.87);
  EXPECT_LT(held / pixels, 0.99);
  EXPECT_LT(sizes / pixels, 3);
}

TEST_F(ProductsTest, ChangeSaysWhereTheYearsDiffer) {
  const fs::path tile = only_tile(done("land-cover")) / "change";
  const MapImage before = map_image(tile / "class_before.tif"), after = map_image(tile / "class_after.tif"),
                 changed = map_image(tile / "change.tif", "class_changed");
  const std::vector<double> first = values_at(before, map_image(truth("landcover_2015"))),
                            last = values_at(before, map_image(truth("landcover_2020")));
  double right = 0, told = 0, real = 0;
  for (std::size_t i = 0; i < before.values.size(); ++i) {
    if (std::isnan(changed.values[i]) || std::isnan(first[i])) continue;
    ASSERT_EQ(changed.values[i], before.values[i] == after.values[i] ? 0 : 1);
    told += changed.values[i];
    real += first[i] != last[i] ? 1 : 0;
    right += changed.values[i] == 1 && first[i] != last[i] ? 1 : 0;
  }
  std::printf("change: %.0f pixels told, %.0f real, %.0f both\n", told, real, right);
  EXPECT_GT(right / told, 0.4);
  EXPECT_GT(right / real, 0.3);
}

TEST_F(ProductsTest, ATreeIsFoundWhereItStandsAndWhereItCould) {
  const fs::path realized = only_tile(done("species")), potential = only_tile(done("species", "potential.yaml"));
  const MapImage map = map_image(realized / "predict" / "2018_2020_classes.tif", "probability_presence");
  const std::vector<double> stands = values_at(map, map_image(truth("species_2019"))),
                            could = values_at(map, map_image(truth("species_potential")));
  const Separation there = separation(map.values, stands, 30);
  const double of_stands = correlation(map.values, stands);
  const MapImage wide = map_image(potential / "predict" / "2020_classes.tif", "probability_presence");
  const double of_could = correlation(wide.values, could);
  std::printf("species: area under the curve %.3f, TSS %.3f, correlation %.3f; potential: correlation %.3f\n",
              there.area_under_curve, there.best_skill, of_stands, of_could);
  EXPECT_GT(there.area_under_curve, 0.95);
  EXPECT_GT(there.best_skill, 0.8);
  EXPECT_GT(of_stands, 0.75);
  EXPECT_GT(of_could, 0.8);
  // The potential is told by the ground alone: man's clearings do not show in it.
  EXPECT_GT(of_could, correlation(wide.values, stands));
}

TEST_F(ProductsTest, CarbonIsRightAtEveryDepthAndItsIntervalsHold) {
  const fs::path file = only_tile(done("soil")) / "predict" / "2018_2020_values.tif";
  double held = 0, pixels = 0, last_mean = 1e9;
  for (const int depth : {0, 30, 60, 100}) {
    const std::string name = fmt::format("carbon_b{}cm", depth);
    const MapImage map = map_image(file, name);
    const std::vector<double> carbon = values_at(map, map_image(truth(name)));
    const Agreement found = agreement(map.values, carbon);
    const std::vector<double> lower = map_image(file, name + "_lower90").values,
                              upper = map_image(file, name + "_upper90").values;
    double inside = 0, all = 0, mean = 0;
    for (std::size_t i = 0; i < carbon.size(); ++i) {
      if (std::isnan(carbon[i]) || std::isnan(lower[i])) continue;
      ASSERT_LE(lower[i], upper[i]);
      ++all;
      inside += lower[i] <= carbon[i] && carbon[i] <= upper[i] ? 1 : 0;
      mean += map.values[i];
    }
    std::printf("%s: RMSE %.2f g/kg, R² %.3f, mean %.2f; the interval holds %.3f\n", name.c_str(), found.rmse, found.r2,
                mean / all, inside / all);
    // No horizon has its middle at the surface: there the depth is beyond what was dug.
    EXPECT_GT(found.r2, depth == 0 ? 0.35 : 0.45);
    EXPECT_LT(mean / all, last_mean) << "carbon fades with depth";
    last_mean = mean / all;
    held += inside, pixels += all;
  }
  std::printf("all depths: the interval of 90 %% holds %.3f\n", held / pixels);
  EXPECT_GT(held / pixels, 0.85);
  EXPECT_LT(held / pixels, 0.98);
}

TEST_F(ProductsTest, NamesFollowTheConvention) {
  const auto names_below = [](const fs::path& out) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(out / "cube")) {
      if (entry.path().extension() == ".tif") names.push_back(entry.path().filename().string());
    }
    return names;
  };
  const auto soil = names_below(done("soil"));
  EXPECT_THAT(soil, testing::Contains("carbon_predict_m_30m_b30cm_20150101_20171231_soil_epsg.3035_v1.tif"));
  EXPECT_THAT(soil, testing::Contains("carbon_predict_lower.90_30m_b100cm_20180101_20201231_soil_epsg.3035_v1.tif"));
  EXPECT_THAT(soil, testing::Contains("outside_predict_c_30m_b0cm_20180101_20201231_soil_epsg.3035_v1.tif"));
  const auto cover = names_below(done("land-cover"));
  EXPECT_THAT(cover,
              testing::Contains("landcover.level1_predict_c_30m_s_20150101_20151231_land-cover_epsg.3035_v1.tif"));
  EXPECT_THAT(cover,
              testing::Contains("landcover.before_change_c_30m_s_20150101_20201231_land-cover_epsg.3035_v1.tif"));
  EXPECT_THAT(cover,
              testing::Contains("landcover.311.slope_trend_m_30m_s_20150101_20201231_land-cover_epsg.3035_v1.tif"));
  for (const auto& names : {soil, cover}) {
    for (const std::string& name : names) EXPECT_EQ(std::count(name.begin(), name.end(), '_'), 9) << name;
  }
}

TEST_F(ProductsTest, ATrainedModelIsRefusedWhereALayerStoresItsNumbersOtherwise) {
  const fs::path out = done("species", "potential.yaml"), folder = scratch_folder("products_other_scale");
  const fs::path legend = fs::path(ECOCUBE_SOURCE_DIR) / "templates" / "species" / "legend.csv";
  const auto recipe = [&](const char* scale) {
    return fmt::format(
        "cube:\n  name: other\n  grid: {{crs: EPSG:3035, pixel: 30, origin: [900000, 5460010], tile: 200}}\n"
        "  area: {{bbox: [4044000, 3204720, 4047690, 3208410]}}\n  years: 2020\n"
        "sources:\n  ground: {{format: rasters, path: \"{}/static/{{variable}}.tif\", static: true{}}}\n"
        "steps:\n  - terrain: {{}}\n  - predict: {{model: {}/model/model.ecomodel}}\nlegend: {}\n",
        world.string(), scale, out.string(), legend.string());
  };
  ASSERT_TRUE(write_text(folder / "same.yaml", recipe("")));
  const Ended same = run_ecocube({"run", (folder / "same.yaml").string(), "--out", (folder / "same").string()});
  EXPECT_EQ(same.exit_code, 0) << same.errors;
  ASSERT_TRUE(write_text(folder / "other.yaml", recipe(", scale: 2")));
  const Ended other = run_ecocube({"run", (folder / "other.yaml").string(), "--out", (folder / "other").string()});
  EXPECT_NE(other.exit_code, 0);
  EXPECT_THAT(other.errors,
              HasSubstr("feature elevation: the model was trained on numbers stored as value = stored x 1"));
}

TEST_F(ProductsTest, LevelsAndChangesCarryColoursAndNames) {
  const auto classes_of = [](const fs::path& out, const std::string& name) {
    for (const auto& entry : fs::recursive_directory_iterator(out / "cube")) {
      if (entry.path().extension() != ".json" || entry.path().filename() == "collection.json") continue;
      const Value item = Value::parse(read_text(entry.path()).value_or("{}"));
      if (item.contains("assets") && item["assets"].contains(name))
        return item["assets"][name].value("classification:classes", Value::array());
    }
    return Value::array();
  };
  const fs::path out = done("land-cover");
  EXPECT_EQ(classes_of(out, "class_level1").size(), 5u);
  EXPECT_EQ(classes_of(out, "class_before").size(), 12u);
  EXPECT_THAT(classes_of(out, "class_level1").dump(), HasSubstr("Forest and semi natural areas"));
}

TEST_F(ProductsTest, OneThreadMakesTheBytesOfTwoForLandCover) {
  expect_same_bytes_on_one_thread("land-cover");
}

TEST_F(ProductsTest, OneThreadMakesTheBytesOfTwoForASpecies) {
  expect_same_bytes_on_one_thread("species");
}

TEST_F(ProductsTest, OneThreadMakesTheBytesOfTwoForSoil) {
  expect_same_bytes_on_one_thread("soil");
}

}  // namespace
}  // namespace ecocube
