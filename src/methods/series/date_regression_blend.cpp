// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_regression_blend.h"

#include <algorithm>
#include <limits>

namespace ecocube::series {
namespace {

/// A pixel's series in the two shapes that members work on, and a place for what one of them makes of it.
class MemberSeries {
 public:
  MemberSeries(const BlendTables& tables, std::span<const float> values, std::span<const std::uint8_t> valid,
               std::size_t pixels)
      : tables_(tables), values_(values), valid_(valid), pixels_(pixels), standardised_(values.size(), 0.0F) {
    for (std::size_t at = 0; at < values.size(); ++at) {
      const std::size_t time = at / pixels;
      if (valid[at] == 0) continue;
      standardised_[at] =
          (values[at] - static_cast<float>(tables.mean[time])) / static_cast<float>(tables.spread[time]);
    }
  }

  /// Runs a filler on a copy and writes its predictions of `dates`.
  template <class Filler>
  void run(bool standardised, std::span<const std::size_t> dates, std::span<float> predicted, const Filler& filler) {
    const std::span<const float> from = standardised ? std::span<const float>(standardised_) : values_;
    filled_.assign(from.begin(), from.end());
    filled_valid_.assign(valid_.begin(), valid_.end());
    source_.assign(valid_.size(), 0);
    filler(GapSeries{filled_, filled_valid_, source_, pixels_}, PixelRange{0, pixels_});
    write(standardised, dates, predicted);
  }

  /// The structured regression.
  void run_structured(std::span<const std::size_t> dates, std::span<float> predicted) {
    filled_ = standardised_;
    filled_valid_.assign(valid_.size(), 1);
    std::vector<std::uint8_t> wanted(tables_.mean.size(), 0);
    for (const std::size_t date : dates) wanted[date] = 1;
    complete_dates(tables_.structured, valid_, pixels_, 0, pixels_, wanted, filled_);
    write(true, dates, predicted);
  }

 private:
  void write(bool standardised, std::span<const std::size_t> dates, std::span<float> predicted) const {
    for (std::size_t date = 0; date < dates.size(); ++date) {
      const std::size_t time = dates[date];
      const float middle = standardised ? static_cast<float>(tables_.mean[time]) : 0.0F;
      const float scale = standardised ? static_cast<float>(tables_.spread[time]) : 1.0F;
      for (std::size_t pixel = 0; pixel < pixels_; ++pixel) {
        const std::size_t at = time * pixels_ + pixel;
        if (filled_valid_[at] != 0) predicted[date * pixels_ + pixel] = middle + scale * filled_[at];
      }
    }
  }

  const BlendTables& tables_;
  std::span<const float> values_;
  std::span<const std::uint8_t> valid_;
  std::size_t pixels_;
  std::vector<float> standardised_, filled_;
  std::vector<std::uint8_t> filled_valid_, source_;
};

void run_member(BlendMember member, const TimeAxis& axis, MemberSeries& series, std::span<const std::size_t> dates,
                std::span<float> predicted) {
  const auto harmonic = [&](int modes) {
    return [&axis, modes](const GapSeries& gaps, PixelRange range) {
      HarmonicOptions options;
      options.modes = modes;
      fill_harmonic(gaps, range, axis, options);
    };
  };
  const auto swag = [&](const GapSeries& gaps, PixelRange range) { fill_swag(gaps, range, axis, blend_swag()); };
  switch (member) {
    case BlendMember::structured:
      return series.run_structured(dates, predicted);
    case BlendMember::swag:
      return series.run(false, dates, predicted, swag);
    case BlendMember::swag_standardised:
      return series.run(true, dates, predicted, swag);
    case BlendMember::harmonic_one:
      return series.run(false, dates, predicted, harmonic(1));
    case BlendMember::harmonic_two:
      return series.run(false, dates, predicted, harmonic(2));
    case BlendMember::harmonic_standardised:
      return series.run(true, dates, predicted, harmonic(2));
    case BlendMember::seasonal_mean:
      return series.run(false, dates, predicted,
                        [&](const GapSeries& gaps, PixelRange range) { fill_seasonal_mean(gaps, range, axis); });
    case BlendMember::linear_standardised:
      return series.run(true, dates, predicted,
                        [&](const GapSeries& gaps, PixelRange range) { fill_linear(gaps, range, axis); });
  }
}

}  // namespace

SwagOptions blend_swag() {
  SwagOptions options;
  options.future = 1;
  return options;
}

std::vector<float> predict_by_members(const BlendTables& tables, std::span<const float> values,
                                      std::span<const std::uint8_t> valid, std::size_t pixels,
                                      std::span<const std::size_t> dates,
                                      const std::array<bool, kBlendMembers>& asked) {
  const std::size_t plane = dates.size() * pixels;
  std::vector<float> predicted(kBlendMembers * plane, std::numeric_limits<float>::quiet_NaN());
  MemberSeries series(tables, values, valid, pixels);
  for (std::size_t member = 0; member < kBlendMembers; ++member) {
    if (!asked[member]) continue;
    run_member(static_cast<BlendMember>(member), tables.axis, series, dates,
               std::span<float>(predicted).subspan(member * plane, plane));
  }
  return predicted;
}

}  // namespace ecocube::series
