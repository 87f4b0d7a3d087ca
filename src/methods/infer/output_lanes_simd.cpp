// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/output_lanes.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/model/model.h"
#include "data/model/portable_math.h"
#include "methods/infer/feature_chunk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/output_lanes_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

#include "methods/infer/math_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

constexpr std::size_t kMostDoubles = HWY_MAX_BYTES / sizeof(double);

/// Whole numbers 0..255.
HWY_INLINE void store_bytes(DoubleLanes whole, std::uint8_t* to) {
  const hn::Rebind<std::int32_t, Doubles> d_whole;
  const hn::Rebind<std::uint8_t, Doubles> d_bytes;
  hn::StoreU(hn::DemoteTo(d_bytes, hn::DemoteTo(d_whole, whole)), d_bytes, to);
}

/// 100 x rounded to the nearest, 0 where x is no number.
HWY_INLINE DoubleLanes rounded_percent(DoubleLanes share) {
  const DoubleLanes percent = hn::Floor(hn::Add(hn::Mul(share, constant(100)), constant(0.5)));
  return hn::IfThenElseZero(hn::Gt(percent, hn::Zero(Doubles())), hn::Min(percent, constant(100)));
}

/// Index of the first of the largest in a column of lanes.
HWY_INLINE DoubleLanes place_of_largest(const double* values, std::size_t count, std::size_t stride) {
  const Doubles d;
  DoubleLanes largest = hn::LoadU(d, values), place = hn::Zero(d);
  for (std::size_t c = 1; c < count; ++c) {
    const DoubleLanes value = hn::LoadU(d, values + c * stride);
    const auto larger = hn::Lt(largest, value);
    largest = hn::IfThenElse(larger, value, largest);
    place = hn::IfThenElse(larger, constant(static_cast<double>(c)), place);
  }
  return place;
}

void find_dominant(const double* probabilities, std::size_t classes, std::uint8_t* dominant) {
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(Doubles()))
    store_bytes(place_of_largest(probabilities + pixel, classes, kChunkPixels), dominant + pixel);
}

/// Index of the first of the largest among some classes, ascending; `largest` gets the value.
HWY_INLINE DoubleLanes place_of_largest_among(const double* values, const std::uint8_t* classes, std::size_t count,
                                              DoubleLanes& largest) {
  const Doubles d;
  DoubleLanes place = hn::Zero(d);
  largest = hn::Zero(d);
  for (std::size_t i = 0; i < count; ++i) {
    const DoubleLanes value = hn::LoadU(d, values + classes[i] * hn::Lanes(d));
    const auto larger = hn::Lt(largest, value);
    largest = hn::IfThenElse(larger, value, largest);
    place = hn::IfThenElse(larger, constant(static_cast<double>(classes[i])), place);
  }
  return place;
}

/// Gives what is left of a hundred to the largest fractions, one each.
///
/// wholes, fractions  shape [class][lanes]
void share_out(double* wholes, double* fractions, std::size_t classes, double* left) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  // Most classes have no fraction in any lane; they come in only where all fractions have been used up.
  std::uint8_t some[kMaximumClasses];
  std::size_t count = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    some[count] = static_cast<std::uint8_t>(c);
    count += hn::AllFalse(d, hn::Gt(hn::LoadU(d, fractions + c * lanes), hn::Zero(d))) ? 0 : 1;
  }
  double place[kMostDoubles];
  for (;;) {
    const auto wanting = hn::Gt(hn::LoadU(d, left), hn::Zero(d));
    if (hn::AllFalse(d, wanting)) return;
    DoubleLanes largest = hn::Zero(d);
    DoubleLanes at_place = place_of_largest_among(fractions, some, count, largest);
    if (!hn::AllFalse(d, hn::And(wanting, hn::Le(largest, hn::Zero(d)))))
      at_place = place_of_largest(fractions, classes, lanes);
    hn::StoreU(at_place, d, place);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (left[lane] <= 0) continue;
      const std::size_t at = static_cast<std::size_t>(place[lane]) * lanes + lane;
      wholes[at] += 1;
      fractions[at] -= 1;
      left[lane] -= 1;
    }
  }
}

void round_percent(const double* probabilities, std::size_t classes, std::uint8_t* percent) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  double wholes[kMaximumClasses * kMostDoubles], fractions[kMaximumClasses * kMostDoubles], left[kMostDoubles];
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += lanes) {
    DoubleLanes rest = constant(100);
    for (std::size_t c = 0; c < classes; ++c) {
      const DoubleLanes probability = hn::LoadU(d, probabilities + c * kChunkPixels + pixel);
      const DoubleLanes hundredfold = hn::IfThenElseZero(hn::Gt(probability, hn::Zero(d)),
                                                         hn::Min(hn::Mul(probability, constant(100)), constant(100)));
      const DoubleLanes whole = hn::Floor(hundredfold);
      hn::StoreU(whole, d, wholes + c * lanes);
      hn::StoreU(hn::Sub(hundredfold, whole), d, fractions + c * lanes);
      rest = hn::Sub(rest, whole);
    }
    hn::StoreU(rest, d, left);
    share_out(wholes, fractions, classes, left);
    for (std::size_t c = 0; c < classes; ++c)
      store_bytes(hn::LoadU(d, wholes + c * lanes), percent + c * kChunkPixels + pixel);
  }
}

void spread_all(const float* learned, std::size_t learners, std::size_t classes, std::uint8_t* spread) {
  const Doubles d;
  const DoubleLanes count = constant(static_cast<double>(learners));
  for (std::size_t at = 0; at < classes * kChunkPixels; at += hn::Lanes(d)) {
    DoubleLanes sum = hn::Zero(d), squares = hn::Zero(d);
    for (std::size_t l = 0; l < learners; ++l) sum = hn::Add(sum, promoted(learned + l * classes * kChunkPixels + at));
    const DoubleLanes mean = hn::Div(sum, count);
    for (std::size_t l = 0; l < learners; ++l) {
      const DoubleLanes off = hn::Sub(promoted(learned + l * classes * kChunkPixels + at), mean);
      squares = plus_product(squares, off, off);
    }
    store_bytes(rounded_percent(hn::Sqrt(hn::Div(squares, count))), spread + at);
  }
}

void find_margin(const double* probabilities, std::size_t classes, std::uint8_t* margin) {
  const Doubles d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    DoubleLanes largest = constant(-1), second = constant(-1);
    for (std::size_t c = 0; c < classes; ++c) {
      const DoubleLanes probability = hn::LoadU(d, probabilities + c * kChunkPixels + pixel);
      second = hn::Max(second, hn::Min(probability, largest));
      largest = hn::Max(largest, probability);
    }
    store_bytes(rounded_percent(hn::Sub(largest, second)), margin + pixel);
  }
}

void find_entropy(const double* probabilities, std::size_t classes, double most, std::uint8_t* entropy) {
  const Doubles d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    DoubleLanes sum = hn::Zero(d);
    for (std::size_t c = 0; c < classes; ++c) {
      const DoubleLanes probability = hn::LoadU(d, probabilities + c * kChunkPixels + pixel);
      const auto counts = hn::Ge(probability, constant(std::numeric_limits<double>::min()));
      const DoubleLanes part = hn::IfThenElse(counts, probability, constant(1));
      sum = hn::IfThenElse(counts, hn::Sub(sum, hn::Mul(part, log_lanes(part))), sum);
    }
    const DoubleLanes share = hn::Div(sum, constant(most));
    store_bytes(rounded_percent(hn::Min(hn::Max(share, hn::Zero(d)), constant(1))), entropy + pixel);
  }
}

void mark_equal(const std::uint8_t* stored, std::size_t pixels, std::uint8_t no_data, std::uint8_t* missing) {
  const hn::ScalableTag<std::uint8_t> d;
  const auto wanted = hn::Set(d, no_data);
  std::size_t pixel = 0;
  for (; pixel + hn::Lanes(d) <= pixels; pixel += hn::Lanes(d)) {
    const auto marks = hn::VecFromMask(d, hn::Eq(hn::LoadU(d, stored + pixel), wanted));
    hn::StoreU(hn::Or(hn::LoadU(d, missing + pixel), marks), d, missing + pixel);
  }
  for (; pixel < pixels; ++pixel) missing[pixel] |= stored[pixel] == no_data ? 1 : 0;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {
namespace {

HWY_EXPORT(find_dominant);
HWY_EXPORT(round_percent);
HWY_EXPORT(spread_all);
HWY_EXPORT(find_margin);
HWY_EXPORT(find_entropy);
HWY_EXPORT(mark_equal);

}  // namespace

void dominant_planes(const double* probabilities, std::size_t classes, std::uint8_t* dominant) {
  HWY_DYNAMIC_DISPATCH(find_dominant)(probabilities, classes, dominant);
}

void percent_planes(const double* probabilities, std::size_t classes, std::uint8_t* percent) {
  HWY_DYNAMIC_DISPATCH(round_percent)(probabilities, classes, percent);
}

void spread_planes(const float* learned, std::size_t learners, std::size_t classes, std::uint8_t* spread) {
  HWY_DYNAMIC_DISPATCH(spread_all)(learned, learners, classes, spread);
}

void margin_planes(const double* probabilities, std::size_t classes, std::uint8_t* margin) {
  HWY_DYNAMIC_DISPATCH(find_margin)(probabilities, classes, margin);
}

void entropy_planes(const double* probabilities, std::size_t classes, std::uint8_t* entropy) {
  HWY_DYNAMIC_DISPATCH(find_entropy)(probabilities, classes, portable_log(static_cast<double>(classes)), entropy);
}

void mark_bytes(const std::uint8_t* stored, std::size_t pixels, std::uint8_t no_data, std::uint8_t* missing) {
  HWY_DYNAMIC_DISPATCH(mark_equal)(stored, pixels, no_data, missing);
}

void mark_invalid(const std::uint8_t* valid, std::size_t pixels, std::uint8_t* missing) {
  mark_bytes(valid, pixels, 0, missing);
}

void mark_values(const float* values, std::size_t pixels, std::uint8_t* missing) {
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) missing[pixel] |= std::isfinite(values[pixel]) ? 0 : 1;
}

}  // namespace ecocube
#endif
