// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecocube::series {

/// Puts the smaller of two places first: a step of a sorting network. `low` < `high`.
struct Exchange {
  std::uint16_t low = 0;
  std::uint16_t high = 0;
};

/// Sixteen places in 60 exchanges (Green 1969; Knuth, The Art of Computer Programming 3, 5.3.4).
inline constexpr std::array<Exchange, 60> kNetworkOf16{{
    {0, 1},  {2, 3},  {4, 5},   {6, 7},   {8, 9},  {10, 11}, {12, 13}, {14, 15}, {0, 2},  {4, 6},   {8, 10},  {12, 14},
    {1, 3},  {5, 7},  {9, 11},  {13, 15}, {0, 4},  {8, 12},  {1, 5},   {9, 13},  {2, 6},  {10, 14}, {3, 7},   {11, 15},
    {0, 8},  {1, 9},  {2, 10},  {3, 11},  {4, 12}, {5, 13},  {6, 14},  {7, 15},  {5, 10}, {6, 9},   {3, 12},  {13, 14},
    {4, 8},  {7, 11}, {1, 2},   {1, 4},   {7, 13}, {2, 8},   {11, 14}, {5, 6},   {9, 10}, {2, 4},   {11, 13}, {3, 8},
    {7, 12}, {6, 8},  {10, 12}, {3, 5},   {7, 9},  {3, 4},   {5, 6},   {7, 8},   {9, 10}, {11, 12}, {6, 7},   {8, 9},
}};

/// Eight places in 19 exchanges (Batcher 1968).
inline constexpr std::array<Exchange, 19> kNetworkOf8{{
    {0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6}, {5, 7}, {1, 2}, {5, 6},
    {0, 4}, {1, 5}, {2, 6}, {3, 7}, {2, 4}, {3, 5}, {1, 2}, {3, 4}, {5, 6},
}};

/// A network that sorts `size` <= 16 places when exchanges that touch a place beyond are left out. That holds for every
/// network whose exchanges all put the smaller value at the lower place: places beyond may be thought to hold infinity.
template <std::size_t size>
constexpr const auto& network_of_up_to() {
  static_assert(size <= 16);
  if constexpr (size <= 8) {
    return kNetworkOf8;
  } else {
    return kNetworkOf16;
  }
}

/// Batcher's odd-even merge sort of `size` places in which every run of `sorted` places, a power of two, is in order
/// already (1: nothing is). At most 65536 places.
std::vector<Exchange> batcher_network(std::size_t size, std::size_t sorted = 1);

}  // namespace ecocube::series
