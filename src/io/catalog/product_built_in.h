// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace ecocube {

/// A file of formats/ as it was when the program was built.
struct BuiltInFormat {
  std::string_view name;  ///< of the file, without .json
  std::string_view json;
};

/// Sorted by name. Written by the build from formats/*.json.
std::span<const BuiltInFormat> built_in_formats();

}  // namespace ecocube
