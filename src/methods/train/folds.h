// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// Which rows belong together; groups are numbered by first appearance.
struct Groups {
  std::vector<std::uint32_t> of_row;  ///< shape [row]
  std::size_t count = 0;
};

/// Rows in one square of side `block` (in the units of x and y; squares count from 0, 0) are one group.
Groups groups_by_block(std::span<const double> x, std::span<const double> y, double block);

/// Rows of one name are one group; every row without a name is a group of its own.
Groups groups_by_name(std::span<const std::string> names);

/// Regions of k-means on the places (Lloyd 1982), begun with centres far apart (Arthur and Vassilvitskii 2007) that the
/// seed draws. Fewer distinct places than regions is an error.
Result<Groups> groups_by_region(std::span<const double> x, std::span<const double> y, int regions, std::uint64_t seed);

/// Rows that are together in either stay together in the result.
Groups joined(const Groups& groups, const Groups& others);

/// The groups of the rows that `chosen` names, in its order.
Groups only(const Groups& groups, std::span<const std::uint32_t> chosen);

/// Folds as given, numbered in ascending order of their names (as numbers where all are). A row without a fold, fewer
/// than two folds and more than 255 are errors.
Result<std::vector<std::uint8_t>> folds_by_name(std::span<const std::string> names);

/// Deals whole groups to folds so that the folds are about alike in rows and in the rows of every class: the largest
/// groups first, each to the fold where it makes the shares least uneven. Groups of one size come in an order that
/// the seed decides. Returns the fold of every row. Fewer groups than folds is an error that names both numbers.
Result<std::vector<std::uint8_t>> deal_folds(const Groups& groups, std::span<const std::uint16_t> seen,
                                             std::size_t classes, int folds, std::uint64_t seed);

}  // namespace ecocube
