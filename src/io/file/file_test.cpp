// SPDX-License-Identifier: Apache-2.0
#include "io/file/file.h"

#include <gtest/gtest.h>

#include <fstream>

namespace ecocube {
namespace {
namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("ecocube_file_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder;
};

TEST_F(FileTest, AnAtomicWriteLeavesTheTextAndNothingElse) {
  ASSERT_TRUE(write_text_atomic(folder / "deep" / "a.txt", "hello"));
  EXPECT_EQ(*read_text(folder / "deep" / "a.txt"), "hello");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "deep"), {}), 1);
}

TEST_F(FileTest, APartialFileOfAKilledProcessIsClearedByTheNextWrite) {
  // No process can have this number, so whoever wrote the file is gone.
  ASSERT_TRUE(write_text(folder / ".partial-999999999-a.txt", "half"));
  ASSERT_TRUE(write_text(folder / ".partial-999999999-b.txt", "half"));
  ASSERT_TRUE(write_text_atomic(folder / "a.txt", "whole"));
  EXPECT_FALSE(fs::exists(folder / ".partial-999999999-a.txt"));
  EXPECT_TRUE(fs::exists(folder / ".partial-999999999-b.txt"));
}

TEST_F(FileTest, AMissingFileIsNamed) {
  const auto text = read_text(folder / "none.txt");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().blame, Blame::input);
  EXPECT_EQ(text.error().message, "reading " + (folder / "none.txt").string() + ": No such file or directory");
}

TEST_F(FileTest, AFullDiskIsTheMachinesFaultAndLeavesNoPartialFile) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const auto written = write_text("/dev/full", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().blame, Blame::machine);
  EXPECT_NE(written.error().message.find("No space left on device"), std::string::npos);
}

TEST_F(FileTest, TheIdentityChangesWithSize) {
  ASSERT_TRUE(write_text(folder / "a", "1"));
  const auto before = file_identity(folder / "a");
  ASSERT_TRUE(write_text(folder / "a", "12"));
  EXPECT_NE(*before, *file_identity(folder / "a"));
}

TEST_F(FileTest, GlobsMatchInFolderNamesTooAndComeSorted) {
  fs::create_directories(folder / "b");
  fs::create_directories(folder / "a");
  ASSERT_TRUE(write_text(folder / "b" / "1.tif", ""));
  ASSERT_TRUE(write_text(folder / "a" / "1.tif", ""));
  EXPECT_EQ(glob_files((folder / "*" / "*.tif").string()),
            (std::vector<std::string>{(folder / "a" / "1.tif").string(), (folder / "b" / "1.tif").string()}));
}

TEST_F(FileTest, TheSha256OfAFileIsThatOfItsBytes) {
  ASSERT_TRUE(write_text(folder / "abc", "abc"));
  EXPECT_EQ(*file_sha256(folder / "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace ecocube
