// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ecocube {

// What the map says of a chunk, from its probabilities; shapes [class][kChunkPixels] and [kChunkPixels]. All equal what
// rounding.h and data/model/plain_uncertainty.h say of one pixel.

/// Index of the first of the largest probabilities.
void dominant_planes(const double* probabilities, std::size_t classes, std::uint8_t* dominant);

/// round_to_hundred.
void percent_planes(const double* probabilities, std::size_t classes, std::uint8_t* percent);

/// spread_of_learners.
///
/// learned  shape [learner][class][kChunkPixels]
void spread_planes(const float* learned, std::size_t learners, std::size_t classes, std::uint8_t* spread);

/// Margin and entropy in percent, rounded to the nearest.
void margin_planes(const double* probabilities, std::size_t classes, std::uint8_t* margin);
void entropy_planes(const double* probabilities, std::size_t classes, std::uint8_t* entropy);

/// Marks the pixels where the byte is `no_data`.
void mark_bytes(const std::uint8_t* stored, std::size_t pixels, std::uint8_t no_data, std::uint8_t* missing);
/// Marks the pixels where valid is 0.
void mark_invalid(const std::uint8_t* valid, std::size_t pixels, std::uint8_t* missing);
/// Marks the pixels where the value is no finite number.
void mark_values(const float* values, std::size_t pixels, std::uint8_t* missing);

}  // namespace ecocube
