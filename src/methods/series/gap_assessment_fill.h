// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "methods/series/date_regression.h"
#include "methods/series/fill_gaps.h"
#include "methods/series/gap_assessment.h"

namespace ecocube::series {

/// Name of date regression and kriging among the methods of an assessment.
inline constexpr std::string_view kDrk = "drk";

/// The names that assess-gaps knows and `auto` chooses from: drk, linear, seasonal-mean, tmwm, swag (past only),
/// swag-two-sided, swag+sg (two-sided, then Savitzky-Golay), harmonic (2 modes), harmonic-1, nearest.
std::span<const std::string_view> assessed_method_names();

/// The filler of a name other than drk; nothing for an unknown one.
std::optional<FillMethod> temporal_method(std::string_view name);

/// Writes the expected error of every value that a method of the assessment filled: the measured one of its slot, the
/// length of its gap and whether its date is nearly empty. 0 where observed or empty.
///
/// observed        1 where a value was observed, shape [time][pixel]
/// source          as the filler left it, same shape
/// expected_error  data units, same shape
void expected_errors(const GapAssessment& assessment, std::size_t method, const TimeAxis& axis,
                     std::span<const std::uint8_t> observed, std::span<const std::uint8_t> source, std::size_t pixels,
                     PixelRange range, std::span<float> expected_error);

/// `auto`: fills every gap by the method, or the weighted methods, that the assessment chose for its slot and date.
/// What is blended gets the date's level shift and, where `drk` is given, stays within the observed range. Immutable:
/// one object serves any number of threads.
class AutoFiller {
 public:
  /// drk   for the same variable; needed when the assessment knows drk, and used for what no chosen method fills; may
  /// be
  ///       null otherwise. Must outlive the filler.
  AutoFiller(const GapAssessment& assessment, const DateRegression* drk, TimeAxis axis);

  /// Fills the pixels `range` of the block's rectangle, numbered row by row; block.completed is that of `drk`. Returns
  /// the number of values filled.
  std::size_t fill(const BlockAround& block, PixelRange range, const FilledSeries& filled) const;

  /// Bytes that one call holds for a pixel of the range.
  std::size_t bytes_per_pixel() const;

 private:
  struct Member {
    std::size_t method = 0;
    FillMethod filler;
  };
  struct MemberFill;
  struct Work;
  Work gathered(const BlockAround& block, PixelRange range) const;
  void blend(const Work& work, std::size_t time, const GapChoice& choice, const FilledSeries& filled) const;
  float held(double value) const;

  GapAssessment assessment_;
  const DateRegression* drk_ = nullptr;
  std::size_t drk_method_ = 0;  ///< its place among the methods; their number when it is not one of them
  TimeAxis axis_;
  std::vector<Member> members_;  ///< temporal methods that some layer needs
};

}  // namespace ecocube::series
