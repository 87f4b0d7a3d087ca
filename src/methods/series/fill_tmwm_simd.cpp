// SPDX-License-Identifier: Apache-2.0

// The idea: a vector holds one layer of as many pixels as fit. Numbers become signed keys, the greatest one where
// missing, so that sorting moves what is missing behind what is there and the median follows from the count alone. Most
// gaps are filled by the first window, so that it is worked out everywhere, gaps or none; what it leaves is rare. Pools
// of up to 9 layers are sorted by networks in registers; of larger ones the lower median is found bit by bit, from the
// highest, by counting the keys below.

#include <array>
#include <cassert>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "methods/series/fill_gaps_stored.h"
#include "methods/series/fill_gaps_stretch.h"
#include "methods/series/gappy_pixels.h"

// Arrays of vectors need vectors of known size.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/fill_tmwm_simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#ifndef ECOCUBE_FILL_TMWM_ONCE
#define ECOCUBE_FILL_TMWM_ONCE
namespace ecocube::series {
namespace {

/// What one call works on.
template <class T>
struct TmwmWork {
  const Stack<T>& stack;
  PixelRange range;
  const Planes<T>& values;
  const Planes<std::uint8_t>& source;
  std::size_t slots, years;
  std::vector<TmwmWindow> windows;
  std::vector<std::size_t> cells;         ///< of the regular axis, [slot][year]; shape [time]
  std::vector<std::size_t> time_of_cell;  ///< shape [slot][year]; `times` where the axis lacks the layer
};

template <class T>
TmwmWork<T> work_of(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const TmwmOptions& options,
                    const Planes<T>& values, const Planes<std::uint8_t>& source) {
  assert(options.mode == TmwmMode::corrected && axis.slot.size() == stack.times);
  assert(values.count == stack.times && source.count == stack.times && values.no_data == stack.no_data);
  assert(range.end <= stack.pixels && values.pixels == stack.pixels && source.pixels == stack.pixels);
  assert(axis.years <= 255);  // counts of one slot are held in bytes
  TmwmWork<T> work{stack,
                   range,
                   values,
                   source,
                   static_cast<std::size_t>(axis.slots),
                   static_cast<std::size_t>(axis.years),
                   tmwm_windows(axis.years, options),
                   regular_cells(axis),
                   {}};
  work.time_of_cell.assign(work.slots * work.years, stack.times);
  for (std::size_t time = 0; time < work.cells.size(); ++time) work.time_of_cell[work.cells[time]] = time;
  return work;
}

/// Batcher's merge exchange (Knuth, volume 3, 5.2.2 M): pairs to be put in order, one after the other.
template <std::size_t size>
struct SortingNetwork {
  struct Pairs {
    std::array<std::pair<std::size_t, std::size_t>, size * size> of;
    std::size_t count;
  };
  static constexpr Pairs make() {
    Pairs pairs{};
    std::size_t top = 1;
    while (2 * top < size) top *= 2;
    for (std::size_t p = top; p > 0; p /= 2) {
      std::size_t q = top, r = 0, distance = p;
      while (true) {
        for (std::size_t i = 0; i + distance < size; ++i) {
          if ((i & p) == r) pairs.of[pairs.count++] = {i, i + distance};
        }
        if (q == p) break;
        distance = q - p;
        q /= 2;
        r = p;
      }
    }
    return pairs;
  }
  static constexpr Pairs pairs = make();
};

}  // namespace
}  // namespace ecocube::series
#endif

HWY_BEFORE_NAMESPACE();
namespace ecocube::series::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Fills a vector of pixels after the other.
template <class T>
class TmwmFill {
  using Key = std::make_signed_t<T>;
  using Number = std::make_unsigned_t<T>;
  using Keys = hn::ScalableTag<Key>;
  using Numbers = hn::ScalableTag<Number>;
  using VK = hn::Vec<Keys>;
  using VN = hn::Vec<Numbers>;
  using MaskK = hn::Mask<Keys>;
  static constexpr Number kTopBit = static_cast<Number>(Number{1} << (8 * sizeof(T) - 1));
  static constexpr std::size_t kNetwork = 9, kMostHalf = kNetwork / 2;

 public:
  explicit TmwmFill(const TmwmWork<T>& work)
      : work_(work),
        lanes_(hn::Lanes(keys_)),
        pitch_(work.years + kMostHalf),
        held_(hwy::AllocateAligned<Key>((kMostHalf + work.slots * pitch_) * lanes_)),
        counts_(hwy::AllocateAligned<Number>(work.slots * (work.years + 1) * lanes_)),
        stretches_(work.stack, work.range, work.values, work.source, {}, lanes_),
        rows_(work.slots * work.years),
        missing_(hn::Set(keys_, std::numeric_limits<Key>::max())) {
    for (std::size_t row = 0; row < kMostHalf + work.slots * pitch_; ++row) {
      hn::Store(missing_, keys_, held_.get() + row * lanes_);
    }
    for (std::size_t cell = 0; cell < rows_.size(); ++cell) {
      rows_[cell] = held_row(cell / work.years, cell % work.years);
    }
  }

  HWY_ATTR std::size_t run() {
    switch (work_.windows.front().half) {
      case 1:
        return stretches_.each([this]() HWY_ATTR { return fill_vector<1>(); });
      case 2:
        return stretches_.each([this]() HWY_ATTR { return fill_vector<2>(); });
      case 3:
        return stretches_.each([this]() HWY_ATTR { return fill_vector<3>(); });
      case kMostHalf:
        return stretches_.each([this]() HWY_ATTR { return fill_vector<kMostHalf>(); });
      default:
        return stretches_.each([this]() HWY_ATTR { return fill_vector<0>(); });
    }
  }

 private:
  /// Lower and upper median, as numbers without sign that order like the keys.
  struct Medians {
    VN lower, upper;
  };
  /// Of a pool that many gaps share.
  struct Shared {
    bool known = false;
    Medians medians;
  };
  /// Layers to be pooled, and how many of them are valid in each pixel.
  struct Pool {
    const Key* const* rows;
    std::size_t size;
    VN count;
  };

  HWY_ATTR VN unsigned_of(VK key) const { return hn::Xor(hn::BitCast(numbers_, key), hn::Set(numbers_, kTopBit)); }
  HWY_ATTR VK key_of(VN number) const { return hn::BitCast(keys_, hn::Xor(number, hn::Set(numbers_, kTopBit))); }
  const Number* count_row(std::size_t slot, std::size_t years) const {
    return counts_.get() + (slot * (work_.years + 1) + years) * lanes_;
  }

  Key* held_row(std::size_t slot, std::size_t year) const {
    return held_.get() + (kMostHalf + slot * pitch_ + year) * lanes_;
  }

  /// `half` is that of the first window, or 0 where it has no network.
  template <std::size_t half>
  HWY_ATTR std::size_t fill_vector() {
    read();
    whole_all_.known = false;
    std::size_t filled = 0;
    for (slot_ = 0; slot_ < work_.slots; ++slot_) {
      whole_slot_.known = false;
      for (year_ = 0; year_ < work_.years; ++year_) {
        const std::size_t time = work_.time_of_cell[slot_ * work_.years + year_];
        if (time != work_.stack.times) filled += fill_layer<half>(time);
      }
    }
    return filled;
  }

  /// Brings the vector's layers in as keys, and counts them.
  HWY_ATTR void read() {
    const auto one = hn::Set(numbers_, Number{1});
    const auto no_data = hn::Set(stored_, work_.stack.no_data);
    const bool more = stretches_.more();
    for (std::size_t slot = 0; slot < work_.slots; ++slot) {
      auto count = hn::Zero(numbers_);
      Number* counts = counts_.get() + slot * (work_.years + 1) * lanes_;
      hn::Store(count, numbers_, counts);
      for (std::size_t year = 0; year < work_.years; ++year) {
        counts += lanes_;
        const std::size_t cell = slot * work_.years + year, time = work_.time_of_cell[cell];
        if (time != work_.stack.times) {
          if (more) stretches_.fetch_ahead(time);
          const auto stored = hn::LoadU(stored_, stretches_.stored(time));
          const auto gap = hn::Eq(stored, no_data);
          const auto key = std::is_signed_v<T> ? hn::BitCast(keys_, stored) : key_of(hn::BitCast(numbers_, stored));
          hn::Store(hn::IfThenElse(hn::RebindMask(keys_, gap), missing_, key), keys_, held_row(slot, year));
          count = hn::Add(count, hn::IfThenZeroElse(hn::RebindMask(numbers_, gap), one));
        }
        hn::Store(count, numbers_, counts);
      }
    }
  }

  /// Writes one layer of the vector; returns the number of gaps filled.
  template <std::size_t half>
  HWY_ATTR HWY_INLINE std::size_t fill_layer(std::size_t time) {
    const VN none = hn::Zero(numbers_);
    const auto gap =
        hn::Eq(hn::Load(numbers_, count_row(slot_, year_)), hn::Load(numbers_, count_row(slot_, year_ + 1)));
    const VN known = unsigned_of(hn::Load(keys_, held_row(slot_, year_)));
    if constexpr (half > 0) {
      const VN count = count_of(slot_, window_begin(half), window_end(half));
      const VN code = hn::Set(numbers_, Number{source_code(1, work_.windows.front().years)});
      const VN result = hn::IfThenElse(gap, aside(others_median<half>(count)), known);
      const VN source = hn::IfThenElseZero(gap, code);
      const auto left = hn::And(gap, hn::Eq(count, none));
      if (HWY_LIKELY(hn::AllFalse(numbers_, left))) {
        write(time, result, source);
        return hn::CountTrue(numbers_, gap);
      }
      return hn::CountTrue(numbers_, gap) - fill_left(time, left, result, source, 1);
    } else {
      return hn::CountTrue(numbers_, gap) - fill_left(time, gap, known, none, 0);
    }
  }

  /// The median of the window's other years: its middle is missing in the pixels that matter, and so is what lies
  /// beyond the ends of the series.
  template <std::size_t half>
  HWY_ATTR HWY_INLINE VN others_median(VN count) const {
    const Key* const middle = held_row(slot_, year_);
    VK v[2 * half];
    for (std::size_t away = 1; away <= half; ++away) {
      v[half - away] = hn::Load(keys_, middle - away * lanes_);
      v[half - 1 + away] = hn::Load(keys_, middle + away * lanes_);
    }
    const Medians medians = sorted_medians<2 * half>(v, count);
    return hn::AverageRound(medians.lower, medians.upper);
  }

  /// Fills the pixels of `gap` by the windows from the `first_window` on; returns how many stay empty. The others have
  /// `result` and `source` already.
  HWY_ATTR HWY_NOINLINE std::size_t fill_left(std::size_t time, hn::Mask<Numbers> gap, VN result, VN source,
                                              std::size_t first_window) {
    const auto filled_here = gap;
    gap_ = gap, result_ = result, source_ = source;
    const auto never = hn::And(gap, hn::Eq(hn::Load(numbers_, count_row(slot_, work_.years)), hn::Zero(numbers_)));
    gap_ = hn::AndNot(never, gap_);
    if (!hn::AllFalse(numbers_, gap_)) take_same_slot(first_window);
    gap_ = never;
    if (!hn::AllFalse(numbers_, gap_)) take_neighbours();
    if (!hn::AllFalse(numbers_, gap_)) take_all_slots();
    result_ = hn::IfThenElse(filled_here, aside(result_), result_);
    result_ = hn::IfThenElse(gap_, hn::Set(numbers_, number_of(work_.stack.no_data)), result_);
    source_ = hn::IfThenElse(gap_, hn::Set(numbers_, Number{kEmpty}), source_);
    write(time, result_, source_);
    return hn::CountTrue(numbers_, gap_);
  }

  /// The number for missing values is no result.
  HWY_ATTR HWY_INLINE VN aside(VN result) const {
    const Number no_data = number_of(work_.stack.no_data);
    const VN next = hn::Set(numbers_, static_cast<Number>(no_data == 0 ? 1 : no_data - 1));
    return hn::IfThenElse(hn::Eq(result, hn::Set(numbers_, no_data)), next, result);
  }

  static Number number_of(T stored) {
    return std::is_signed_v<T> ? static_cast<Number>(static_cast<Number>(stored) ^ kTopBit)
                               : static_cast<Number>(stored);
  }

  HWY_ATTR HWY_INLINE void write(std::size_t time, VN result, VN source) const {
    const auto stored = hn::BitCast(stored_, std::is_signed_v<T> ? hn::BitCast(numbers_, key_of(result)) : result);
    hn::StoreU(stored, stored_, stretches_.values(time));
    const hn::Rebind<std::uint8_t, Keys> bytes;
    if constexpr (sizeof(T) == 1) {
      hn::StoreU(source, bytes, stretches_.source(time));
    } else {
      hn::StoreU(hn::DemoteTo(bytes, hn::BitCast(keys_, source)), bytes, stretches_.source(time));
    }
  }

  std::size_t window_begin(std::size_t half) const { return year_ - std::min(year_, half); }
  std::size_t window_end(std::size_t half) const { return std::min(work_.years, year_ + half + 1); }
  std::size_t window_begin(const TmwmWindow& window) const {
    return window_begin(static_cast<std::size_t>(window.half));
  }
  std::size_t window_end(const TmwmWindow& window) const { return window_end(static_cast<std::size_t>(window.half)); }
  HWY_ATTR VN count_of(std::size_t slot, std::size_t begin, std::size_t end) const {
    return hn::Sub(hn::Load(numbers_, count_row(slot, end)), hn::Load(numbers_, count_row(slot, begin)));
  }

  /// Gives `result` to the pixels of `chosen`.
  HWY_ATTR void take(hn::Mask<Numbers> chosen, VN result, int step, const TmwmWindow& window) {
    result_ = hn::IfThenElse(chosen, result, result_);
    source_ = hn::IfThenElse(chosen, hn::Set(numbers_, Number{source_code(step, window.years)}), source_);
    gap_ = hn::AndNot(chosen, gap_);
  }

  HWY_ATTR void take_same_slot(std::size_t first_window) {
    for (std::size_t number = first_window; number < work_.windows.size(); ++number) {
      const TmwmWindow& window = work_.windows[number];
      const std::size_t begin = window_begin(window), end = window_end(window);
      const VN count = count_of(slot_, begin, end);
      const auto chosen = hn::AndNot(hn::Eq(count, hn::Zero(numbers_)), gap_);
      if (hn::AllFalse(numbers_, chosen)) continue;
      const Pool pool{rows_.data() + slot_ * work_.years + begin, end - begin, count};
      const Medians medians = end - begin == work_.years ? shared(whole_slot_, pool) : medians_of(pool);
      take(chosen, hn::AverageRound(medians.lower, medians.upper), 1, window);
      if (hn::AllFalse(numbers_, gap_)) return;
    }
  }

  HWY_ATTR void take_neighbours() {
    for (std::size_t distance = 1; distance <= (work_.slots + 1) / 2; ++distance) {
      for (const TmwmWindow& window : work_.windows) {
        const VN none = hn::Zero(numbers_);
        const Pool before = side(before_, window, distance, work_.slots - distance);
        const Pool after = side(after_, window, distance, 1);
        const auto chosen = hn::AndNot(hn::Or(hn::Eq(before.count, none), hn::Eq(after.count, none)), gap_);
        if (hn::AllFalse(numbers_, chosen)) continue;
        take(chosen, mean_of(medians_of(before), medians_of(after)), 2, window);
        if (hn::AllFalse(numbers_, gap_)) return;
      }
    }
  }

  HWY_ATTR void take_all_slots() {
    for (const TmwmWindow& window : work_.windows) {
      const Pool pool = side(before_, window, work_.slots, 0);
      const auto chosen = hn::AndNot(hn::Eq(pool.count, hn::Zero(numbers_)), gap_);
      if (hn::AllFalse(numbers_, chosen)) continue;
      const bool whole = window_end(window) - window_begin(window) == work_.years;
      const Medians medians = whole ? shared(whole_all_, pool) : medians_of(pool);
      take(chosen, hn::AverageRound(medians.lower, medians.upper), 3, window);
      if (hn::AllFalse(numbers_, gap_)) return;
    }
  }

  /// Pools the window's years of `slots` slots, the first of them `shift` after the gap's own.
  HWY_ATTR Pool side(std::vector<const Key*>& rows, const TmwmWindow& window, std::size_t slots, std::size_t shift) {
    const std::size_t begin = window_begin(window), end = window_end(window);
    VN count = hn::Zero(numbers_);
    rows.clear();
    for (std::size_t step = 0; step < slots; ++step) {
      const std::size_t slot = (slot_ + shift + step) % work_.slots;
      count = hn::SaturatedAdd(count, count_of(slot, begin, end));
      const auto from = rows_.begin() + static_cast<std::ptrdiff_t>(slot * work_.years);
      rows.insert(rows.end(), from + static_cast<std::ptrdiff_t>(begin), from + static_cast<std::ptrdiff_t>(end));
    }
    return {rows.data(), rows.size(), count};
  }

  HWY_ATTR Medians shared(Shared& known, const Pool& pool) {
    if (!known.known) known = {true, medians_of(pool)};
    return known.medians;
  }

  HWY_ATTR Medians medians_of(const Pool& pool) {
    static_assert(kNetwork == 9);
    switch (pool.size) {
      case 1:
        return sorted_medians<1>(pool);
      case 2:
        return sorted_medians<2>(pool);
      case 3:
        return sorted_medians<3>(pool);
      case 4:
        return sorted_medians<4>(pool);
      case 5:
        return sorted_medians<5>(pool);
      case 6:
        return sorted_medians<6>(pool);
      case 7:
        return sorted_medians<7>(pool);
      case 8:
        return sorted_medians<8>(pool);
      case 9:
        return sorted_medians<9>(pool);
      default:
        return pool.size <= std::numeric_limits<Number>::max() ? counted_medians(pool) : gathered_medians(pool);
    }
  }

  template <std::size_t size, std::size_t... pair>
  static HWY_ATTR HWY_INLINE void sort([[maybe_unused]] VK* v, std::index_sequence<pair...>) {
    (exchange(v[SortingNetwork<size>::pairs.of[pair].first], v[SortingNetwork<size>::pairs.of[pair].second]), ...);
  }
  static HWY_ATTR HWY_INLINE void exchange(VK& a, VK& b) {
    const VK low = hn::Min(a, b);
    b = hn::Max(a, b);
    a = low;
  }

  template <std::size_t size>
  HWY_ATTR HWY_INLINE Medians sorted_medians(const Pool& pool) const {
    VK v[size];
    for (std::size_t row = 0; row < size; ++row) v[row] = hn::Load(keys_, pool.rows[row]);
    return sorted_medians<size>(v, pool.count);
  }
  /// Of the least `valid` of each pixel; sorts `v`.
  template <std::size_t size>
  HWY_ATTR HWY_INLINE Medians sorted_medians(VK* v, VN valid) const {
    sort<size>(v, std::make_index_sequence<SortingNetwork<size>::pairs.count>());
    const VK count = hn::BitCast(keys_, valid);
    VK lower = v[0], upper = v[0];
    for (std::size_t k = 1; 2 * k <= size; ++k) {
      upper = hn::IfThenElse(hn::Gt(count, hn::Set(keys_, static_cast<Key>(2 * k - 1))), v[k], upper);
      if (2 * k + 1 <= size)
        lower = hn::IfThenElse(hn::Gt(count, hn::Set(keys_, static_cast<Key>(2 * k))), v[k], lower);
    }
    return {unsigned_of(lower), unsigned_of(upper)};
  }

  /// Bit by bit; counts fit into a number.
  HWY_ATTR Medians counted_medians(const Pool& pool) const {
    const VN one = hn::Set(numbers_, Number{1});
    const VN rank = hn::ShiftRight<1>(hn::SaturatedSub(pool.count, one));
    VN lower = hn::Zero(numbers_);
    for (int bit = 8 * static_cast<int>(sizeof(T)) - 1; bit >= 0; --bit) {
      const VN tried = hn::Or(lower, hn::Set(numbers_, static_cast<Number>(Number{1} << bit)));
      const VK limit = key_of(tried);
      VN below = hn::Zero(numbers_);
      for (std::size_t row = 0; row < pool.size; ++row) {
        const auto less = hn::Lt(hn::Load(keys_, pool.rows[row]), limit);
        below = hn::Sub(below, hn::BitCast(numbers_, hn::VecFromMask(keys_, less)));
      }
      lower = hn::IfThenElse(hn::Gt(below, rank), lower, tried);
    }
    // The upper median of an even count is the next key unless more of them equal the lower one.
    const VK limit = key_of(lower);
    VN up_to = hn::Zero(numbers_);
    VK next = missing_;
    for (std::size_t row = 0; row < pool.size; ++row) {
      const VK key = hn::Load(keys_, pool.rows[row]);
      const auto above = hn::Gt(key, limit);
      up_to = hn::Add(up_to, hn::BitCast(numbers_, hn::IfThenZeroElse(above, hn::Set(keys_, Key{1}))));
      next = hn::IfThenElse(above, hn::Min(next, key), next);
    }
    const auto same = hn::Gt(up_to, hn::ShiftRight<1>(pool.count));
    return {lower, hn::IfThenElse(same, lower, unsigned_of(next))};
  }

  /// One pixel after the other: pools too large for counts in bytes.
  HWY_ATTR Medians gathered_medians(const Pool& pool) {
    std::vector<Number> lower(lanes_), upper(lanes_);
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      gathered_.clear();
      for (std::size_t row = 0; row < pool.size; ++row) gathered_.push_back(pool.rows[row][lane]);
      std::sort(gathered_.begin(), gathered_.end());
      const std::size_t count = valid_count(pool, lane);
      if (count == 0) continue;
      lower[lane] = number_of_key(gathered_[(count - 1) / 2]);
      upper[lane] = number_of_key(gathered_[count / 2]);
    }
    return {hn::LoadU(numbers_, lower.data()), hn::LoadU(numbers_, upper.data())};
  }
  /// The pool's own count may have reached the largest number.
  std::size_t valid_count(const Pool& pool, std::size_t lane) const {
    std::size_t count = 0;
    for (std::size_t row = 0; row < pool.size; ++row) {
      const std::size_t at = static_cast<std::size_t>(pool.rows[row] - held_.get()) / lanes_ - kMostHalf;
      const std::size_t slot = at / pitch_, year = at % pitch_;
      count += count_row(slot, year + 1)[lane] != count_row(slot, year)[lane] ? 1 : 0;
    }
    return count;
  }
  static Number number_of_key(Key key) { return static_cast<Number>(static_cast<Number>(key) ^ kTopBit); }

  /// Of two medians, halves up. A median is `half` + `odd` / 2.
  HWY_ATTR VN mean_of(const Medians& a, const Medians& b) const {
    const auto half = [&](const Medians& m) HWY_ATTR {
      return hn::Add(hn::And(m.lower, m.upper), hn::ShiftRight<1>(hn::Xor(m.lower, m.upper)));
    };
    const VN x = half(a), y = half(b);
    const VN both_odd = hn::And(hn::Xor(a.lower, a.upper), hn::Xor(b.lower, b.upper));
    const VN more = hn::And(hn::AndNot(hn::Xor(x, y), both_odd), hn::Set(numbers_, Number{1}));
    return hn::Add(hn::AverageRound(x, y), more);
  }

  const Keys keys_{};
  const Numbers numbers_{};
  const hn::ScalableTag<T> stored_{};
  const TmwmWork<T>& work_;
  const std::size_t lanes_;
  const std::size_t pitch_;  ///< rows of a slot: its years, and years beyond the ends, which are missing
  const hwy::AlignedFreeUniquePtr<Key[]> held_;       ///< shape [kMostHalf + slot * pitch_ + year][lane]
  const hwy::AlignedFreeUniquePtr<Number[]> counts_;  ///< valid ones of the years before, shape [slot][0..years][lane]
  Stretches<T> stretches_;
  std::vector<const Key*> rows_;  ///< of `held_`
  const VK missing_;

  std::size_t slot_ = 0, year_ = 0;
  Shared whole_slot_, whole_all_;
  std::vector<const Key*> before_, after_;
  std::vector<Key> gathered_;
  hn::Mask<Numbers> gap_;  ///< not filled yet, of the layer in fill_left
  VN result_, source_;
};

HWY_ATTR std::size_t fill_uint8(const TmwmWork<std::uint8_t>& work) {
  return TmwmFill<std::uint8_t>(work).run();
}
HWY_ATTR std::size_t fill_uint16(const TmwmWork<std::uint16_t>& work) {
  return TmwmFill<std::uint16_t>(work).run();
}
HWY_ATTR std::size_t fill_int16(const TmwmWork<std::int16_t>& work) {
  return TmwmFill<std::int16_t>(work).run();
}

}  // namespace ecocube::series::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {

HWY_EXPORT(fill_uint8);
HWY_EXPORT(fill_uint16);
HWY_EXPORT(fill_int16);

template <class T>
std::size_t fill_tmwm(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const TmwmOptions& options,
                      const Planes<T>& values, const Planes<std::uint8_t>& source) {
  const TmwmWork<T> work = work_of(stack, range, axis, options, values, source);
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return HWY_DYNAMIC_DISPATCH(fill_uint8)(work);
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    return HWY_DYNAMIC_DISPATCH(fill_uint16)(work);
  } else {
    return HWY_DYNAMIC_DISPATCH(fill_int16)(work);
  }
}

template std::size_t fill_tmwm(const Stack<std::uint8_t>&, PixelRange, const TimeAxis&, const TmwmOptions&,
                               const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_tmwm(const Stack<std::uint16_t>&, PixelRange, const TimeAxis&, const TmwmOptions&,
                               const Planes<std::uint16_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_tmwm(const Stack<std::int16_t>&, PixelRange, const TimeAxis&, const TmwmOptions&,
                               const Planes<std::int16_t>&, const Planes<std::uint8_t>&);

}  // namespace ecocube::series
#endif
