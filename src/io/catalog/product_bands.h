// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "io/catalog/product_description.h"
#include "io/catalog/product_names.h"

namespace ecocube {

/// The product's patterns, ready to match. A pattern without a date, unless the dates are in the bands, is an error.
Result<std::vector<FileNames>> compile_names(const ProductDescription& description);

/// A band that a file holds.
struct NamedBand {
  const BandPlace* place = nullptr;
  std::size_t rank = 0;  ///< among the files that the band may be in; lower is better
};

/// The bands of a file whose name gave these tokens: those that {band} names for its kind of sensor, all when the
/// pattern has no {band}, none when the sensor is not of the product.
std::vector<NamedBand> bands_named(const ProductDescription& description, const NameTokens& tokens);

}  // namespace ecocube
