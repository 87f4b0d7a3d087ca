// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/cube/stack.h"
#include "methods/series/fill_gaps.h"

namespace ecocube::series {

/// The gap fillers on numbers as they lie in files, many pixels at once: the same values as on GapSeries, rounded to
/// whole numbers (halves up), one step aside where that is the number for missing values. T is uint8, uint16 or int16.
///
/// stack    numbers with gaps, shape [time][pixel], layers as in `axis`
/// values   every layer, observed and filled; `no_data`, which is that of `stack`, where still empty
/// source   how every value came about
/// Only the pixels of `range` are read and written. All return the number of values filled.

/// See fill_tmwm above; mode corrected only.
template <class T>
std::size_t fill_tmwm(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const TmwmOptions& options,
                      const Planes<T>& values, const Planes<std::uint8_t>& source);

/// See fill_swag; T may be float as well, which is not rounded, and then NaN is missing too. The weights are summed up
/// year by year in single precision, which moves a filled value by less than 4e-6 of the largest value of its pixel.
/// quality   its planes may be absent (data null); codes as told there
template <class T>
std::size_t fill_swag(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                      const Planes<T>& values, const Planes<std::uint8_t>& source,
                      const Planes<std::uint8_t>& quality = {});

/// See fill_linear, fill_nearest_in_time and fill_seasonal_mean above; T may be float as well, which is not rounded,
/// and then NaN is missing too.
template <class T>
std::size_t fill_linear(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                        const Planes<std::uint8_t>& source);
template <class T>
std::size_t fill_nearest_in_time(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                                 const Planes<std::uint8_t>& source);
template <class T>
std::size_t fill_seasonal_mean(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const Planes<T>& values,
                               const Planes<std::uint8_t>& source);

/// True if fill_series has a fast way on stored whole numbers for the method with these options, or on floats that are
/// stored as such.
bool fills_stored(const FillMethod& method);
bool fills_stored_floats(const FillMethod& method);

/// Fills by the method named, for which fills_stored must be true, or fills_stored_floats where T is float.
template <class T>
std::size_t fill_series(const FillMethod& method, const Stack<T>& stack, PixelRange range, const TimeAxis& axis,
                        const Planes<T>& values, const Planes<std::uint8_t>& source);

}  // namespace ecocube::series
