// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ecocube::series {

/// Several bands of many pixels over time. A date is valid for all bands of a pixel or for none.
struct BandSeries {
  std::span<const float> values;        ///< shape [time][band][pixel]; not looked at where `valid` is 0
  std::span<const std::uint8_t> valid;  ///< shape [time][pixel]
  std::size_t times = 0;                ///< at most 65535
  std::size_t bands = 0;
  std::size_t pixels = 0;

  float value(std::size_t time, std::size_t band, std::size_t pixel) const {
    return values[(time * bands + band) * pixels + pixel];
  }
  bool seen(std::size_t time, std::size_t pixel) const { return valid[time * pixels + pixel] != 0; }
};

/// In place of a date's number: the pixel has no valid date.
inline constexpr std::uint16_t kNoDate = 65535;

}  // namespace ecocube::series
