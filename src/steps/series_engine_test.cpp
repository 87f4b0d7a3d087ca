// SPDX-License-Identifier: Apache-2.0
#include "steps/series_engine.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "io/file/file.h"
#include "steps/raster_recipe_fixture.h"
#include "steps/series_engine_block.h"
#include "steps/series_engine_layout.h"

namespace ecocube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Encoding kBytes{DataType::uint8, 0.01, -1, 255, {}};
const Encoding kShorts{DataType::int16, 0.5, 0, -9999, {}};

/// The largest value that any layer holds within `reach` pixels, as a physical value; counts the values found.
class LargestAround : public SeriesKernel {
 public:
  explicit LargestAround(int reach) : reach_(reach) {}
  int halo_pixels() const override { return reach_; }
  std::size_t run(const SeriesBlock& block, const void*, series::PixelRange range,
                  SeriesResults& results) const override {
    const std::size_t all = block.pixels(), layers = block.layers().size();
    std::vector<float> values(all * layers), largest(range.end - range.begin);
    std::vector<std::uint8_t> valid(values.size()), found(largest.size());
    block.decode({0, all}, values, valid);
    const Window around = block.around();
    for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
      const auto place = static_cast<std::int64_t>(block.place_of(pixel));
      const std::int64_t row = place / around.cols, col = place % around.cols;
      float best = -std::numeric_limits<float>::infinity();
      for (std::int64_t r = std::max<std::int64_t>(0, row - reach_); r <= std::min(around.rows - 1, row + reach_);
           ++r) {
        for (std::int64_t c = std::max<std::int64_t>(0, col - reach_); c <= std::min(around.cols - 1, col + reach_);
             ++c) {
          for (std::size_t layer = 0; layer < layers; ++layer) {
            const std::size_t at = layer * all + static_cast<std::size_t>(r * around.cols + c);
            if (valid[at] != 0) best = std::max(best, values[at]);
          }
        }
      }
      largest[pixel - range.begin] = best;
      found[pixel - range.begin] = std::isfinite(best) ? 1 : 0;
    }
    for (std::size_t output = 0; output < 2; ++output) results.put(output, range, largest, found);
    return static_cast<std::size_t>(std::count(found.begin(), found.end(), 1));
  }

 private:
  int reach_;
};

/// Takes all variables together and makes `largest` (uint8) and `largest_wide` (int16) of them.
class LargestStep : public Step {
 public:
  explicit LargestStep(std::string name = "largest") : info_{std::move(name), "", "", "", "", 1} {}
  const StepInfo& info() const override { return info_; }
  void declare(OptionSet& options) override {
    options.add("reach", reach_, "pixels");
    options.add("variables", variables_, "to take");
    options.add("one_file", one_file_, "for both");
  }
  Result<void> plan(Planning& planning) override {
    ECOCUBE_TRY_ASSIGN(const auto chosen, choose_series(planning.layers(), variables_));
    job_.step = planning.step_name();
    job_.cube = planning.cube();
    SeriesGroup group{"all", {}, {}, std::make_shared<LargestAround>(reach_)};
    for (const SeriesVariable& variable : chosen)
      group.inputs.insert(group.inputs.end(), variable.layers.begin(), variable.layers.end());
    for (const Encoding& encoding : {kBytes, kShorts}) {
      Layer layer;
      layer.variable = encoding == kBytes ? "largest" : "largest_wide";
      layer.encoding = encoding;
      layer.period = group.inputs.front().period;
      group.outputs.push_back({layer, one_file_ ? "both.tif" : layer.variable + ".tif", {}});
    }
    job_.groups = {group};
    return plan_series(planning, job_);
  }
  Result<void> run(const Task& task, TaskRun& run) const override {
    ECOCUBE_TRY_ASSIGN(const SeriesOutcome outcome, run_series(job_, task, run));
    run.note(fmt::format("{} of {} cells", outcome.counts.front(), outcome.cells));
    return {};
  }

 private:
  StepInfo info_;
  int reach_ = 0;
  std::vector<std::string> variables_;
  bool one_file_ = false;
  SeriesJob job_;
};

class SeriesEngineTest : public RasterRecipeFixture {
 protected:
  const StepList steps{[] { return std::make_unique<LargestStep>(); },
                       [] { return std::make_unique<LargestStep>("largest-2"); }};

  /// Stored numbers with gaps, drawn from a seed.
  static std::vector<float> noise(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> all(kPixels);
    for (float& value : all) value = random() % 4 == 0 ? -1.0F : static_cast<float>(random() % 200);
    return all;
  }

  /// The largest stored number within `reach`, over the borders of tiles; -1 where none is.
  static std::vector<float> largest_of(const std::vector<std::vector<float>>& layers, std::int64_t reach) {
    std::vector<float> all(kPixels, -1);
    for (std::int64_t row = 0; row < kRows; ++row) {
      for (std::int64_t col = 0; col < kCols; ++col) {
        for (std::int64_t at = 0; at < kRows * kCols; ++at) {
          if (std::abs(at / kCols - row) > reach || std::abs(at % kCols - col) > reach) continue;
          for (const auto& layer : layers) {
            float& best = all[static_cast<std::size_t>(row * kCols + col)];
            best = std::max(best, layer[static_cast<std::size_t>(at)]);
          }
        }
      }
    }
    return all;
  }

  std::vector<std::string> notes(const Done& done, const std::string& task) const {
    for (const Value& event : read_run_log(done.root / "run-log.jsonl")) {
      if (event.value("task", "") == task) return event.at("notes").get<std::vector<std::string>>();
    }
    return {};
  }
};

TEST_F(SeriesEngineTest, AHaloReachesOverTheBordersOfTilesInSourcesAndInLayersOfStepsBefore) {
  const auto winter = noise(1), spring = noise(2);
  draw("ndvi", 0, winter, kBytes);
  draw("ndvi", 1, spring, kBytes);
  const Done done = run(steps, "[{largest: {reach: 2, variables: ndvi}}, {largest-2: {reach: 3, variables: largest}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(stored(done, "largest", 0), largest_of({winter, spring}, 5));
  const Task* task = done.plan.task_with_id("largest-2/" + done.plan.cube.tiles.front().name());
  ASSERT_TRUE(task);
  EXPECT_EQ(task->needs.size(), 4) << "all four tiles lie within its halo";
}

TEST_F(SeriesEngineTest, NothingIsReadFromHolesOfTheArea) {
  draw("ndvi", 0, std::vector<float>(kPixels, -1), kBytes);
  area = fmt::format("{{tiles: [{}, {}]}}", Tile{0, 0, {}}.name(), Tile{1, 1, {}}.name());
  const Done done = run(steps, "[{largest: {variables: ndvi}}, {largest-2: {reach: 3, variables: largest*}}]");
  ASSERT_EQ(done.error, "");
  ASSERT_EQ(done.plan.cube.tiles.size(), 2U);
  LayerReader reader(done.plan.cube.grid, done.root);
  for (const char* variable : {"largest", "largest_wide"}) {
    const Layer* layer = done.plan.layers.find(variable, period_of(0));
    for (const Tile& tile : done.plan.cube.tiles) {
      std::vector<float> values(static_cast<std::size_t>(tile.window.pixels()));
      std::vector<std::uint8_t> valid(values.size());
      ASSERT_TRUE(reader.read(*layer, tile.name(), tile.window, values, valid));
      EXPECT_EQ(std::count(valid.begin(), valid.end(), 0), tile.window.pixels()) << "nobody saw anything anywhere";
    }
  }
}

TEST_F(SeriesEngineTest, ATaskRunsAgainWhenItsHaloReachesFarther) {
  draw("ndvi", 0, noise(1), kBytes);
  std::map<std::string, std::set<std::string>> keys;
  for (const std::int64_t side : {16, 17}) {
    const Bounds box = grid().bounds({0, 0, side, side});
    area = fmt::format("{{bbox: [{}, {}, {}, {}]}}", box.min_x, box.min_y, box.max_x, box.max_y);
    for (const char* chosen : {"[{largest: {reach: 0}}]", "[{largest: {reach: 2}}]"}) {
      const Done done = run(steps, chosen, fmt::format("out{}", side));
      ASSERT_EQ(done.error, "");
      keys[chosen].insert(done.plan.tasks.front().key);
    }
  }
  EXPECT_EQ(keys["[{largest: {reach: 0}}]"].size(), 1U) << "the first tile is the same in both areas";
  EXPECT_EQ(keys["[{largest: {reach: 2}}]"].size(), 2U) << "a row and column more of the file are read";
}

TEST_F(SeriesEngineTest, WithoutAHaloATaskNeedsItsOwnTileAlone) {
  draw("ndvi", 0, noise(1), kBytes);
  const Done done = run(steps, "[{largest: {variables: ndvi}}, {largest-2: {variables: largest}}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(stored(done, "largest", 0), noise(1));
  const std::string tile = done.plan.cube.tiles[1].name();
  EXPECT_THAT(done.plan.task_with_id("largest-2/" + tile)->needs, ElementsAre("largest/" + tile));
}

TEST_F(SeriesEngineTest, LayersEncodedDifferentlyMeetAsPhysicalValues) {
  draw("low", 0, std::vector<float>(kPixels, 150), kBytes);                              // 0.5
  draw("high", 0, std::vector<float>(kPixels, 40), {DataType::uint16, 0.01, 0, 0, {}});  // 0.4
  auto some = std::vector<float>(kPixels, -1);
  some[7] = 2;  // 0.6
  draw("rare", 0, some, {DataType::float32, 0.3, 0, -9999, {}});
  const Done done = run(steps, "[{largest: {}}]");
  ASSERT_EQ(done.error, "");
  auto expected = std::vector<float>(kPixels, 150);
  expected[7] = 160;
  EXPECT_EQ(stored(done, "largest", 0), expected);
}

TEST_F(SeriesEngineTest, TheSameBytesForBlocksOfAnyHeightAndAnyNumberOfThreads) {
  draw("ndvi", 0, noise(1), kBytes);
  draw("ndvi", 1, noise(2), kBytes);
  std::map<std::string, std::string> first;
  for (const std::uint64_t memory : {std::uint64_t{1} << 30, (std::uint64_t{4} << 20) * 4 / 3 + 60000,
                                     (std::uint64_t{4} << 20) * 4 / 3 + 100000, std::uint64_t{1}}) {
    for (const int threads : {1, 4}) {
      settings.threads = threads;
      const Done done = run(steps, "[{largest: {reach: 2}}]", fmt::format("out{}_{}", memory, threads),
                            memory * static_cast<std::uint64_t>(threads));
      ASSERT_EQ(done.error, "");
      for (const Task& task : done.plan.tasks) {
        for (const std::string& output : task.outputs) {
          const std::string bytes = *read_text(done.root / output);
          EXPECT_EQ(first.emplace(output, bytes).first->second, bytes) << output << ", memory " << memory;
        }
      }
    }
  }
}

TEST_F(SeriesEngineTest, BlocksShrinkWithTheMemoryAndTheEstimateStaysBelowIt) {
  SeriesJob job;
  job.cube.area = {0, 0, 4000, 4000};
  SeriesGroup group{"ndvi", {}, {}, std::make_shared<LargestAround>(3)};
  for (int time = 0; time < 84; ++time) {
    Layer layer;
    layer.encoding = kBytes;
    layer.files = {{fmt::format("{}.tif", time), 1}};
    group.inputs.push_back(layer);
    group.outputs.push_back({layer, fmt::format("out{}.tif", time), {}});
  }
  job.groups = {group};
  const SeriesLayout layout = *SeriesLayout::of(job);
  EXPECT_EQ(layout.open_files, 168);
  const Window tile{0, 0, 1000, 1000};
  std::int64_t before = 0;
  for (const std::uint64_t megabytes : {192, 198, 205, 1000}) {
    const std::int64_t rows = layout.rows_per_block(job, tile, megabytes << 20);
    EXPECT_GT(rows, before);
    EXPECT_LE(layout.bytes_of_block(job, tile, rows), megabytes << 20);
    before = rows;
  }
  EXPECT_EQ(before, RasterWriter::kBlockRows);
}

TEST_F(SeriesEngineTest, TheRunLogTellsCountsAndWhereTheTimeWent) {
  draw("ndvi", 0, noise(1), kBytes);
  draw("ndvi", 1, noise(2), kBytes);
  const Done done = run(steps, "[{largest: {}}]");
  ASSERT_EQ(done.error, "");
  const Tile& tile = done.plan.cube.tiles.front();
  const auto told = notes(done, "largest/" + tile.name());
  ASSERT_EQ(told.size(), 2);
  EXPECT_THAT(told[0], testing::MatchesRegex("read [0-9]+ %, kernels [0-9]+ %, write [0-9]+ %; [0-9.]+ million "
                                             "px·dates per second and core in kernels"));
  const auto all = largest_of({noise(1), noise(2)}, 0);
  std::size_t found = 0;
  for (std::size_t i = 0; i < kPixels; ++i) {
    const auto row = static_cast<std::int64_t>(i) / kCols, col = static_cast<std::int64_t>(i) % kCols;
    const bool inside = row < tile.window.row + tile.window.rows && col < tile.window.col + tile.window.cols;
    found += inside && all[i] >= 0 ? 1 : 0;
  }
  EXPECT_EQ(told[1], fmt::format("{} of {} cells", found, 2 * tile.window.pixels()));
}

TEST_F(SeriesEngineTest, ABandThatDoesNotFitItsFileIsAnError) {
  draw("ndvi", 0, noise(1), kBytes);
  EXPECT_THAT(run(steps, "[{largest: {one_file: true}}]").error,
              HasSubstr("file both.tif: largest_wide cannot join largest"));
}

TEST_F(SeriesEngineTest, ADamagedFileIsNamed) {
  draw("ndvi", 0, noise(1), kBytes);
  draw("ndvi", 1, noise(2), kBytes);
  const auto file = folder / "rasters" / fmt::format("ndvi_{}.tif", period_of(1).id());
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 200);
  for (const int threads : {1, 4}) {
    settings.threads = threads;
    EXPECT_THAT(run(steps, "[{largest: {}}]", fmt::format("out{}", threads)).error, HasSubstr(file.string()));
  }
}

TEST(HeldEncoding, ShortNumbersStayAsTheyAreAndAllElseIsHeldInFloat) {
  const auto held = [](const std::vector<Encoding>& encodings) {
    std::vector<Layer> layers(encodings.size());
    for (std::size_t i = 0; i < encodings.size(); ++i) layers[i].encoding = encodings[i];
    return held_encoding(layers);
  };
  EXPECT_EQ(held({kBytes, kBytes}), kBytes);
  EXPECT_EQ(held({kShorts}), kShorts);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(held({kBytes, kShorts}), (Encoding{DataType::float32, 1, 0, nan, {}}));
  EXPECT_EQ(held({{DataType::uint8, 2, 1, -9999, {}}}), (Encoding{DataType::float32, 2, 1, nan, {}}))
      << "a byte is never -9999";
  EXPECT_EQ(held({{DataType::uint8, 2, 1, std::nullopt, {}}}), (Encoding{DataType::float32, 2, 1, nan, {}}));
  EXPECT_EQ(held({{DataType::int32, 2, 1, 0, {}}}), (Encoding{DataType::float32, 2, 1, nan, {}}));
}

TEST(HeldResults, PutsValuesAsTheEncodingWould) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> draw(-400, 400);
  for (const DataType type : {DataType::uint8, DataType::uint16, DataType::int16, DataType::float32, DataType::int32}) {
    const Encoding encoding{type, 0.7, -3, 17, {}};
    Layer layer;
    layer.encoding = encoding;
    const SeriesGroup group{"g", {}, {{layer, "a.tif", {}}, {layer, "b.tif", {}}}, nullptr};
    HeldResults results;
    results.begin(group, {0, 0, 3, 77});
    std::vector<float> values(100);
    std::vector<std::uint8_t> valid(100, 1);
    for (float& value : values) value = draw(random);
    values[3] = 0.7F * 17 - 3;  // onto the number for missing values
    values[4] = std::numeric_limits<float>::quiet_NaN();
    valid[5] = 0;
    SeriesResults& seen = results;
    seen.put(1, {50, 150}, values, valid);
    const auto check = [&]<class T>(T, auto is_missing) {
      const Planes<T> planes = seen.stored<T>(0, 2);
      EXPECT_TRUE(is_missing(planes.plane(0)[50]));
      for (std::size_t i = 0; i < 231; ++i) {
        const T number = planes.plane(1)[i];
        if (i < 50 || i >= 150 || i == 54 || i == 55) {
          EXPECT_TRUE(is_missing(number)) << i;
        } else {
          EXPECT_EQ(number, static_cast<T>(encoding.encoded(static_cast<double>(values[i - 50])))) << i;
        }
      }
    };
    const auto sentinel = [](auto number) { return number == 17; };
    if (type == DataType::uint8) check(std::uint8_t{}, sentinel);
    if (type == DataType::uint16) check(std::uint16_t{}, sentinel);
    if (type == DataType::int16) check(std::int16_t{}, sentinel);
    if (type == DataType::float32) check(float{}, sentinel);
    if (type == DataType::int32) check(float{}, [](float number) { return std::isnan(number); });
  }
}

TEST(PlaneStride, IsWholeLinesAndAnOddCountOfThem) {
  for (const std::size_t pixels : {1, 63, 64, 65, 128, 131072, 512512}) {
    EXPECT_GE(plane_stride(pixels), pixels);
    EXPECT_EQ(plane_stride(pixels) % 64, 0);
    EXPECT_EQ(plane_stride(pixels) / 64 % 2, 1);
  }
}

TEST(ChooseSeries, TakesMeasuredLayersAloneUnlessSomethingElseIsNamed) {
  LayerSet layers;
  for (const auto& [name, kind] : {std::pair("ndvi", LayerKind::continuous), std::pair("ndvi_error", LayerKind::error),
                                   std::pair("ndvi_source", LayerKind::source)}) {
    Layer layer;
    layer.variable = name;
    layer.kind = kind;
    layer.encoding.no_data = 255;
    layer.period = PeriodScheme::seasons().of_year(2015).front();
    layers.put(layer);
  }
  const auto chosen = choose_series(layers, {});
  ASSERT_TRUE(chosen) << chosen.error().message;
  ASSERT_EQ(chosen->size(), 1U);
  EXPECT_EQ(chosen->front().name, "ndvi");
  const auto named = choose_series(layers, {"ndvi_error"});
  ASSERT_FALSE(named);
  EXPECT_NE(named.error().message.find("ndvi_error is of kind error, not continuous"), std::string::npos)
      << named.error().message;
}

}  // namespace
}  // namespace ecocube
