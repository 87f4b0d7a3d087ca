// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "data/cube/stack.h"
#include "methods/series/composite_stack.h"
#include "methods/series/sorting_network.h"

namespace ecocube::series {

/// Bytes of one date that the fast version works on at once: a vector of AVX-512, so that a series of 600 dates stays
/// in the first-level cache while it is sorted.
inline constexpr std::size_t kBlockBytes = 64;
/// Longest series that is sorted in registers.
inline constexpr std::size_t kRegisterTimes = 16;

/// A plane and what is known of it before a pixel is looked at.
struct PlannedPlane {
  CompositePlane plane;
  int quarter = -1;     ///< 0..4 for min, p25, p50, p75, max; -1 for anything else
  bool direct = false;  ///< same type as the stack and no recoding: stays in integers of that type
  /// Of other percentiles: place of the value below and share of the one above, by number of valid values.
  std::vector<std::uint32_t> below = {};
  std::vector<double> share = {};
};

/// What one call of composite_stack asks for.
struct StackPlan {
  std::vector<PlannedPlane> in_registers;  ///< quarters and counts of short series
  std::vector<PlannedPlane> others;
  std::vector<Exchange> merges;  ///< what sorts a longer series after its runs of 16
  bool needs_order = false;      ///< of `others`
  std::span<const double> weights;
};

/// Composites the pixels 0..blocks × (kBlockBytes / sizeof(T))-1 of the stack; planes are written from their first
/// number on. Runs on the best instruction set that the machine has.
void composite_blocks(const Stack<std::uint8_t>& stack, std::size_t blocks, const StackPlan& plan);
void composite_blocks(const Stack<std::uint16_t>& stack, std::size_t blocks, const StackPlan& plan);
void composite_blocks(const Stack<std::int16_t>& stack, std::size_t blocks, const StackPlan& plan);

}  // namespace ecocube::series
