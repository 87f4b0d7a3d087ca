// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/date_regression_systems.h"

namespace ecocube::series {

/// Most dates that predict another, and the ridge.
inline constexpr std::size_t kRegressionDates = 12;
inline constexpr double kRegressionRidge = 0.1;

/// Sixteen cells to be predicted at once, and how.
struct PredictionBatch {
  static constexpr std::size_t kLanes = SymmetricSystems::kLanes;
  explicit PredictionBatch(std::size_t dates) : systems(dates), chosen(dates * kLanes) {}

  std::size_t count = 0;
  std::array<std::size_t, kLanes> pixel{};
  std::array<std::size_t, kLanes> time{};
  SymmetricSystems systems;                    ///< its solution holds the weights of the chosen dates
  std::vector<std::uint16_t> chosen;           ///< shape [lane][date]
  std::array<std::size_t, kLanes> dates_of{};  ///< how many were chosen
  std::array<float, kLanes> variance{};        ///< share of the variance that is left
};

/// Predicts standardised values from the same pixel's other dates: ridge regression on the valid dates most correlated
/// with the one to be predicted.
class DatePredictor {
 public:
  /// correlation   between all pairs of dates, shape [time][time]
  /// usable        dates that may predict others, shape [time]
  /// dates         how many predict at most
  /// ridge         added to the diagonal
  DatePredictor(std::span<const double> correlation, std::span<const std::uint8_t> usable, std::size_t dates,
                double ridge);

  std::size_t dates() const { return dates_; }

  /// Finds dates, weights and variances of the cells of the batch. A cell's own value is never used.
  /// valid   shape [time][pixel]
  void predict(std::span<const std::uint8_t> valid, std::size_t pixels, PredictionBatch& batch) const;

  /// What the weights of a lane make of a pixel, which need not be the lane's own.
  /// standardised   shape [time][pixel]
  static float apply(const PredictionBatch& batch, std::size_t lane, const float* standardised, std::size_t pixels,
                     std::size_t pixel);

 private:
  void set_lane(const std::uint16_t* chosen, std::size_t count, std::size_t time, SymmetricSystems& systems,
                std::size_t lane) const;
  void choose(std::span<const std::uint8_t> valid, std::size_t pixels, PredictionBatch& batch, std::size_t lane) const;

  std::size_t times_;
  std::size_t dates_;
  std::vector<float> correlation_;          ///< with the ridge on the diagonal
  std::vector<std::size_t> candidates_;     ///< how many dates may predict each, shape [time]
  std::vector<std::uint16_t> by_likeness_;  ///< most correlated first, shape [time][candidate]
};

/// Fills the missing cells of `values` (standardised, shape [time][pixel]) of the dates marked by what their pixels'
/// other dates predict, and tells the mean variance left of each date over all pixels (0 at valid cells).
std::vector<double> complete_dates(const DatePredictor& predictor, std::span<const std::uint8_t> valid,
                                   std::size_t pixels, std::size_t begin, std::size_t end,
                                   std::span<const std::uint8_t> dates, std::span<float> values);

}  // namespace ecocube::series
