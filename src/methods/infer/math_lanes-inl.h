// SPDX-License-Identifier: Apache-2.0
// Included once per instruction set: portable_exp and portable_log of data/model/portable_math.h for lanes of doubles,
// with the same operations in the same order, so the same bits.
//
#if defined(ECOCUBE_MATH_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ECOCUBE_MATH_LANES_INL_H
#undef ECOCUBE_MATH_LANES_INL_H
#else
#define ECOCUBE_MATH_LANES_INL_H
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::ScalableTag<double>;
using DoubleLanes = hn::Vec<Doubles>;
/// As many floats as there are doubles in a vector.
using HalfFloats = hn::Rebind<float, Doubles>;
using Words = hn::RebindToUnsigned<Doubles>;

HWY_INLINE DoubleLanes constant(double value) {
  return hn::Set(Doubles(), value);
}
HWY_INLINE DoubleLanes promoted(const float* from) {
  return hn::PromoteTo(Doubles(), hn::LoadU(HalfFloats(), from));
}
HWY_INLINE void store_floats(DoubleLanes value, float* to) {
  hn::StoreU(hn::DemoteTo(HalfFloats(), value), HalfFloats(), to);
}
/// a + b * c, rounded twice.
HWY_INLINE DoubleLanes plus_product(DoubleLanes a, DoubleLanes b, DoubleLanes c) {
  return hn::Add(a, hn::Mul(b, c));
}

HWY_INLINE DoubleLanes exp_lanes(DoubleLanes x) {
  const Doubles d;
  const Words d_words;
  const DoubleLanes round_to_whole = constant(0x1.8p52);
  const DoubleLanes shifted = hn::Add(hn::Mul(x, constant(1.4426950408889634)), round_to_whole);
  const DoubleLanes k = hn::Sub(shifted, round_to_whole);
  const DoubleLanes r = hn::Sub(hn::Sub(x, hn::Mul(k, constant(6.93147180369123816490e-01))),
                                hn::Mul(k, constant(1.90821492927058770002e-10)));
  const DoubleLanes r2 = hn::Mul(r, r), r4 = hn::Mul(r2, r2);
  const auto four = [&](double a, double b, double c, double e) HWY_ATTR {
    return plus_product(plus_product(constant(a), r, constant(b)), r2, plus_product(constant(c), r, constant(e)));
  };
  const DoubleLanes low = four(1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120);
  const DoubleLanes middle = four(1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880);
  const DoubleLanes high = four(1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0);
  const DoubleLanes inner = plus_product(low, r4, plus_product(middle, r4, high));
  const DoubleLanes power = hn::Add(constant(1.0), plus_product(r, r2, inner));
  // The low bits of `shifted` are k; however 2^k is split in two factors, the products are exact.
  const auto whole = hn::Sub(hn::BitCast(d_words, shifted), hn::BitCast(d_words, round_to_whole));
  const auto half = hn::Sub(hn::ShiftRight<1>(hn::Add(whole, hn::Set(d_words, 4096))), hn::Set(d_words, 2048));
  const auto bias = hn::Set(d_words, 1023);
  const DoubleLanes first = hn::BitCast(d, hn::ShiftLeft<52>(hn::Add(half, bias)));
  const DoubleLanes second = hn::BitCast(d, hn::ShiftLeft<52>(hn::Add(hn::Sub(whole, half), bias)));
  DoubleLanes result = hn::Mul(hn::Mul(power, first), second);
  result = hn::IfThenZeroElse(hn::Lt(x, constant(-708.0)), result);
  const DoubleLanes infinity = constant(std::numeric_limits<double>::infinity());
  result = hn::IfThenElse(hn::Gt(x, constant(709.782712893384)), infinity, result);
  return hn::IfThenElse(hn::Eq(x, x), result, x);
}

HWY_INLINE DoubleLanes log_lanes(DoubleLanes x) {
  const Doubles d;
  const Words d_words;
  const auto bits = hn::BitCast(d_words, x);
  const auto one_bits = hn::BitCast(d_words, constant(1.0));
  const DoubleLanes mantissa = hn::BitCast(d, hn::Or(hn::And(bits, hn::Set(d_words, 0x000fffffffffffffULL)), one_bits));
  // A whole number as a double: its bits in the mantissa of 1.5 · 2^52.
  const DoubleLanes round_to_whole = constant(0x1.8p52);
  const auto exponent = hn::Sub(hn::ShiftRight<52>(bits), hn::Set(d_words, 1023));
  const DoubleLanes k =
      hn::Sub(hn::BitCast(d, hn::Add(hn::BitCast(d_words, round_to_whole), exponent)), round_to_whole);
  const auto above = hn::Gt(mantissa, constant(1.4142135623730951));
  const DoubleLanes m = hn::IfThenElse(above, hn::Mul(mantissa, constant(0.5)), mantissa);
  const DoubleLanes scale = hn::IfThenElse(above, hn::Add(k, constant(1)), k);
  const DoubleLanes f = hn::Sub(m, constant(1)), s = hn::Div(f, hn::Add(constant(2), f)), s2 = hn::Mul(s, s);
  DoubleLanes series = hn::Zero(d);
  for (int power = 25; power >= 3; power -= 2) series = hn::Add(hn::Mul(series, s2), constant(2.0 / power));
  const DoubleLanes tail = plus_product(hn::Mul(hn::Mul(s, s2), series), scale, constant(1.90821492927058770002e-10));
  const DoubleLanes result =
      hn::Add(hn::Mul(scale, constant(6.93147180369123816490e-01)), hn::Add(hn::Mul(constant(2), s), tail));
  const DoubleLanes zero = hn::Zero(d), infinity = constant(std::numeric_limits<double>::infinity());
  const DoubleLanes not_positive = hn::IfThenElse(hn::Eq(x, zero), constant(-std::numeric_limits<double>::infinity()),
                                                  constant(std::numeric_limits<double>::quiet_NaN()));
  return hn::IfThenElse(hn::Gt(x, zero), hn::IfThenElse(hn::Eq(x, infinity), x, result), not_positive);
}

/// Softmax over the rows of a plane in place, as data/model's: shift by the largest, exp, divide by the sum.
///
/// scores  first lanes of a plane [class][stride]
HWY_INLINE void softmax_lanes(double* scores, std::size_t classes, std::size_t stride) {
  const Doubles d;
  DoubleLanes largest = hn::LoadU(d, scores);
  for (std::size_t c = 1; c < classes; ++c) {
    const DoubleLanes score = hn::LoadU(d, scores + c * stride);
    largest = hn::IfThenElse(hn::Lt(largest, score), score, largest);
  }
  DoubleLanes sum = hn::Zero(d);
  for (std::size_t c = 0; c < classes; ++c) {
    const DoubleLanes score = exp_lanes(hn::Sub(hn::LoadU(d, scores + c * stride), largest));
    hn::StoreU(score, d, scores + c * stride);
    sum = hn::Add(sum, score);
  }
  for (std::size_t c = 0; c < classes; ++c)
    hn::StoreU(hn::Div(hn::LoadU(d, scores + c * stride), sum), d, scores + c * stride);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#endif
