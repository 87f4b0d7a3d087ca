// SPDX-License-Identifier: Apache-2.0
#include "data/model/plain_uncertainty.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "data/model/plain_prediction.h"
#include "data/model/portable_math.h"

namespace ecocube {
namespace {

std::size_t dominant(std::span<const double> probabilities) {
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

void adaptive_scores(const ClassSets& sets, std::span<const double> probabilities, std::span<double> scores) {
  std::vector<std::uint32_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return probabilities[a] > probabilities[b]; });
  double sum = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    sum += probabilities[order[place]];
    const std::size_t beyond = place + 1 > sets.free_classes ? place + 1 - sets.free_classes : 0;
    scores[order[place]] = sum + sets.penalty * static_cast<double>(beyond);
  }
}

}  // namespace

void class_set_scores(const ClassSets& sets, std::span<const double> probabilities, std::span<double> scores) {
  if (sets.method == SetMethod::raps) {
    adaptive_scores(sets, probabilities, scores);
    return;
  }
  for (std::size_t c = 0; c < scores.size(); ++c) scores[c] = 1 - probabilities[c];
}

void plain_class_set(const ClassSets& sets, std::size_t level, std::span<const double> probabilities,
                     std::span<std::uint8_t> member) {
  std::vector<double> scores(probabilities.size());
  class_set_scores(sets, probabilities, scores);
  const std::vector<double>& thresholds = sets.levels[level].thresholds;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    member[c] = scores[c] <= thresholds[thresholds.size() == 1 ? 0 : c] ? 1 : 0;
  }
  if (sets.keep_dominant) member[dominant(probabilities)] = 1;
}

PlainInterval plain_interval(const Intervals& intervals, std::size_t level, double value, double lower_quantile_value,
                             double upper_quantile_value) {
  const Intervals::Level& own = intervals.levels[level];
  const bool residual = intervals.method == IntervalMethod::residual;
  const double low = (residual ? value : lower_quantile_value) - own.lower_margin;
  const double high = (residual ? value : upper_quantile_value) + own.upper_margin;
  if (low <= high) return {low, high};
  const double middle = (low + high) / 2;
  return {middle, middle};
}

SampleShares plain_shares(const RegressionForest& forest, std::span<const float> row, double value) {
  std::vector<double> shares(forest.responses.size());
  for (const RegressionTree& tree : forest.trees) {
    const std::uint32_t leaf = leaf_of(tree.nodes, row);
    for (std::uint32_t i = tree.leaf_starts[leaf]; i < tree.leaf_starts[leaf + 1]; ++i)
      shares[tree.samples[i].response] += static_cast<double>(tree.samples[i].share);
  }
  SampleShares result;
  double sum = 0;
  bool first = true;
  for (std::size_t r = 0; r < shares.size(); ++r) {
    if (shares[r] == 0) continue;
    sum += shares[r];
    const auto response = static_cast<double>(forest.responses[r]);
    if (first) result.lowest = response;
    first = false;
    result.highest = response;
    if (response < value) result.below = sum;
    if (response <= value) result.up_to = sum;
  }
  result.below /= sum;
  result.up_to /= sum;
  return result;
}

double plain_dissimilarity(const Applicability& area, std::span<const float> row) {
  const std::size_t features = area.means.size();
  std::vector<float> scaled(features);
  for (std::size_t f = 0; f < features; ++f) scaled[f] = (row[f] - area.means[f]) * area.scales[f];
  float nearest = std::numeric_limits<float>::infinity();
  for (std::size_t start = 0; start < area.rows.size(); start += features) {
    float sum = 0;
    for (std::size_t f = 0; f < features; ++f) {
      const float difference = scaled[f] - area.rows[start + f];
      sum += difference * difference;
    }
    nearest = std::min(nearest, sum);
  }
  return static_cast<double>(std::sqrt(nearest)) / area.mean_distance;
}

double plain_margin(std::span<const double> probabilities) {
  if (probabilities.size() < 2) return 1;
  double largest = -1, second = -1;
  for (const double p : probabilities) {
    second = std::max(second, std::min(p, largest));
    largest = std::max(largest, p);
  }
  return largest - second;
}

double plain_entropy(std::span<const double> probabilities) {
  if (probabilities.size() < 2) return 0;
  double sum = 0;
  for (const double p : probabilities) {
    if (p >= std::numeric_limits<double>::min()) sum -= p * portable_log(p);
  }
  return std::clamp(sum / portable_log(static_cast<double>(probabilities.size())), 0.0, 1.0);
}

}  // namespace ecocube
