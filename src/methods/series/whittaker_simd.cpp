// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "methods/series/whittaker.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/whittaker_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/aligned_allocator.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class F>
using Lanes = hn::ScalableTag<F>;

/// Stored numbers as floating ones, a vector at a time.
template <class F, class T>
HWY_INLINE hn::Vec<Lanes<F>> load(const T* from) {
  const Lanes<F> d;
  const auto stored = hn::LoadU(hn::Rebind<T, Lanes<F>>(), from);
  if constexpr (std::is_same_v<T, F>) {
    return stored;
  } else if constexpr (std::is_same_v<T, float>) {
    return hn::PromoteTo(d, stored);
  } else if constexpr (std::is_same_v<F, float>) {
    return hn::ConvertTo(d, hn::PromoteTo(hn::Rebind<std::int32_t, Lanes<F>>(), stored));
  } else {
    return hn::PromoteTo(d, hn::PromoteTo(hn::Rebind<std::int32_t, Lanes<F>>(), stored));
  }
}

/// Rounds as the plain version does; `told` is all ones where there is a result.
template <class F, class T, class V>
HWY_INLINE void store(V value, V told, T no_data, T* to) {
  const Lanes<F> d;
  const V missing = hn::Set(d, static_cast<F>(no_data));
  const hn::Rebind<T, Lanes<F>> d_stored;
  if constexpr (std::is_floating_point_v<T>) {
    const V result = hn::IfThenElse(hn::MaskFromVec(told), value, missing);
    if constexpr (std::is_same_v<T, F>) {
      hn::StoreU(result, d_stored, to);
    } else {
      hn::StoreU(hn::DemoteTo(d_stored, result), d_stored, to);
    }
  } else {
    const auto low = static_cast<F>(std::numeric_limits<T>::min()),
               high = static_cast<F>(std::numeric_limits<T>::max());
    V rounded = hn::Floor(hn::Add(value, hn::Set(d, F{0.5})));
    rounded = hn::Min(hn::Max(rounded, hn::Set(d, low)), hn::Set(d, high));
    const V aside = hn::Set(d, static_cast<F>(no_data) + (static_cast<F>(no_data) > low ? F{-1} : F{1}));
    rounded = hn::IfThenElse(hn::Eq(rounded, missing), aside, rounded);
    rounded = hn::IfThenElse(hn::MaskFromVec(told), rounded, missing);
    const hn::Rebind<std::int32_t, Lanes<F>> d32;
    if constexpr (std::is_same_v<F, float>) {
      hn::StoreU(hn::DemoteTo(d_stored, hn::ConvertTo(d32, rounded)), d_stored, to);
    } else {
      hn::StoreU(hn::DemoteTo(d_stored, hn::DemoteTo(d32, rounded)), d_stored, to);
    }
  }
}

/// Solves the systems of kVectors vectors of pixels at once. The steps of one system wait for each other, and several
/// vectors fill that time.
template <class F, int kOrder, class T, std::size_t kVectors = 2>
class LaneSolver {
 public:
  using V = hn::Vec<Lanes<F>>;

  explicit LaneSolver(const WhittakerPlan& plan)
      : plan_(plan),
        times_(plan.penalty[0].size()),
        lanes_(hn::Lanes(Lanes<F>())),
        work_(hwy::AllocateAligned<F>(times_ * kPlanes * kVectors * lanes_)),
        positions_(plan.positions.begin(), plan.positions.end()) {
    for (std::size_t band = 0; band <= kOrder; ++band)
      penalty_[band].assign(plan.penalty[band].begin(), plan.penalty[band].end());
  }

  std::size_t pixels() const { return kVectors * lanes_; }

  /// Smooths the pixels from `pixel` on, all within the stack, and writes them to the pixels from `to` on.
  /// Returns the longest gaps of these pixels.
  HWY_NOINLINE const F* smooth(const Stack<T>& stack, std::size_t pixel, const Planes<T>& out, std::size_t to) {
    const Lanes<F> d;
    V mean[kVectors], enough[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) {
      V count = hn::Zero(d), sum = hn::Zero(d), longest = hn::Zero(d), last = hn::Set(d, positions_[0] - F{1});
      for (std::size_t time = 0; time < times_; ++time) {
        // The planes lie far apart: what comes next is asked for early.
        if (v == 0) {
          hwy::Prefetch(stack.plane(time) + pixel + kAhead);
          hwy::Prefetch(out.plane(time) + to + kAhead);
        }
        const V value = load<F>(stack.plane(time) + pixel + v * lanes_), valid = valid_lanes(value, stack.no_data);
        const V position = hn::Set(d, positions_[time]);
        count = hn::Add(count, hn::And(valid, hn::Set(d, F{1})));
        sum = hn::Add(sum, hn::And(valid, value));
        longest = hn::Max(longest, hn::Sub(position, last));
        last = hn::IfThenElse(hn::MaskFromVec(valid), position, last);
      }
      hn::Store(longest, d, gaps_ + v * lanes_);
      mean[v] = hn::Div(sum, hn::Max(count, hn::Set(d, F{1})));
      enough[v] = hn::VecFromMask(d, hn::Ge(count, hn::Set(d, static_cast<F>(plan_.fewest))));
    }
    forward(stack, pixel, mean);
    backward(stack, pixel, mean, enough, out, to);
    return gaps_;
  }

 private:
  static constexpr std::size_t kAhead = 128;  ///< pixels
  /// Kept of every date: z, 1/d, and the factors of the bands but the last, which is penalty / d.
  static constexpr std::size_t kPlanes = 2 + kOrder - 1;

  F* work(std::size_t time, std::size_t plane, std::size_t v) {
    return work_.get() + ((time * kPlanes + plane) * kVectors + v) * lanes_;
  }

  static HWY_INLINE V valid_lanes(V value, T no_data) {
    const Lanes<F> d;
    const V missing = hn::VecFromMask(d, hn::Eq(value, hn::Set(d, static_cast<F>(no_data))));
    // A number equals itself, NaN does not.
    return hn::AndNot(missing, hn::VecFromMask(d, hn::Eq(value, value)));
  }

  HWY_INLINE void forward(const Stack<T>& stack, std::size_t pixel, const V (&mean)[kVectors]) {
    const Lanes<F> d;
    // [k - 1][vector]: of the date k steps back. Before the first date they are 0, which takes nothing off.
    V z[kOrder][kVectors], factor[kOrder][kOrder][kVectors], times_d[kOrder][kOrder][kVectors];
    for (std::size_t k = 0; k < kOrder; ++k) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        z[k][v] = hn::Zero(d);
        for (std::size_t band = 0; band < kOrder; ++band) factor[k][band][v] = times_d[k][band][v] = hn::Zero(d);
      }
    }
    for (std::size_t time = 0; time < times_; ++time) {
      const V one = hn::Set(d, F{1});
      for (std::size_t v = 0; v < kVectors; ++v) {
        const V value = load<F>(stack.plane(time) + pixel + v * lanes_), valid = valid_lanes(value, stack.no_data);
        V pivot = hn::Add(hn::And(valid, one), hn::Set(d, penalty_[0][time]));
        V right = hn::And(valid, hn::Sub(value, mean[v]));
        for (std::size_t k = 0; k < kOrder; ++k) {
          pivot = hn::Sub(pivot, hn::Mul(times_d[k][k][v], factor[k][k][v]));
          right = hn::Sub(right, hn::Mul(factor[k][k][v], z[k][v]));
        }
        const V inverse = hn::Div(one, pivot);
        V new_times_d[kOrder], new_factor[kOrder];
        for (std::size_t band = 0; band < kOrder; ++band) {
          V u = hn::Set(d, penalty_[band + 1][time]);
          for (std::size_t k = 0; k + 1 + band < kOrder; ++k)
            u = hn::Sub(u, hn::Mul(factor[k][band + k + 1][v], times_d[k][k][v]));
          new_times_d[band] = u;
          new_factor[band] = hn::Mul(u, inverse);
        }
        for (std::size_t k = kOrder - 1; k > 0; --k) {
          z[k][v] = z[k - 1][v];
          for (std::size_t band = 0; band < kOrder; ++band) {
            factor[k][band][v] = factor[k - 1][band][v];
            times_d[k][band][v] = times_d[k - 1][band][v];
          }
        }
        z[0][v] = right;
        for (std::size_t band = 0; band < kOrder; ++band) {
          factor[0][band][v] = new_factor[band];
          times_d[0][band][v] = new_times_d[band];
        }
        hn::Store(right, d, work(time, 0, v));
        hn::Store(inverse, d, work(time, 1, v));
        for (std::size_t band = 0; band + 1 < kOrder; ++band) hn::Store(new_factor[band], d, work(time, 2 + band, v));
      }
    }
  }

  HWY_INLINE void backward(const Stack<T>& stack, std::size_t pixel, const V (&mean)[kVectors],
                           const V (&enough)[kVectors], const Planes<T>& out, std::size_t to) {
    const Lanes<F> d;
    V later[kOrder][kVectors];  // [k - 1][vector]: the result k steps on
    for (auto& vectors : later) {
      for (V& one : vectors) one = hn::Zero(d);
    }
    for (std::size_t time = times_; time-- > 0;) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        const V inverse = hn::Load(d, work(time, 1, v));
        V value = hn::Mul(hn::Load(d, work(time, 0, v)), inverse);
        for (std::size_t k = 0; k < kOrder; ++k) {
          const V factor =
              k + 1 < kOrder ? hn::Load(d, work(time, 2 + k, v)) : hn::Mul(hn::Set(d, penalty_[kOrder][time]), inverse);
          value = hn::Sub(value, hn::Mul(factor, later[k][v]));
        }
        for (std::size_t k = kOrder - 1; k > 0; --k) later[k][v] = later[k - 1][v];
        later[0][v] = value;
        V told = enough[v];
        if (plan_.keep_gaps) {
          told = hn::And(told, valid_lanes(load<F>(stack.plane(time) + pixel + v * lanes_), stack.no_data));
        }
        store<F>(hn::Add(value, mean[v]), told, out.no_data, out.plane(time) + to + v * lanes_);
      }
    }
  }

  const WhittakerPlan& plan_;
  std::size_t times_, lanes_;
  std::vector<F> penalty_[kOrder + 1];
  hwy::AlignedFreeUniquePtr<F[]> work_;
  std::vector<F> positions_;
  alignas(64) F gaps_[kVectors * HWY_MAX_BYTES / sizeof(F)];
};

/// Smooths ranges: in single precision, and in double again what that does not do for.
template <int kOrder, class T>
class RangeSmoother {
 public:
  explicit RangeSmoother(const WhittakerPlan& plan)
      : plan_(plan), single_(plan), fine_(plan), fine_results_(plan.positions.size() * single_.pixels()) {}

  void smooth(const Stack<T>& stack, PixelRange range, const Planes<T>& out) {
    const std::size_t step = single_.pixels();
    std::size_t pixel = range.begin;
    for (; pixel + step <= range.end; pixel += step) smooth_step(stack, pixel, out, pixel);
    if (pixel == range.end) return;
    const std::size_t rest = range.end - pixel;
    std::vector<T> edge(stack.times * step, stack.no_data), results(edge.size());
    const auto row = [&](std::size_t time) { return static_cast<std::ptrdiff_t>(time * step); };
    for (std::size_t time = 0; time < stack.times; ++time)
      std::copy_n(stack.plane(time) + pixel, rest, edge.begin() + row(time));
    smooth_step({edge.data(), stack.times, step, step, stack.no_data}, 0,
                {results.data(), stack.times, step, step, out.no_data}, 0);
    for (std::size_t time = 0; time < stack.times; ++time)
      std::copy_n(results.begin() + row(time), rest, out.plane(time) + pixel);
  }

 private:
  void smooth_step(const Stack<T>& stack, std::size_t pixel, const Planes<T>& out, std::size_t to) {
    const std::size_t step = single_.pixels();
    if (plan_.longest_in_single == 0) return smooth_in_double(stack, pixel, out, to);
    const float* gaps = single_.smooth(stack, pixel, out, to);
    const auto too_long = [&](float gap) { return static_cast<double>(gap) > plan_.longest_in_single; };
    if (std::none_of(gaps, gaps + step, too_long)) return;
    smooth_in_double(stack, pixel, {fine_results_.data(), stack.times, step, step, out.no_data}, 0);
    for (std::size_t time = 0; time < stack.times; ++time) {
      const T* from = fine_results_.data() + time * step;
      T* plane = out.plane(time) + to;
      for (std::size_t i = 0; i < step; ++i) plane[i] = too_long(gaps[i]) ? from[i] : plane[i];
    }
  }

  void smooth_in_double(const Stack<T>& stack, std::size_t pixel, const Planes<T>& out, std::size_t to) {
    for (std::size_t i = 0; i < single_.pixels(); i += fine_.pixels()) fine_.smooth(stack, pixel + i, out, to + i);
  }

  const WhittakerPlan& plan_;
  LaneSolver<float, kOrder, T> single_;
  LaneSolver<double, kOrder, T> fine_;
  std::vector<T> fine_results_;
};

template <class T>
void smooth_any(const Stack<T>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<T>& out) {
  switch (plan.order) {
    case 1:
      return RangeSmoother<1, T>(plan).smooth(stack, range, out);
    case 2:
      return RangeSmoother<2, T>(plan).smooth(stack, range, out);
    default:
      return RangeSmoother<3, T>(plan).smooth(stack, range, out);
  }
}

void smooth_uint8(const Stack<std::uint8_t>& stack, PixelRange range, const WhittakerPlan& plan,
                  const Planes<std::uint8_t>& out) {
  smooth_any(stack, range, plan, out);
}
void smooth_uint16(const Stack<std::uint16_t>& stack, PixelRange range, const WhittakerPlan& plan,
                   const Planes<std::uint16_t>& out) {
  smooth_any(stack, range, plan, out);
}
void smooth_int16(const Stack<std::int16_t>& stack, PixelRange range, const WhittakerPlan& plan,
                  const Planes<std::int16_t>& out) {
  smooth_any(stack, range, plan, out);
}
void smooth_float(const Stack<float>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<float>& out) {
  smooth_any(stack, range, plan, out);
}

}  // namespace ecocube::series::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {

HWY_EXPORT(smooth_uint8);
HWY_EXPORT(smooth_uint16);
HWY_EXPORT(smooth_int16);
HWY_EXPORT(smooth_float);

template <class T>
void smooth_whittaker(const Stack<T>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<T>& out) {
  assert(stack.times == plan.penalty[0].size() && out.count == stack.times && range.end <= stack.pixels);
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    HWY_DYNAMIC_DISPATCH(smooth_uint8)(stack, range, plan, out);
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    HWY_DYNAMIC_DISPATCH(smooth_uint16)(stack, range, plan, out);
  } else if constexpr (std::is_same_v<T, std::int16_t>) {
    HWY_DYNAMIC_DISPATCH(smooth_int16)(stack, range, plan, out);
  } else {
    HWY_DYNAMIC_DISPATCH(smooth_float)(stack, range, plan, out);
  }
}

template void smooth_whittaker(const Stack<std::uint8_t>&, PixelRange, const WhittakerPlan&,
                               const Planes<std::uint8_t>&);
template void smooth_whittaker(const Stack<std::uint16_t>&, PixelRange, const WhittakerPlan&,
                               const Planes<std::uint16_t>&);
template void smooth_whittaker(const Stack<std::int16_t>&, PixelRange, const WhittakerPlan&,
                               const Planes<std::int16_t>&);
template void smooth_whittaker(const Stack<float>&, PixelRange, const WhittakerPlan&, const Planes<float>&);

}  // namespace ecocube::series
#endif
