// SPDX-License-Identifier: Apache-2.0
#include "methods/train/folds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "methods/train/random.h"

namespace ecocube {
namespace {

/// Rows of every class; shape [class].
using Counts = std::vector<double>;

double sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

/// How much more uneven a fold of `fold` rows makes the shares when `group` joins it: the growth of the sum of squared
/// shares, of each class and, with the weight of all classes together, of the rows.
double unevenness(const Counts& fold, const Counts& group, const Counts& all) {
  double growth = 0;
  double occurring = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    if (all[c] == 0) continue;
    growth += group[c] * (2 * fold[c] + group[c]) / (all[c] * all[c]);
    occurring += 1;
  }
  const double rows = sum(all), group_rows = sum(group);
  return growth + occurring * group_rows * (2 * sum(fold) + group_rows) / (rows * rows);
}

}  // namespace

Groups groups_by_block(std::span<const double> x, std::span<const double> y, double block) {
  Groups groups;
  std::map<std::pair<double, double>, std::uint32_t> known;
  for (std::size_t row = 0; row < x.size(); ++row) {
    const auto [found, fresh] = known.try_emplace({std::floor(x[row] / block), std::floor(y[row] / block)},
                                                  static_cast<std::uint32_t>(known.size()));
    groups.of_row.push_back(found->second);
  }
  groups.count = known.size();
  return groups;
}

Groups groups_by_name(std::span<const std::string> names) {
  Groups groups;
  std::map<std::string, std::uint32_t> known;
  for (const std::string& name : names) {
    const auto next = static_cast<std::uint32_t>(groups.count);
    const std::uint32_t group = name.empty() ? next : known.try_emplace(name, next).first->second;
    groups.of_row.push_back(group);
    if (group == next) ++groups.count;
  }
  return groups;
}

Result<std::vector<std::uint8_t>> deal_folds(const Groups& groups, std::span<const std::uint16_t> seen,
                                             std::size_t classes, int folds, std::uint64_t seed) {
  if (folds < 2 || folds > 255) return usage_error("{} folds; there must be 2..255", folds);
  if (groups.count < static_cast<std::size_t>(folds)) {
    return usage_error("{} groups of rows for {} folds: choose fewer folds, or smaller blocks or groups", groups.count,
                       folds);
  }
  std::vector<Counts> of_group(groups.count, Counts(classes)),
      of_fold(static_cast<std::size_t>(folds), Counts(classes));
  Counts all(classes);
  for (std::size_t row = 0; row < seen.size(); ++row) {
    of_group[groups.of_row[row]][seen[row]] += 1;
    all[seen[row]] += 1;
  }
  std::vector<std::pair<double, std::uint64_t>> rank;  // largest first, then by the seed
  for (std::size_t g = 0; g < groups.count; ++g) rank.emplace_back(-sum(of_group[g]), Random{seed, g}.next());
  std::vector<std::size_t> order(groups.count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return std::pair(rank[a], a) < std::pair(rank[b], b); });

  std::vector<std::uint8_t> fold_of_group(groups.count);
  std::size_t dealt = 0, empty_folds = of_fold.size();
  for (const std::size_t g : order) {
    const bool fill_empty = groups.count - dealt++ <= empty_folds;
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t f = 0; f < of_fold.size(); ++f) {
      if (fill_empty && sum(of_fold[f]) > 0) continue;
      const double growth = unevenness(of_fold[f], of_group[g], all);
      if (growth < least) std::tie(best, least) = std::pair(f, growth);
    }
    if (sum(of_fold[best]) == 0) --empty_folds;
    for (std::size_t c = 0; c < classes; ++c) of_fold[best][c] += of_group[g][c];
    fold_of_group[g] = static_cast<std::uint8_t>(best);
  }
  std::vector<std::uint8_t> fold_of_row;
  for (const std::uint32_t group : groups.of_row) fold_of_row.push_back(fold_of_group[group]);
  return fold_of_row;
}

}  // namespace ecocube
