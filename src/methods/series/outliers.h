// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Takes out single observations that stand out of their pixel's series, such as a cloud that the mask missed: those
/// that lie above both neighbours in time, or below both, by more than `spreads` times the median absolute deviation of
/// the pixel's values (not scaled to a standard deviation). Neighbours are the valid observations before and after; the
/// first and the last have one and stay. All are judged by the values as they came. A series of fewer than four values,
/// or one of which half are equal so that its deviation is 0, is left alone.
///
/// stack   shape [time][pixel]; what is taken out becomes the stack's number for missing values; NaN is missing too
/// spreads more than 0
/// returns the number of values taken out
/// T: std::uint8_t, std::uint16_t, std::int16_t or float
template <class T>
std::size_t remove_outliers(const Planes<T>& stack, PixelRange range, double spreads);

}  // namespace ecocube::series
