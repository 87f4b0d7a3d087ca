// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "methods/series/composite_bands.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// What makes an observation a good one: scores of 0..1 after FORCE (Frantz et al. 2017, Remote Sensing of Environment
/// 201:217; Griffiths et al. 2013, IEEE JSTARS 6:2088), summed by their weights and divided by the sum of weights.
struct BestPixelOptions {
  /// Day of year: a Gaussian that is 1 on the target day and 0.01 on the first and on the last day of the season, which
  /// may lie in the year before or after. Days are 1..366.
  int target_day = 182;
  int first_day = 91;
  int last_day = 273;
  double day_weight = 1;

  /// Year: a Gaussian of the years between an acquisition and the target year. With `years` to each side, a year off
  /// costs as much as a day that lies 1 / ((years + 1) × year_factor) of the way from the target to the season's end.
  int target_year = 0;
  int years = 2;
  double year_factor = 3;
  double year_weight = 0;

  /// Cloud and shadow: 1 / (1 + exp(-10 / D × (d - D / 2))) for d metres to the nearest.
  double clear_metres = 3000;  ///< D: from here on the score is nearly 1
  double cloud_weight = 0;

  /// Haze: 1 / (1 + exp(10 / 0.02 × (h + 0.015))) for the haze-optimised transform h of reflectance 0..1.
  double haze_weight = 0;

  /// View: 1 / (1 + exp(10 / V × (v - V / 2))) for v degrees from nadir.
  double view_degrees = 20;  ///< V: from here on the score is nearly 0
  double view_weight = 0;
};

/// The dates of a series and what is known of each observation. Spans of shape [time][pixel] may be empty when their
/// weight is 0; a value that is NaN scores 0.
struct BestPixelSeries {
  std::span<const int> days;            ///< of the year, 1..366; shape [time]
  std::span<const int> years;           ///< shape [time]
  std::span<const std::uint8_t> valid;  ///< shape [time][pixel]
  std::span<const float> cloud_metres;
  std::span<const float> haze;
  std::span<const float> view;
  std::size_t pixels = 0;
};

/// Days from the target day to a day of the year, -182..183 whichever occurrence of the target is nearest.
int days_from_target(int day, int target_day);

double day_score(int day, const BestPixelOptions& options);
double year_score(int year, int day, const BestPixelOptions& options);
double cloud_score(double metres, const BestPixelOptions& options);
double haze_score(double haze);
double view_score(double degrees, const BestPixelOptions& options);

/// The best available pixel: for each pixel the valid date of the highest score, the earliest of equal ones, so that a
/// caller can copy all bands, and the day of year, from it.
///
/// dates   number of the chosen date, kNoDate for a pixel never seen; shape [pixel]
/// scores  of the chosen date, NaN where there is none; shape [pixel]; may be empty
void best_pixel(const BestPixelSeries& series, PixelRange range, const BestPixelOptions& options,
                std::span<std::uint16_t> dates, std::span<float> scores);

/// The plain version, which the fast one equals bit for bit.
void best_pixel_plain(const BestPixelSeries& series, PixelRange range, const BestPixelOptions& options,
                      std::span<std::uint16_t> dates, std::span<float> scores);

/// What day and year of an observation add to its score, and what the sum is divided by.
double date_score(int year, int day, const BestPixelOptions& options);
double sum_of_weights(const BestPixelOptions& options);

/// Of haze_score: where it is a half (negated), and how fast it falls.
inline constexpr double kHazeMiddle = 0.015, kHazeWidth = 0.02;

/// e^x for x in -700..700 to the last bit or nearly so, by the same operations on every machine; system libraries
/// differ in the last bit. Beyond, the nearest end's value.
double exponential(double x);

/// What `exponential` is made of. ln 2 has two parts: the first has zeros at its end, so that its product with a small
/// integer is exact.
inline constexpr double kMostExponent = 700, kLog2OfE = 1.4426950408889634, kLn2High = 0.6931471803691238,
                        kLn2Low = 1.9082149292705877e-10;
inline constexpr int kExponentialTerms = 14;

}  // namespace ecocube::series
