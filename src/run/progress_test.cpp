// SPDX-License-Identifier: Apache-2.0
#include "run/progress.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace ecocube {
namespace {

/// What a view writes, and a clock that is set by hand.
class ProgressTest : public testing::Test {
 protected:
  void SetUp() override { out = open_memstream(&text, &size); }
  void TearDown() override {
    std::fclose(out);
    std::free(text);
  }
  std::string written() {
    std::fflush(out);
    return std::string(text, size);
  }
  Clock clock() {
    return [this] { return now; };
  }
  std::FILE* out = nullptr;
  char* text = nullptr;
  std::size_t size = 0;
  double now = 0;
};

TEST_F(ProgressTest, WithoutATerminalThereIsOnePlainLineAStep) {
  TextProgress view(out, false, clock());
  view.step_planned("composite", 2, 3);
  view.task_started("composite", "a");
  now = 4;
  view.task_ended("composite", "a", true);
  now = 8;
  view.task_ended("composite", "b", false);
  view.finished();
  EXPECT_EQ(written(), "composite    2 of 2 tasks, 8.0 s (3 were done before), 1 failed\n");
}

TEST_F(ProgressTest, OnATerminalTheBarShowsRateAndTimeLeft) {
  TextProgress view(out, true, clock());
  view.step_planned("train", 4, 0);
  view.task_started("train", "a");
  now = 10;
  view.task_ended("train", "a", true);
  EXPECT_NE(written().find("1/4  0.1 tasks/s, 30 s left"), std::string::npos) << written();
}

TEST_F(ProgressTest, AStepWithNothingToDoSaysSo) {
  TextProgress view(out, false, clock());
  view.step_planned("mosaic", 0, 7);
  EXPECT_EQ(written(), "mosaic       7 tasks were done before\n");
}

}  // namespace
}  // namespace ecocube
