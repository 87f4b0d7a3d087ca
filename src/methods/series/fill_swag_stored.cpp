// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <type_traits>

#include "methods/series/fill_gaps_stored.h"
#include "methods/series/fill_swag.h"

namespace ecocube::series {
namespace {

/// Fills one pixel after the other.
template <class T>
class PixelSwag {
 public:
  explicit PixelSwag(const SwagWork<T>& work)
      : work_(work),
        line_(work.places),
        known_(work.places),
        past_(work.places),
        past_known_(work.places),
        future_(work.places),
        future_known_(work.places),
        weight_(work.places) {}

  std::size_t fill(std::size_t pixel) {
    for (std::size_t place = 0; place < work_.places; ++place) {
      const std::size_t time = work_.time_of_place[place];
      const T stored = time == work_.stack.times ? work_.stack.no_data : work_.stack.plane(time)[pixel];
      const bool gap = stored == work_.stack.no_data || stored != stored;
      known_[place] = gap ? 0.0F : 1.0F;
      line_[place] = gap ? 0.0F : static_cast<float>(stored);
    }
    sum_up();
    std::vector<float> filled = line_, told = known_;
    for (std::size_t place = 0; place < work_.places; ++place) {
      if (known_[place] != 0 || work_.time_of_place[place] == work_.stack.times) continue;
      const float weight = around(past_known_, future_known_, place);
      weight_[place] = weight;
      if (!(weight > 0)) continue;
      filled[place] = around(past_, future_, place) / weight;
      told[place] = 1;
    }
    std::size_t count = 0;
    for (std::size_t place = 0; place < work_.places; ++place) {
      const std::size_t time = work_.time_of_place[place];
      if (time == work_.stack.times) continue;
      const bool gap = known_[place] == 0, found = gap && told[place] != 0;
      work_.values.plane(time)[pixel] = !gap    ? static_cast<T>(line_[place])
                                        : found ? stored_of(smoothed(filled, told, place))
                                                : work_.stack.no_data;
      work_.source.plane(time)[pixel] = !gap ? kObserved : found ? kSwag : kEmpty;
      count += found ? 1 : 0;
      if (work_.quality.data == nullptr) continue;
      work_.quality.plane(time)[pixel] = !gap    ? kObservedQuality
                                         : found ? quality_of(weight_[place] / work_.most[time])
                                                 : kNotFilledQuality;
    }
    return count;
  }

 private:
  void sum_up() {
    const std::size_t places = work_.places, slots = work_.slots;
    for (std::size_t place = 0; place < places; ++place) {
      const bool first = place < slots;
      past_[place] = line_[place] + work_.year * (first ? 0.0F : past_[place - slots]);
      past_known_[place] = known_[place] + work_.year * (first ? 0.0F : past_known_[place - slots]);
    }
    for (std::size_t place = places; place-- > 0;) {
      const bool last = place + slots >= places;
      future_[place] = work_.later * line_[place] + work_.year * (last ? 0.0F : future_[place + slots]);
      future_known_[place] = work_.later * known_[place] + work_.year * (last ? 0.0F : future_known_[place + slots]);
    }
  }
  float around(const std::vector<float>& past, const std::vector<float>& future, std::size_t place) const {
    float sum = 0;
    for (std::size_t lag = 1; lag <= work_.slots; ++lag) {
      const float before = lag <= place ? past[place - lag] : 0.0F;
      const float after = place + lag < work_.places ? future[place + lag] : 0.0F;
      sum += work_.weights[lag] * (before + after);
    }
    return sum;
  }
  float smoothed(const std::vector<float>& filled, const std::vector<float>& told, std::size_t place) const {
    if (work_.window == 0) return filled[place];
    const std::size_t first = window_start(place, work_.window, work_.places);
    float sum = 0;
    for (std::size_t at = 0; at < work_.window; ++at) {
      if (told[first + at] == 0) return filled[place];
      sum += work_.smooth[(place - first) * work_.window + at] * filled[first + at];
    }
    return sum;
  }
  T stored_of(float value) const {
    if constexpr (std::is_floating_point_v<T>) return value;
    const float low = static_cast<float>(std::numeric_limits<T>::min()),
                high = static_cast<float>(std::numeric_limits<T>::max()),
                no_data = static_cast<float>(work_.stack.no_data);
    float whole = std::floor(value + 0.5F);
    whole = std::min(std::max(whole, low), high);
    if (whole == no_data) whole += no_data > low ? -1.0F : 1.0F;
    return static_cast<T>(whole);
  }
  static std::uint8_t quality_of(float share) {
    return static_cast<std::uint8_t>(249.0F * std::min(share, 1.0F) + 0.5F);
  }

  const SwagWork<T>& work_;
  std::vector<float> line_, known_;                               ///< shape [place], 0 where missing
  std::vector<float> past_, past_known_, future_, future_known_;  ///< see SwagWork
  std::vector<float> weight_;
};

}  // namespace

template <class T>
std::size_t fill_swag_plain(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                            const Planes<T>& values, const Planes<std::uint8_t>& source,
                            const Planes<std::uint8_t>& quality) {
  const SwagWork<T> work = swag_work(stack, range, axis, options, values, source, quality);
  PixelSwag<T> swag(work);
  std::size_t filled = 0;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) filled += swag.fill(pixel);
  return filled;
}

template std::size_t fill_swag_plain(const Stack<std::uint8_t>&, PixelRange, const TimeAxis&, const SwagOptions&,
                                     const Planes<std::uint8_t>&, const Planes<std::uint8_t>&,
                                     const Planes<std::uint8_t>&);
template std::size_t fill_swag_plain(const Stack<std::uint16_t>&, PixelRange, const TimeAxis&, const SwagOptions&,
                                     const Planes<std::uint16_t>&, const Planes<std::uint8_t>&,
                                     const Planes<std::uint8_t>&);
template std::size_t fill_swag_plain(const Stack<std::int16_t>&, PixelRange, const TimeAxis&, const SwagOptions&,
                                     const Planes<std::int16_t>&, const Planes<std::uint8_t>&,
                                     const Planes<std::uint8_t>&);
template std::size_t fill_swag_plain(const Stack<float>&, PixelRange, const TimeAxis&, const SwagOptions&,
                                     const Planes<float>&, const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);

}  // namespace ecocube::series
