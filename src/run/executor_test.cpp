// SPDX-License-Identifier: Apache-2.0
#include "run/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "io/file/file.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

/// What the toy steps below did, and what they should do wrong.
struct Workshop {
  std::mutex mutex;
  std::vector<std::string> ran;
  std::set<std::string> broken;  ///< tasks that fail on their input
  std::set<std::string> full;    ///< tasks that meet a full disk
  std::atomic<int> at_once{0}, most_at_once{0};
  int wait_for = 1;  ///< a task waits, a second at most, until so many run at once
};

/// Writes one file a tile: its option, or what the step before wrote with the option behind it.
class ToyStep : public Step {
 public:
  ToyStep(std::string name, Workshop& workshop) : workshop_(workshop) { info_.name = std::move(name); }
  const StepInfo& info() const override { return info_; }
  void declare(OptionSet& options) override { options.add("word", word_, "what is written"); }
  Result<void> plan(Planning& planning) override {
    const std::vector<Task> before = planning.tasks();
    name_ = planning.step_name();
    for (const Tile& tile : planning.cube().tiles) {
      Task task;
      task.tile = tile.name();
      task.memory_bytes = 100;
      for (const Task& other : before) {
        if (other.tile == tile.name()) task.needs = {other.id()};
      }
      planning.add(task);
    }
    return {};
  }
  Result<void> run(const Task& task, TaskRun& run) const override {
    const int now = ++workshop_.at_once;
    workshop_.most_at_once = std::max(workshop_.most_at_once.load(), now);
    {
      const std::lock_guard lock(workshop_.mutex);
      workshop_.ran.push_back(task.id());
    }
    std::string text;
    for (const std::string& need : task.needs) text = *read_text(run.root() / (need + ".txt"));
    for (int i = 0; i < 1000 && workshop_.most_at_once < workshop_.wait_for; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto outcome = write_text(run.stage(task.id() + ".txt"), text + word_);
    --workshop_.at_once;
    if (workshop_.broken.contains(task.id())) return input_error("scene 1012.tif is damaged");
    if (workshop_.full.contains(task.id())) return machine_error("No space left on device");
    return outcome;
  }

 private:
  Workshop& workshop_;
  StepInfo info_;
  std::string name_, word_ = "a";
};

/// Keeps nothing while it is broken.
class BreakableRecords : public MemoryRecords {
 public:
  Result<void> keep(const TaskRecord& record) override {
    if (broken) return input_error("no record today");
    return MemoryRecords::keep(record);
  }
  bool broken = false;
};

class ExecutorTest : public testing::Test {
 protected:
  void SetUp() override {
    settings.root = fs::path(testing::TempDir()) /
                    ("ecocube_run_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    settings.memory_bytes = 1000;
    fs::remove_all(settings.root);
    fs::create_directories(settings.root);
  }
  void TearDown() override { fs::remove_all(settings.root); }

  Plan plan(const std::string& second_word = "b") {
    Recipe recipe;
    recipe.steps = {{"first", "first", Value::object()}, {"second", "second", {{"word", second_word}}}};
    const StepList steps{[this] { return std::make_unique<ToyStep>("first", workshop); },
                         [this] { return std::make_unique<ToyStep>("second", workshop); }};
    Cube cube;
    cube.grid = {"EPSG:3035", 30, 0, 0, 10};
    cube.area = {0, 0, 10, 30};
    cube.tiles = tiles_of(cube.grid, cube.area);
    auto made = make_plan(recipe, steps, cube, clc_legend(), {}, settings,
                          [](const std::string&) { return std::string("same"); });
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }

  SizeOf sizes() const {
    return [root = settings.root](const std::string& output) -> std::optional<std::uint64_t> {
      const auto size = size_of_file(root / output);
      return size ? std::optional(*size) : std::nullopt;
    };
  }

  RunOutcome run(const Plan& made, const Selection& selection = {}) {
    const auto work = make_work_list(made, selection, records, sizes());
    EXPECT_TRUE(work) << work.error().message;
    workshop.ran.clear();
    RunLog log(settings.root / "log");
    QuietProgress progress;
    ThreadExecutor executor(settings, records, log, progress, [] { return 0.0; });
    return executor.run(made, *work);
  }

  Workshop workshop;
  RunSettings settings;
  BreakableRecords records;
};

TEST_F(ExecutorTest, EveryTaskRunsOnceAfterWhatItNeeds) {
  const RunOutcome outcome = run(plan());
  EXPECT_EQ(outcome.succeeded, 6u);
  EXPECT_TRUE(outcome.failed.empty());
  EXPECT_EQ(*read_text(settings.root / "second/r000_c002.txt"), "ab");
}

TEST_F(ExecutorTest, NothingFinishedIsDoneAgain) {
  run(plan());
  EXPECT_EQ(run(plan()).succeeded, 0u);
  EXPECT_TRUE(workshop.ran.empty());
}

TEST_F(ExecutorTest, AnInterruptedRunGoesOnWhereItStopped) {
  workshop.full = {"first/r000_c001"};
  const RunOutcome first = run(plan());
  EXPECT_EQ(first.failed.size(), 1u);
  workshop.full.clear();
  const std::size_t missing = 6 - first.succeeded;
  EXPECT_EQ(run(plan()).succeeded, missing);
  EXPECT_EQ(*read_text(settings.root / "second/r000_c001.txt"), "ab");
}

TEST_F(ExecutorTest, AFailedTaskStopsOnlyWhatNeedsIt) {
  workshop.broken = {"first/r000_c001"};
  const RunOutcome outcome = run(plan());
  ASSERT_EQ(outcome.failed.size(), 1u);
  EXPECT_EQ(outcome.failed.at("first/r000_c001").message, "first/r000_c001: scene 1012.tif is damaged");
  EXPECT_EQ(outcome.succeeded, 4u);
  EXPECT_EQ(outcome.left, 1u);
  EXPECT_FALSE(fs::exists(settings.root / "first/r000_c001.txt"));
}

TEST_F(ExecutorTest, AFailedTaskLeavesNoFileAtAll) {
  workshop.broken = {"first/r000_c000"};
  run(plan(), {.until = "first", .only = {}, .tiles = {"r000_c000"}});
  EXPECT_TRUE(fs::is_empty(settings.root / "first"));
}

TEST_F(ExecutorTest, AnOptionThatChangedRunsItsStepAgainAndSaysWhy) {
  run(plan());
  const Plan changed = plan("c");
  const auto work = make_work_list(changed, {}, records, sizes());
  ASSERT_EQ(work->to_do.size(), 3u);
  EXPECT_EQ(work->to_do[0].reason, "options.word changed: b -> c");
  EXPECT_EQ(run(changed).succeeded, 3u);
  EXPECT_EQ(*read_text(settings.root / "second/r000_c000.txt"), "ac");
}

TEST_F(ExecutorTest, AnOutputThatIsGoneIsMadeAgain) {
  run(plan());
  fs::remove(settings.root / "second/r000_c001.txt");
  const auto work = make_work_list(plan(), {}, records, sizes());
  ASSERT_EQ(work->to_do.size(), 1u);
  EXPECT_EQ(work->to_do[0].reason, "output second/r000_c001.txt is gone");
}

TEST_F(ExecutorTest, APartialFileOfAKilledProcessIsClearedByTheNextTry) {
  // No process can have this number, so whoever wrote the file is gone.
  fs::create_directories(settings.root / "first");
  ASSERT_TRUE(write_text(settings.root / "first/.partial-999999999-r000_c000.txt", "half"));
  run(plan());
  EXPECT_FALSE(fs::exists(settings.root / "first/.partial-999999999-r000_c000.txt"));
}

TEST_F(ExecutorTest, ASelectionRunsOnlyItsTilesAndSteps) {
  EXPECT_EQ(run(plan(), {.until = "first", .only = {}, .tiles = {}}).succeeded, 3u);
  EXPECT_EQ(run(plan(), {.until = {}, .only = {}, .tiles = {"r000_c002"}}).succeeded, 1u);
  EXPECT_EQ(workshop.ran, std::vector<std::string>{"second/r000_c002"});
}

TEST_F(ExecutorTest, AnUnknownStepOrTileInASelectionIsATypingError) {
  const Plan made = plan();
  EXPECT_EQ(make_work_list(made, {.until = "frist", .only = {}, .tiles = {}}, records, sizes()).error().message,
            "the recipe has no step 'frist' - did you mean 'first'?");
  EXPECT_EQ(make_work_list(made, {.until = {}, .only = {}, .tiles = {"r000_c003"}}, records, sizes())
                .error()
                .message.rfind("--tiles: the cube has no tile 'r000_c003'", 0),
            0u);
}

TEST_F(ExecutorTest, TasksRunTogetherOnlyWhileTheirMemoryFits) {
  settings.threads = 3;
  workshop.wait_for = 2;
  settings.memory_bytes = 150;
  run(plan());
  EXPECT_EQ(workshop.most_at_once, 1);
}

TEST_F(ExecutorTest, TasksRunTogetherWhenThreadsAndMemoryAllow) {
  settings.threads = 3;
  workshop.wait_for = 2;
  run(plan());
  EXPECT_GE(workshop.most_at_once, 2);
}

TEST_F(ExecutorTest, ARecordNeverSpeaksForFilesThatAreBeingReplaced) {
  run(plan());
  // As after a kill between the renames and the record: new files of the same size, and no new record.
  records.broken = true;
  run(plan("c"));
  records.broken = false;
  ASSERT_EQ(*read_text(settings.root / "second/r000_c000.txt"), "ac");
  run(plan("b"));
  for (const char* tile : {"r000_c000", "r000_c001", "r000_c002"})
    EXPECT_EQ(*read_text(settings.root / "second" / (std::string(tile) + ".txt")), "ab");
}

}  // namespace
}  // namespace ecocube
