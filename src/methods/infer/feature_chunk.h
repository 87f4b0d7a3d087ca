// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ecocube {

/// Pixels that go through the engines together. Everything that one chunk needs lies in the nearest caches.
constexpr std::size_t kChunkPixels = 256;

/// How the raster of a feature stores its numbers as bytes: physical value = stored × scale + offset, rounded to float.
struct StoredBytes {
  double scale = 1, offset = 0;
  std::optional<std::uint8_t> no_data;
  float physical(std::uint8_t stored) const { return static_cast<float>(stored * scale + offset); }
};

/// The features of the pixels of one chunk, none of them missing. Lanes behind the last pixel repeat a pixel.
struct FeatureChunk {
  std::size_t pixels = 0;            ///< 1..kChunkPixels
  std::vector<float> values;         ///< physical values; shape [feature][kChunkPixels]
  std::vector<std::uint8_t> stored;  ///< as stored, of the features that are given as bytes; shape as values
};

}  // namespace ecocube
