// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecocube {

/// How often a map says what is true. Classes are raster values 0..254; 255 is no data on either side.
struct Agreement {
  static constexpr std::size_t kValues = 256;
  std::vector<std::uint64_t> pairs = std::vector<std::uint64_t>(kValues * kValues);  ///< shape [true][mapped]

  /// Counts pixels where both are known and `skip` is 0 (empty: none is skipped). All of one length.
  void count(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> mapped,
             std::span<const std::uint8_t> skip);
  void add(const Agreement& other);
  std::uint64_t pixels() const;
  std::uint64_t right() const;
  double share() const;  ///< of the pixels that are right; NaN without pixels
  double recall(std::size_t value) const;
  double precision(std::size_t value) const;
  std::uint64_t true_pixels(std::size_t value) const;
  std::uint64_t mapped_pixels(std::size_t value) const;
};

/// Root mean square error, gathered piece by piece.
struct SquaredError {
  double sum = 0;
  std::uint64_t cells = 0;
  std::uint64_t empty = 0;  ///< cells that had to be compared but have no value
  void add(const SquaredError& other);
  double root_mean() const;  ///< NaN without cells
};

/// Compares `values` with `truth` on the cells that `chosen` marks and whose truth is known. All of one length.
SquaredError error_on(std::span<const float> values, std::span<const std::uint8_t> valid, std::span<const float> truth,
                      std::span<const std::uint8_t> truth_valid, std::span<const std::uint8_t> chosen);

}  // namespace ecocube
