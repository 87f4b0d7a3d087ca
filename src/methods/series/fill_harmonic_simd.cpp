// SPDX-License-Identifier: Apache-2.0

// The plain way with a pixel in each lane. Values that a pixel lacks weigh 0; columns that its few values do not allow
// are those of the identity, whose zeros change no sum, so that every lane gets the numbers of its own smaller problem.

#include <algorithm>
#include <limits>

#include "methods/series/fill_harmonic.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/fill_harmonic_simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Fits and fills a vector of pixels after the other.
class HarmonicFill {
  using Doubles = hn::ScalableTag<double>;
  using V = hn::Vec<Doubles>;
  using Buffer = hwy::AlignedFreeUniquePtr<double[]>;

 public:
  HarmonicFill(const GapSeries& series, const HarmonicDesign& design)
      : series_(series),
        design_(design),
        times_(design.tau.size()),
        lanes_(hn::Lanes(doubles_)),
        values_(rows(times_)),
        weights_(rows(times_)),
        sorted_(rows(times_)),
        sums_(rows(5 * design.phases)),
        matrix_(rows(design.columns * design.columns)),
        right_(rows(design.columns)),
        season_(rows(design.phases)),
        count_(rows(1)),
        low_(rows(1)),
        high_(rows(1)) {}

  HWY_ATTR std::size_t run(PixelRange range) {
    std::size_t filled = 0;
    for (first_ = range.begin; first_ < range.end; first_ += lanes_) {
      used_ = std::min(lanes_, range.end - first_);
      if (!read()) continue;
      for (int round = 1; round <= design_.rounds; ++round) {
        sum_up();
        set_up();
        solve();
        tell_seasons();
        if (round < design_.rounds) weigh();
      }
      filled += write();
    }
    return filled;
  }

 private:
  Buffer rows(std::size_t count) const { return hwy::AllocateAligned<double>(count * lanes_); }
  HWY_ATTR HWY_INLINE V at(const Buffer& buffer, std::size_t row) const {
    return hn::Load(doubles_, buffer.get() + row * lanes_);
  }
  HWY_ATTR HWY_INLINE void set(const Buffer& buffer, std::size_t row, V value) const {
    hn::Store(value, doubles_, buffer.get() + row * lanes_);
  }
  HWY_ATTR HWY_INLINE V all(double value) const { return hn::Set(doubles_, value); }
  std::size_t cell(std::size_t row, std::size_t column) const { return row * design_.columns + column; }

  /// Brings the pixels in; false if none has both gaps and values. Marks what is observed and what is empty.
  bool read() {
    std::fill_n(count_.get(), lanes_, 0.0);
    std::fill_n(low_.get(), lanes_, std::numeric_limits<double>::infinity());
    std::fill_n(high_.get(), lanes_, -std::numeric_limits<double>::infinity());
    for (std::size_t time = 0; time < times_; ++time) {
      const std::size_t plane = time * series_.pixels + first_;
      for (std::size_t lane = 0; lane < lanes_; ++lane) {
        const bool known = lane < used_ && series_.valid[plane + lane] != 0;
        const double value = known ? static_cast<double>(series_.values[plane + lane]) : 0.0;
        values_[time * lanes_ + lane] = value;
        weights_[time * lanes_ + lane] = known ? 1.0 : 0.0;
        count_[lane] += known ? 1.0 : 0.0;
        low_[lane] = known ? std::min(low_[lane], value) : low_[lane];
        high_[lane] = known ? std::max(high_[lane], value) : high_[lane];
        if (lane < used_) series_.source[plane + lane] = known ? kObserved : kEmpty;
      }
    }
    const auto all_times = static_cast<double>(times_);
    return std::any_of(count_.get(), count_.get() + used_,
                       [&](double count) { return count > 0 && count < all_times; });
  }

  HWY_ATTR void sum_up() {
    std::fill_n(sums_.get(), 5 * design_.phases * lanes_, 0.0);
    for (std::size_t time = 0; time < times_; ++time) {
      const V w = at(weights_, time), value = at(values_, time), tau = all(design_.tau[time]), w_tau = hn::Mul(w, tau);
      const std::size_t sums = 5 * design_.phase[time];
      set(sums_, sums, hn::Add(at(sums_, sums), w));
      set(sums_, sums + 1, hn::Add(at(sums_, sums + 1), w_tau));
      set(sums_, sums + 2, hn::Add(at(sums_, sums + 2), hn::Mul(w_tau, tau)));
      set(sums_, sums + 3, hn::Add(at(sums_, sums + 3), hn::Mul(w, value)));
      set(sums_, sums + 4, hn::Add(at(sums_, sums + 4), hn::Mul(w_tau, value)));
    }
  }

  HWY_ATTR HWY_INLINE void add(const Buffer& buffer, std::size_t row, V value) const {
    set(buffer, row, hn::Add(at(buffer, row), value));
  }

  HWY_ATTR void set_up() {
    std::fill_n(matrix_.get(), design_.columns * design_.columns * lanes_, 0.0);
    std::fill_n(right_.get(), design_.columns * lanes_, 0.0);
    const std::size_t from = design_.waves_from, waves = design_.columns - from;
    for (std::size_t phase = 0; phase < design_.phases; ++phase) {
      const double* const wave = design_.waves.data() + phase * waves;
      const V w = at(sums_, 5 * phase), w_tau = at(sums_, 5 * phase + 1), w_value = at(sums_, 5 * phase + 3);
      add(matrix_, cell(0, 0), w);
      add(right_, 0, w_value);
      if (design_.trend) {
        add(matrix_, cell(1, 0), w_tau);
        add(matrix_, cell(1, 1), at(sums_, 5 * phase + 2));
        add(right_, 1, at(sums_, 5 * phase + 4));
      }
      for (std::size_t k = 0; k < waves; ++k) {
        const V here = all(wave[k]), w_here = hn::Mul(here, w);
        add(matrix_, cell(from + k, 0), w_here);
        if (design_.trend) add(matrix_, cell(from + k, 1), hn::Mul(here, w_tau));
        for (std::size_t other = 0; other <= k; ++other) {
          add(matrix_, cell(from + k, from + other), hn::Mul(w_here, all(wave[other])));
        }
        add(right_, from + k, hn::Mul(here, w_value));
      }
    }
    for (std::size_t row = 0; row < design_.columns; ++row) leave_unused_out(row);
  }

  /// Values that a pixel needs for the column to be used.
  double values_for(std::size_t column) const {
    if (column == 0) return 0;
    if (column < design_.waves_from) return static_cast<double>(kValuesForTrend);
    return static_cast<double>(HarmonicDesign::values_needed(static_cast<int>((column - design_.waves_from) / 2) + 1));
  }
  HWY_ATTR void leave_unused_out(std::size_t row) {
    const V count = at(count_, 0);
    const auto used = hn::Ge(count, all(values_for(row)));
    // Columns to the left need no more values than this one.
    for (std::size_t column = 0; column < row; ++column) {
      set(matrix_, cell(row, column), hn::IfThenElseZero(used, at(matrix_, cell(row, column))));
    }
    const V ridge = row == 0 ? all(kConstantRidge) : hn::Mul(all(kRidge), count);
    set(matrix_, cell(row, row), hn::IfThenElse(used, hn::Add(at(matrix_, cell(row, row)), ridge), all(1.0)));
    set(right_, row, hn::IfThenElseZero(used, at(right_, row)));
  }

  HWY_ATTR void solve() {
    const std::size_t size = design_.columns;
    for (std::size_t column = 0; column < size; ++column) {
      V pivot = at(matrix_, cell(column, column));
      for (std::size_t k = 0; k < column; ++k) pivot = less(pivot, cell(column, k), cell(column, k));
      pivot = hn::Sqrt(pivot);
      set(matrix_, cell(column, column), pivot);
      for (std::size_t row = column + 1; row < size; ++row) {
        V value = at(matrix_, cell(row, column));
        for (std::size_t k = 0; k < column; ++k) value = less(value, cell(row, k), cell(column, k));
        set(matrix_, cell(row, column), hn::Div(value, pivot));
      }
    }
    for (std::size_t row = 0; row < size; ++row) {
      V value = at(right_, row);
      for (std::size_t k = 0; k < row; ++k) value = hn::Sub(value, hn::Mul(at(matrix_, cell(row, k)), at(right_, k)));
      set(right_, row, hn::Div(value, at(matrix_, cell(row, row))));
    }
    for (std::size_t row = size; row-- > 0;) {
      V value = at(right_, row);
      for (std::size_t k = row + 1; k < size; ++k) {
        value = hn::Sub(value, hn::Mul(at(matrix_, cell(k, row)), at(right_, k)));
      }
      set(right_, row, hn::Div(value, at(matrix_, cell(row, row))));
    }
  }
  HWY_ATTR HWY_INLINE V less(V value, std::size_t a, std::size_t b) const {
    return hn::Sub(value, hn::Mul(at(matrix_, a), at(matrix_, b)));
  }

  HWY_ATTR void tell_seasons() {
    const std::size_t waves = design_.columns - design_.waves_from;
    for (std::size_t phase = 0; phase < design_.phases; ++phase) {
      V value = at(right_, 0);
      for (std::size_t k = 0; k < waves; ++k) {
        const V wave = all(design_.waves[phase * waves + k]);
        value = hn::Add(value, hn::Mul(wave, at(right_, design_.waves_from + k)));
      }
      set(season_, phase, value);
    }
  }
  HWY_ATTR HWY_INLINE V predicted(std::size_t time) const {
    const V season = at(season_, design_.phase[time]);
    return design_.trend ? hn::Add(season, hn::Mul(at(right_, 1), all(design_.tau[time]))) : season;
  }

  HWY_ATTR void weigh() {
    const V zero = hn::Zero(doubles_), one = all(1.0), never = all(std::numeric_limits<double>::infinity());
    for (std::size_t time = 0; time < times_; ++time) {
      const V residual = hn::Abs(hn::Sub(at(values_, time), predicted(time)));
      const auto missing = hn::Eq(at(weights_, time), zero);
      set(sorted_, time, hn::IfThenElse(missing, never, residual));
      set(weights_, time, hn::IfThenElse(missing, never, residual));
    }
    sort();
    const V limit = hn::Add(hn::Mul(all(kHuber), median()), all(kLeastSpread));
    for (std::size_t time = 0; time < times_; ++time) {
      const V residual = at(weights_, time);
      const V weight = hn::IfThenElse(hn::Le(residual, limit), one, hn::Div(limit, residual));
      set(weights_, time, weight);  // limit / infinity is the 0 of a missing value
    }
  }

  /// The residuals of each lane by Batcher's merge exchange (Knuth, volume 3, 5.2.2 M), missing ones last.
  HWY_ATTR void sort() {
    std::size_t top = 1;
    while (2 * top < times_) top *= 2;
    for (std::size_t p = top; p > 0 && times_ > 1; p /= 2) {
      std::size_t q = top, r = 0, distance = p;
      while (true) {
        for (std::size_t block = r; block + distance < times_; block += 2 * p) {
          const std::size_t end = std::min(block + p, times_ - distance);
          for (std::size_t i = block; i < end; ++i) {
            const V a = at(sorted_, i), b = at(sorted_, i + distance);
            set(sorted_, i, hn::Min(a, b));
            set(sorted_, i + distance, hn::Max(a, b));
          }
        }
        if (q == p) break;
        distance = q - p;
        q /= 2;
        r = p;
      }
    }
  }
  HWY_ATTR V median() {
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      const auto count = static_cast<std::size_t>(count_[lane]);
      // Lanes without values get what no one reads.
      const double lower = sorted_[(std::max<std::size_t>(count, 1) - 1) / 2 * lanes_ + lane],
                   upper = sorted_[std::min(count / 2, times_ - 1) * lanes_ + lane];
      median_[lane] = 0.5 * (lower + upper);
    }
    return hn::Load(doubles_, median_);
  }

  HWY_ATTR std::size_t write() {
    const V low = at(low_, 0), high = at(high_, 0), widening = hn::Mul(all(kWidening), hn::Sub(high, low));
    const V least = hn::Sub(low, widening), most = hn::Add(high, widening);
    std::size_t filled = 0;
    for (std::size_t time = 0; time < times_; ++time) {
      set(sorted_, time, hn::Min(hn::Max(predicted(time), least), most));
      const std::size_t plane = time * series_.pixels + first_;
      for (std::size_t lane = 0; lane < used_; ++lane) {
        if (series_.valid[plane + lane] != 0 || count_[lane] == 0) continue;
        series_.values[plane + lane] = static_cast<float>(sorted_[time * lanes_ + lane]);
        series_.valid[plane + lane] = 1;
        series_.source[plane + lane] = kHarmonic;
        ++filled;
      }
    }
    return filled;
  }

  const Doubles doubles_{};
  const GapSeries& series_;
  const HarmonicDesign& design_;
  const std::size_t times_, lanes_;
  const Buffer values_, weights_, sorted_;  ///< shape [time][lane]
  const Buffer sums_;                       ///< shape [phase][sum][lane]
  const Buffer matrix_, right_, season_;    ///< as in the plain way, [lane] last
  const Buffer count_, low_, high_;         ///< of the valid values, shape [lane]
  HWY_ALIGN double median_[HWY_MAX_BYTES / sizeof(double)] = {};
  std::size_t first_ = 0, used_ = 0;
};

HWY_ATTR std::size_t fill_harmonic(const GapSeries& series, PixelRange range, const HarmonicDesign& design) {
  return HarmonicFill(series, design).run(range);
}

}  // namespace ecocube::series::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {

HWY_EXPORT(fill_harmonic);

std::size_t fill_harmonic(const GapSeries& series, PixelRange range, const TimeAxis& axis,
                          const HarmonicOptions& options) {
  if (axis.slot.empty()) return 0;
  const HarmonicDesign design(axis, options);
  return HWY_DYNAMIC_DISPATCH(fill_harmonic)(series, range, design);
}

}  // namespace ecocube::series
#endif
