// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "methods/series/gap_assessment.h"

namespace ecocube::series {

/// Magnitudes counted in bins a sixteenth of an octave wide, so that quantiles of many errors need little memory and do
/// not depend on their order.
class MagnitudeHistogram {
 public:
  void add(double magnitude);
  void add(const MagnitudeHistogram& other, double times = 1);
  double count() const { return count_; }
  /// Linear within the bin; NaN when nothing was counted.
  double quantile(double share) const;

 private:
  std::vector<float> bins_;  ///< empty until something is counted
  double count_ = 0;
};

/// Share of the errors that an expected error holds: that of one standard deviation where errors are Gaussian.
inline constexpr double kExpectedShare = 0.68;

/// The quantile of a part, shrunk towards that of the whole as if the whole had been seen 1000 times more in it.
double shrunk_quantile(const MagnitudeHistogram& part, const MagnitudeHistogram& whole);

/// One hidden value and what a method made of it.
struct HiddenValue {
  HidingWay way = HidingWay::random;
  int slot = 0;
  std::size_t gap_class = 0;
  bool nearly_empty = false;  ///< its date
  std::size_t region = 0;
  double hidden = 0;
  double filled = 0;  ///< NaN: stayed empty
  double own = 0;     ///< the error that the method expected; 0: it told none
};

/// Errors of one method, summed up by all that they are reported by.
class ErrorTally {
 public:
  ErrorTally(int slots, std::size_t regions);
  void add(const HiddenValue& value);

  /// All lines but those without a hidden value; `method` as given.
  std::vector<GapScore> scores(std::size_t method) const;
  /// Shape [seen, nearly empty][slot][gap class].
  std::vector<ExpectedError> expected() const;
  const ErrorSums& sums(HidingWay way, bool nearly_empty, int slot, std::size_t gap_class) const;
  /// Over all gap classes.
  ErrorSums sums(HidingWay way, bool nearly_empty, int slot) const;
  /// Magnitudes of errors over all ways and gap classes, and the same in units of what the method expected.
  MagnitudeHistogram errors_of(int slot, bool nearly_empty) const;
  MagnitudeHistogram ratios_of(int slot, bool nearly_empty) const;
  /// Over all slots as well; over both kinds of dates where none of this kind was hidden.
  MagnitudeHistogram errors_of(bool nearly_empty) const;
  MagnitudeHistogram ratios_of(bool nearly_empty) const;

 private:
  std::size_t place(bool nearly_empty, int slot, std::size_t gap_class) const;

  int slots_;
  std::array<std::vector<ErrorSums>, kHidingWays> sums_;     ///< shape [way][empty][slot][gap class]
  std::array<std::vector<ErrorSums>, kHidingWays> regions_;  ///< shape [way][region]
  std::vector<MagnitudeHistogram> errors_, ratios_;          ///< shape [empty][slot][gap class]
};

}  // namespace ecocube::series
