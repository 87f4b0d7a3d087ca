// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "methods/infer/feature_chunk.h"

namespace ecocube {

// Ranks of one column of a chunk (threshold_ranks.h): kChunkPixels numbers each, less 128 as bytes, less 32768 else.

/// table  rank by stored number
void look_up_ranks(const std::array<std::uint16_t, 256>& table, const std::uint8_t* stored, std::int8_t* ranks);
void look_up_ranks(const std::array<std::uint16_t, 256>& table, const std::uint8_t* stored, std::int16_t* ranks);

/// thresholds  ascending; at most 255 where ranks are bytes
void search_ranks(std::span<const float> thresholds, const float* values, std::int8_t* ranks);
void search_ranks(std::span<const float> thresholds, const float* values, std::int16_t* ranks);

}  // namespace ecocube
