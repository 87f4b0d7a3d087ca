// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/cube/grid.h"

namespace ecocube {

/// What flows through a step: values, their validity, and the pixels they belong to. The axis order of the whole
/// program is [time][band][row][col], row 0 in the north. A value whose `valid` byte is 0 is missing and must not be
/// used as a number.
struct Block {
  std::size_t times = 0;
  std::size_t bands = 0;
  Window where;
  std::vector<float> values;        ///< shape [time][band][row][col]
  std::vector<std::uint8_t> valid;  ///< same shape; 1 valid, 0 missing

  Block() = default;
  /// All missing.
  Block(std::size_t time_count, std::size_t band_count, const Window& window)
      : times(time_count),
        bands(band_count),
        where(window),
        values(time_count * band_count * static_cast<std::size_t>(window.pixels())),
        valid(values.size()) {}

  std::size_t pixels() const { return static_cast<std::size_t>(where.pixels()); }
  std::size_t at(std::size_t time, std::size_t band) const { return (time * bands + band) * pixels(); }
  std::span<float> plane(std::size_t time, std::size_t band) { return {values.data() + at(time, band), pixels()}; }
  std::span<const float> plane(std::size_t time, std::size_t band) const {
    return {values.data() + at(time, band), pixels()};
  }
  std::span<std::uint8_t> plane_valid(std::size_t time, std::size_t band) {
    return {valid.data() + at(time, band), pixels()};
  }
  std::span<const std::uint8_t> plane_valid(std::size_t time, std::size_t band) const {
    return {valid.data() + at(time, band), pixels()};
  }
};

}  // namespace ecocube
