// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/meta_lanes.h"

#include <variant>

#include "methods/infer/dense_lanes.h"
#include "methods/infer/feature_chunk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/infer/meta_lanes_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

#include "methods/infer/math_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube {
namespace HWY_NAMESPACE {
namespace {

void mean(const float* learned, std::size_t learners, std::size_t answers, double* answer) {
  const Doubles d;
  const DoubleLanes count = constant(static_cast<double>(learners));
  for (std::size_t at = 0; at < answers * kChunkPixels; at += hn::Lanes(d)) {
    DoubleLanes sum = hn::Zero(d);
    for (std::size_t l = 0; l < learners; ++l) sum = hn::Add(sum, promoted(learned + l * answers * kChunkPixels + at));
    hn::StoreU(hn::Div(sum, count), d, answer + at);
  }
}

void weigh_values(const double* weights, std::size_t learners, double intercept, const float* learned, double* answer) {
  const Doubles d;
  for (std::size_t at = 0; at < kChunkPixels; at += hn::Lanes(d)) {
    DoubleLanes value = constant(intercept);
    for (std::size_t l = 0; l < learners; ++l)
      value = plus_product(value, constant(weights[l]), promoted(learned + l * kChunkPixels + at));
    hn::StoreU(value, d, answer + at);
  }
}

/// ln of the smoothed probabilities; shapes [learner][class][kChunkPixels].
void take_logs(const Meta& meta, const float* learned, std::size_t learners, std::size_t classes, double* logs) {
  const Doubles d;
  const DoubleLanes kept = constant(1 - meta.smoothing);
  for (std::size_t i = 0; i < learners * classes; ++i) {
    const DoubleLanes added = constant(meta.smoothing * (meta.prior.empty() ? 0 : meta.prior[i % classes]));
    for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
      const std::size_t at = i * kChunkPixels + pixel;
      hn::StoreU(log_lanes(hn::Add(hn::Mul(kept, promoted(learned + at)), added)), d, logs + at);
    }
  }
}

void pool_linearly(const LinearPool& pool, std::size_t classes, double* logs, double* answer) {
  const Doubles d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    for (std::size_t c = 0; c < classes; ++c) hn::StoreU(hn::Zero(d), d, answer + c * kChunkPixels + pixel);
    for (std::size_t l = 0; l < pool.weights.size(); ++l) {
      double* own = logs + l * classes * kChunkPixels + pixel;
      const DoubleLanes exponent = constant(pool.exponents[l]), weight = constant(pool.weights[l]);
      for (std::size_t c = 0; c < classes; ++c)
        hn::StoreU(hn::Mul(hn::LoadU(d, own + c * kChunkPixels), exponent), d, own + c * kChunkPixels);
      softmax_lanes(own, classes, kChunkPixels);
      for (std::size_t c = 0; c < classes; ++c) {
        double* sum = answer + c * kChunkPixels + pixel;
        hn::StoreU(plus_product(hn::LoadU(d, sum), weight, hn::LoadU(d, own + c * kChunkPixels)), d, sum);
      }
    }
    for (std::size_t c = 0; c < classes; ++c) {
      double* own = answer + c * kChunkPixels + pixel;
      hn::StoreU(hn::Mul(constant(pool.final_exponent), log_lanes(hn::LoadU(d, own))), d, own);
    }
    softmax_lanes(answer + pixel, classes, kChunkPixels);
  }
}

void pool_logs(const LogPool& pool, std::size_t classes, const double* logs, double* answer) {
  const Doubles d;
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
      DoubleLanes sum = constant(pool.biases[c]);
      for (std::size_t l = 0; l < pool.weights.size(); ++l) {
        sum =
            plus_product(sum, constant(pool.weights[l]), hn::LoadU(d, logs + (l * classes + c) * kChunkPixels + pixel));
      }
      hn::StoreU(sum, d, answer + c * kChunkPixels + pixel);
    }
  }
}

/// Centres the logs of each learner over the classes, times scale.
void centre(double scale, std::size_t learners, std::size_t classes, double* logs) {
  const Doubles d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    for (std::size_t l = 0; l < learners; ++l) {
      double* own = logs + l * classes * kChunkPixels + pixel;
      DoubleLanes mean_log = hn::Zero(d);
      for (std::size_t c = 0; c < classes; ++c) mean_log = hn::Add(mean_log, hn::LoadU(d, own + c * kChunkPixels));
      mean_log = hn::Div(mean_log, constant(static_cast<double>(classes)));
      for (std::size_t c = 0; c < classes; ++c) {
        const DoubleLanes off = hn::Sub(hn::LoadU(d, own + c * kChunkPixels), mean_log);
        hn::StoreU(hn::Mul(off, constant(scale)), d, own + c * kChunkPixels);
      }
    }
  }
}

/// Four classes at a time, whose sums go on while the logs are at hand.
template <std::size_t kClasses>
HWY_INLINE void correct_some(const double* weights, std::size_t inputs, const double* logs, double* answer) {
  const Doubles d;
  for (std::size_t pixel = 0; pixel < kChunkPixels; pixel += hn::Lanes(d)) {
    DoubleLanes sums[kClasses];
#pragma GCC unroll 4
    for (std::size_t c = 0; c < kClasses; ++c) sums[c] = hn::Zero(d);
    for (std::size_t i = 0; i < inputs; ++i) {
      const DoubleLanes log = hn::LoadU(d, logs + i * kChunkPixels + pixel);
#pragma GCC unroll 4
      for (std::size_t c = 0; c < kClasses; ++c)
        sums[c] = plus_product(sums[c], constant(weights[c * inputs + i]), log);
    }
#pragma GCC unroll 4
    for (std::size_t c = 0; c < kClasses; ++c) {
      double* own = answer + c * kChunkPixels + pixel;
      hn::StoreU(hn::Add(hn::LoadU(d, own), sums[c]), d, own);
    }
  }
}

void correct(const double* corrections, std::size_t inputs, std::size_t classes, const double* logs, double* answer) {
  std::size_t c = 0;
  for (; c + 4 <= classes; c += 4) correct_some<4>(corrections + c * inputs, inputs, logs, answer + c * kChunkPixels);
  for (; c < classes; ++c) correct_some<1>(corrections + c * inputs, inputs, logs, answer + c * kChunkPixels);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube {
namespace {

HWY_EXPORT(mean);
HWY_EXPORT(weigh_values);
HWY_EXPORT(take_logs);
HWY_EXPORT(pool_linearly);
HWY_EXPORT(pool_logs);
HWY_EXPORT(centre);
HWY_EXPORT(correct);

/// One of them for each kind of pool.
struct Combiner {
  const Meta& meta;
  const float* learned;
  std::size_t learners, answers;
  double* answer;
  std::vector<double>& logs;

  void operator()(const MeanPool&) const { HWY_DYNAMIC_DISPATCH(mean)(learned, learners, answers, answer); }
  void operator()(const Logistic& pool) const {
    affine_planes(pool.intercepts.data(), pool.weights.data(), learners * answers, answers, learned, answer);
    softmax_planes(answer, answers);
  }
  void operator()(const LinearPool& pool) const {
    set_logs();
    HWY_DYNAMIC_DISPATCH(pool_linearly)(pool, answers, logs.data(), answer);
  }
  void operator()(const LogPool& pool) const {
    set_logs();
    HWY_DYNAMIC_DISPATCH(pool_logs)(pool, answers, logs.data(), answer);
    if (!pool.corrections.empty()) {
      HWY_DYNAMIC_DISPATCH(centre)(pool.scale, learners, answers, logs.data());
      HWY_DYNAMIC_DISPATCH(correct)(pool.corrections.data(), learners * answers, answers, logs.data(), answer);
    }
    softmax_planes(answer, answers);
  }
  void operator()(const ValuePool& pool) const {
    HWY_DYNAMIC_DISPATCH(weigh_values)(pool.weights.data(), learners, pool.intercept, learned, answer);
  }
  void set_logs() const {
    logs.resize(learners * answers * kChunkPixels);
    HWY_DYNAMIC_DISPATCH(take_logs)(meta, learned, learners, answers, logs.data());
  }
};

}  // namespace

void combine_planes(const Meta& meta, const float* learned, std::size_t learners, std::size_t answers, double* answer,
                    std::vector<double>& room) {
  std::visit(Combiner{meta, learned, learners, answers, answer, room}, meta.pool);
}

}  // namespace ecocube
#endif
