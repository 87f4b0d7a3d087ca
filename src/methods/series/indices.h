// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/cube/layer.h"

namespace ecocube::series {

/// A spectral index: a formula of reflectances 0..1.
struct Index {
  std::string name;                ///< `ndvi`
  std::string long_name;           ///< `Normalised difference vegetation index`
  std::string formula;             ///< for people; B G R N S1 S2 stand for blue, green, red, nir, swir1, swir2
  std::vector<std::string> bands;  ///< what it needs, in the order that `value` takes them: `nir`, `red`
  Encoding encoding;  ///< how it is stored, which also bounds its range; values beyond it are stored as its ends
  double (*value)(const double* bands) = nullptr;  ///< not finite where the index is undefined
};

/// Stored number = index × 125 + 125 in a byte, so -1..1.032; 255 is no data.
Encoding normalised_encoding();
/// Stored number = index × 10000 in 16 bits, so -3.2767..3.2767; -32768 is no data. For indices that leave ±1.
Encoding wide_encoding();

/// All indices there are, in a fixed order.
std::span<const Index> all_indices();

/// The index of that name; an error names the nearest known one.
Result<const Index*> find_index(std::string_view name);

/// Computes the index of each pixel.
///
/// bands, valid   a plane of physical values and of validity for each of `index.bands`; shapes [pixel]
/// results        missing (value 0) where a band is missing or the formula gives no finite number
void compute_index(const Index& index, std::span<const std::span<const float>> bands,
                   std::span<const std::span<const std::uint8_t>> valid, std::span<float> results,
                   std::span<std::uint8_t> results_valid);

/// The plain version, which the fast one equals bit for bit.
void compute_index_plain(const Index& index, std::span<const std::span<const float>> bands,
                         std::span<const std::span<const std::uint8_t>> valid, std::span<float> results,
                         std::span<std::uint8_t> results_valid);

}  // namespace ecocube::series
