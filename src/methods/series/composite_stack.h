// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <variant>

#include "data/cube/layer.h"
#include "data/cube/stack.h"
#include "methods/series/composite.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// How a figure of stored numbers becomes the number to write: figure × multiply / divide + add, in that order and in
/// double precision, then rounded to the nearest integer, halves upwards (floor(x + 0.5)), kept within the type and
/// moved by one when it would mean missing, exactly as Encoding::encoded does. Planes of float are not rounded.
struct Recoding {
  double multiply = 1;
  double divide = 1;  ///< a ratio of small integers is exact: GLAD's 40000 to 250 is × 1 / 160
  double add = 0;
  double recoded(double figure) const { return figure * multiply / divide + add; }
  bool operator==(const Recoding&) const = default;

  /// From the stored numbers of one encoding to those of another. A spread has no offset; a pure number is itself.
  static Recoding between(const Encoding& from, const Encoding& to, const Statistic& statistic);
};

/// A plane to write one statistic to.
struct CompositePlane {
  Statistic statistic;
  std::variant<std::uint8_t*, std::uint16_t*, std::int16_t*, float*> numbers;  ///< shape [pixel]
  double no_data = 0;       ///< written where there is no figure; what a recoded figure never becomes
  bool has_no_data = true;  ///< false (a count's plane): a figure may be any number, and 0 is written for none
  Recoding recoding = {};
};

/// Composites stored numbers as they lie in files: what `composite` gives for them as floats, figures in double,
/// recoded and rounded. Fast: percentiles by sorting networks with pixels as lanes, and integers where the arithmetic
/// allows.
///
/// stack    shape [time][pixel], at most 65535 times; numbers equal to its no_data are missing
/// range    pixels to work on; write only there
/// weights  of the weighted mean, not negative, shape [time]; may be empty when it is not asked for
void composite_stack(const Stack<std::uint8_t>& stack, PixelRange range, std::span<const CompositePlane> planes,
                     std::span<const double> weights = {});
void composite_stack(const Stack<std::uint16_t>& stack, PixelRange range, std::span<const CompositePlane> planes,
                     std::span<const double> weights = {});
void composite_stack(const Stack<std::int16_t>& stack, PixelRange range, std::span<const CompositePlane> planes,
                     std::span<const double> weights = {});

/// The plain version, which is the truth for the fast one: the same numbers, pixel by pixel.
void composite_stack_plain(const Stack<std::uint8_t>& stack, PixelRange range, std::span<const CompositePlane> planes,
                           std::span<const double> weights = {});
void composite_stack_plain(const Stack<std::uint16_t>& stack, PixelRange range, std::span<const CompositePlane> planes,
                           std::span<const double> weights = {});
void composite_stack_plain(const Stack<std::int16_t>& stack, PixelRange range, std::span<const CompositePlane> planes,
                           std::span<const double> weights = {});

}  // namespace ecocube::series
