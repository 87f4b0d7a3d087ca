// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ecocube {

/// Columns that are sorted side by side.
constexpr std::size_t kSortLanes = 16;

/// Sorts 16 columns of keys at once, each ascending, by a network whose lanes are the columns.
///
/// keys  shape [row][kSortLanes], rows from 0 to 256; sorted in place
void sort_lanes(std::uint16_t* keys, std::size_t rows);

}  // namespace ecocube
