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

/// Stored numbers of GLAD that are measurements, both ends included; 0 is no data in every band.
inline constexpr std::uint16_t kGladHighestReflectance = 40000;  ///< reflectance × 40000
inline constexpr std::uint16_t kGladHighestTemperature = 65000;  ///< kelvin × 100

/// Stored numbers that are measurements, both ends included, and the number that stands for all others.
template <class T>
struct ValidRange {
  T lowest{};
  T highest{};
  T missing{};
};

/// Takes what is masked or no measurement out of the numbers of one band, in place.
///
/// numbers  as the file holds them; shape [pixel]
/// marks    0 where clear, anything else where masked; same shape
/// T: std::uint8_t, std::uint16_t, std::int16_t or float (where NaN is never within the range)
template <class T>
void take_out(std::span<T> numbers, std::span<const std::uint8_t> marks, const ValidRange<T>& range);

/// The plain version, which is the truth for the fast one.
template <class T>
void take_out_plain(std::span<T> numbers, std::span<const std::uint8_t> marks, const ValidRange<T>& range) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool good = marks[i] == 0 && range.lowest <= numbers[i] && numbers[i] <= range.highest;
    numbers[i] = good ? numbers[i] : range.missing;
  }
}

}  // namespace ecocube::series
