// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>

#include "methods/series/savitzky_golay.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/savitzky_golay_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

using Integers = hn::RebindToSigned<Doubles>;

/// Smooths a vector of pixels at a time.
class LaneSmoother {
 public:
  LaneSmoother(const SavitzkyGolay& smoother, std::size_t times)
      : smoother_(smoother),
        window_(smoother.window()),
        times_(times),
        values_(hwy::AllocateAligned<double>(times * kMostDoubles)),
        known_(hwy::AllocateAligned<double>(times * kMostDoubles)),
        weights_(hwy::AllocateAligned<double>(window_ * kMostDoubles)),
        polynomial_(hwy::AllocateAligned<double>((window_ + 1) * kMostDoubles)),
        before_(hwy::AllocateAligned<double>((window_ + 1) * kMostDoubles)) {}

  void smooth(const Stack<float>& stack, std::size_t pixel, std::size_t count, bool keep_gaps,
              const Planes<float>& out) {
    const Doubles d;
    for (std::size_t time = 0; time < times_; ++time) {
      const DoubleLanes value = load_doubles(stack.plane(time) + pixel, count, stack.no_data);
      const DoubleMask known = known_lanes(value, stack.no_data);
      hn::Store(hn::IfThenElseZero(known, value), d, values_.get() + time * kMostDoubles);
      hn::Store(hn::VecFromMask(d, known), d, known_.get() + time * kMostDoubles);
    }
    const DoubleLanes missing = hn::Set(d, static_cast<double>(out.no_data));
    const std::size_t half = window_ / 2, last_start = times_ - window_;
    std::size_t start = 0;
    begin_window();
    for (std::size_t time = 0; time < times_; ++time) {
      const std::size_t wanted = std::clamp(time, half, last_start + half) - half;
      for (; start < wanted; ++start) move_window(start);
      const DoubleLanes sum = weighted_sum(start, time - start);
      DoubleMask told = hn::Gt(hn::Load(d, seen_), hn::Zero(d));
      if (keep_gaps) told = hn::And(told, known(time));
      store_doubles(hn::IfThenElse(told, sum, missing), out.plane(time) + pixel, count);
    }
  }

 private:
  HWY_INLINE DoubleLanes value(std::size_t time) const {
    return hn::Load(Doubles(), values_.get() + time * kMostDoubles);
  }
  HWY_INLINE DoubleMask known(std::size_t time) const {
    return hn::MaskFromVec(hn::Load(Doubles(), known_.get() + time * kMostDoubles));
  }
  /// 1 where known.
  HWY_INLINE DoubleLanes one_if_known(std::size_t time) const {
    return hn::IfThenElseZero(known(time), hn::Set(Doubles(), 1.0));
  }
  /// The bit of a window's last place where known.
  HWY_INLINE hn::Vec<Integers> bit_if_known(std::size_t time) const {
    const Integers d;
    const auto bit = hn::Set(d, std::int64_t{1} << (std::min(window_, kMostBits) - 1));
    return hn::And(bit, hn::BitCast(d, hn::Load(Doubles(), known_.get() + time * kMostDoubles)));
  }

  /// Which places of the window are known, as counts and as patterns.
  void begin_window() {
    const Doubles d;
    DoubleLanes seen = hn::Zero(d);
    auto pattern = hn::Zero(Integers());
    for (std::size_t time = 0; time < window_; ++time) {
      seen = hn::Add(seen, one_if_known(time));
      pattern = hn::Or(hn::ShiftRight<1>(pattern), bit_if_known(time));
    }
    hn::Store(seen, d, seen_);
    hn::Store(pattern, Integers(), pattern_);
  }
  /// From the window that begins at `start` to the next one.
  void move_window(std::size_t start) {
    const Doubles d;
    const DoubleLanes gone = one_if_known(start), come = one_if_known(start + window_);
    hn::Store(hn::Add(hn::Sub(hn::Load(d, seen_), gone), come), d, seen_);
    const auto pattern = hn::ShiftRight<1>(hn::Load(Integers(), pattern_));
    hn::Store(hn::Or(pattern, bit_if_known(start + window_)), Integers(), pattern_);
  }

  /// The value at place `at` of the window that begins at `start`.
  HWY_INLINE DoubleLanes weighted_sum(std::size_t start, std::size_t at) {
    const Doubles d;
    DoubleLanes sum = hn::Zero(d);
    if (hn::AllTrue(d, hn::Eq(hn::Load(d, seen_), hn::Set(d, static_cast<double>(window_))))) {
      const double* weights = smoother_.whole_weights(at);
      for (std::size_t i = 0; i < window_; ++i) sum = hn::Add(sum, hn::Mul(hn::Set(d, weights[i]), value(start + i)));
    } else if (at == window_ / 2 && smoother_.pattern_weights() != nullptr) {
      const auto row = hn::ShiftLeft<SavitzkyGolay::kPatternShift>(hn::Load(Integers(), pattern_));
      for (std::size_t i = 0; i < window_; ++i)
        sum = hn::Add(sum, hn::Mul(hn::GatherIndex(d, smoother_.pattern_weights() + i, row), value(start + i)));
    } else {
      find_weights(start, at);
      for (std::size_t i = 0; i < window_; ++i)
        sum = hn::Add(sum, hn::Mul(hn::Load(d, weights_.get() + i * kMostDoubles), value(start + i)));
    }
    return sum;
  }

  /// The highest degree of every lane; -1 where nothing is known.
  HWY_INLINE DoubleLanes degrees(std::size_t start, std::size_t at) const {
    const Doubles d;
    DoubleLanes first = hn::Set(d, static_cast<double>(window_)), last = hn::Set(d, -1.0);
    for (std::size_t i = 0; i < window_; ++i) {
      const DoubleLanes place = hn::Set(d, static_cast<double>(i));
      const DoubleMask valid = known(start + i);
      first = hn::IfThenElse(valid, hn::Min(first, place), first);
      last = hn::IfThenElse(valid, place, last);
    }
    const DoubleLanes one = hn::Set(d, 1.0), here = hn::Set(d, static_cast<double>(at));
    const DoubleLanes most = hn::Sub(hn::Load(d, seen_), one);
    const DoubleLanes degree = hn::Min(hn::Set(d, static_cast<double>(smoother_.order())), most);
    const DoubleMask outside = hn::Or(hn::Lt(here, first), hn::Gt(here, last));
    return hn::IfThenElse(outside, hn::Min(degree, one), degree);
  }

  /// As SavitzkyGolay::weights_of.
  HWY_NOINLINE void find_weights(std::size_t start, std::size_t at) {
    const Doubles d;
    const DoubleLanes degree = degrees(start, at), zero = hn::Zero(d);
    for (std::size_t i = 0; i <= window_; ++i) {
      hn::Store(hn::Set(d, 1.0), d, polynomial_.get() + i * kMostDoubles);
      hn::Store(zero, d, before_.get() + i * kMostDoubles);
      if (i < window_) hn::Store(zero, d, weights_.get() + i * kMostDoubles);
    }
    const double middle = static_cast<double>(window_ - 1) / 2;
    const auto place = [&](std::size_t i)
                           HWY_ATTR { return hn::Set(d, static_cast<double>(i < window_ ? i : at) - middle); };
    DoubleLanes norm_before = zero;
    for (int k = 0; k <= smoother_.order(); ++k) {
      const DoubleMask wanted = hn::Ge(degree, hn::Set(d, static_cast<double>(k)));
      if (hn::AllFalse(d, wanted)) break;
      DoubleLanes norm = zero, moment = zero;
      for (std::size_t i = 0; i < window_; ++i) {
        const DoubleLanes p = hn::Load(d, polynomial_.get() + i * kMostDoubles);
        const DoubleMask valid = known(start + i);
        norm = hn::Add(norm, hn::IfThenElseZero(valid, hn::Mul(p, p)));
        moment = hn::Add(moment, hn::IfThenElseZero(valid, hn::Mul(hn::Mul(place(i), p), p)));
      }
      const DoubleLanes here = hn::Load(d, polynomial_.get() + window_ * kMostDoubles);
      for (std::size_t i = 0; i < window_; ++i) {
        double* to = weights_.get() + i * kMostDoubles;
        const DoubleLanes share = hn::Div(hn::Mul(hn::Load(d, polynomial_.get() + i * kMostDoubles), here), norm);
        hn::Store(hn::Add(hn::Load(d, to), hn::IfThenElseZero(hn::And(wanted, known(start + i)), share)), d, to);
      }
      const DoubleLanes shift = hn::Div(moment, norm), back = k == 0 ? zero : hn::Div(norm, norm_before);
      for (std::size_t i = 0; i <= window_; ++i) {
        double* now = polynomial_.get() + i * kMostDoubles;
        double* then = before_.get() + i * kMostDoubles;
        const DoubleLanes p = hn::Load(d, now);
        const DoubleLanes next = hn::Sub(hn::Mul(hn::Sub(place(i), shift), p), hn::Mul(back, hn::Load(d, then)));
        hn::Store(p, d, then);
        hn::Store(next, d, now);
      }
      norm_before = norm;
    }
  }

  static constexpr std::size_t kMostBits = 63;

  const SavitzkyGolay& smoother_;
  const std::size_t window_, times_;
  const hwy::AlignedFreeUniquePtr<double[]> values_, known_;  ///< 0 and no bits where missing, shape [time][lane]
  const hwy::AlignedFreeUniquePtr<double[]> weights_, polynomial_, before_;
  alignas(64) double seen_[kMostDoubles];
  alignas(64) std::int64_t pattern_[kMostDoubles];
};

void smooth_range(const Stack<float>& stack, PixelRange range, const SavitzkyGolay& smoother, bool keep_gaps,
                  const Planes<float>& out) {
  LaneSmoother lanes(smoother, stack.times);
  const std::size_t step = hn::Lanes(Doubles());
  for (std::size_t pixel = range.begin; pixel < range.end; pixel += step)
    lanes.smooth(stack, pixel, std::min(step, range.end - pixel), keep_gaps, out);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {
HWY_EXPORT(smooth_range);
}  // namespace

void SavitzkyGolay::smooth(const Stack<float>& stack, PixelRange range, bool keep_gaps,
                           const Planes<float>& out) const {
  assert(stack.times == times_ && out.count == times_ && range.end <= stack.pixels);
  HWY_DYNAMIC_DISPATCH(smooth_range)(stack, range, *this, keep_gaps, out);
}

}  // namespace ecocube::series
#endif
