// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/dense_lanes.h"

#include <algorithm>

#include "methods/infer/feature_chunk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/dense_lanes_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

#include "methods/infer/math_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;
using FloatLanes = hn::Vec<Floats>;

/// Outputs and vectors of pixels that are summed together: as many sums as registers hold beside what they are made of.
constexpr std::size_t kOutputs = 4;
constexpr std::size_t kVectors = HWY_TARGET == HWY_AVX3 ? 4 : 2;

/// Sums of `outputs` (up to kOutputs) outputs for kVectors vectors of pixels.
///
/// in  shape [input][in_stride], its first lanes
template <class D, std::size_t kOutputCount, class T = hn::TFromD<D>>
HWY_INLINE void sum_products(D d, const T* starts, const T* weights, std::size_t inputs, const T* in,
                             std::size_t in_stride, bool rectified, T* out) {
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<D> sums[kOutputCount][kVectors];
#pragma GCC unroll 4
  for (std::size_t o = 0; o < kOutputCount; ++o) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) sums[o][v] = hn::Set(d, starts[o]);
  }
  for (std::size_t i = 0; i < inputs; ++i) {
    hn::Vec<D> x[kVectors];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) x[v] = hn::LoadU(d, in + i * in_stride + v * lanes);
#pragma GCC unroll 4
    for (std::size_t o = 0; o < kOutputCount; ++o) {
      const auto weight = hn::Set(d, weights[o * inputs + i]);
#pragma GCC unroll 4
      for (std::size_t v = 0; v < kVectors; ++v) sums[o][v] = hn::Add(sums[o][v], hn::Mul(weight, x[v]));
    }
  }
#pragma GCC unroll 4
  for (std::size_t o = 0; o < kOutputCount; ++o) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) {
      const auto sum = rectified ? hn::IfThenElseZero(hn::Gt(sums[o][v], hn::Zero(d)), sums[o][v]) : sums[o][v];
      hn::StoreU(sum, d, out + o * kChunkPixels + v * lanes);
    }
  }
}

template <class D, class T = hn::TFromD<D>>
HWY_INLINE void sum_all_outputs(D d, const T* starts, const T* weights, std::size_t inputs, std::size_t outputs,
                                const T* in, std::size_t in_stride, bool rectified, T* out) {
  std::size_t o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs)
    sum_products<D, kOutputs>(d, starts + o, weights + o * inputs, inputs, in, in_stride, rectified,
                              out + o * kChunkPixels);
  for (; o < outputs; ++o)
    sum_products<D, 1>(d, starts + o, weights + o * inputs, inputs, in, in_stride, rectified, out + o * kChunkPixels);
}

void layer(const float* biases, const float* weights, std::size_t inputs, std::size_t outputs, bool rectified,
           const float* in, float* out) {
  const Floats d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += kVectors * hn::Lanes(d))
    sum_all_outputs(d, biases, weights, inputs, outputs, in + pixel, kChunkPixels, rectified, out + pixel);
}

/// Inputs at a time, as doubles near at hand; a sum goes on where the last inputs left it.
void affine(const double* intercepts, const double* weights, std::size_t inputs, std::size_t outputs, const float* in,
            double* room, double* out) {
  const Doubles d;
  const std::size_t step = kVectors * hn::Lanes(d);
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += step) {
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t v = 0; v < step; v += hn::Lanes(d))
        hn::StoreU(promoted(in + i * kChunkPixels + pixel + v), d, room + i * step + v);
    }
    sum_all_outputs(d, intercepts, weights, inputs, outputs, room, step, false, out + pixel);
  }
}

void scale_plane(const float* in, float mean, float scale, float* out) {
  const Floats d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    const FloatLanes off = hn::Sub(hn::LoadU(d, in + pixel), hn::Set(d, mean));
    hn::StoreU(hn::Mul(off, hn::Set(d, scale)), d, out + pixel);
  }
}

/// physical = stored × scale + offset, as StoredBytes has it.
void decode(const std::uint8_t* stored, double scale, double offset, float* out) {
  const Doubles d;
  const hn::Rebind<std::uint8_t, Doubles> d_bytes;
  const hn::Rebind<std::int32_t, Doubles> d_whole;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    const auto number = hn::PromoteTo(d, hn::PromoteTo(d_whole, hn::LoadU(d_bytes, stored + pixel)));
    store_floats(hn::Add(hn::Mul(number, constant(scale)), constant(offset)), out + pixel);
  }
}

void softmax_all(double* scores, std::size_t classes) {
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(Doubles()))
    softmax_lanes(scores + pixel, classes, kChunkPixels);
}

void promote_all(const float* from, std::size_t count, double* to) {
  for (std::size_t i = 0; i < count; i += hn::Lanes(Doubles())) hn::StoreU(promoted(from + i), Doubles(), to + i);
}

void demote_all(const double* from, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; i += hn::Lanes(Doubles())) store_floats(hn::LoadU(Doubles(), from + i), to + i);
}

void divide_all(float* values, std::size_t count, float divisor) {
  const Floats d;
  const FloatLanes by = hn::Set(d, divisor);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d))
    hn::StoreU(hn::Div(hn::LoadU(d, values + i), by), d, values + i);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <vector>

namespace ecocube {
namespace {

HWY_EXPORT(layer);
HWY_EXPORT(affine);
HWY_EXPORT(scale_plane);
HWY_EXPORT(decode);
HWY_EXPORT(softmax_all);
HWY_EXPORT(promote_all);
HWY_EXPORT(demote_all);
HWY_EXPORT(divide_all);

}  // namespace

void affine_planes(const double* intercepts, const double* weights, std::size_t inputs, std::size_t outputs,
                   const float* in, double* out) {
  constexpr std::size_t kMostPixels = 64;
  std::vector<double> room(inputs * kMostPixels);
  HWY_DYNAMIC_DISPATCH(affine)(intercepts, weights, inputs, outputs, in, room.data(), out);
}

void layer_planes(const NetworkLayer& one, bool rectified, const float* in, float* out) {
  HWY_DYNAMIC_DISPATCH(layer)(one.biases.data(), one.weights.data(), one.inputs, one.outputs, rectified, in, out);
}

void scaled_plane(const float* in, float mean, float scale, float* out) {
  HWY_DYNAMIC_DISPATCH(scale_plane)(in, mean, scale, out);
}

void decoded_plane(const std::uint8_t* stored, const StoredBytes& how, float* out) {
  HWY_DYNAMIC_DISPATCH(decode)(stored, how.scale, how.offset, out);
}

void softmax_planes(double* scores, std::size_t classes) {
  HWY_DYNAMIC_DISPATCH(softmax_all)(scores, classes);
}

void answers_of_score_planes(Link link, const float* scores, std::size_t answers_count, float* answers, double* room) {
  if (link == Link::identity) {
    std::copy_n(scores, kChunkPixels, answers);
    return;
  }
  const std::size_t count = answers_count * kChunkPixels;
  if (link == Link::logistic) {
    std::fill_n(room, kChunkPixels, 0.0);
    HWY_DYNAMIC_DISPATCH(promote_all)(scores, kChunkPixels, room + kChunkPixels);
  } else {
    HWY_DYNAMIC_DISPATCH(promote_all)(scores, count, room);
  }
  softmax_planes(room, answers_count);
  to_floats(room, count, answers);
}

void to_floats(const double* from, std::size_t count, float* to) {
  HWY_DYNAMIC_DISPATCH(demote_all)(from, count, to);
}

void divide_rows(const float* sums, std::size_t classes, float divisor, float* answers) {
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
      answers[c * kChunkPixels + pixel] = sums[pixel * classes + c];
  }
  HWY_DYNAMIC_DISPATCH(divide_all)(answers, classes * kChunkPixels, divisor);
}

}  // namespace ecocube
#endif
