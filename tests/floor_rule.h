// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecocube {

/// A place in the source tree that breaks a rule of the house.
struct RuleBreach {
  std::string file;     ///< relative to the checked folder, with forward slashes
  int line = 0;         ///< from 1; 0: the file as a whole
  std::string message;  ///< `includes io/raster/raster.h: floor io lies above floor methods`

  /// `methods/series/trend.cpp:7: includes …`
  std::string text() const;
  bool operator==(const RuleBreach&) const = default;
};

/// Checks a source tree (`src`) against the floors and returns what breaks them, file by file in order of name.
///
/// The floors, lowest first: base, data, methods, io, run, steps, apps. A module is a folder whose CMakeLists.txt
/// calls `ecocube_module`. The rules:
/// - a module includes and DEPENDS on lower floors, and on those modules of its own floor that its DEPENDS names;
///   a `*_test.cpp` also on what TEST_DEPENDS names; modules of one floor never depend on each other in a circle;
/// - what is included from a lower floor is reached through DEPENDS, directly or through other modules;
/// - only io/raster includes headers of GDAL;
/// - methods include no headers of files, JSON or threads (their tests may use files and threads);
/// - methods/train and methods/infer never include each other; apps/server never reaches steps;
/// - every source file opens with the licence line and has at most 600 lines.
std::vector<RuleBreach> check_floors(const std::filesystem::path& source_folder);

}  // namespace ecocube
