// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// A number with its standard error; NaN where the sample does not define it.
struct Estimate {
  double value = 0;
  double standard_error = 0;
};

/// What a stratified random sample says of a map.
struct AreaEstimates {
  struct Class {
    Estimate user_accuracy;      ///< of what is mapped so, the share that is so; equations 2 and 6
    Estimate producer_accuracy;  ///< of what is so, the share that is mapped so; equations 3 and 7
    Estimate area_share;         ///< of what is so; equations 9 and 10
    Estimate area;               ///< the same in the unit of the mapped areas; equation 11
    double mapped_area = 0;
    double mapped_rows = 0, seen_rows = 0;  ///< of the sample
  };
  Estimate overall_accuracy;  ///< equations 1 and 5
  std::vector<Class> classes;
  std::vector<double> shares;  ///< of the whole area, shape [mapped class][seen class]; equation 4
  double total_area = 0;
};

/// Accuracy and areas from a sample that is random within strata, the strata being the mapped classes: Olofsson et al.
/// 2014, "Good practices for estimating area and assessing accuracy of land change", Remote Sensing of Environment
/// 148:42, by the numbers of its equations.
///
/// counts  rows of the sample; shape [mapped class][seen class]
/// areas   mapped, in any unit; shape [class]; 0 for a class that is not on the map
/// Errors: shapes that do not fit; a negative number; no area; a class that is on the map but has no row in the
/// sample (nothing is known of that part of the map), or rows in the sample but no area.
/// A class of a single row has no standard error: the errors that need it are NaN.
Result<AreaEstimates> estimate_areas(std::span<const double> counts, std::span<const double> areas);

/// One row of a sample whose strata are not the mapped classes.
struct SampledRow {
  std::uint32_t stratum = 0, mapped = 0, seen = 0;  ///< indices
};

/// The same where the strata are others than the mapped classes, such as those of an older map: Stehman 2014,
/// "Estimating area and map accuracy for stratified random sampling when the strata are different from the map
/// classes", International Journal of Remote Sensing 35:4923. Where they are the mapped classes, both agree.
///
/// stratum_areas  in any unit; shape [stratum]
/// mapped_areas   shape [class]
/// Errors: as above, by stratum.
Result<AreaEstimates> estimate_areas(std::span<const SampledRow> rows, std::span<const double> stratum_areas,
                                     std::span<const double> mapped_areas);

}  // namespace ecocube
