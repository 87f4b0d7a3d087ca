// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/conformal_scores.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace ecocube {

void ConformalScores::Sums::add(double score, double weight) {
  const double sum = total() + weight;
  if (!scores.empty() && scores.back() == score) {
    sums.back() = sum;
    return;
  }
  scores.push_back(score);
  sums.push_back(sum);
}

double ConformalScores::Sums::up_to(double score) const {
  const auto after = std::upper_bound(scores.begin(), scores.end(), score);
  return after == scores.begin() ? 0 : sums[static_cast<std::size_t>(after - scores.begin()) - 1];
}

ConformalScores::ConformalScores(std::span<const std::uint32_t> rows, std::span<const double> scores,
                                 std::span<const std::uint32_t> groups, std::span<const double> weights, RowShare share)
    : group_of_(scores.size()), shares_(scores.size()), rows_(scores.size()), share_(share) {
  std::unordered_map<std::uint32_t, std::uint32_t> numbers;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t name = groups.empty() ? static_cast<std::uint32_t>(i) : groups[rows[i]];
    group_of_[i] = numbers.emplace(name, static_cast<std::uint32_t>(numbers.size())).first->second;
  }
  own_.resize(numbers.size());
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[rows[i]]; };
  std::vector<double> group_weights(own_.size());
  for (std::size_t i = 0; i < scores.size(); ++i) group_weights[group_of_[i]] += weight(i);
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return scores[a] < scores[b]; });
  for (const std::uint32_t i : order) {
    shares_[i] = share == RowShare::group ? weight(i) / group_weights[group_of_[i]] : weight(i);
    all_.add(scores[i], shares_[i]);
    own_[group_of_[i]].add(scores[i], shares_[i]);
  }
}

double ConformalScores::threshold(double coverage, std::size_t without) const {
  const Sums* left_out = without == kNone ? nullptr : &own_[without];
  const double total = all_.total() - (left_out ? left_out->total() : 0);
  const double one_more = share_ == RowShare::group ? 1 : all_.total() / static_cast<double>(rows_);
  // Sums of many weights are off by a few units in the last place; a hair keeps equal weights exact.
  const double wanted = coverage * (total + one_more) * (1 - 1e-12);
  std::size_t low = 0, high = all_.scores.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const double reached = all_.sums[middle] - (left_out ? left_out->up_to(all_.scores[middle]) : 0);
    if (reached >= wanted)
      high = middle;
    else
      low = middle + 1;
  }
  return low < all_.scores.size() ? all_.scores[low] : kNoThreshold;
}

}  // namespace ecocube
