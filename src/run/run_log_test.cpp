// SPDX-License-Identifier: Apache-2.0
#include "run/run_log.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/file/file.h"
#include "run/record.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

fs::path scratch(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) /
                          ("ecocube_log_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder / name;
}

TEST(RunLog, EventsReadBackInOrderAndALineCutShortIsSkipped) {
  const fs::path file = scratch("log");
  RunLog log(file);
  ASSERT_TRUE(log.add("run", {{"threads", 2}}));
  ASSERT_TRUE(log.add("done", {{"task", "fill-gaps/r000_c000"}}));
  ASSERT_TRUE(write_text(file, *read_text(file) + "{\"time\": \"20"));
  ASSERT_TRUE(log.add("end", {{"failed", 0}}));
  const auto events = read_run_log(file);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2]["event"], "end");
  EXPECT_EQ(events[0]["threads"], 2);
  EXPECT_EQ(events[1]["task"], "fill-gaps/r000_c000");
  EXPECT_EQ(events[1]["time"].get<std::string>().back(), 'Z');
}

TEST(RunLog, AFolderThatIsNotThereIsTheMachinesFault) {
  RunLog log(scratch("log").parent_path() / "none" / "log");
  const auto outcome = log.add("run", Value::object());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().blame, Blame::machine);
}

TEST(DiskRecords, ARecordReadsBackAsItWasKept) {
  DiskRecords records(scratch("records"));
  const TaskRecord record{"composite/r000_c000/20150321_20150624",
                          "k",
                          {{"1012.tif", "5 bytes"}},
                          {{"a", "b"}},
                          {{"options", {{"window", 9}}}},
                          {{"x.tif", 12, "ab"}}};
  ASSERT_TRUE(records.keep(record));
  const auto found = records.find(record.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "k");
  EXPECT_EQ(found->inputs, record.inputs);
  EXPECT_EQ(found->needs, record.needs);
  EXPECT_EQ(found->facts, record.facts);
  EXPECT_EQ(found->outputs, record.outputs);
  records.forget(record.id);
  EXPECT_FALSE(records.find(record.id));
}

TEST(DiskRecords, ADamagedRecordCountsAsMissing) {
  const fs::path folder = scratch("records");
  ASSERT_TRUE(write_text_atomic(folder / "composite" / "r000_c000.json", "{\"id\": \"comp"));
  EXPECT_FALSE(DiskRecords(folder).find("composite/r000_c000"));
}

}  // namespace
}  // namespace ecocube
