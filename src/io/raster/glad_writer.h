// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "data/cube/grid.h"

namespace ecocube {

/// Writes a scene as GLAD does: eight bands of UInt16, LZW, values of a pixel side by side, no metadata. The file
/// appears whole or not at all; missing folders are made.
///
/// grid, window  the pixels of the file; `window` may be a part of the grid's tile
/// values        shape [row][col][band]
Result<void> write_glad_scene(const std::filesystem::path& path, const Grid& grid, const Window& window,
                              std::span<const std::uint16_t> values);

}  // namespace ecocube
