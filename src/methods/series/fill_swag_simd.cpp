// SPDX-License-Identifier: Apache-2.0

// Lanes are pixels. Sums over the past are made going forward and kept for all places; those over the future are made
// going back, and on the way every place is worked out as if it were a gap, which costs less than guessing wrong where
// gaps are. Years of 4 and 6 slots keep the sums of the last year in registers. Whole numbers are then put where gaps
// are, and source codes told, many bytes at once.

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "methods/series/fill_gaps_stored.h"
#include "methods/series/fill_gaps_stretch.h"
#include "methods/series/fill_swag.h"

// Arrays of vectors need vectors of known size.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
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
        width_(hn::Lanes(hn::ScalableTag<std::uint8_t>())),
        places_(work.time_of_place.size()),
        line_(rows(places_)),
        known_(rows(places_)),
        past_(rows(work.slots + places_)),
        past_known_(rows(work.slots + places_)),
        future_(rows(places_ + work.slots)),
        future_known_(rows(places_ + work.slots)),
        filled_(hwy::AllocateAligned<T>(work.stack.times * width_)),
        stretches_(work.stack, work.range, work.values, work.source, work.quality, width_) {
    std::fill_n(past_.get(), work.slots * lanes_, 0.0F);
    std::fill_n(past_known_.get(), work.slots * lanes_, 0.0F);
    std::fill_n(future_.get() + places_ * lanes_, work.slots * lanes_, 0.0F);
    std::fill_n(future_known_.get() + places_ * lanes_, work.slots * lanes_, 0.0F);
  }

  HWY_ATTR std::size_t run() {
    return stretches_.each([this]() HWY_ATTR {
      for (first_ = 0; first_ < width_; first_ += lanes_) {
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
      return write();
    });
  }

 private:
  Buffer rows(std::size_t count) const { return hwy::AllocateAligned<float>(count * lanes_); }

  /// One layer of the vector: values or 0, and 1 or 0.
  struct Line {
    V value, known;
    hn::Mask<Floats> gap;
  };
  HWY_ATTR HWY_INLINE Line line_at(const T* row, V no_data) const {
    const auto stored = hn::LoadU(stored_, row);
    V number;
    hn::Mask<Floats> gap;
    if constexpr (std::is_floating_point_v<T>) {
      number = stored;
      gap = hn::Or(hn::Eq(number, no_data), hn::Ne(number, number));
    } else {
      number = hn::ConvertTo(floats_, hn::PromoteTo(ints_, stored));
      gap = hn::Eq(number, no_data);
    }
    return {hn::IfThenZeroElse(gap, number), hn::IfThenZeroElse(gap, hn::Set(floats_, 1.0F)), gap};
  }
  HWY_ATTR HWY_INLINE Line lacking() const {
    const V zero = hn::Zero(floats_);
    return {zero, zero, hn::Eq(zero, zero)};
  }

  HWY_ATTR void sum_up_past() {
    const V year = hn::Set(floats_, work_.year), no_data = hn::Set(floats_, static_cast<float>(work_.stack.no_data));
    const bool fetch = stretches_.more(), keep = work_.window > 0;
    for (std::size_t place = 0; place < places_; ++place) {
      const std::size_t time = work_.time_of_place[place], at = place * lanes_, next = at + work_.slots * lanes_;
      const bool lacks = time == work_.stack.times;
      // Each vector of the stretch asks for a part of the layers: too many requests at once would hold up its loads.
      if (fetch && !lacks && (time * lanes_) % width_ == first_) stretches_.fetch_ahead(time);
      const Line line = lacks ? lacking() : line_at(stretches_.stored(time) + first_, no_data);
      if (keep) {
        hn::Store(line.value, floats_, line_.get() + at);
        hn::Store(line.known, floats_, known_.get() + at);
      }
      hn::Store(hn::Add(line.value, hn::Mul(year, hn::Load(floats_, past_.get() + at))), floats_, past_.get() + next);
      hn::Store(hn::Add(line.known, hn::Mul(year, hn::Load(floats_, past_known_.get() + at))), floats_,
                past_known_.get() + next);
    }
  }

  /// What stays the same, kept from being read again after every byte written.
  struct Given {
    const std::size_t* time_of_place;
    const float* factors;
    std::size_t times, lanes, width;
    const T* stored;
    std::size_t stride;
    T* filled;
    const float *past, *past_known;
    V year, later, no_data, aside;
    bool plain;  ///< neither smoothing nor quality
  };
  HWY_ATTR HWY_INLINE Given given() const {
    const T none = work_.stack.no_data;
    const bool lowest = none == std::numeric_limits<T>::lowest();
    return {work_.time_of_place.data(),
            work_.weights.data(),
            work_.stack.times,
            lanes_,
            width_,
            stretches_.stored(0) + first_,
            stretches_.stored_stride(),
            filled_.get() + first_,
            past_.get(),
            past_known_.get(),
            hn::Set(floats_, work_.year),
            hn::Set(floats_, work_.later),
            hn::Set(floats_, static_cast<float>(none)),
            hn::Set(floats_, static_cast<float>(none) + (lowest ? 1.0F : -1.0F)),
            work_.window == 0 && !stretches_.tells_quality()};
  }
  /// Sums around a place: the past of the year before it and the future of the year after it, those of slot k at k; and
  /// weights(lag) at lag - 1.
  template <std::size_t slots>
  struct Around {
    V past[slots], past_known[slots], future[slots], future_known[slots], factors[slots];
  };
  /// Weighted sum of the values around a place, and of their weights.
  struct Sums {
    V values, weights;
  };

  /// For `slots` slots, or any number of them where that is 0.
  template <std::size_t slots, bool two_sided>
  HWY_ATTR void fill_backwards() {
    const Given given = this->given();
    if constexpr (slots == 0) {
      for (std::size_t place = places_; place-- > 0;) fill_place<two_sided>(given, place);
    } else {
      const V zero = hn::Zero(floats_);
      Around<slots> around;
      HWY_UNROLL(8)
      for (std::size_t slot = 0; slot < slots; ++slot) {
        const std::size_t from = (places_ + slot) * lanes_;
        around.past[slot] = hn::Load(floats_, past_.get() + from);
        around.past_known[slot] = hn::Load(floats_, past_known_.get() + from);
        around.future[slot] = around.future_known[slot] = zero;
        around.factors[slot] = hn::Set(floats_, work_.weights[slot + 1]);
      }
      for (std::size_t end = places_; end > 0; end -= slots)
        fill_year<slots, two_sided>(given, around, end, std::make_index_sequence<slots>());
    }
  }
  template <std::size_t slots>
  HWY_ATTR void fill_backwards() {
    if (work_.later > 0) {
      fill_backwards<slots, true>();
    } else {
      fill_backwards<slots, false>();
    }
  }
  template <std::size_t slots, bool two_sided, std::size_t... step>
  HWY_ATTR HWY_INLINE void fill_year(const Given& given, Around<slots>& around, std::size_t end,
                                     std::index_sequence<step...>) {
    (fill_place<two_sided, slots, slots - 1 - step>(given, around, end - 1 - step), ...);
  }

  template <bool two_sided, std::size_t slots, std::size_t slot>
  HWY_ATTR HWY_INLINE void fill_place(const Given& given, Around<slots>& around, std::size_t place) {
    const std::size_t time = given.time_of_place[place], a_year_before = place * given.lanes;
    around.past[slot] = hn::Load(floats_, given.past + a_year_before);
    around.past_known[slot] = hn::Load(floats_, given.past_known + a_year_before);
    const bool lacks = time == given.times;
    const Line line = lacks ? lacking() : line_at(given.stored + time * given.stride, given.no_data);
    if (!lacks) {
      Sums sums{hn::Zero(floats_), hn::Zero(floats_)};
      HWY_UNROLL(8)
      for (std::size_t lag = 1; lag <= slots; ++lag) {
        const std::size_t before = (slot + slots - lag) % slots, after = (slot + lag) % slots;
        V values = around.past[before], weights = around.past_known[before];
        if constexpr (two_sided) {
          values = hn::Add(values, around.future[after]);
          weights = hn::Add(weights, around.future_known[after]);
        }
        add(sums, around.factors[lag - 1], values, weights);
      }
      fill(given, place, time, line, sums);
    }
    if constexpr (two_sided) {
      around.future[slot] = hn::Add(hn::Mul(given.later, line.value), hn::Mul(given.year, around.future[slot]));
      around.future_known[slot] =
          hn::Add(hn::Mul(given.later, line.known), hn::Mul(given.year, around.future_known[slot]));
    }
  }
  template <bool two_sided>
  HWY_ATTR HWY_INLINE void fill_place(const Given& given, std::size_t place) {
    const std::size_t time = given.time_of_place[place], slots = work_.slots, at = place * lanes_;
    float *const future = future_.get() + at, *const future_known = future_known_.get() + at;
    const float *const past = past_.get() + at, *const past_known = past_known_.get() + at;
    const bool lacks = time == given.times;
    const Line line = lacks ? lacking() : line_at(given.stored + time * given.stride, given.no_data);
    if (!lacks) {
      Sums sums{hn::Zero(floats_), hn::Zero(floats_)};
      for (std::size_t lag = 1; lag <= slots; ++lag) {
        const std::size_t before = (slots - lag) * lanes_, after = lag * lanes_;
        V values = hn::Load(floats_, past + before), weights = hn::Load(floats_, past_known + before);
        if constexpr (two_sided) {
          values = hn::Add(values, hn::Load(floats_, future + after));
          weights = hn::Add(weights, hn::Load(floats_, future_known + after));
        }
        add(sums, hn::Set(floats_, given.factors[lag]), values, weights);
      }
      fill(given, place, time, line, sums);
    }
    if constexpr (two_sided) {
      const V sum = hn::Load(floats_, future + slots * lanes_),
              weight = hn::Load(floats_, future_known + slots * lanes_);
      hn::Store(hn::Add(hn::Mul(given.later, line.value), hn::Mul(given.year, sum)), floats_, future);
      hn::Store(hn::Add(hn::Mul(given.later, line.known), hn::Mul(given.year, weight)), floats_, future_known);
    }
  }
  static HWY_ATTR HWY_INLINE void add(Sums& sums, V factor, V values, V weights) {
    sums.values = hn::Add(sums.values, hn::Mul(factor, values));
    sums.weights = hn::Add(sums.weights, hn::Mul(factor, weights));
  }

  /// Fills the gaps of one layer of the vector.
  HWY_ATTR HWY_INLINE void fill(const Given& given, std::size_t place, std::size_t time, const Line& line,
                                const Sums& sums) {
    const auto weighs = hn::Gt(sums.weights, hn::Zero(floats_));
    const V mean = hn::Div(sums.values, sums.weights);
    if constexpr (std::is_floating_point_v<T>) {
      const V told = hn::IfThenElse(weighs, mean, given.no_data);
      hn::StoreU(hn::IfThenElse(line.gap, told, line.value), floats_, stretches_.values(time) + first_);
      const auto code = hn::IfThenElse(hn::RebindMask(ints_, weighs), hn::Set(ints_, kSwag), hn::Set(ints_, kEmpty));
      put_bytes(stretches_.source(time), hn::IfThenElseZero(hn::RebindMask(ints_, line.gap), code));
    } else {
      hn::Store(stored_of(hn::IfThenElse(weighs, rounded(given, mean), given.no_data)), stored_,
                given.filled + time * given.width);
    }
    if (given.plain) return;
    const auto found = hn::And(line.gap, weighs);
    if (work_.window > 0) {
      float *const values = line_.get() + place * lanes_, *const known = known_.get() + place * lanes_;
      hn::Store(hn::IfThenElse(found, mean, line.value), floats_, values);
      hn::Store(hn::IfThenElse(found, hn::Set(floats_, -1.0F), line.known), floats_, known);
    }
    if (stretches_.tells_quality()) {
      const V share = hn::Div(sums.weights, hn::Set(floats_, work_.most[time]));
      put_bytes(stretches_.quality(time), quality_of(share, line.gap, found));
    }
  }

  /// Of whole numbers within the type.
  HWY_ATTR HWY_INLINE auto stored_of(V whole) const {
    if constexpr (sizeof(T) == 1) {
      // Next to 2^23 the last bits of a float count ones.
      const hn::RebindToUnsigned<Floats> bits;
      return hn::U8FromU32(
          hn::And(hn::BitCast(bits, hn::Add(whole, hn::Set(floats_, 8388608.0F))), hn::Set(bits, 255)));
    } else {
      return hn::DemoteTo(stored_, hn::ConvertTo(ints_, whole));
    }
  }
  HWY_ATTR HWY_INLINE void put_bytes(std::uint8_t* row, hn::Vec<Ints> numbers) {
    hn::StoreU(hn::DemoteTo(bytes_, numbers), bytes_, row + first_);
  }

  /// Writes values and source of the stretch; returns the number of values filled.
  HWY_ATTR std::size_t write() {
    std::size_t filled = 0;
    if constexpr (std::is_floating_point_v<T>) {
      for (std::size_t time = 0; time < work_.stack.times; ++time) {
        const std::uint8_t* const source = stretches_.source(time);
        filled += static_cast<std::size_t>(std::count(source, source + width_, kSwag));
      }
    } else {
      for (std::size_t time = 0; time < work_.stack.times; ++time) filled += write_layer(time);
    }
    return filled;
  }
  HWY_ATTR HWY_INLINE std::size_t write_layer(std::size_t time) {
    using Signed = std::make_signed_t<T>;
    const hn::ScalableTag<T> numbers;
    const hn::RebindToSigned<decltype(numbers)> codes;
    const hn::Rebind<std::uint8_t, decltype(codes)> bytes;
    const auto no_data = hn::Set(numbers, work_.stack.no_data);
    std::size_t filled = 0;
    for (std::size_t at = 0; at < width_; at += hn::Lanes(numbers)) {
      const auto stored = hn::LoadU(numbers, stretches_.stored(time) + at);
      const auto gap = hn::Eq(stored, no_data);
      const auto value = hn::IfThenElse(gap, hn::Load(numbers, filled_.get() + time * width_ + at), stored);
      const auto empty = hn::Eq(value, no_data), found = hn::AndNot(empty, gap);
      filled += hn::CountTrue(numbers, found);
      const auto code =
          hn::IfThenElse(hn::RebindMask(codes, found), hn::Set(codes, static_cast<Signed>(kSwag)),
                         hn::IfThenElseZero(hn::RebindMask(codes, empty), hn::Set(codes, static_cast<Signed>(kEmpty))));
      hn::StoreU(value, numbers, stretches_.values(time) + at);
      if constexpr (sizeof(T) == 1) {
        hn::StoreU(hn::BitCast(bytes, code), bytes, stretches_.source(time) + at);
      } else {
        hn::StoreU(hn::DemoteTo(bytes, code), bytes, stretches_.source(time) + at);
      }
    }
    return filled;
  }

  /// Halves up, held within the type, and one aside where that is the number for missing values.
  HWY_ATTR HWY_INLINE V rounded(const Given& given, V value) const {
    V whole = hn::Floor(hn::Add(value, hn::Set(floats_, 0.5F)));
    if (!given.plain) {  // means lie within, polynomials may not
      const V low = hn::Set(floats_, static_cast<float>(std::numeric_limits<T>::min())),
              high = hn::Set(floats_, static_cast<float>(std::numeric_limits<T>::max()));
      whole = hn::Min(hn::Max(whole, low), high);
    }
    return hn::IfThenElse(hn::Eq(whole, given.no_data), given.aside, whole);
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
  /// Puts the numbers to store where `chosen`.
  HWY_ATTR void put(std::size_t time, V values, hn::Mask<Floats> chosen) {
    if constexpr (std::is_floating_point_v<T>) {
      T* const to = stretches_.values(time) + first_;
      hn::StoreU(hn::IfThenElse(chosen, values, hn::LoadU(floats_, to)), floats_, to);
    } else {
      T* const to = filled_.get() + time * width_ + first_;
      const V before = hn::ConvertTo(floats_, hn::PromoteTo(ints_, hn::Load(stored_, to)));
      hn::Store(stored_of(hn::IfThenElse(chosen, rounded(given(), values), before)), stored_, to);
    }
  }

  const Floats floats_{};
  const Ints ints_{};
  const Stored stored_{};
  const Bytes bytes_{};
  const SwagWork<T>& work_;
  const std::size_t lanes_, width_;              ///< pixels of a vector and of a stretch
  const std::size_t places_;                     ///< whole years
  const Buffer line_, known_;                    ///< values or 0, and 1 or 0; shape [place][lane]; for smoothing
  const Buffer past_, past_known_;               ///< after a year of zeros; shape [slots + place][lane]
  const Buffer future_, future_known_;           ///< before a year of zeros; shape [place + slots][lane]
  const hwy::AlignedFreeUniquePtr<T[]> filled_;  ///< what gaps get, `no_data` for nothing; shape [time][width_]
  Stretches<T> stretches_;
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
