// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "methods/series/harmonic_model.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/harmonic_model_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

// Lanes are the terms of one pixel's model, or its observations: what is fitted next depends on what came before.
HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Doubles = hn::CappedTag<double, HarmonicModel::kMostTerms>;
using Lanes = hn::Vec<Doubles>;
using Terms = HarmonicModel::Terms;

constexpr std::size_t kTerms = HarmonicModel::kMostTerms;

/// One fit; shapes [observation], padded to whole vectors.
class LaneFit {
 public:
  LaneFit(const Terms* rows, std::span<const std::size_t> times, std::span<const double> values, int modes)
      : rows_(rows),
        times_(times),
        terms_(static_cast<std::size_t>(2 + 2 * modes)),
        count_(times.size()),
        stride_((count_ + kTerms - 1) / kTerms * kTerms),
        room_(hwy::AllocateAligned<double>((terms_ + 5) * stride_)) {
    const auto plane = [&](std::size_t number) { return room_.get() + number * stride_; };
    for (std::size_t term = 0; term < terms_; ++term) {
      for (std::size_t i = 0; i < count_; ++i) plane(term)[i] = rows_[times_[i]][term];
      std::fill(plane(term) + count_, plane(term + 1), 0.0);
    }
    values_ = plane(terms_), weights_ = plane(terms_ + 1), residuals_ = plane(terms_ + 2), sizes_ = plane(terms_ + 3),
    few_ = plane(terms_ + 4);
    std::copy(values.begin(), values.end(), values_);
    std::fill(values_ + count_, values_ + stride_, 0.0);
    std::fill(weights_, weights_ + stride_, 1.0);
  }

  /// As HarmonicModel::fit_plain.
  HarmonicModel::Fit fit() {
    HarmonicModel::Fit result;
    double limit = 0;
    for (int round = 0; round < HarmonicModel::kRounds; ++round) {
      HarmonicModel::NormalEquations equations{};
      sum_equations(equations);
      if (!equations.solve(terms_)) return {};
      result.terms = terms_;
      result.coefficients = equations.right;
      find_residuals(result.coefficients);
      double squares = 0, weight = 0;
      for (std::size_t i = 0; i < count_; ++i) {
        squares += weights_[i] * residuals_[i] * residuals_[i];
        weight += weights_[i];
      }
      result.rmse = std::sqrt(squares / std::max(weight - static_cast<double>(terms_), 1.0));
      limit = HarmonicModel::kHuberLimit * middle_size(limit / HarmonicModel::kHuberLimit);
      if (limit <= 0) break;
      find_weights(limit);
    }
    return result;
  }

 private:
  static constexpr std::size_t kParts = kTerms / hn::MaxLanes(Doubles());

  /// Columns `part` of all rows of the matrix. Every element is summed up in the order of the observations.
  template <std::size_t... a>
  HWY_INLINE void sum_part(std::size_t part, HarmonicModel::NormalEquations& equations, std::index_sequence<a...>) {
    const Doubles d;
    const std::size_t from = part * hn::MaxLanes(d);
    Lanes sums[] = {hn::Mul(hn::Zero(d), hn::Set(d, static_cast<double>(a)))...};
    Lanes right = hn::Zero(d);
    alignas(64) double weighted[kTerms];
    for (std::size_t i = 0; i < count_; ++i) {
      const double* row = rows_[times_[i]].data();
      const Lanes weight = hn::Set(d, weights_[i]), own = hn::LoadU(d, row + from);
      for (std::size_t other = 0; other < kTerms; other += hn::MaxLanes(d))
        hn::Store(hn::Mul(weight, hn::LoadU(d, row + other)), d, weighted + other);
      ((sums[a] = hn::Add(sums[a], hn::Mul(hn::Set(d, weighted[a]), own))), ...);
      right = hn::Add(right, hn::Mul(hn::Load(d, weighted + from), hn::Set(d, values_[i])));
    }
    (hn::StoreU(sums[a], d, equations.matrix[a].data() + from), ...);
    hn::StoreU(right, d, equations.right.data() + from);
  }
  HWY_NOINLINE void sum_equations(HarmonicModel::NormalEquations& equations) {
    for (std::size_t part = 0; part < kParts && part * hn::MaxLanes(Doubles()) < terms_; ++part) {
      if (terms_ <= 4) {
        sum_part(part, equations, std::make_index_sequence<4>());
      } else {
        sum_part(part, equations, std::make_index_sequence<kTerms>());
      }
    }
  }

  HWY_NOINLINE void find_residuals(const Terms& coefficients) {
    const Doubles d;
    for (std::size_t i = 0; i < count_; i += hn::MaxLanes(d)) {
      Lanes sum = hn::Zero(d);
      for (std::size_t term = 0; term < terms_; ++term)
        sum = hn::Add(sum, hn::Mul(hn::Set(d, coefficients[term]), hn::Load(d, room_.get() + term * stride_ + i)));
      const Lanes residual = hn::Sub(hn::Load(d, values_ + i), sum);
      hn::Store(residual, d, residuals_ + i);
      hn::Store(hn::Abs(residual), d, sizes_ + i);
    }
  }

  HWY_INLINE void find_weights(double limit) {
    const Doubles d;
    const Lanes most = hn::Set(d, limit), one = hn::Set(d, 1.0);
    for (std::size_t i = 0; i < count_; i += hn::MaxLanes(d)) {
      const Lanes size = hn::Load(d, sizes_ + i);
      hn::Store(hn::IfThenElse(hn::Le(size, most), one, hn::Div(most, size)), d, weights_ + i);
    }
  }

  /// How many sizes are at most `limit`.
  HWY_INLINE std::size_t count_up_to(double limit) const {
    const Doubles d;
    const Lanes most = hn::Set(d, limit);
    std::size_t found = 0, i = 0;
    for (; i + hn::MaxLanes(d) <= count_; i += hn::MaxLanes(d))
      found += hn::CountTrue(d, hn::Le(hn::Load(d, sizes_ + i), most));
    for (; i < count_; ++i) found += sizes_[i] <= limit ? 1 : 0;
    return found;
  }

  /// The size in the middle, of an even number the upper one. Narrows the range that holds it, from a guess on, and
  /// sorts the few within; the guess decides about the time alone.
  HWY_NOINLINE double middle_size(double guess) {
    constexpr std::size_t kFew = 12, kMostPasses = 6;
    const std::size_t wanted = count_ / 2;
    double low = -1, high = std::numeric_limits<double>::infinity(), pivot = guess > 0 ? guess : mean_size();
    std::size_t up_to_low = 0, up_to_high = count_;
    for (std::size_t pass = 0; pass < kMostPasses && up_to_high - up_to_low > kFew; ++pass) {
      const std::size_t found = count_up_to(pivot);
      if (found > wanted) {
        high = pivot, up_to_high = found;
      } else {
        low = pivot, up_to_low = found;
      }
      const double share =
          (static_cast<double>(wanted - up_to_low) + 0.5) / static_cast<double>(up_to_high - up_to_low);
      const double from = std::max(low, 0.0);
      pivot = std::isinf(high) ? 1.5 * pivot : from + (high - from) * std::clamp(share, 0.1, 0.9);
    }
    std::size_t few = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      few_[few] = sizes_[i];
      few += sizes_[i] > low && sizes_[i] <= high ? 1 : 0;
    }
    std::nth_element(few_, few_ + (wanted - up_to_low), few_ + few);
    return few_[wanted - up_to_low];
  }
  double mean_size() const {
    double sum = 0;
    for (std::size_t i = 0; i < count_; ++i) sum += sizes_[i];
    return sum / static_cast<double>(count_);
  }

  const Terms* rows_;
  const std::span<const std::size_t> times_;
  const std::size_t terms_, count_, stride_;
  const hwy::AlignedFreeUniquePtr<double[]> room_;  ///< the terms of all observations [term][observation], and those:
  double *values_, *weights_, *residuals_, *sizes_, *few_;
};

void fit_lanes(const Terms* rows, std::span<const std::size_t> times, std::span<const double> values, int modes,
               HarmonicModel::Fit& result) {
  result = LaneFit(rows, times, values, modes).fit();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {
HWY_EXPORT(fit_lanes);
}  // namespace

HarmonicModel::Fit HarmonicModel::fit(std::span<const std::size_t> times, std::span<const double> values,
                                      int modes) const {
  assert(times.size() == values.size() && modes >= 0 && modes <= kMostModes);
  Fit result;
  if (times.size() > static_cast<std::size_t>(2 + 2 * modes))
    HWY_DYNAMIC_DISPATCH(fit_lanes)(rows_.data(), times, values, modes, result);
  return result;
}

}  // namespace ecocube::series
#endif
