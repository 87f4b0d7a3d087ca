// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_harmonic.h"

#include <numbers>
#include <numeric>

#include "methods/series/gappy_pixels.h"

namespace ecocube::series {

HarmonicDesign::HarmonicDesign(const TimeAxis& axis, const HarmonicOptions& options)
    : phases(static_cast<std::size_t>(axis.slots)),
      modes(options.modes),
      trend(options.trend),
      rounds(options.robust ? 4 : 1),
      waves_from(options.trend ? 2 : 1),
      columns(waves_from + 2 * static_cast<std::size_t>(options.modes)) {
  assert(options.modes >= 0 && options.modes <= 3);
  const std::vector<std::size_t> places = places_of(axis);
  const double length = places.empty() ? 1 : static_cast<double>(places.back() + 1);
  for (const std::size_t place : places) {
    phase.push_back(place % phases);
    tau.push_back((static_cast<double>(place) - length / 2) / length);
  }
  for (std::size_t p = 0; p < phases; ++p) {
    for (int mode = 1; mode <= modes; ++mode) {
      const double angle = 2 * std::numbers::pi * mode * static_cast<double>(p) / axis.slots;
      waves.push_back(std::cos(angle));
      waves.push_back(std::sin(angle));
    }
  }
}

int HarmonicDesign::modes_for(std::size_t values) const {
  int allowed = modes;
  while (allowed > 0 && values < values_needed(allowed)) --allowed;
  return allowed;
}

namespace {

/// Fits one pixel after the other.
class HarmonicFit {
 public:
  explicit HarmonicFit(const HarmonicDesign& design)
      : design_(design),
        weights_(design.tau.size()),
        sums_(design.phases),
        matrix_(design.columns * design.columns),
        right_(design.columns),
        season_(design.phases) {}

  /// Fits the valid values of a pixel.
  void fit(std::span<const float> cells) {
    count_ = static_cast<std::size_t>(
        std::count_if(cells.begin(), cells.end(), [](float value) { return !std::isnan(value); }));
    trend_ = design_.trend && count_ >= kValuesForTrend;
    columns_ = design_.waves_from + 2 * static_cast<std::size_t>(design_.modes_for(count_));
    std::fill(weights_.begin(), weights_.end(), 1.0);
    for (int round = 1; round <= design_.rounds; ++round) {
      sum_up(cells);
      set_up();
      solve();
      tell_seasons();
      if (round < design_.rounds) weigh(cells);
    }
  }
  double predicted(std::size_t time) const {
    const double season = season_[design_.phase[time]];
    return trend_ ? season + right_[1] * design_.tau[time] : season;
  }

 private:
  /// Over the values of one phase.
  struct Sums {
    double w = 0, w_tau = 0, w_tau_tau = 0, w_value = 0, w_tau_value = 0;
  };

  double& at(std::size_t row, std::size_t column) { return matrix_[row * design_.columns + column]; }
  bool used(std::size_t column) const { return column < columns_ && (column != 1 || !design_.trend || trend_); }

  void sum_up(std::span<const float> cells) {
    std::fill(sums_.begin(), sums_.end(), Sums{});
    for (std::size_t time = 0; time < cells.size(); ++time) {
      if (std::isnan(cells[time])) continue;
      Sums& sums = sums_[design_.phase[time]];
      const double w = weights_[time], tau = design_.tau[time], w_tau = w * tau;
      const auto value = static_cast<double>(cells[time]);
      sums.w += w;
      sums.w_tau += w_tau;
      sums.w_tau_tau += w_tau * tau;
      sums.w_value += w * value;
      sums.w_tau_value += w_tau * value;
    }
  }

  /// The normal matrix (lower half) and the right side; columns that the pixel does without become those of the
  /// identity, so that all pixels take the same steps.
  void set_up() {
    std::fill(matrix_.begin(), matrix_.end(), 0.0);
    std::fill(right_.begin(), right_.end(), 0.0);
    const std::size_t waves = design_.columns - design_.waves_from;
    for (std::size_t phase = 0; phase < design_.phases; ++phase) {
      const Sums& sums = sums_[phase];
      const double* const wave = design_.waves.data() + phase * waves;
      at(0, 0) += sums.w;
      right_[0] += sums.w_value;
      if (design_.trend) {
        at(1, 0) += sums.w_tau;
        at(1, 1) += sums.w_tau_tau;
        right_[1] += sums.w_tau_value;
      }
      for (std::size_t k = 0; k < waves; ++k) {
        const std::size_t row = design_.waves_from + k;
        const double w = wave[k] * sums.w;
        at(row, 0) += w;
        if (design_.trend) at(row, 1) += wave[k] * sums.w_tau;
        for (std::size_t other = 0; other <= k; ++other) at(row, design_.waves_from + other) += w * wave[other];
        right_[row] += wave[k] * sums.w_value;
      }
    }
    for (std::size_t row = 0; row < design_.columns; ++row) {
      for (std::size_t column = 0; column < row; ++column) {
        if (!used(row) || !used(column)) at(row, column) = 0;
      }
      at(row, row) += row == 0 ? kConstantRidge : kRidge * static_cast<double>(count_);
      if (!used(row)) at(row, row) = 1, right_[row] = 0;
    }
  }

  /// Cholesky in place; leaves the coefficients in `right_`.
  void solve() {
    const std::size_t size = design_.columns;
    for (std::size_t column = 0; column < size; ++column) {
      double pivot = at(column, column);
      for (std::size_t k = 0; k < column; ++k) pivot -= at(column, k) * at(column, k);
      pivot = std::sqrt(pivot);
      at(column, column) = pivot;
      for (std::size_t row = column + 1; row < size; ++row) {
        double value = at(row, column);
        for (std::size_t k = 0; k < column; ++k) value -= at(row, k) * at(column, k);
        at(row, column) = value / pivot;
      }
    }
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t k = 0; k < row; ++k) right_[row] -= at(row, k) * right_[k];
      right_[row] /= at(row, row);
    }
    for (std::size_t row = size; row-- > 0;) {
      for (std::size_t k = row + 1; k < size; ++k) right_[row] -= at(k, row) * right_[k];
      right_[row] /= at(row, row);
    }
  }

  void tell_seasons() {
    const std::size_t waves = design_.columns - design_.waves_from;
    for (std::size_t phase = 0; phase < design_.phases; ++phase) {
      double value = right_[0];
      for (std::size_t k = 0; k < waves; ++k) {
        value += design_.waves[phase * waves + k] * right_[design_.waves_from + k];
      }
      season_[phase] = value;
    }
  }

  void weigh(std::span<const float> cells) {
    residuals_.clear();
    for (std::size_t time = 0; time < cells.size(); ++time) {
      if (std::isnan(cells[time])) continue;
      weights_[time] = std::abs(static_cast<double>(cells[time]) - predicted(time));
      residuals_.push_back(weights_[time]);
    }
    std::sort(residuals_.begin(), residuals_.end());
    const double median = 0.5 * (residuals_[(residuals_.size() - 1) / 2] + residuals_[residuals_.size() / 2]);
    const double limit = kHuber * median + kLeastSpread;
    for (double& weight : weights_) weight = weight <= limit ? 1.0 : limit / weight;
  }

  const HarmonicDesign& design_;
  std::size_t count_ = 0, columns_ = 0;
  bool trend_ = false;
  std::vector<double> weights_;  ///< and residuals in between, shape [time]
  std::vector<Sums> sums_;
  std::vector<double> matrix_, right_, season_, residuals_;
};

}  // namespace

std::size_t fill_harmonic_plain(const GapSeries& series, PixelRange range, const TimeAxis& axis,
                                const HarmonicOptions& options) {
  const HarmonicDesign design(axis, options);
  std::vector<std::size_t> cell_of_time(axis.slot.size());
  std::iota(cell_of_time.begin(), cell_of_time.end(), std::size_t{0});
  HarmonicFit model(design);
  return fill_gappy_pixels(series, range, cell_of_time.size(), cell_of_time, kEmpty, [&](const GappyPixel& pixel) {
    model.fit(pixel.cells());
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const float value : pixel.cells()) {
      if (std::isnan(value)) continue;
      low = std::min(low, static_cast<double>(value)), high = std::max(high, static_cast<double>(value));
    }
    const double widening = kWidening * (high - low);
    std::size_t filled = 0;
    for (std::size_t time = 0; time < cell_of_time.size(); ++time) {
      if (!pixel.missing(time)) continue;
      pixel.fill(time, std::min(std::max(model.predicted(time), low - widening), high + widening), kHarmonic);
      ++filled;
    }
    return filled;
  });
}

}  // namespace ecocube::series
