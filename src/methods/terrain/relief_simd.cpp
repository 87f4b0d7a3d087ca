// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "methods/terrain/arctangent.h"
#include "methods/terrain/relief.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/terrain/relief_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::terrain {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::ScalableTag<double>;
using Floats = hn::Rebind<float, Doubles>;
using Lanes = hn::Vec<Doubles>;
using Mask = hn::Mask<Doubles>;

HWY_INLINE Mask known(Lanes value) {
  return hn::Eq(value, value);  // NaN does not equal itself
}

/// As the plain arctangent, operation by operation.
HWY_INLINE Lanes arctangent_lanes(Lanes y, Lanes x) {
  const Doubles d;
  const Lanes zero = hn::Zero(d), one = hn::Set(d, 1.0);
  const Lanes up = hn::Abs(y), along = hn::Abs(x);
  const Mask steep = hn::Gt(up, along);
  const Lanes most = hn::IfThenElse(steep, up, along), least = hn::IfThenElse(steep, along, up);
  const Lanes ratio = hn::IfThenElseZero(hn::Gt(most, zero), hn::Div(least, most));
  const Mask wide = hn::Gt(ratio, hn::Set(d, kTangentOfEighth));
  const Lanes turned = hn::Div(hn::Sub(ratio, one), hn::Add(ratio, one));
  const Lanes t = hn::IfThenElse(wide, turned, ratio), square = hn::Mul(t, t);
  Lanes series = zero;
  for (int term = kArctangentTerms - 1; term >= 0; --term)
    series = hn::Add(hn::Set(d, arctangent_coefficient(term)), hn::Mul(square, series));
  Lanes angle = hn::Mul(t, series);
  angle = hn::IfThenElse(wide, hn::Add(hn::Set(d, kQuarterPi), angle), angle);
  angle = hn::IfThenElse(steep, hn::Sub(hn::Set(d, kHalfPi), angle), angle);
  angle = hn::IfThenElse(hn::Lt(x, zero), hn::Sub(hn::Set(d, kPi), angle), angle);
  return hn::IfThenElse(hn::Lt(y, zero), hn::Neg(angle), angle);
}

/// Three rows with NaN at both ends, as floats.
struct Rows {
  const float *north, *own, *south;
};

HWY_INLINE Lanes load(const float* from) {
  return hn::PromoteTo(Doubles(), hn::LoadU(Floats(), from));
}

/// A side neighbour: what is there, or the line through the one opposite, or the centre.
HWY_INLINE Lanes side(Lanes centre, Lanes there, Lanes opposite) {
  const Lanes line = hn::Sub(hn::Mul(hn::Set(Doubles(), 2.0), centre), opposite);
  return hn::IfThenElse(known(there), there, hn::IfThenElse(known(opposite), line, centre));
}
/// A diagonal one, which may come of the two sides beside it.
HWY_INLINE Lanes diagonal(Lanes centre, Lanes there, Lanes opposite, Lanes down, Lanes right) {
  const Lanes line = hn::Sub(hn::Mul(hn::Set(Doubles(), 2.0), centre), opposite);
  const Lanes beside = hn::Sub(hn::Add(down, right), centre);
  return hn::IfThenElse(known(there), there, hn::IfThenElse(known(opposite), line, beside));
}

struct LaneGradient {
  Lanes east, north, own;
};

/// As gradient_at, of the pixels from `col` on (in rows with NaN before column 0).
HWY_INLINE LaneGradient gradient_of(const Rows& rows, std::size_t col, const ReliefScale& scale) {
  const Doubles d;
  const Lanes nw = load(rows.north + col), n = load(rows.north + col + 1), ne = load(rows.north + col + 2);
  const Lanes w = load(rows.own + col), centre = load(rows.own + col + 1), e = load(rows.own + col + 2);
  const Lanes sw = load(rows.south + col), s = load(rows.south + col + 1), se = load(rows.south + col + 2);
  const Lanes up = side(centre, n, s), down = side(centre, s, n), left = side(centre, w, e), right = side(centre, e, w);
  const Lanes up_left = diagonal(centre, nw, se, up, left), up_right = diagonal(centre, ne, sw, up, right);
  const Lanes down_left = diagonal(centre, sw, ne, down, left), down_right = diagonal(centre, se, nw, down, right);
  const Lanes two = hn::Set(d, 2.0);
  const Lanes west = hn::Add(hn::Add(up_left, hn::Mul(two, left)), down_left);
  const Lanes east = hn::Add(hn::Add(up_right, hn::Mul(two, right)), down_right);
  const Lanes north = hn::Add(hn::Add(up_left, hn::Mul(two, up)), up_right);
  const Lanes south = hn::Add(hn::Add(down_left, hn::Mul(two, down)), down_right);
  return {hn::Div(hn::Sub(east, west), hn::Set(d, 8 * scale.east)),
          hn::Div(hn::Sub(north, south), hn::Set(d, 8 * scale.north)), centre};
}

HWY_INLINE Lanes steepness(const LaneGradient& gradient) {
  return hn::Add(hn::Mul(gradient.east, gradient.east), hn::Mul(gradient.north, gradient.north));
}

HWY_INLINE Lanes slope_lanes(const LaneGradient& gradient) {
  const Doubles d;
  return hn::Mul(arctangent_lanes(hn::Sqrt(steepness(gradient)), hn::Set(d, 1.0)), hn::Set(d, kDegrees));
}

HWY_INLINE Lanes aspect_lanes(const LaneGradient& gradient) {
  const Doubles d;
  const Lanes zero = hn::Zero(d);
  const Lanes degrees =
      hn::Mul(arctangent_lanes(hn::Neg(gradient.east), hn::Neg(gradient.north)), hn::Set(d, kDegrees));
  const Lanes turned = hn::IfThenElse(hn::Lt(degrees, zero), hn::Add(degrees, hn::Set(d, 360.0)), degrees);
  const Mask flat = hn::And(hn::Eq(gradient.east, zero), hn::Eq(gradient.north, zero));
  return hn::IfThenElse(flat, hn::Set(d, -1.0), turned);
}

HWY_INLINE Lanes hillshade_lanes(const LaneGradient& gradient, const SunDirection& sun) {
  const Doubles d;
  const Lanes across = hn::Set(d, sun.across);
  const Lanes east = hn::Mul(hn::Mul(hn::Neg(gradient.east), across), hn::Set(d, sun.east));
  const Lanes north = hn::Mul(hn::Mul(gradient.north, across), hn::Set(d, sun.north));
  const Lanes towards = hn::Add(hn::Sub(east, north), hn::Set(d, sun.up));
  const Lanes squares =
      hn::Add(hn::Add(hn::Set(d, 1.0), hn::Mul(gradient.east, gradient.east)), hn::Mul(gradient.north, gradient.north));
  const Lanes share = hn::Div(towards, hn::Sqrt(squares));
  return hn::IfThenElseZero(hn::Gt(share, hn::Zero(d)), share);
}

HWY_INLINE void put(Lanes value, Mask told, std::size_t at, std::span<float> plane) {
  const Doubles d;
  const Lanes missing = hn::Set(d, std::numeric_limits<double>::quiet_NaN());
  const auto result = hn::DemoteTo(Floats(), hn::IfThenElse(told, value, missing));
  if (at + hn::Lanes(d) <= plane.size()) {
    hn::StoreU(result, Floats(), plane.data() + at);
  } else {
    float some[HWY_MAX_BYTES / sizeof(float)];
    hn::StoreU(result, Floats(), some);
    std::copy_n(some, plane.size() - at, plane.data() + at);
  }
}

void relief(const float* const* lines, std::size_t cols, const ReliefScale& scale, const SunDirection& sun,
            const ReliefRow& row) {
  const Rows rows{lines[0], lines[1], lines[2]};
  for (std::size_t col = 0; col < cols; col += hn::Lanes(Doubles())) {
    const LaneGradient gradient = gradient_of(rows, col, scale);
    const Mask told = known(gradient.own);
    if (!row.slope.empty()) put(slope_lanes(gradient), told, col, row.slope);
    if (!row.aspect.empty()) put(aspect_lanes(gradient), told, col, row.aspect);
    if (!row.hillshade.empty()) put(hillshade_lanes(gradient, sun), told, col, row.hillshade);
  }
}

/// As PositionSums::at, of the columns begin..end-1 whose surroundings lie within the row; returns where it stopped.
std::size_t position(const PositionSums& around, std::size_t row, std::size_t begin, std::size_t end, float* results) {
  const Doubles d;
  const Lanes one = hn::Set(d, 1.0), missing = hn::Set(d, std::numeric_limits<double>::quiet_NaN());
  std::size_t col = begin;
  for (; col + hn::Lanes(d) <= end; col += hn::Lanes(d)) {
    Lanes sum = hn::Zero(d), count = hn::Zero(d);
    for (const PositionSums::Reach& reach : around.reaches) {
      const auto there = static_cast<std::ptrdiff_t>(row) + reach.down;
      if (there < 0 || there >= static_cast<std::ptrdiff_t>(around.rows)) continue;
      const std::size_t base = static_cast<std::size_t>(there) * (around.cols + 1) + col;
      const std::size_t first = base - reach.half, last = base + reach.half + 1;
      sum = hn::Add(sum, hn::Sub(hn::LoadU(d, around.sums.data() + last), hn::LoadU(d, around.sums.data() + first)));
      count = hn::Add(count,
                      hn::Sub(hn::LoadU(d, around.counts.data() + last), hn::LoadU(d, around.counts.data() + first)));
    }
    const Lanes own = load(around.metres.data() + row * around.cols + col);
    const Mask told = hn::And(known(own), hn::Gt(count, one));
    const Lanes mean = hn::Div(hn::Sub(sum, own), hn::Sub(count, one));
    const Lanes value = hn::IfThenElse(told, hn::Sub(own, mean), missing);
    hn::StoreU(hn::DemoteTo(Floats(), value), Floats(), results + col);
  }
  return col;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::terrain
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::terrain {
namespace {

HWY_EXPORT(relief);
HWY_EXPORT(position);

/// Floats of the widest vector there is.
constexpr std::size_t kBehind = 64;

}  // namespace

void relief_of_row(const Elevations& ground, std::size_t row, std::size_t col_begin, const ReliefScale& scale,
                   const Sun& sun, const ReliefRow& results) {
  const std::size_t cols = results.cols();
  assert(row < ground.rows && col_begin + cols <= ground.cols);
  std::vector<float> around(3 * (cols + 2 + kBehind), std::numeric_limits<float>::quiet_NaN());
  float* lines[3] = {};
  for (std::size_t line = 0; line < 3; ++line) {
    lines[line] = around.data() + line * (cols + 2 + kBehind);
    if (row + line < 1 || row + line > ground.rows) continue;
    const float* from = ground.metres.data() + (row + line - 1) * ground.cols;
    const std::size_t first = col_begin == 0 ? 0 : col_begin - 1, last = std::min(ground.cols, col_begin + cols + 1);
    std::copy(from + first, from + last, lines[line] + (first + 1 - col_begin));
  }
  HWY_DYNAMIC_DISPATCH(relief)(lines, cols, scale, direction_of(sun), results);
}

void position_index(const Elevations& ground, int radius, std::size_t row_begin, std::size_t row_end,
                    std::span<float> results) {
  assert(results.size() == (row_end - row_begin) * ground.cols && row_end <= ground.rows);
  const PositionSums sums(ground, radius);
  const auto reach = static_cast<std::size_t>(radius);
  for (std::size_t row = row_begin; row < row_end; ++row) {
    float* to = results.data() + (row - row_begin) * ground.cols;
    std::size_t col = 0;
    for (; col < std::min(reach, ground.cols); ++col) to[col] = sums.at(row, col);
    if (col + reach < ground.cols) col = HWY_DYNAMIC_DISPATCH(position)(sums, row, col, ground.cols - reach, to);
    for (; col < ground.cols; ++col) to[col] = sums.at(row, col);
  }
}

}  // namespace ecocube::terrain
#endif
