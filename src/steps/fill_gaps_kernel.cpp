// SPDX-License-Identifier: Apache-2.0
#include "steps/fill_gaps_kernel.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "methods/series/fill_gaps_nearby.h"
#include "methods/series/fill_gaps_stored.h"

namespace ecocube {
namespace {

/// Pixels of which the plain fillers hold a series in floats at once.
constexpr std::size_t kPlainPixels = 1024;

template <class T>
bool is_missing(T stored, T no_data) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(stored) || stored == no_data;
  return stored == no_data;
}

struct FillCount {
  std::size_t filled = 0, empty = 0;
};

/// Values (of the block's type) and source codes over `around`, shapes [time][pixel]; what lies behind the pointers is
/// filled in range by range.
struct FilledAround {
  std::unique_ptr<std::uint8_t[]> values, source;
};

class TemporalKernel : public SeriesKernel {
 public:
  explicit TemporalKernel(FillRules rules) : rules_(std::move(rules)), times_(rules_.axis.days.size()) {
    rounding_ = {rules_.encoding.type, 1, 0, rules_.encoding.no_data, {}};
  }

  int halo_pixels() const override { return rules_.reach; }
  std::uint64_t bytes_per_pixel() const override {
    return rules_.reach == 0 ? 0 : times_ * (1 + std::min<std::size_t>(sizeof(float), bytes_of(rules_.encoding.type)));
  }
  std::uint64_t bytes_per_thread() const override {
    const std::size_t errors = rules_.errors ? (std::size_t{1} << 20) * (sizeof(float) + 2) : 0;
    return times_ * kPlainPixels * (sizeof(float) + 2) + errors;
  }

  std::shared_ptr<const void> prepare(const SeriesBlock& block) const override {
    if (rules_.reach == 0) return nullptr;
    auto around = std::make_shared<FilledAround>();
    const std::size_t cells = times_ * block.pixels();
    around->values.reset(new std::uint8_t[cells * bytes_of(block.type())]);
    around->source.reset(new std::uint8_t[cells]);
    return around;
  }
  void prepare_range(const SeriesBlock& block, const void* prepared, series::PixelRange range) const override {
    with_held_type(block.type(), [&]<class T>(T) {
      const FilledAround& around = *static_cast<const FilledAround*>(prepared);
      fill<T>(block.stored<T>(), range, values_of<T>(around, block), source_of(around, block));
    });
  }
  std::size_t run(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                  SeriesResults& results) const override {
    return with_held_type(block.type(), [&]<class T>(T) { return run_typed<T>(block, prepared, range, results); });
  }

 private:
  template <class T>
  std::size_t run_typed(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                        SeriesResults& results) const {
    const Planes<T> values = results.stored<T>(0, times_);
    const Planes<std::uint8_t> source = results.stored<std::uint8_t>(times_, times_);
    const FillCount count =
        prepared ? take_nearby<T>(block, *static_cast<const FilledAround*>(prepared), range, values, source)
                 : fill<T>(block.stored<T>(), range, values, source);
    if (rules_.stayed_empty) *rules_.stayed_empty += count.empty;
    if (rules_.errors && rules_.knowledge) put_errors<T>(range, values, source, results);
    return count.filled;
  }

  template <class T>
  Planes<T> values_of(const FilledAround& around, const SeriesBlock& block) const {
    const double missing = rules_.encoding.no_data.value_or(0);
    return {static_cast<T*>(static_cast<void*>(around.values.get())), times_, block.pixels(), block.pixels(),
            static_cast<T>(missing)};
  }
  Planes<std::uint8_t> source_of(const FilledAround& around, const SeriesBlock& block) const {
    return {around.source.get(), times_, block.pixels(), block.pixels(), series::kEmpty};
  }

  /// Larger whole numbers are held as floats, but rounded when they are written.
  template <class T>
  bool has_fast_way() const {
    if constexpr (!std::is_same_v<T, float>) return series::fills_stored(rules_.method);
    return rules_.encoding.type == DataType::float32 && series::fills_stored_floats(rules_.method);
  }

  /// The series alone. Planes of `stack`, `values` and `source` cover the same pixels.
  template <class T>
  FillCount fill(const Stack<T>& stack, series::PixelRange range, const Planes<T>& values,
                 const Planes<std::uint8_t>& source) const {
    if (rules_.stored_numbers && has_fast_way<T>()) {
      FillCount count{series::fill_series<T>(rules_.method, stack, range, rules_.axis, values, source), 0};
      for (std::size_t time = 0; time < times_; ++time) {
        const std::uint8_t* codes = source.plane(time);
        count.empty += static_cast<std::size_t>(std::count(codes + range.begin, codes + range.end, series::kEmpty));
      }
      return count;
    }
    FillCount count;
    for (std::size_t begin = range.begin; begin < range.end; begin += kPlainPixels) {
      const FillCount some = fill_plain<T>(stack, {begin, std::min(range.end, begin + kPlainPixels)}, values, source);
      count = {count.filled + some.filled, count.empty + some.empty};
    }
    return count;
  }

  template <class T>
  FillCount fill_plain(const Stack<T>& stack, series::PixelRange range, const Planes<T>& values,
                       const Planes<std::uint8_t>& source) const {
    const std::size_t pixels = range.end - range.begin;
    std::vector<float> numbers(times_ * pixels);
    std::vector<std::uint8_t> valid(numbers.size()), codes(numbers.size());
    for (std::size_t time = 0; time < times_; ++time) {
      const T* from = stack.plane(time) + range.begin;
      for (std::size_t i = 0; i < pixels; ++i) {
        const bool known = !is_missing(from[i], stack.no_data);
        valid[time * pixels + i] = known ? 1 : 0;
        numbers[time * pixels + i] = known ? static_cast<float>(from[i]) : 0.0F;
      }
    }
    FillCount count;
    count.filled = series::fill_series(rules_.method, {numbers, valid, codes, pixels}, {0, pixels}, rules_.axis);
    for (std::size_t time = 0; time < times_; ++time) {
      const T* observed = stack.plane(time) + range.begin;
      T* to = values.plane(time) + range.begin;
      for (std::size_t i = 0; i < pixels; ++i) {
        const std::size_t at = time * pixels + i;
        count.empty += valid[at] == 0 ? 1 : 0;
        to[i] = !is_missing(observed[i], stack.no_data) ? observed[i]
                : valid[at] == 0                        ? values.no_data
                                                        : rounded<T>(static_cast<double>(numbers[at]));
      }
      std::copy_n(codes.data() + time * pixels, pixels, source.plane(time) + range.begin);
    }
    return count;
  }

  template <class T>
  T rounded(double number) const {
    return static_cast<T>(rounding_.encoded(number));
  }

  /// Takes what `prepare_range` filled, and the median of the pixels around for what it left empty.
  template <class T>
  FillCount take_nearby(const SeriesBlock& block, const FilledAround& filled, series::PixelRange range,
                        const Planes<T>& values, const Planes<std::uint8_t>& source) const {
    const std::size_t pixels = block.pixels(), rows = static_cast<std::size_t>(block.around().rows),
                      cols = static_cast<std::size_t>(block.around().cols);
    const T* all = static_cast<const T*>(static_cast<const void*>(filled.values.get()));
    std::vector<T> around;
    FillCount count;
    for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
      const std::size_t place = block.place_of(pixel);
      for (std::size_t time = 0; time < times_; ++time) {
        const T* plane = all + time * pixels;
        T number = plane[place];
        std::uint8_t code = filled.source[time * pixels + place];
        if (code == series::kEmpty) {
          const auto median = series::nearby_median(plane, values.no_data, rows, cols, place / cols, place % cols,
                                                    static_cast<std::size_t>(rules_.reach), around);
          if (median) number = rounded<T>(*median), code = series::kNearbyPixels;
        }
        values.plane(time)[pixel] = number;
        source.plane(time)[pixel] = code;
        count.empty += code == series::kEmpty ? 1 : 0;
        count.filled += code != series::kEmpty && code != series::kObserved ? 1 : 0;
      }
    }
    return count;
  }

  template <class T>
  void put_errors(series::PixelRange range, const Planes<T>& values, const Planes<std::uint8_t>& source,
                  SeriesResults& results) const {
    const std::size_t pixels = range.end - range.begin;
    std::vector<std::uint8_t> observed(times_ * pixels), codes(observed.size()), known(observed.size());
    std::vector<float> errors(observed.size());
    for (std::size_t time = 0; time < times_; ++time) {
      for (std::size_t i = 0; i < pixels; ++i) {
        const std::size_t at = time * pixels + i, from = range.begin + i;
        codes[at] = source.plane(time)[from];
        observed[at] = codes[at] == series::kObserved ? 1 : 0;
        known[at] = is_missing(values.plane(time)[from], values.no_data) ? 0 : 1;
      }
    }
    series::expected_errors(*rules_.knowledge->assessment, rules_.assessed, rules_.axis, observed, codes, pixels,
                            {0, pixels}, errors);
    for (std::size_t time = 0; time < times_; ++time) {
      results.put(2 * times_ + time, range, std::span(errors).subspan(time * pixels, pixels),
                  std::span<const std::uint8_t>(known).subspan(time * pixels, pixels));
    }
  }

  FillRules rules_;
  std::size_t times_;
  Encoding rounding_;  ///< of stored numbers
};

/// A block's series as date regression wants them, shapes [time][pixel of around]; filled in range by range.
struct SeriesAround {
  explicit SeriesAround(std::size_t cells)
      : count(cells), values(new float[cells]), completed(new float[cells]), valid(new std::uint8_t[cells]) {}
  std::size_t count;
  std::unique_ptr<float[]> values, completed;
  std::unique_ptr<std::uint8_t[]> valid;
};

class LearnedKernel : public SeriesKernel {
 public:
  explicit LearnedKernel(FillRules rules) : rules_(std::move(rules)), times_(rules_.axis.days.size()) {}

  int halo_pixels() const override { return series::kKrigingRadius; }
  std::uint64_t bytes_per_pixel() const override { return times_ * (2 * sizeof(float) + 1); }
  std::uint64_t bytes_per_thread() const override {
    // Of the pixels of one range: results as floats, and what `auto` holds of each method.
    constexpr std::uint64_t kBytesOfCell = 32, kCellsOfRange = std::uint64_t{1} << 19;
    return kBytesOfCell * std::max<std::uint64_t>(kCellsOfRange, 256 * times_);
  }

  std::shared_ptr<const void> prepare(const SeriesBlock& block) const override {
    return std::make_shared<const SeriesAround>(times_ * block.pixels());
  }
  void prepare_range(const SeriesBlock& block, const void* prepared, series::PixelRange range) const override {
    const SeriesAround& around = *static_cast<const SeriesAround*>(prepared);
    const std::size_t pixels = range.end - range.begin, all = block.pixels();
    std::vector<float> values(times_ * pixels);
    std::vector<std::uint8_t> valid(values.size());
    block.decode(range, values, valid);
    for (std::size_t time = 0; time < times_; ++time) {
      std::copy_n(values.data() + time * pixels, pixels, around.values.get() + time * all + range.begin);
      std::copy_n(valid.data() + time * pixels, pixels, around.valid.get() + time * all + range.begin);
    }
    if (rules_.knowledge->drk) {
      rules_.knowledge->drk->complete({around.values.get(), around.count}, {around.valid.get(), around.count}, all,
                                      range, {around.completed.get(), around.count});
    }
  }

  std::size_t run(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                  SeriesResults& results) const override {
    const SeriesAround& around = *static_cast<const SeriesAround*>(prepared);
    const std::size_t pixels = range.end - range.begin;
    std::vector<float> values(times_ * pixels), errors(values.size());
    std::vector<std::uint8_t> source(values.size());
    const Window &whole = block.around(), &where = block.where();
    const auto size = [](std::int64_t number) { return static_cast<std::size_t>(number); };
    const series::BlockAround shape{size(whole.rows),
                                    size(whole.cols),
                                    {around.values.get(), around.count},
                                    {around.valid.get(), around.count},
                                    {around.completed.get(), around.count},
                                    size(where.row - whole.row),
                                    size(where.col - whole.col),
                                    size(where.rows),
                                    size(where.cols)};
    const series::FilledSeries filled{values, source, errors};
    const FillKnowledge& knowledge = *rules_.knowledge;
    const std::size_t count =
        knowledge.chosen ? knowledge.chosen->fill(shape, range, filled) : knowledge.drk->fill(shape, range, filled);
    put(block, range, filled, results);
    return count;
  }

 private:
  void put(const SeriesBlock& block, series::PixelRange range, const series::FilledSeries& filled,
           SeriesResults& results) const {
    const std::size_t pixels = range.end - range.begin;
    std::vector<std::uint8_t> known(pixels);
    std::size_t empty = 0;
    const Planes<std::uint8_t> codes = results.stored<std::uint8_t>(times_, times_);
    for (std::size_t time = 0; time < times_; ++time) {
      const std::uint8_t* source = filled.source.data() + time * pixels;
      for (std::size_t i = 0; i < pixels; ++i) {
        known[i] = source[i] == series::kEmpty ? 0 : 1;
        empty += source[i] == series::kEmpty ? 1 : 0;
      }
      results.put(time, range, filled.values.subspan(time * pixels, pixels), known);
      std::copy_n(source, pixels, codes.plane(time) + range.begin);
      if (rules_.errors)
        results.put(2 * times_ + time, range, filled.expected_error.subspan(time * pixels, pixels), known);
    }
    with_held_type(block.type(), [&]<class T>(T) { keep_observed<T>(block, range, results); });
    if (rules_.stayed_empty) *rules_.stayed_empty += empty;
  }

  /// Observed numbers stay as they lie in the files, whatever decoding and encoding would make of them.
  template <class T>
  void keep_observed(const SeriesBlock& block, series::PixelRange range, SeriesResults& results) const {
    const Stack<T> stack = block.stored<T>();
    const Planes<T> values = results.stored<T>(0, times_);
    for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
      const std::size_t place = block.place_of(pixel);
      for (std::size_t time = 0; time < times_; ++time) {
        const T number = stack.plane(time)[place];
        if (!is_missing(number, stack.no_data)) values.plane(time)[pixel] = number;
      }
    }
  }

  FillRules rules_;
  std::size_t times_;
};

}  // namespace

std::shared_ptr<const SeriesKernel> make_temporal_kernel(FillRules rules) {
  return std::make_shared<TemporalKernel>(std::move(rules));
}

std::shared_ptr<const SeriesKernel> make_learned_kernel(FillRules rules) {
  return std::make_shared<LearnedKernel>(std::move(rules));
}

}  // namespace ecocube
