// SPDX-License-Identifier: Apache-2.0
#include "run/plan_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/file/file.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

TEST(PlanFile, StatusCountsTasksWhoseRecordAndOutputsAreThere) {
  Plan plan;
  for (const char* tile : {"r000_c000", "r000_c001", "r000_c002"}) {
    Task task;
    task.step = "composite";
    task.tile = tile;
    task.key = "now";
    plan.tasks.push_back(task);
  }
  const fs::path file = fs::path(testing::TempDir()) / "ecocube_plan.tsv";
  ASSERT_TRUE(write_text(file, plan_text(plan)));
  MemoryRecords records;
  ASSERT_TRUE(records.keep({"composite/r000_c000", "now", {}, {}, {}, {{"a.tif", 5, ""}}}));
  ASSERT_TRUE(records.keep({"composite/r000_c001", "before", {}, {}, {}, {{"a.tif", 5, ""}}}));
  ASSERT_TRUE(records.keep({"composite/r000_c002", "now", {}, {}, {}, {{"gone.tif", 5, ""}}}));
  const auto status = read_status(file, records, [](const std::string& output) {
    return output == "a.tif" ? std::optional<std::uint64_t>(5) : std::nullopt;
  });
  ASSERT_TRUE(status) << status.error().message;
  ASSERT_EQ(status->size(), 1u);
  EXPECT_EQ(status->front().tasks, 3u);
  EXPECT_EQ(status->front().done, 1u);
}

}  // namespace
}  // namespace ecocube
