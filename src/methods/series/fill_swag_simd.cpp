// SPDX-License-Identifier: Apache-2.0

// Lanes are pixels. Sums over the past are made going forward and kept for all places; those over the future are made
// going back, with a ring of one year, and gaps are filled on the way. Only places where any pixel of the vector has a
// gap are worked out.

#include <limits>
#include <type_traits>
#include <vector>

#include "methods/series/fill_gaps_stored.h"
#include "methods/series/fill_gaps_stretch.h"
#include "methods/series/fill_swag.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/fill_swag_simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Fills a vector of pixels after the other.
template <class T>
class SwagFill {
  using Floats = hn::ScalableTag<float>;
  using Ints = hn::RebindToSigned<Floats>;
  using Stored = hn::Rebind<T, Floats>;
  using Bytes = hn::Rebind<std::uint8_t, Floats>;
  using V = hn::Vec<Floats>;
  using Buffer = hwy::AlignedFreeUniquePtr<float[]>;

 public:
  explicit SwagFill(const SwagWork<T>& work)
      : work_(work),
        lanes_(hn::Lanes(floats_)),
        line_(rows(work.places)),
        known_(rows(work.places)),
        past_(rows(work.slots + work.places)),
        past_known_(rows(work.slots + work.places)),
        future_(rows(work.places + work.slots)),
        future_known_(rows(work.places + work.slots)),
        stretch_(work.stack.times, hn::Lanes(hn::ScalableTag<std::uint8_t>())) {
    std::fill_n(past_.get(), work.slots * lanes_, 0.0F);
    std::fill_n(past_known_.get(), work.slots * lanes_, 0.0F);
    std::fill_n(future_.get() + work.places * lanes_, work.slots * lanes_, 0.0F);
    std::fill_n(future_known_.get() + work.places * lanes_, work.slots * lanes_, 0.0F);
  }

  HWY_ATTR std::size_t run() {
    std::size_t filled = 0;
    for (std::size_t first = work_.range.begin; first < work_.range.end; first += stretch_.width()) {
      const PixelRange pixels{first, std::min(first + stretch_.width(), work_.range.end)};
      stretch_.read(work_.stack, pixels);
      start();
      for (first_ = 0; first_ < pixels.end - pixels.begin; first_ += lanes_) {
        sum_up_past();
        if (work_.slots == 4) {
          fill_backwards<4>();
        } else if (work_.slots == 6) {
          fill_backwards<6>();
        } else {
          fill_backwards<0>();
        }
        if (work_.window > 0) smooth();
      }
      filled += tell_source();
      stretch_.write(pixels, work_.values, work_.source, work_.quality);
    }
    return filled;
  }

 private:
  /// Sets the whole stretch to observed; gaps hold the number for missing values.
  void start() {
    for (std::size_t time = 0; time < work_.stack.times; ++time) {
      std::copy_n(stretch_.stored(time), stretch_.width(), stretch_.values(time));
      if constexpr (std::is_floating_point_v<T>) {
        T* const values = stretch_.values(time);
        for (std::size_t at = 0; at < stretch_.width(); ++at) {
          if (values[at] != values[at]) values[at] = work_.stack.no_data;
        }
      }
      if (std::is_floating_point_v<T>) std::fill_n(stretch_.source(time), stretch_.width(), kObserved);
      if (work_.quality.data != nullptr) std::fill_n(stretch_.quality(time), stretch_.width(), kObservedQuality);
    }
  }

  Buffer rows(std::size_t count) const { return hwy::AllocateAligned<float>(count * lanes_); }

  /// The vector's numbers in a row of the stretch.
  HWY_ATTR V number_at(const T* row) const {
    const auto stored = hn::Load(stored_, row + first_);
    if constexpr (std::is_floating_point_v<T>) {
      return stored;
    } else {
      return hn::ConvertTo(floats_, hn::PromoteTo(ints_, stored));
    }
  }
  HWY_ATTR void sum_up_past() {
    const V year = hn::Set(floats_, work_.year), one = hn::Set(floats_, 1.0F), zero = hn::Zero(floats_);
    const V no_data = hn::Set(floats_, static_cast<float>(work_.stack.no_data));
    for (std::size_t place = 0; place < work_.places; ++place) {
      const std::size_t time = work_.time_of_place[place], at = place * lanes_, next = at + work_.slots * lanes_;
      V value = zero, known = zero;
      if (time != work_.stack.times) {
        const V number = number_at(stretch_.stored(time));
        auto gap = hn::Eq(number, no_data);
        if (std::is_floating_point_v<T>) gap = hn::Or(gap, hn::Ne(number, number));
        value = hn::IfThenZeroElse(gap, number);
        known = hn::IfThenZeroElse(gap, one);
      }
      hn::Store(value, floats_, line_.get() + at);
      hn::Store(known, floats_, known_.get() + at);
      hn::Store(hn::Add(value, hn::Mul(year, hn::Load(floats_, past_.get() + at))), floats_, past_.get() + next);
      hn::Store(hn::Add(known, hn::Mul(year, hn::Load(floats_, past_known_.get() + at))), floats_,
                past_known_.get() + next);
    }
  }

  /// For `fixed` slots, or any number of them where that is 0.
  template <std::size_t fixed, bool two_sided>
  HWY_ATTR void fill_backwards() {
    const V year = hn::Set(floats_, work_.year), later = hn::Set(floats_, work_.later), zero = hn::Zero(floats_);
    const std::size_t lanes = hn::Lanes(floats_), slots = fixed == 0 ? work_.slots : fixed, times = work_.stack.times;
    const std::size_t* const time_of_place = work_.time_of_place.data();
    const float *const line = line_.get(), *const line_known = known_.get();
    float *const future = future_.get(), *const future_known = future_known_.get();
    for (std::size_t place = work_.places; place-- > 0;) {
      const std::size_t at = place * lanes, next = at + slots * lanes;
      const V value = hn::Load(floats_, line + at), known = hn::Load(floats_, line_known + at);
      const auto gap = hn::Eq(known, zero);
      if (time_of_place[place] != times && !hn::AllFalse(floats_, gap)) {
        fill_place(place, time_of_place[place], gap, sums_around<fixed, two_sided>(place));
      }
      if constexpr (two_sided) {
        const V sum = hn::Load(floats_, future + next), weight = hn::Load(floats_, future_known + next);
        hn::Store(hn::Add(hn::Mul(later, value), hn::Mul(year, sum)), floats_, future + at);
        hn::Store(hn::Add(hn::Mul(later, known), hn::Mul(year, weight)), floats_, future_known + at);
      }
    }
  }
  template <std::size_t fixed>
  HWY_ATTR void fill_backwards() {
    if (work_.later > 0) {
      fill_backwards<fixed, true>();
    } else {
      fill_backwards<fixed, false>();
    }
  }

  /// Weighted sum of the values around a place, and of their weights.
  struct Sums {
    V values, weights;
  };
  template <std::size_t fixed, bool two_sided>
  HWY_ATTR HWY_INLINE Sums sums_around(std::size_t place) const {
    const std::size_t lanes = hn::Lanes(floats_), slots = fixed == 0 ? work_.slots : fixed;
    const float* const factors = work_.weights.data();
    const float *const past = past_.get() + place * lanes, *const past_known = past_known_.get() + place * lanes;
    const float *const future = future_.get() + place * lanes, *const future_known =
                                                                   future_known_.get() + place * lanes;
    V sum = hn::Zero(floats_), weight = sum;
    HWY_UNROLL(8)
    for (std::size_t lag = 1; lag <= slots; ++lag) {
      const std::size_t before = (slots - lag) * lanes, after = lag * lanes;
      V values = hn::Load(floats_, past + before), weights = hn::Load(floats_, past_known + before);
      if constexpr (two_sided) {
        values = hn::Add(values, hn::Load(floats_, future + after));
        weights = hn::Add(weights, hn::Load(floats_, future_known + after));
      }
      const V factor = hn::Set(floats_, factors[lag]);
      sum = hn::Add(sum, hn::Mul(factor, values));
      weight = hn::Add(weight, hn::Mul(factor, weights));
    }
    return {sum, weight};
  }

  /// Fills the gaps of one layer of the vector.
  HWY_ATTR HWY_INLINE void fill_place(std::size_t place, std::size_t time, hn::Mask<Floats> gap, const Sums& sums) {
    const auto found = hn::And(gap, hn::Gt(sums.weights, hn::Zero(floats_)));
    const V mean = hn::Div(sums.values, sums.weights);
    if (work_.window > 0) {
      float *const line = line_.get() + place * lanes_, *const known = known_.get() + place * lanes_;
      hn::Store(hn::IfThenElse(found, mean, hn::Load(floats_, line)), floats_, line);
      hn::Store(hn::IfThenElse(found, hn::Set(floats_, -1.0F), hn::Load(floats_, known)), floats_, known);
    }
    put(time, mean, found);
    if (std::is_floating_point_v<T>) {
      const auto code = hn::IfThenElseZero(hn::RebindMask(ints_, gap), hn::Set(ints_, kEmpty));
      put_bytes(stretch_.source(time), hn::IfThenElse(hn::RebindMask(ints_, found), hn::Set(ints_, kSwag), code));
    }
    if (work_.quality.data != nullptr) {
      const V share = hn::Div(sums.weights, hn::Set(floats_, work_.most[time]));
      put_bytes(stretch_.quality(time), quality_of(share, gap, found));
    }
  }

  /// Puts the numbers to store where `found`.
  HWY_ATTR HWY_INLINE void put(std::size_t time, V filled, hn::Mask<Floats> found) {
    T* const to = stretch_.values(time) + first_;
    const auto known = hn::Load(stored_, to);
    if constexpr (std::is_floating_point_v<T>) {
      hn::Store(hn::IfThenElse(found, filled, known), stored_, to);
    } else {
      const auto kept = hn::PromoteTo(ints_, known);
      const auto whole = hn::IfThenElse(hn::RebindMask(ints_, found), int_of(rounded(filled)), kept);
      hn::Store(hn::DemoteTo(stored_, whole), stored_, to);
    }
  }
  /// Of a whole number below 2^22. ConvertTo takes more steps because it serves all numbers.
  HWY_ATTR HWY_INLINE hn::Vec<Ints> int_of(V whole) const {
    const V shift = hn::Set(floats_, 12582912.0F);  // 1.5 · 2^23: leaves no bit for a fraction
    return hn::Sub(hn::BitCast(ints_, hn::Add(whole, shift)), hn::BitCast(ints_, shift));
  }
  HWY_ATTR HWY_INLINE void put_bytes(std::uint8_t* row, hn::Vec<Ints> codes) const {
    hn::Store(hn::DemoteTo(bytes_, codes), bytes_, row + first_);
  }

  /// Tells how the whole numbers of the stretch came about: a filled one is never that for missing values. Returns the
  /// number of values filled.
  HWY_ATTR std::size_t tell_source() {
    std::size_t filled = 0;
    if constexpr (std::is_floating_point_v<T>) {
      for (std::size_t time = 0; time < work_.stack.times; ++time) {
        const std::uint8_t* const source = stretch_.source(time);
        filled += static_cast<std::size_t>(std::count(source, source + stretch_.width(), kSwag));
      }
    } else {
      using Signed = std::make_signed_t<T>;
      const hn::ScalableTag<T> numbers;
      const hn::RebindToSigned<decltype(numbers)> codes;
      const hn::Rebind<std::uint8_t, decltype(codes)> bytes;
      const auto no_data = hn::Set(numbers, work_.stack.no_data);
      for (std::size_t time = 0; time < work_.stack.times; ++time) {
        for (std::size_t at = 0; at < stretch_.width(); at += hn::Lanes(numbers)) {
          const auto gap = hn::Eq(hn::LoadU(numbers, stretch_.stored(time) + at), no_data);
          const auto empty = hn::Eq(hn::LoadU(numbers, stretch_.values(time) + at), no_data);
          const auto found = hn::AndNot(empty, gap);
          filled += hn::CountTrue(numbers, found);
          const auto code = hn::IfThenElse(
              hn::RebindMask(codes, found), hn::Set(codes, static_cast<Signed>(kSwag)),
              hn::IfThenElseZero(hn::RebindMask(codes, empty), hn::Set(codes, static_cast<Signed>(kEmpty))));
          if constexpr (sizeof(T) == 1) {
            hn::StoreU(hn::BitCast(bytes, code), bytes, stretch_.source(time) + at);
          } else {
            hn::StoreU(hn::DemoteTo(bytes, code), bytes, stretch_.source(time) + at);
          }
        }
      }
    }
    return filled;
  }

  /// Halves up, held within the type, and one aside where that is the number for missing values.
  HWY_ATTR HWY_INLINE V rounded(V value) const {
    const V no_data = hn::Set(floats_, static_cast<float>(work_.stack.no_data)), one = hn::Set(floats_, 1.0F);
    V whole = hn::Floor(value);
    const auto upper_half = hn::Ge(hn::Sub(value, whole), hn::Set(floats_, 0.5F));
    whole = hn::Add(whole, hn::IfThenElseZero(upper_half, one));
    if (work_.window > 0) {  // means lie within, polynomials may not
      const V low = hn::Set(floats_, static_cast<float>(std::numeric_limits<T>::min())),
              high = hn::Set(floats_, static_cast<float>(std::numeric_limits<T>::max()));
      whole = hn::Min(hn::Max(whole, low), high);
    }
    const bool lowest = work_.stack.no_data == std::numeric_limits<T>::min();
    return hn::IfThenElse(hn::Eq(whole, no_data), lowest ? hn::Add(no_data, one) : hn::Sub(no_data, one), whole);
  }
  HWY_ATTR hn::Vec<Ints> quality_of(V share, hn::Mask<Floats> gap, hn::Mask<Floats> found) const {
    const V part = hn::Mul(hn::Set(floats_, 249.0F), hn::Min(share, hn::Set(floats_, 1.0F)));
    const V told = hn::IfThenElse(found, hn::Add(part, hn::Set(floats_, 0.5F)), hn::Set(floats_, kNotFilledQuality));
    return hn::ConvertTo(ints_, hn::IfThenElse(gap, told, hn::Set(floats_, kObservedQuality)));
  }

  /// Puts the smoothed values over the filled ones. `known_` is 1 where observed, -1 where filled, 0 where empty.
  HWY_ATTR void smooth() {
    const V zero = hn::Zero(floats_);
    for (std::size_t place = 0; place < work_.places; ++place) {
      const std::size_t time = work_.time_of_place[place];
      const auto filled = hn::Lt(hn::Load(floats_, known_.get() + place * lanes_), zero);
      if (time == work_.stack.times || hn::AllFalse(floats_, filled)) continue;
      const std::size_t first = window_start(place, work_.window, work_.places);
      V sum = zero;
      auto hole = hn::Gt(zero, zero);
      for (std::size_t at = 0; at < work_.window; ++at) {
        const std::size_t from = (first + at) * lanes_;
        const V factor = hn::Set(floats_, work_.smooth[(place - first) * work_.window + at]);
        sum = hn::Add(sum, hn::Mul(factor, hn::Load(floats_, line_.get() + from)));
        hole = hn::Or(hole, hn::Eq(hn::Load(floats_, known_.get() + from), zero));
      }
      const auto chosen = hn::AndNot(hole, filled);
      if (hn::AllFalse(floats_, chosen)) continue;
      put(time, sum, chosen);
    }
  }

  const Floats floats_{};
  const Ints ints_{};
  const Stored stored_{};
  const Bytes bytes_{};
  const SwagWork<T>& work_;
  const std::size_t lanes_;
  const Buffer line_, known_;           ///< values or 0, and 1 or 0; shape [place][lane]
  const Buffer past_, past_known_;      ///< after a year of zeros; shape [slots + place][lane]
  const Buffer future_, future_known_;  ///< before a year of zeros; shape [place + slots][lane]
  Stretch<T> stretch_;
  std::size_t first_ = 0;  ///< pixel of the stretch
};

HWY_ATTR std::size_t fill_swag_uint8(const SwagWork<std::uint8_t>& work) {
  return SwagFill<std::uint8_t>(work).run();
}
HWY_ATTR std::size_t fill_swag_uint16(const SwagWork<std::uint16_t>& work) {
  return SwagFill<std::uint16_t>(work).run();
}
HWY_ATTR std::size_t fill_swag_int16(const SwagWork<std::int16_t>& work) {
  return SwagFill<std::int16_t>(work).run();
}
HWY_ATTR std::size_t fill_swag_float32(const SwagWork<float>& work) {
  return SwagFill<float>(work).run();
}

}  // namespace ecocube::series::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {

HWY_EXPORT(fill_swag_uint8);
HWY_EXPORT(fill_swag_uint16);
HWY_EXPORT(fill_swag_int16);
HWY_EXPORT(fill_swag_float32);

template <class T>
std::size_t fill_swag(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                      const Planes<T>& values, const Planes<std::uint8_t>& source,
                      const Planes<std::uint8_t>& quality) {
  const SwagWork<T> work = swag_work(stack, range, axis, options, values, source, quality);
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return HWY_DYNAMIC_DISPATCH(fill_swag_uint8)(work);
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    return HWY_DYNAMIC_DISPATCH(fill_swag_uint16)(work);
  } else if constexpr (std::is_same_v<T, float>) {
    return HWY_DYNAMIC_DISPATCH(fill_swag_float32)(work);
  } else {
    return HWY_DYNAMIC_DISPATCH(fill_swag_int16)(work);
  }
}

template std::size_t fill_swag(const Stack<std::uint8_t>&, PixelRange, const TimeAxis&, const SwagOptions&,
                               const Planes<std::uint8_t>&, const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_swag(const Stack<std::uint16_t>&, PixelRange, const TimeAxis&, const SwagOptions&,
                               const Planes<std::uint16_t>&, const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_swag(const Stack<std::int16_t>&, PixelRange, const TimeAxis&, const SwagOptions&,
                               const Planes<std::int16_t>&, const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_swag(const Stack<float>&, PixelRange, const TimeAxis&, const SwagOptions&,
                               const Planes<float>&, const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);

}  // namespace ecocube::series
#endif
