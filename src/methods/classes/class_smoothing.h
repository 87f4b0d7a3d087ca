// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/savitzky_golay.h"

namespace ecocube {

enum class ClassSmoothing : std::uint8_t {
  savitzky_golay,  ///< every class's probability by itself, then those below 0 become 0 and the rest sums to 1
  markov,  ///< what classes a pixel has had, given all years: forward and backward through a hidden Markov chain
};

struct ClassSmoothingOptions {
  ClassSmoothing method = ClassSmoothing::savitzky_golay;
  int window = 5;      ///< years, odd; savitzky_golay
  int order = 3;       ///< of the polynomial, below the window; savitzky_golay
  double stay = 0.95;  ///< that a pixel keeps its class from one year to the next, 0..1; markov
};

/// Smooths the class probabilities of single pixels over the years.
///
/// savitzky_golay: Parente et al. 2024 (window 5, order 3). markov: hidden Markov model whose states are the classes,
/// as Abercrombie and Friedl 2016 (doi:10.1109/TGRS.2015.2463689) use it: a class stays with probability `stay`, else
/// turns into each other one alike; the year's probabilities, none below half a percent, are what was observed; the
/// answer is the probability of each class in each year given all years (Rabiner 1989).
///
/// Years count as evenly spaced. A missing year stays missing; markov passes over it, savitzky_golay fits without it.
/// Results sum to exactly 100 and are the same on every machine.
class ClassSmoother {
 public:
  static constexpr std::uint8_t kNoData = 255;

  /// years    at least 1; a window of savitzky_golay is cut to the longest odd number of years there is
  /// classes  at least 2
  ClassSmoother(const ClassSmoothingOptions& options, std::size_t years, std::size_t classes);

  /// percent   0..100, all classes of a missing year 255; shape [year][class]
  /// smoothed  shape [year][class]
  void smooth(std::span<const std::uint8_t> percent, std::span<std::uint8_t> smoothed) const;

 private:
  void smooth_by_polynomials(std::span<const std::uint8_t> percent, std::span<double> smoothed) const;
  void smooth_by_chain(std::span<const std::uint8_t> percent, std::span<double> smoothed) const;
  bool missing(std::span<const std::uint8_t> percent, std::size_t year) const {
    return percent[year * classes_] == kNoData;
  }

  ClassSmoothingOptions options_;
  std::size_t years_, classes_;
  series::SavitzkyGolay polynomials_;
};

/// The most frequent value of the `window` years about each year (fewer at the ends), missing ones apart; where several
/// are as frequent, the year's own if it is one of them, else the lowest. A missing year stays missing.
///
/// values  raster values of classes, 255 missing; shape [year]
/// window  odd
/// modes   shape [year]
void mode_of_years(std::span<const std::uint8_t> values, int window, std::span<std::uint8_t> modes);

}  // namespace ecocube
