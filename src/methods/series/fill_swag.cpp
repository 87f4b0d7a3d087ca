// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_swag.h"

#include <numeric>
#include <optional>

#include "methods/series/gappy_pixels.h"

namespace ecocube::series {
namespace {

/// What one call knows about the axis.
struct Weighting {
  std::vector<std::size_t> places;  ///< shape [time]
  std::vector<double> weights;      ///< of past values, shape [lag]
  std::vector<double> most;         ///< sum of all weights that a gap could have, shape [time]
  double future;
};

/// Weighted mean of the valid values around one gap; `weight` 0 where none weighs.
struct Average {
  double value, weight;
};

Average average_at(std::span<const float> cells, const Weighting& weighting, std::size_t time) {
  double sum = 0, weight = 0;
  const std::size_t times = cells.size();
  const auto add = [&](std::size_t other, std::size_t lag, double factor) {
    if (std::isnan(cells[other])) return;
    const double one = factor * weighting.weights[lag];
    sum += one * static_cast<double>(cells[other]);
    weight += one;
  };
  const std::vector<std::size_t>& places = weighting.places;
  for (std::size_t other = 0; other < time; ++other) add(other, places[time] - places[other], 1);
  if (weighting.future > 0) {
    for (std::size_t other = time + 1; other < times; ++other) {
      add(other, places[other] - places[time], weighting.future);
    }
  }
  return {weight > 0 ? sum / weight : 0, weight};
}

/// Smooths the filled values of one pixel; `filled` NaN where observed or still empty.
class Smoothing {
 public:
  Smoothing(const Weighting& weighting, const SwagOptions& options)
      : weighting_(weighting),
        width_(static_cast<std::size_t>(options.sg_window)),
        rows_(savitzky_golay(options.sg_window, options.sg_order)),
        line_(weighting.places.back() + 1) {}

  void smooth(std::span<const float> cells, std::vector<double>& filled) {
    if (width_ > line_.size()) return;
    const std::vector<std::size_t>& places = weighting_.places;
    std::fill(line_.begin(), line_.end(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t time = 0; time < cells.size(); ++time) {
      line_[places[time]] = std::isnan(cells[time]) ? filled[time] : static_cast<double>(cells[time]);
    }
    for (std::size_t time = 0; time < cells.size(); ++time) {
      if (std::isnan(filled[time])) continue;
      const std::size_t first = window_start(places[time], width_, line_.size());
      const double* const row = rows_.data() + (places[time] - first) * width_;
      const double smooth = std::inner_product(row, row + width_, line_.data() + first, 0.0);
      if (!std::isnan(smooth)) filled[time] = smooth;  // NaN: a hole in the window
    }
  }

 private:
  const Weighting& weighting_;
  const std::size_t width_;
  const std::vector<double> rows_;
  std::vector<double> line_;  ///< shape [place]
};

}  // namespace

std::vector<double> swag_weights(int slots, std::size_t places, const SwagOptions& options) {
  std::vector<double> weights(places);
  for (std::size_t lag = 0; lag < places; ++lag) {
    const double of_half_year = static_cast<double>(lag % static_cast<std::size_t>(slots)) / (0.5 * slots);
    const double away = of_half_year <= 1 ? of_half_year : 2 - of_half_year;
    const double along = static_cast<double>(lag) / static_cast<double>(places);
    weights[lag] = std::pow(10.0, -options.att_seas / 10 * away - options.att_env / 10 * along);
  }
  return weights;
}

std::vector<double> savitzky_golay(int window, int order) {
  assert(window % 2 == 1 && order >= 0 && order < window);
  const auto width = static_cast<std::size_t>(window);
  std::vector<double> rows(width * width, 0.0), polynomial(width);
  std::vector<std::vector<double>> known;  // orthonormal on the window
  for (int degree = 0; degree <= order; ++degree) {
    for (std::size_t at = 0; at < width; ++at) {
      const double x = (static_cast<double>(at) - 0.5 * (window - 1)) / window;
      polynomial[at] = degree == 0 ? 1.0 : known.back()[at] * x;
    }
    // Twice, because once leaves what rounding made of near-parallel polynomials.
    for (int pass = 0; pass < 2; ++pass) {
      for (const std::vector<double>& other : known) {
        const double along = std::inner_product(other.begin(), other.end(), polynomial.begin(), 0.0);
        for (std::size_t at = 0; at < width; ++at) polynomial[at] -= along * other[at];
      }
    }
    const double length = std::sqrt(std::inner_product(polynomial.begin(), polynomial.end(), polynomial.begin(), 0.0));
    for (double& value : polynomial) value /= length;
    for (std::size_t at = 0; at < width; ++at) {
      for (std::size_t from = 0; from < width; ++from) rows[at * width + from] += polynomial[at] * polynomial[from];
    }
    known.push_back(polynomial);
  }
  return rows;
}

std::vector<double> swag_most(std::span<const std::size_t> places, std::span<const double> weights, double future) {
  std::vector<double> sums(weights.size(), 0.0);  // of lags 1..lag
  for (std::size_t lag = 1; lag < sums.size(); ++lag) sums[lag] = sums[lag - 1] + weights[lag];
  std::vector<double> most(places.size());
  for (std::size_t time = 0; time < places.size(); ++time) {
    most[time] = sums[places[time]] + future * sums[places.back() - places[time]];
  }
  return most;
}

std::size_t fill_swag(const GapSeries& series, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                      std::span<std::uint8_t> quality) {
  assert(options.future >= 0 && (quality.empty() || quality.size() == series.source.size()));
  if (axis.slot.empty()) return 0;
  const std::size_t times = axis.slot.size();
  Weighting weighting{places_of(axis), {}, {}, options.future};
  weighting.weights = swag_weights(axis.slots, weighting.places.back() + 1, options);
  weighting.most = swag_most(weighting.places, weighting.weights, options.future);
  std::vector<std::size_t> cell_of_time(times);
  std::iota(cell_of_time.begin(), cell_of_time.end(), std::size_t{0});
  std::optional<Smoothing> smoothing;
  if (options.sg_window > 0) smoothing.emplace(weighting, options);
  if (!quality.empty()) {
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t at = time * series.pixels + range.begin; at < time * series.pixels + range.end; ++at) {
        quality[at] = series.valid[at] != 0 ? kObservedQuality : kNotFilledQuality;
      }
    }
  }
  std::vector<double> filled(times);
  return fill_gappy_pixels(series, range, times, cell_of_time, kEmpty, [&](const GappyPixel& pixel) {
    std::size_t count = 0;
    std::fill(filled.begin(), filled.end(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t time = 0; time < times; ++time) {
      if (!pixel.missing(time)) continue;
      const Average average = average_at(pixel.cells(), weighting, time);
      if (average.weight <= 0) continue;
      filled[time] = average.value;
      ++count;
      if (quality.empty()) continue;
      const double share = std::min(1.0, average.weight / weighting.most[time]);
      quality[time * series.pixels + pixel.number()] = static_cast<std::uint8_t>(249 * share + 0.5);
    }
    if (smoothing) smoothing->smooth(pixel.cells(), filled);
    for (std::size_t time = 0; time < times; ++time) {
      if (!std::isnan(filled[time])) pixel.fill(time, filled[time], kSwag);
    }
    return count;
  });
}

}  // namespace ecocube::series
