// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "methods/series/fill_gaps.h"
#include "methods/series/gappy_pixels.h"

namespace ecocube::series {
namespace {

/// Sorts its argument.
double median_of(std::span<float> values) {
  constexpr std::size_t few = 32;
  const std::size_t middle = values.size() / 2;
  if (values.size() > few) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
    const double upper = static_cast<double>(values[middle]);
    if (values.size() % 2 == 1) return upper;
    return 0.5 * (static_cast<double>(
                      *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle))) +
                  upper);
  }
  for (std::size_t next = 1; next < values.size(); ++next) {
    const float value = values[next];
    std::size_t place = next;
    for (; place > 0 && values[place - 1] > value; --place) values[place] = values[place - 1];
    values[place] = value;
  }
  const double upper = static_cast<double>(values[middle]);
  return values.size() % 2 == 1 ? upper : 0.5 * (static_cast<double>(values[middle - 1]) + upper);
}

/// The nearest number of half precision (IEEE 754 binary16, ties to even); infinite from 65520 on.
double round_to_half(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  std::frexp(value, &exponent);
  const double step = std::ldexp(1.0, std::max(exponent - 11, -24));
  const double rounded = std::nearbyint(value / step) * step;
  return std::abs(rounded) > 65504 ? std::copysign(std::numeric_limits<double>::infinity(), value) : rounded;
}

struct Filling {
  double value;
  std::uint8_t source;
};

/// What both modes share: the windows and a place to pool values.
class MovingWindow {
 public:
  MovingWindow(const TimeAxis& axis, const TmwmOptions& options)
      : slots_(axis.slots), years_(axis.years), windows_(tmwm_windows(axis.years, options)) {
    // Both sides of a neighbourhood may hold a slot twice.
    pool_.reserve(2 * static_cast<std::size_t>(slots_ + 1) * static_cast<std::size_t>(years_));
  }

 protected:
  int wrapped(int slot) const { return ((slot % slots_) + slots_) % slots_; }
  int farthest() const { return (slots_ + 1) / 2; }
  void pool_slot(std::span<const float> cells, int slot, int year, int half) {
    const float* const of_slot = cells.data() + static_cast<std::size_t>(slot) * static_cast<std::size_t>(years_);
    const int last = std::min(years_ - 1, year + half);
    for (int y = std::max(0, year - half); y <= last; ++y) {
      if (!std::isnan(of_slot[y])) pool_.push_back(of_slot[y]);
    }
  }

  const int slots_, years_;
  const std::vector<TmwmWindow> windows_;
  std::vector<float> pool_;
};

class CorrectedWindow : public MovingWindow {
 public:
  using MovingWindow::MovingWindow;
  void begin(std::span<const float>) {}

  Filling filling(std::span<const float> cells, int slot, int year) {
    for (const TmwmWindow& window : windows_) {
      pool_.clear();
      pool_slot(cells, slot, year, window.half);
      if (!pool_.empty()) return {median_of(pool_), source_code(1, window.years)};
    }
    for (int distance = 1; distance <= farthest(); ++distance) {
      for (const TmwmWindow& window : windows_) {
        const double before = side_median(cells, slot, year, window.half, -distance);
        const double after = std::isnan(before) ? before : side_median(cells, slot, year, window.half, distance);
        if (!std::isnan(after)) return {0.5 * (before + after), source_code(2, window.years)};
      }
    }
    for (const TmwmWindow& window : windows_) {
      pool_.clear();
      for (int s = 0; s < slots_; ++s) pool_slot(cells, s, year, window.half);
      if (!pool_.empty()) return {median_of(pool_), source_code(3, window.years)};
    }
    return {0, kEmpty};
  }

 private:
  /// Of the slots next to `slot` up to `distance` away, before it when negative; NaN when none is valid.
  double side_median(std::span<const float> cells, int slot, int year, int half, int distance) {
    pool_.clear();
    for (int step = 1; step <= std::abs(distance); ++step) {
      pool_slot(cells, wrapped(slot + (distance < 0 ? -step : step)), year, half);
    }
    return pool_.empty() ? std::numeric_limits<double>::quiet_NaN() : median_of(pool_);
  }
};

class ReferenceWindow : public MovingWindow {
 public:
  using MovingWindow::MovingWindow;

  void begin(std::span<const float> cells) {
    cells_ = cells;
    medians_.assign(cells.size() * windows_.size(), not_yet);
  }

  Filling filling(std::span<const float>, int slot, int year) {
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      const float median = median_at(slot, year, w);
      if (!std::isnan(median)) return {static_cast<double>(median), flag(w, 0)};
    }
    for (int distance = 1; distance <= farthest(); ++distance) {
      for (std::size_t w = 0; w < windows_.size(); ++w) {
        const double before = side_median(slot, year, w, -distance), after = side_median(slot, year, w, distance);
        if (!std::isnan(before) && !std::isnan(after)) return {round_to_half(0.5 * (before + after)), flag(w, 1)};
      }
    }
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      slot_medians_.clear();
      for (int s = 0; s < slots_; ++s) keep(median_at(s, year, w));
      if (!slot_medians_.empty()) return {median_of_slots(), flag(w, 2)};
    }
    return {0, kEmpty};
  }

 private:
  static constexpr float not_yet = -std::numeric_limits<float>::infinity();

  /// Of the pool; NaN when it holds nothing.
  double half_median() {
    return pool_.empty() ? std::numeric_limits<double>::quiet_NaN()
                         : round_to_half(static_cast<double>(static_cast<float>(median_of(pool_))));
  }
  /// Of one slot; NaN when the window holds nothing.
  float median_at(int slot, int year, std::size_t window) {
    const std::size_t cell =
        static_cast<std::size_t>(slot) * static_cast<std::size_t>(years_) + static_cast<std::size_t>(year);
    float& median = medians_[cell * windows_.size() + window];
    if (median == not_yet) {
      pool_.clear();
      pool_slot(cells_, slot, year, windows_[window].half);
      median = static_cast<float>(half_median());
    }
    return median;
  }
  double side_median(int slot, int year, std::size_t window, int distance) {
    slot_medians_.clear();
    for (int step = 1; step <= std::abs(distance); ++step) {
      keep(median_at(wrapped(slot + (distance < 0 ? -step : step)), year, window));
    }
    return median_of_slots();
  }
  void keep(float median) {
    if (!std::isnan(median)) slot_medians_.push_back(median);
  }
  double median_of_slots() {
    pool_ = slot_medians_;
    return half_median();
  }
  std::uint8_t flag(std::size_t window, int step) const {
    return static_cast<std::uint8_t>(windows_[window].years + step * years_);
  }

  std::span<const float> cells_;
  std::vector<float> medians_;  ///< shape [slot][year][window]
  std::vector<float> slot_medians_;
};

template <class Window>
std::size_t fill_by(Window window, const GapSeries& series, PixelRange range, const TimeAxis& axis,
                    std::uint8_t empty_code) {
  const std::vector<std::size_t> cell_of_time = regular_cells(axis);
  const auto cell_count = static_cast<std::size_t>(axis.slots) * static_cast<std::size_t>(axis.years);
  return fill_gappy_pixels(series, range, cell_count, cell_of_time, empty_code, [&](const GappyPixel& pixel) {
    std::size_t filled = 0;
    window.begin(pixel.cells());
    for (std::size_t time = 0; time < cell_of_time.size(); ++time) {
      if (!pixel.missing(time)) continue;
      const Filling filling = window.filling(pixel.cells(), axis.slot[time], axis.year[time]);
      if (filling.source == kEmpty) continue;
      pixel.fill(time, filling.value, filling.source);
      ++filled;
    }
    return filled;
  });
}

}  // namespace

std::vector<TmwmWindow> tmwm_windows(int years, const TmwmOptions& options) {
  assert(options.window_years >= 1 && options.window_years % 2 == 1);
  const bool corrected = options.mode == TmwmMode::corrected;
  std::vector<TmwmWindow> windows;
  for (int width = options.window_years; corrected || width < years; width += options.window_years) {
    const int half = (width - 1) / 2;
    const bool whole = half >= years - 1;
    // An even width reaches no farther than the odd one before it.
    const bool wider = windows.empty() || windows.back().half < half;
    if (wider || !corrected) windows.push_back({corrected && whole ? kWholeSeries : width, half});
    if (corrected && whole) break;
  }
  return windows;
}

std::size_t fill_tmwm(const GapSeries& series, PixelRange range, const TimeAxis& axis, const TmwmOptions& options) {
  if (options.mode == TmwmMode::corrected) return fill_by(CorrectedWindow(axis, options), series, range, axis, kEmpty);
  assert(3 * axis.years <= kEmpty);
  return fill_by(ReferenceWindow(axis, options), series, range, axis, kObserved);
}

}  // namespace ecocube::series
