// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecocube::series {

inline constexpr int kQualityCodes = 18;  ///< codes 0..17 of GLAD's quality flag

/// The code behind a stored quality flag. Codes are 0..17; some files of version 1.1 store them × 100, so a number of
/// 100 or more is divided by 100. What is no code after that counts as 0, no data.
int quality_code(std::uint16_t stored);

/// Which codes of GLAD's quality flag count as a clear observation. Code 0 (no data) never does.
class QualityMask {
 public:
  /// Unites the words of `words`: presets and codes 1..17. No words: `default`. An unknown preset or code is an error
  /// with the nearest known one.
  ///
  ///   strict   1, 2, 15                 land and water
  ///   default  1, 2, 5, 6, 15           and topographic shadow, snow or ice
  ///   relaxed  default, 11, 12, 14, 16, 17   and additional proximity to clouds and shadows
  ///   eumap    1, 2, 5, 6               EcoDataCube v1; loses clear land that is coded 15
  ///   no-snow  1, 2, 5, 15              default without snow or ice
  static Result<QualityMask> parse(const std::vector<std::string>& words);
  static std::vector<std::string> presets();

  bool is_clear(std::uint16_t stored) const { return clear_[static_cast<std::size_t>(quality_code(stored))]; }
  /// Ascending.
  std::vector<int> codes() const;

  /// Tests a span of stored flags.
  ///
  /// stored  quality flags as the file holds them, × 100 or not; shape [pixel]
  /// clear   1 where clear, else 0; shape [pixel]
  /// returns the number of clear pixels
  std::size_t mark_clear(std::span<const std::uint16_t> stored, std::span<std::uint8_t> clear) const;

  bool operator==(const QualityMask&) const = default;

 private:
  std::array<bool, kQualityCodes> clear_{};
};

/// Stored numbers that are measurements, both ends included; 0 is no data in every band.
struct ValidRange {
  std::uint16_t lowest = 1;
  std::uint16_t highest = 65535;
  bool holds(std::uint16_t stored) const { return lowest <= stored && stored <= highest; }
};
inline constexpr ValidRange kReflectanceRange{1, 40000};  ///< reflectance × 40000
inline constexpr ValidRange kTemperatureRange{1, 65000};  ///< kelvin × 100

/// Marks the numbers of one band that are clear and within their range.
///
/// stored  numbers as the file holds them; shape [pixel]
/// clear   from QualityMask::mark_clear; shape [pixel]
/// valid   1 valid, 0 missing; shape [pixel]
/// returns the number of valid pixels
std::size_t mark_valid(std::span<const std::uint16_t> stored, std::span<const std::uint8_t> clear, ValidRange range,
                       std::span<std::uint8_t> valid);

}  // namespace ecocube::series
