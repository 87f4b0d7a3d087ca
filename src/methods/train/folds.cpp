// SPDX-License-Identifier: Apache-2.0
#include "methods/train/folds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "base/random.h"

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

struct Place {
  double x = 0, y = 0;
};

constexpr int kMostRounds = 200;  // of k-means

double squared_distance(Place a, Place b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

std::size_t nearest_centre(const std::vector<Place>& centres, Place place) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < centres.size(); ++c) {
    if (squared_distance(centres[c], place) < squared_distance(centres[best], place)) best = c;
  }
  return best;
}

/// Every next centre is a place drawn in proportion to the squared distance from those before it.
std::vector<Place> far_centres(std::span<const double> x, std::span<const double> y, std::size_t count,
                               std::uint64_t seed) {
  Random random{seed, 0x5e61ULL};
  std::vector<Place> centres;
  const std::size_t first = random.below(x.size());
  centres.push_back({x[first], y[first]});
  while (centres.size() < count) {
    std::vector<double> upto;
    double sum = 0;
    for (std::size_t row = 0; row < x.size(); ++row) {
      const Place place{x[row], y[row]};
      sum += squared_distance(place, centres[nearest_centre(centres, place)]);
      upto.push_back(sum);
    }
    const double drawn = sum * (static_cast<double>(random.next() >> 11) + 0.5) / 9007199254740992.0;
    const auto row = static_cast<std::size_t>(std::upper_bound(upto.begin(), upto.end(), drawn) - upto.begin());
    centres.push_back({x[row], y[row]});
  }
  return centres;
}

void move_to_means(std::vector<Place>& centres, const std::vector<std::size_t>& nearest, std::span<const double> x,
                   std::span<const double> y) {
  std::vector<Place> sums(centres.size());
  std::vector<double> counts(centres.size());
  for (std::size_t row = 0; row < x.size(); ++row) {
    sums[nearest[row]].x += x[row];
    sums[nearest[row]].y += y[row];
    counts[nearest[row]] += 1;
  }
  for (std::size_t c = 0; c < centres.size(); ++c) {
    if (counts[c] > 0) centres[c] = {sums[c].x / counts[c], sums[c].y / counts[c]};
  }
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

Result<Groups> groups_by_region(std::span<const double> x, std::span<const double> y, int regions, std::uint64_t seed) {
  const std::set<std::pair<double, double>> distinct = [&] {
    std::set<std::pair<double, double>> places;
    for (std::size_t row = 0; row < x.size(); ++row) places.emplace(x[row], y[row]);
    return places;
  }();
  if (regions < 2 || distinct.size() < static_cast<std::size_t>(regions))
    return usage_error("{} regions of {} distinct places: there must be 2 at least, and no more than places", regions,
                       distinct.size());
  std::vector<Place> centres = far_centres(x, y, static_cast<std::size_t>(regions), seed);
  std::vector<std::size_t> nearest(x.size()), before;
  for (int round = 0; round < kMostRounds && nearest != before; ++round) {
    before = nearest;
    for (std::size_t row = 0; row < x.size(); ++row) nearest[row] = nearest_centre(centres, {x[row], y[row]});
    move_to_means(centres, nearest, x, y);
  }
  std::vector<std::string> names;
  for (const std::size_t centre : nearest) names.push_back(fmt::format("{}", centre));
  return groups_by_name(names);
}

Groups joined(const Groups& groups, const Groups& others) {
  // Union of the two: every group of the first points at the one that it has been put into.
  std::vector<std::uint32_t> into(groups.count), first(others.count, static_cast<std::uint32_t>(groups.count));
  std::iota(into.begin(), into.end(), 0u);
  const auto root = [&](std::uint32_t group) {
    while (into[group] != group) group = into[group] = into[into[group]];
    return group;
  };
  for (std::size_t row = 0; row < groups.of_row.size(); ++row) {
    const std::uint32_t own = root(groups.of_row[row]);
    std::uint32_t& other = first[others.of_row[row]];
    if (other == groups.count) {
      other = own;
    } else {
      const std::uint32_t same = root(other);
      into[std::max(own, same)] = std::min(own, same);
    }
  }
  std::vector<std::string> names;
  for (const std::uint32_t group : groups.of_row) names.push_back(fmt::format("{}", root(group)));
  return groups_by_name(names);
}

Groups only(const Groups& groups, std::span<const std::uint32_t> chosen) {
  std::vector<std::string> names;
  for (const std::uint32_t row : chosen) names.push_back(fmt::format("{}", groups.of_row[row]));
  return groups_by_name(names);
}

Result<std::vector<std::uint8_t>> folds_by_name(std::span<const std::string> names) {
  const bool numbers = std::all_of(names.begin(), names.end(), [](const auto& name) { return parse_number(name); });
  std::map<std::pair<double, std::string>, std::uint8_t> folds;
  const auto key = [&](const std::string& name) {
    return numbers ? std::pair(*parse_number(name), std::string()) : std::pair(0.0, name);
  };
  for (std::size_t row = 0; row < names.size(); ++row) {
    if (names[row].empty()) return input_error("row {} has no fold", row + 1);
    folds.try_emplace(key(names[row]), std::uint8_t{0});
  }
  if (folds.size() < 2 || folds.size() > 255)
    return input_error("{} different folds are given; there must be 2..255", folds.size());
  std::uint8_t next = 0;
  for (auto& [name, fold] : folds) fold = next++;
  std::vector<std::uint8_t> fold_of_row;
  for (const std::string& name : names) fold_of_row.push_back(folds.at(key(name)));
  return fold_of_row;
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
