// SPDX-License-Identifier: Apache-2.0
// The main job on a small simulated world: whole, again, with other threads and memory, and killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "io/file/file.h"
#include "io/raster/raster.h"
#include "program.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class WorldTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    world = scratch_folder("world");
    const Ended made = run_ecocube({"simulate", "--out", world.string(), "--size", "200x130", "--centre", "6.0,51.9",
                                    "--years", "2015..2016", "--points", "500"});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    out = scratch_folder("world_run");
    const auto start = std::chrono::steady_clock::now();
    first = run_into(out, {"--threads", "2"});
    milliseconds = static_cast<int>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count());
  }

  static std::vector<std::string> command(const fs::path& folder, const std::vector<std::string>& more) {
    std::vector<std::string> words{"run",   std::string(ECOCUBE_SOURCE_DIR) + "/tests/end_to_end/world.yaml",
                                   "--set", "world=" + world.string(),
                                   "--out", folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Ended run_into(const fs::path& folder, const std::vector<std::string>& more, int kill_after_ms = 0) {
    return run_ecocube(command(folder, more), kill_after_ms);
  }

  void SetUp() override { ASSERT_EQ(first.exit_code, 0) << first.errors; }

  static inline fs::path world, out;
  static inline Ended first;
  static inline int milliseconds = 0;
};

TEST_F(WorldTest, TheMainJobRunsFromArchiveToCatalogue) {
  EXPECT_TRUE(fs::exists(out / "cube" / "catalog.json"));
  EXPECT_TRUE(fs::exists(out / "model" / "report.html"));
  EXPECT_TRUE(fs::exists(out / "recipe.yaml"));
  EXPECT_TRUE(fs::exists(out / "run-log.jsonl"));
}

TEST_F(WorldTest, ASecondRunDoesNothingAgain) {
  const auto before = hashes_below(out);
  const Ended again = run_into(out, {});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.errors, HasSubstr("0 tasks done"));
  EXPECT_THAT(differences(hashes_below(out), before), testing::IsEmpty());
}

TEST_F(WorldTest, ThreadsAndMemoryDoNotChangeAByte) {
  const fs::path other = scratch_folder("world_one_thread");
  const Ended ended = run_into(other, {"--threads", "1", "--memory", "256MiB"});
  ASSERT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_THAT(differences(hashes_below(other), hashes_below(out)), testing::IsEmpty());
}

TEST_F(WorldTest, KilledAtTwentyRandomMomentsItEndsWithTheSameBytes) {
  fs::path other = scratch_folder("world_killed");
  std::mt19937 random(7);
  int killed = 0, completed = 0;
  while (killed < 20) {
    const int wait = 10 + static_cast<int>(random() % static_cast<unsigned>(milliseconds / 3));
    if (run_into(other, {"--threads", "2"}, wait).exit_code == 128 + 9) {
      ++killed;
    } else {
      // Everything is done: the next kills need something to do.
      EXPECT_THAT(differences(hashes_below(other), hashes_below(out)), testing::IsEmpty());
      other = scratch_folder("world_killed");
      ASSERT_LT(++completed, 100);
    }
  }
  std::printf("killed %d times, %d runs completed in between\n", killed, completed);
  const Ended ended = run_into(other, {"--threads", "2"});
  ASSERT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_THAT(differences(hashes_below(other), hashes_below(out)), testing::IsEmpty());
}

TEST_F(WorldTest, StatusAndExplainTellFromTheRecordsAlone) {
  const Ended status = run_ecocube({"status", "--out", out.string()});
  EXPECT_EQ(status.exit_code, 0) << status.errors;
  EXPECT_THAT(status.output, HasSubstr("complete"));
  auto words = command(out, {"--set", "steps.indices.names=[ndvi]"});
  words[0] = "explain";
  const Ended why = run_ecocube(words);
  EXPECT_EQ(why.exit_code, 0) << why.errors;
  EXPECT_THAT(why.output, HasSubstr("options.names changed: [ndvi, nbr] -> [ndvi]"));
}

TEST_F(WorldTest, ProbabilitiesSumToOneHundredAndTheClassIsTheMostProbable) {
  std::size_t mapped = 0;
  for (const auto& entry : fs::recursive_directory_iterator(out / "tiles")) {
    if (entry.path().parent_path().filename() != "predict" || entry.path().extension() != ".tif") continue;
    auto raster = Raster::open(entry.path().string());
    ASSERT_TRUE(raster);
    const RasterInfo& info = (*raster)->info();
    const Window whole{0, 0, info.rows, info.cols};
    std::vector<float> map(static_cast<std::size_t>(whole.pixels())), best(map.size()), sum(map.size(), 0),
        highest(map.size(), 0), one(map.size());
    ASSERT_TRUE((*raster)->read(1, whole, map));
    ASSERT_TRUE((*raster)->read(2, whole, best));
    for (std::size_t band = 0; band < info.bands.size(); ++band) {
      if (info.bands[band].description.rfind("probability_", 0) != 0) continue;
      ASSERT_TRUE((*raster)->read(static_cast<int>(band) + 1, whole, one));
      for (std::size_t i = 0; i < one.size(); ++i) {
        sum[i] += one[i];
        highest[i] = std::max(highest[i], one[i]);
      }
    }
    for (std::size_t i = 0; i < map.size(); ++i) {
      if (map[i] == 255) continue;
      ++mapped;
      ASSERT_EQ(sum[i], 100) << entry.path();
      ASSERT_EQ(best[i], highest[i]) << entry.path();
      ASSERT_NE(clc_legend().with_value(static_cast<int>(map[i])), nullptr) << map[i];
    }
  }
  EXPECT_GT(mapped, 10000u);
}

TEST_F(WorldTest, OneStepCanBeRunByItsOwnVerb) {
  const fs::path other = scratch_folder("world_step");
  auto words = command(other, {});
  words[0] = "fill-gaps";
  const Ended early = run_ecocube(words);
  EXPECT_EQ(early.exit_code, 2);
  EXPECT_THAT(early.errors, HasSubstr("needs composite/"));
  words[0] = "composite";
  words.push_back("--min-clear");
  words.push_back("0.5");
  const Ended ended = run_ecocube(words);
  EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  EXPECT_TRUE(fs::exists(other / "records" / "composite"));
  EXPECT_FALSE(fs::exists(other / "records" / "fill-gaps"));
}

}  // namespace
}  // namespace ecocube
