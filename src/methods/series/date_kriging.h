// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "methods/series/date_regression_systems.h"
#include "methods/series/date_statistics.h"

namespace ecocube::series {

/// The nearest pixels seen on one date.
struct Neighbours {
  static constexpr std::size_t kMost = 12;
  std::size_t count = 0;
  float nearest = 0;                         ///< distance of the first; the radius when there is none
  std::array<std::uint32_t, kMost> pixel{};  ///< row · cols + col in the plane
  std::array<std::int16_t, kMost> row{};     ///< from the pixel they surround
  std::array<std::int16_t, kMost> col{};
};

/// Simple kriging of residuals with a correlation that depends on distance alone.
class DateKriging {
 public:
  /// radius   pixels; 1..127
  DateKriging(std::span<const DistanceTerm> correlation, int radius);

  /// False when the correlation says that neighbours tell nothing.
  bool tells() const { return tells_; }

  /// The nearest valid pixels around one, itself not counted, nearest first; of those as near, the upper and then the
  /// left one. Pixels nearer than `from` whole pixels are passed over.
  void find(const std::uint8_t* valid, std::size_t rows, std::size_t cols, std::size_t row, std::size_t col, int from,
            Neighbours& found) const;

  /// Sets a lane up so that its solution is the weights of the neighbours' residuals and 1 - `explained` the share of
  /// the variance that is left.
  void set_lane(const Neighbours& neighbours, SymmetricSystems& systems, std::size_t lane) const;

 private:
  struct Offset {
    std::int16_t row, col;
    float distance;
  };
  int radius_;
  bool tells_;
  std::vector<Offset> spiral_;
  std::vector<std::size_t> ring_;  ///< first offset at least so many pixels away
  std::size_t side_;
  std::vector<float> correlation_;  ///< by rows and cols between two neighbours, shape [side][side]
};

}  // namespace ecocube::series
