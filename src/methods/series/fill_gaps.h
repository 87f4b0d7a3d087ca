// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Series of many pixels, worked on in place; all shapes [time][pixel]. A kernel fills values where `valid` is 0, sets
/// their `valid` to 1 and writes how every value came about into `source`. Observed values are never changed.
struct GapSeries {
  std::span<float> values;
  std::span<std::uint8_t> valid;
  std::span<std::uint8_t> source;
  std::size_t pixels = 0;  ///< of one plane
};

/// Where the layers of a series lie in time, oldest first. Layers of the regular year × slot axis may be lacking at
/// the ends and in between; no two may share year and slot.
struct TimeAxis {
  int slots = 1;          ///< slots (seasons, months) of a year
  int years = 1;          ///< from the first to the last year, both counted
  std::vector<int> slot;  ///< 0..slots-1, shape [time]
  std::vector<int> year;  ///< 0..years-1, shape [time]
  std::vector<int> days;  ///< middle of the layer, days since 1970-01-01, strictly ascending, shape [time]
};

/// Source codes. A code 60·(n-1) + w (1..180) says: filled in step n of the moving window median, pooled over w years
/// (1..59) or, with w = 60, over 60 and more years or the whole series. Steps: 1 same slot, 2 neighbouring slots, 3 all
/// slots.
inline constexpr std::uint8_t kObserved = 0;
inline constexpr std::uint8_t kSwag = 200;
inline constexpr std::uint8_t kHarmonic = 201;
inline constexpr std::uint8_t kNearestInTime = 202;
inline constexpr std::uint8_t kLinear = 203;
inline constexpr std::uint8_t kSeasonalMean = 204;
inline constexpr std::uint8_t kTemporalBlend = 205;   ///< several temporal fillers, weighted
inline constexpr std::uint8_t kDateRegression = 206;  ///< from the same pixel's other dates, by the cube's statistics
inline constexpr std::uint8_t kDateRegressionKriging = 207;  ///< and the pixels around it on the same date
inline constexpr std::uint8_t kNearbyPixels = 250;
inline constexpr std::uint8_t kEmpty = 255;
inline constexpr int kWholeSeries = 60;
constexpr std::uint8_t source_code(int step, int window_years) {
  return static_cast<std::uint8_t>(kWholeSeries * (step - 1) +
                                   (window_years < kWholeSeries ? window_years : kWholeSeries));
}
/// `median of the same season within 9 years`
std::string source_text(std::uint8_t code);

enum class TmwmMode {
  /// Medians of the pooled values; windows widen until one reaches every year from every year, so that a pixel seen
  /// once has no gap left.
  corrected,
  /// As published with EcoDataCube v1, faults included: medians in half precision, medians of medians, every window
  /// shorter than the series, and in `source` the flags w, w + years, w + 2·years, where 0 means both observed and
  /// still missing. Flags need at most 85 years.
  reference,
};

struct TmwmOptions {
  int window_years = 9;  ///< odd; windows are its multiples
  TmwmMode mode = TmwmMode::corrected;
};

/// One width of the moving window.
struct TmwmWindow {
  int years = 0;  ///< as source codes tell it: kWholeSeries when it reaches every year from every year
  int half = 0;   ///< years before and after the gap's own year
  bool operator==(const TmwmWindow&) const = default;
};

/// The windows that the options give for a series of that many years, narrow ones first.
std::vector<TmwmWindow> tmwm_windows(int years, const TmwmOptions& options);

/// Temporal moving window median (Witjes et al. 2023, PeerJ 11:e15478). Every gap takes the first that exists, always
/// from observed values, within windows around its year that are clipped at the ends of the series, narrow ones first:
/// 1. the median of the same slot;
/// 2. at distances 1 to half a year: the mean of the medians of the slots before and of those after;
/// 3. the median of all slots.
/// Returns the number of values filled.
std::size_t fill_tmwm(const GapSeries& series, PixelRange range, const TimeAxis& axis, const TmwmOptions& options);

/// Linear interpolation by days between the nearest valid values; the ends take the nearest one. Only a pixel without
/// any valid value stays empty. Returns the number of values filled.
std::size_t fill_linear(const GapSeries& series, PixelRange range, const TimeAxis& axis);

/// The value of the valid layer nearest in days, the earlier one of two as near. Only a pixel without any valid value
/// stays empty. Returns the number of values filled.
std::size_t fill_nearest_in_time(const GapSeries& series, PixelRange range, const TimeAxis& axis);

/// The mean of the same slot over all years; a slot never seen stays empty. Returns the number of values filled.
std::size_t fill_seasonal_mean(const GapSeries& series, PixelRange range, const TimeAxis& axis);

/// How much the valid values of a series weigh, from how far they lie from the gap (Consoli et al. 2024, PeerJ 18585).
struct SwagOptions {
  double att_seas = 45;  ///< dB by which a value half a year away weighs less, 0..150
  double att_env = 46;   ///< dB by which a value as far away as the series is long weighs less, 0..150
  double future = 0;     ///< factor on the weights of later values: 0 past only, 1 both sides alike
  int sg_window = 0;     ///< layers of a Savitzky-Golay filter over the filled series, odd; 0: none
  int sg_order = 2;      ///< degree of its polynomials, below sg_window
};

/// Seasonally weighted average. With `lag` places on the regular year × slot axis, P slots a year and N places from the
/// first layer to the last, a value weighs 10^(-att_seas/10 · tri(lag mod P) - att_env/10 · lag/N), where tri rises
/// from 0 to 1 at half a year and falls back; a gap takes the weighted mean. Gaps without a value that weighs stay
/// empty. With sg_window, gaps then take the value at their place of the polynomial through the window of places around
/// them, which is moved inwards at the ends; windows that hold an empty or lacking place leave the value as it was.
///
/// quality   if not empty, shaped like `source`: 250 observed, 0..249 weight of the values used / weight of all values
///           that the axis could hold × 249, 255 not filled
/// Returns the number of values filled.
std::size_t fill_swag(const GapSeries& series, PixelRange range, const TimeAxis& axis, const SwagOptions& options,
                      std::span<std::uint8_t> quality = {});

struct HarmonicOptions {
  int modes = 2;       ///< waves a year, 1..3; fewer where a pixel has too few values: below 4 for each wave and 4 more
  bool trend = true;   ///< and a straight line over the years, from 4 values on
  bool robust = true;  ///< Huber weights (1.345 · 1.4826 · median residual), four rounds
};

/// Waves of the year, and a trend, fitted to each pixel's valid values by least squares with a ridge of 1e-3 times
/// their number on all but the constant; what it tells is held within the pixel's observed range, widened by a tenth of
/// it at both ends. Only a pixel without any valid value stays empty. Returns the number of values filled.
std::size_t fill_harmonic(const GapSeries& series, PixelRange range, const TimeAxis& axis,
                          const HarmonicOptions& options);

/// The mean of harmonic with 2 modes and of a two-sided seasonally weighted average (45 and 46 dB). Only a pixel
/// without any valid value stays empty. Returns the number of values filled.
std::size_t fill_temporal_blend(const GapSeries& series, PixelRange range, const TimeAxis& axis);

/// A gap filler that looks at a pixel's own series only, by name, with the options of all.
struct FillMethod {
  std::string name = "tmwm";  ///< one of fill_method_names()
  TmwmOptions tmwm = {};
  SwagOptions swag = {};
  HarmonicOptions harmonic = {};
};

/// tmwm, swag, linear, seasonal-mean, harmonic, nearest, blend.
std::span<const std::string_view> fill_method_names();

/// Fills by the method named, which must be known. Returns the number of values filled.
std::size_t fill_series(const FillMethod& method, const GapSeries& series, PixelRange range, const TimeAxis& axis);

/// Fills what is still empty from the pixels around it: the median of the values of the same layer within the smallest
/// square, at most `reach` pixels to each side, that holds any. Meant for pixels never seen, after a filler above.
/// Values that this call fills feed no other.
///
/// rows, cols   shape of a plane; rows × cols = pixels
/// The layers worked on are times_begin..times_end-1. Returns the number of values filled.
std::size_t fill_from_nearby(const GapSeries& series, std::size_t rows, std::size_t cols, std::size_t times_begin,
                             std::size_t times_end, int reach);

}  // namespace ecocube::series
