// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Most differences that the Whittaker smoother takes.
inline constexpr int kMostDifferences = 3;

/// What all pixels share: the penalty λDᵀD as bands of a symmetric matrix.
struct WhittakerPlan {
  int order = 2;  ///< of the differences, 1..kMostDifferences
  /// Element (i, i + band), shape [band][time]; bands beyond `order` are empty.
  std::array<std::vector<double>, kMostDifferences + 1> penalty;
  std::vector<double> positions;
  std::size_t fewest = 2;  ///< valid values that a pixel needs; at least `order`
  bool keep_gaps = false;  ///< whether dates without a valid value stay missing
  /// Pixels with a gap longer than this, from one valid position to the next or to an end, are solved in double:
  /// rounding errors grow with its fourth power. 0: all pixels.
  double longest_in_single = 0;
};

/// positions  of the layers in time, in steps of the usual spacing, strictly ascending, more than `order` of them
/// order      1..3: constant, straight or parabolic where nothing is known
/// lambda     > 0; the larger, the smoother
/// Between positions that are not one step apart D holds divided differences, scaled so that steps of one give the
/// plain ones.
WhittakerPlan whittaker_plan(std::span<const double> positions, int order, double lambda);

/// Whittaker smoother (Eilers 2003, doi:10.1021/ac034173t): z of (W + λDᵀD) z = W y for every pixel, with weights 1 and
/// 0 at gaps, by a banded LDLᵀ. Results are rounded half up to whole numbers where T is one, kept within the type and
/// never become the number for missing values. Pixels with fewer than `fewest` valid values stay missing.
///
/// out  planes as those of `stack`; the pixels of `range` are written
/// T    uint8, uint16, int16 or float
template <class T>
void smooth_whittaker(const Stack<T>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<T>& out);

/// The plain version, which the fast one equals bit for bit.
template <class T>
void smooth_whittaker_plain(const Stack<T>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<T>& out);

/// The same for one series in double.
///
/// values   0 where missing; shape [time]
/// weights  0 or 1; shape [time]; at least `order` of them 1
/// smooth   shape [time]
void smooth_whittaker_series(std::span<const double> values, std::span<const double> weights, const WhittakerPlan& plan,
                             std::span<double> smooth);

}  // namespace ecocube::series
