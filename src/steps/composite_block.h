// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/cube/stack.h"
#include "steps/composite_rules.h"

namespace ecocube {

/// The times of a block: which scenes' planes are there to be composed.
struct CompositeTimes {
  std::size_t count = 0;
  std::vector<double> weights;      ///< shape [time]; empty when no weighted mean is asked for
  std::vector<int> days;            ///< since 1970-01-01; shape [time]
  int first_day = 0, last_day = 0;  ///< of the period
  int year = 0;                     ///< that the period counts to
  /// First time of each orbit, ascending, and the count at the end; only when orbits are stitched.
  std::vector<std::size_t> orbit_begins;
};

struct SelectionSeries;

/// Observations of one block as they are stored, for each band planes [time][pixel] of the band's type.
class SceneStacks {
 public:
  static std::uint64_t bytes_per_pixel(const CompositeRules& rules, std::size_t times);

  void resize(const CompositeRules& rules, std::size_t times, std::size_t pixels);
  std::size_t pixels() const { return pixels_; }
  NumberPlane plane(std::size_t band, std::size_t time);
  /// Metres to the nearest cloud, shape [pixel]; empty when nobody asks for them.
  std::span<float> cloud_metres(std::size_t time);
  /// Planes of a band, all times. T must be the band's type.
  template <class T>
  Planes<T> planes(std::size_t band) {
    const ProductBand& own = product_->bands[band];
    return {reinterpret_cast<T*>(bytes_[band].data()), times_, pixels_, pixels_, static_cast<T>(missing_of(own))};
  }

 private:
  const Product* product_ = nullptr;
  std::size_t times_ = 0, pixels_ = 0;
  std::vector<std::vector<std::byte>> bytes_;  ///< [band]
  std::vector<float> cloud_metres_;            ///< [time][pixel]
};

/// What a block becomes: stored numbers of all outputs, shape [output][pixel], of the file's type.
class CompositeBlock {
 public:
  static std::uint64_t bytes_per_pixel(const CompositeRules& rules);
  /// What selections hold beside that, in all threads together.
  static std::uint64_t bytes_of_selections(const CompositeRules& rules, std::size_t times, std::size_t pixels);

  /// Composes a block; outliers are taken out of the stacks on the way. Works on all threads.
  void compose(const CompositeRules& rules, const CompositeTimes& times, SceneStacks& stacks);
  NumberPlane plane(std::size_t output);

 private:
  void compose_band(std::size_t band, SceneStacks& stacks, series::PixelRange range);
  template <class T>
  void compose_stack(std::size_t band, const Planes<T>& planes, series::PixelRange range);
  void compose_floats(std::size_t band, const Planes<float>& planes, series::PixelRange range);
  template <class T>
  void compose_orbits(std::size_t band, const Planes<T>& planes, series::PixelRange range);
  void compose_selections(SceneStacks& stacks, series::PixelRange range);
  void add_scores(SelectionSeries& series, SceneStacks& stacks, series::PixelRange range) const;
  void count_clear(std::span<const std::uint16_t> counts, series::PixelRange range);
  void put(std::size_t output, std::size_t pixel, double figure);

  const CompositeRules* rules_ = nullptr;
  const CompositeTimes* times_ = nullptr;
  std::size_t pixels_ = 0;
  std::vector<std::byte> bytes_;            ///< [output][pixel]
  std::vector<std::uint16_t> band_counts_;  ///< of the band at work, [pixel]
  std::vector<std::uint16_t> counts_;       ///< the highest of all bands, [pixel]
};

}  // namespace ecocube
