// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// What a year's value is made of. The median of an even number of values is the mean of the two in the middle.
enum class YearValue { mean, median, highest, lowest };

/// One value a year, of the year's valid ones. Means sum the values up in ascending order.
///
/// stack  shape [time][pixel]; NaN is missing as well
/// year   of every layer, ascending, 0..out.count-1; shape [time]
/// out    shape [year][pixel]; NaN for a year without a valid value
void yearly_values(const Stack<float>& stack, PixelRange range, std::span<const int> year, YearValue how,
                   const Planes<double>& out);

/// The plain version, which the fast one equals bit for bit.
void yearly_values_plain(const Stack<float>& stack, PixelRange range, std::span<const int> year, YearValue how,
                         const Planes<double>& out);

}  // namespace ecocube::series
