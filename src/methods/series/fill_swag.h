// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cassert>
#include <span>
#include <vector>

#include "data/cube/stack.h"
#include "methods/series/fill_gaps.h"
#include "methods/series/gappy_pixels.h"

namespace ecocube::series {

/// What the ways to a seasonally weighted average share.

inline constexpr std::uint8_t kObservedQuality = 250;
inline constexpr std::uint8_t kNotFilledQuality = 255;

/// Weights of values 0..places-1 places before a gap on an axis of so many. Shape [lag].
std::vector<double> swag_weights(int slots, std::size_t places, const SwagOptions& options);

/// Sum of the weights of all values that a gap could have around it, if none of the axis were missing. Shape [time].
std::vector<double> swag_most(std::span<const std::size_t> places, std::span<const double> weights, double future);

/// Savitzky-Golay filter (1964): row k tells the value at place k of the least squares polynomial through a window of
/// values. Shape [place][value of the window].
std::vector<double> savitzky_golay(int window, int order);

/// First place of the window that smooths `place`: centred, moved inwards at the ends.
inline std::size_t window_start(std::size_t place, std::size_t width, std::size_t places) {
  return std::min(place - std::min(place, width / 2), places - width);
}

/// The sums over a regular axis, in single precision. Since a year more weighs `year` times less, the values of each
/// slot run up to one sum: past(place) = value(place) + year · past(place - slots); future(place) likewise from the end
/// with values times `later`. What a gap takes is the sum of weights(lag) · (past(place - lag) + future(place + lag))
/// over lags 1 to slots, in that order. The sums of the weights come from ones and zeros in place of the values.
template <class T>
struct SwagWork {
  const Stack<T>& stack;
  PixelRange range;
  const Planes<T>& values;
  const Planes<std::uint8_t>& source;
  const Planes<std::uint8_t>& quality;
  std::size_t slots, places;
  std::vector<std::size_t> time_of_place;  ///< `times` where the axis lacks the layer; goes on to the end of a year
  std::vector<float> weights;              ///< shape [lag], lags 0..slots
  float year, later;
  std::vector<float> most;    ///< see swag_most; shape [time]
  std::size_t window;         ///< of the smoothing; 0: none
  std::vector<float> smooth;  ///< see savitzky_golay
};

template <class T>
SwagWork<T> swag_work(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                      const Planes<T>& values, const Planes<std::uint8_t>& source,
                      const Planes<std::uint8_t>& quality) {
  assert(axis.slot.size() == stack.times && range.end <= stack.pixels && options.future >= 0);
  assert(values.count == stack.times && source.count == stack.times);
  assert(values.no_data == stack.no_data || stack.no_data != stack.no_data);
  assert(options.att_seas >= 0 && options.att_seas <= 150 && options.att_env >= 0 && options.att_env <= 150);
  const std::vector<std::size_t> places = places_of(axis);
  const auto slots = static_cast<std::size_t>(axis.slots);
  const std::size_t count = places.empty() ? 0 : places.back() + 1;
  SwagWork<T> work{stack, range, values, source, quality, slots, count, {}, {}, 1, 0, {}, 0, {}};
  const std::vector<double> weights = swag_weights(axis.slots, count, options);
  work.time_of_place.assign((count + slots - 1) / slots * slots, stack.times);
  for (std::size_t time = 0; time < places.size(); ++time) work.time_of_place[places[time]] = time;
  // A series shorter than a year has no value farther away.
  for (std::size_t lag = 0; lag <= slots; ++lag)
    work.weights.push_back(lag < count ? static_cast<float>(weights[lag]) : 0);
  if (slots < count) work.year = static_cast<float>(weights[slots]);
  work.later = static_cast<float>(options.future);
  const std::vector<double> most = swag_most(places, weights, options.future);
  work.most.assign(most.begin(), most.end());
  if (options.sg_window > 0 && static_cast<std::size_t>(options.sg_window) <= count) {
    work.window = static_cast<std::size_t>(options.sg_window);
    const std::vector<double> rows = savitzky_golay(options.sg_window, options.sg_order);
    work.smooth.assign(rows.begin(), rows.end());
  }
  return work;
}

/// One pixel after the other; fill_swag on stored numbers gives the same bytes.
template <class T>
std::size_t fill_swag_plain(const Stack<T>& stack, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                            const Planes<T>& values, const Planes<std::uint8_t>& source,
                            const Planes<std::uint8_t>& quality = {});

}  // namespace ecocube::series
