// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ecocube {

/// What a finished program leaves: how it ended and what it said.
struct Ended {
  int exit_code = -1;  ///< 128 + signal when one ended it
  std::string output;
  std::string errors;
};

/// Runs the ecocube program that the tests were built with and waits for its end. With `kill_after_ms` above 0 it is
/// killed (SIGKILL) after so many milliseconds unless it has ended by then.
Ended run_ecocube(const std::vector<std::string>& arguments, int kill_after_ms = 0);

/// An empty folder of this test alone, below the build folder's scratch space.
std::filesystem::path scratch_folder(const std::string& name);

/// Hash of every file below `folder` by its path in it; the diaries (run logs) are left out because they hold times.
std::map<std::string, std::string> hashes_below(const std::filesystem::path& folder);

/// The paths whose bytes differ, or that only one side has; empty when both are the same.
std::vector<std::string> differences(const std::map<std::string, std::string>& a,
                                     const std::map<std::string, std::string>& b);

/// The folder of shared real data beside the checkout, or an empty path when it is not there.
std::filesystem::path shared_data(const std::string& name);

}  // namespace ecocube
