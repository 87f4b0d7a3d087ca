// SPDX-License-Identifier: Apache-2.0
#include "methods/series/sorting_network.h"

#include <algorithm>
#include <cassert>

namespace ecocube::series {

std::vector<Exchange> batcher_network(std::size_t size, std::size_t sorted) {
  assert(size <= 65536 && sorted > 0 && (sorted & (sorted - 1)) == 0);
  std::vector<Exchange> network;
  for (std::size_t run = sorted; run < size; run *= 2) {
    for (std::size_t gap = run; gap >= 1; gap /= 2) {
      for (std::size_t first = gap % run; first + gap < size; first += 2 * gap) {
        for (std::size_t low = first; low < std::min(first + gap, size - gap); ++low) {
          const bool same_merge = low / (2 * run) == (low + gap) / (2 * run);
          if (same_merge) network.push_back({static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(low + gap)});
        }
      }
    }
  }
  return network;
}

}  // namespace ecocube::series
