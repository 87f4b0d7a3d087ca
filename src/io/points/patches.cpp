// SPDX-License-Identifier: Apache-2.0
#include "io/points/patches.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace ecocube {
namespace {

/// A stretch of equal values in one row; `end` is the column after its last one.
struct Stretch {
  std::int32_t row = 0, begin = 0, end = 0;
  float value = 0;
  std::uint32_t parent = 0;  ///< number of another stretch of the same patch, never a later one
};

std::uint32_t root_of(std::vector<Stretch>& all, std::uint32_t which) {
  while (all[which].parent != which) {
    all[which].parent = all[all[which].parent].parent;
    which = all[which].parent;
  }
  return which;
}

void join_stretches(std::vector<Stretch>& all, std::uint32_t a, std::uint32_t b) {
  a = root_of(all, a), b = root_of(all, b);
  all[std::max(a, b)].parent = std::min(a, b);
}

/// Joins the stretches from `above` up to `here` with those from `here` on where they touch.
void join_rows(std::vector<Stretch>& all, std::size_t above, std::size_t here) {
  std::size_t up = above;
  for (std::size_t down = here; down < all.size(); ++down) {
    while (up < here && all[up].end <= all[down].begin) ++up;
    for (std::size_t other = up; other < here && all[other].begin < all[down].end; ++other) {
      if (all[other].value == all[down].value)
        join_stretches(all, static_cast<std::uint32_t>(other), static_cast<std::uint32_t>(down));
    }
  }
}

void add_row(std::vector<Stretch>& all, std::int64_t row, std::span<const float> values) {
  for (std::size_t col = 0; col < values.size();) {
    std::size_t end = col + 1;
    if (!std::isnan(values[col])) {
      while (end < values.size() && values[end] == values[col]) ++end;
      all.push_back({static_cast<std::int32_t>(row), static_cast<std::int32_t>(col), static_cast<std::int32_t>(end),
                     values[col], static_cast<std::uint32_t>(all.size())});
    }
    col = end;
  }
}

/// What is summed up over a patch to find its centroid, and the pixel nearest to it so far.
struct Sum {
  std::int64_t pixels = 0, rows = 0, cols_twice = 0;
  double nearest = std::numeric_limits<double>::infinity();
};

std::vector<Patch> patches_of(std::vector<Stretch>& all) {
  std::vector<Patch> patches;
  std::vector<Sum> sums;
  std::vector<std::uint32_t> number(all.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const std::uint32_t root = root_of(all, i);
    if (root == i) {
      number[i] = static_cast<std::uint32_t>(patches.size());
      patches.push_back({.value = all[i].value});
      sums.emplace_back();
    }
    number[i] = number[root];
    Sum& sum = sums[number[i]];
    const std::int64_t length = all[i].end - all[i].begin;
    sum.pixels += length;
    sum.rows += length * all[i].row;
    sum.cols_twice += length * (all[i].begin + all[i].end - 1);
  }
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    Sum& sum = sums[number[i]];
    Patch& patch = patches[number[i]];
    const auto pixels = static_cast<double>(sum.pixels);
    const double row = static_cast<double>(sum.rows) / pixels, col = static_cast<double>(sum.cols_twice) / pixels / 2;
    const auto last = static_cast<double>(all[i].end - 1), first = static_cast<double>(all[i].begin);
    // Of two columns that are equally near the left one: ceil of half below.
    const double nearest_col = std::clamp(std::ceil(col - 0.5), first, last);
    const double down = static_cast<double>(all[i].row) - row, across = nearest_col - col;
    const double distance = down * down + across * across;
    patch.pixels = sum.pixels;
    if (distance >= sum.nearest) continue;
    sum.nearest = distance;
    patch.row = all[i].row;
    patch.col = static_cast<std::int64_t>(nearest_col);
  }
  return patches;
}

}  // namespace

Result<std::vector<Patch>> find_patches(std::int64_t rows, std::int64_t cols, const ReadRow& read) {
  std::vector<Stretch> all;
  std::vector<float> values(static_cast<std::size_t>(cols));
  std::size_t above = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    ECOCUBE_TRY(read(row, values));
    const std::size_t here = all.size();
    add_row(all, row, values);
    if (all.size() > std::numeric_limits<std::uint32_t>::max())
      return input_error("the raster has more than {} stretches of equal values",
                         std::numeric_limits<std::uint32_t>::max());
    join_rows(all, above, here);
    above = here;
  }
  return patches_of(all);
}

}  // namespace ecocube
