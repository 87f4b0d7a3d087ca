// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/options.h"
#include "base/result.h"
#include "data/cube/period.h"
#include "data/cube/scene.h"
#include "methods/series/best_pixel.h"

namespace ecocube {

/// What makes an observation the best one of its pixel, as a recipe says it; see series::BestPixelOptions.
struct BestPixelWishes {
  int day = 0;     ///< of the year, 1..366; 0: the middle of the period
  int spread = 0;  ///< days from `day` to where the score is 0.01; 0: to the first and the last day of the period
  double day_weight = 1, year_weight = 0, cloud_weight = 0, haze_weight = 0;
  double cloud_distance = 3000;  ///< metres from which on a pixel counts as far from clouds

  /// Declares `best_day_of_year`, `best_spread` and so on.
  void declare(OptionSet& options);
  /// Whether the wishes can be met; errors name the option.
  ///
  /// is_used  a selection asks for the best pixel
  /// periods  of one year
  Result<void> check(bool is_used, const Product& product, bool has_mask, std::span<const Period> periods) const;
  /// For a period, whose ends are given as days since 1970-01-01 and that counts to `year`.
  series::BestPixelOptions options_of(int first_day, int last_day, int year) const;
};

}  // namespace ecocube
