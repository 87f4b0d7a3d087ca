// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/measures.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "data/model/portable_math.h"

namespace ecocube {
namespace {

constexpr double kLeastProbability = 1e-15;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double log_of(double probability) {
  return portable_log(std::clamp(probability, kLeastProbability, 1 - kLeastProbability));
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : kUndefined;
}

struct Rows {
  std::span<const std::uint16_t> seen;
  std::span<const float> probabilities;
  std::span<const double> weights;
  std::size_t classes;
  std::size_t count() const { return seen.size(); }
  double probability(std::size_t row, std::size_t c) const {
    return static_cast<double>(probabilities[row * classes + c]);
  }
  std::size_t predicted(std::size_t row) const {
    const auto own = probabilities.subspan(row * classes, classes);
    return static_cast<std::size_t>(std::max_element(own.begin(), own.end()) - own.begin());
  }
};

/// Average precision: precision times the recall gained, over the thresholds from high to low; rows of equal
/// probability come in together.
double precision_recall_area(const Rows& rows, std::size_t c, double class_weight) {
  if (!(class_weight > 0)) return kUndefined;
  std::vector<std::uint32_t> order(rows.count());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rows.probability(a, c) > rows.probability(b, c); });
  double area = 0, right = 0, taken = 0, last_recall = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    taken += rows.weights[order[i]];
    if (rows.seen[order[i]] == c) right += rows.weights[order[i]];
    if (i + 1 < order.size() && rows.probability(order[i], c) == rows.probability(order[i + 1], c)) continue;
    area += (right / class_weight - last_recall) * (right / taken);
    last_recall = right / class_weight;
  }
  return area;
}

/// The smallest probability among the rows that are taken, the most probable first, until they weigh what the class
/// weighs; rows of equal probability come in together.
double balanced_threshold(const Rows& rows, std::size_t c, double class_weight) {
  if (!(class_weight > 0)) return kUndefined;
  std::vector<std::pair<double, double>> taken;  // probability and weight
  for (std::size_t row = 0; row < rows.count(); ++row) taken.emplace_back(rows.probability(row, c), rows.weights[row]);
  std::sort(taken.begin(), taken.end(), std::greater<>());
  // Precision and recall have the same numerator; they differ least where what is mapped weighs most nearly the same.
  double sum = 0, best = std::numeric_limits<double>::infinity(), threshold = 1;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    sum += taken[i].second;
    if (i + 1 < taken.size() && taken[i].first == taken[i + 1].first) continue;
    if (std::abs(sum - class_weight) >= best) break;
    best = std::abs(sum - class_weight);
    threshold = taken[i].first;
  }
  return threshold;
}

ClassScore score_class(const Rows& rows, const Evaluation& evaluation, std::size_t c, double total) {
  ClassScore score;
  double predicted = 0, seen = 0, loss = 0;
  for (std::size_t other = 0; other < rows.classes; ++other) {
    seen += evaluation.confusion[c * rows.classes + other];
    predicted += evaluation.confusion[other * rows.classes + c];
  }
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const bool is_class = rows.seen[row] == c;
    const double p = rows.probability(row, c);
    loss -= rows.weights[row] * log_of(is_class ? p : 1 - p);
    if (is_class) ++score.rows;
  }
  const double right = evaluation.confusion[c * rows.classes + c];
  const double specificity = ratio(total - seen - predicted + right, total - seen);
  score.weight = seen;
  score.precision = ratio(right, predicted);
  score.recall = ratio(right, seen);
  score.f1 = seen > 0 ? 2 * right / (seen + predicted) : kUndefined;
  score.log_loss = seen > 0 ? ratio(loss, total) : kUndefined;
  score.true_skill = score.recall + specificity - 1;
  score.precision_recall_area = precision_recall_area(rows, c, seen);
  score.balanced_threshold = balanced_threshold(rows, c, seen);
  return score;
}

std::vector<Evaluation::Bin> reliability(const Rows& rows) {
  std::vector<Evaluation::Bin> bins(10);
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const std::size_t predicted = rows.predicted(row);
    const double p = rows.probability(row, predicted);
    Evaluation::Bin& bin = bins[static_cast<std::size_t>(std::clamp(p * 10, 0.0, 9.0))];
    bin.weight += rows.weights[row];
    bin.mean_probability += rows.weights[row] * p;
    if (predicted == rows.seen[row]) bin.share_right += rows.weights[row];
  }
  for (Evaluation::Bin& bin : bins) {
    bin.mean_probability = ratio(bin.mean_probability, bin.weight);
    bin.share_right = ratio(bin.share_right, bin.weight);
  }
  return bins;
}

double calibration_error(const std::vector<Evaluation::Bin>& bins, double total) {
  double sum = 0;
  for (const Evaluation::Bin& bin : bins) {
    if (bin.weight > 0) sum += bin.weight * std::abs(bin.mean_probability - bin.share_right);
  }
  return ratio(sum, total);
}

}  // namespace

Evaluation evaluate(std::string name, std::span<const std::uint16_t> seen, std::span<const float> probabilities,
                    std::span<const double> weights, std::size_t classes) {
  const Rows rows{seen, probabilities, weights, classes};
  Evaluation result;
  result.name = std::move(name);
  result.confusion.resize(classes * classes);
  double total = 0, right = 0, loss = 0, loss_of_shares = 0;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const std::size_t predicted = rows.predicted(row);
    result.confusion[seen[row] * classes + predicted] += weights[row];
    total += weights[row];
    if (predicted == seen[row]) right += weights[row];
    loss -= weights[row] * log_of(rows.probability(row, seen[row]));
  }
  double f1_sum = 0, weighted_f1_sum = 0, present = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    const ClassScore score = score_class(rows, result, c, total);
    result.classes.push_back(score);
    if (!(score.weight > 0)) continue;
    present += 1;
    f1_sum += score.f1;
    weighted_f1_sum += score.weight * score.f1;
    loss_of_shares -= score.weight * portable_log(score.weight / total);
  }
  result.overall_accuracy = ratio(right, total);
  result.weighted_f1 = ratio(weighted_f1_sum, total);
  result.macro_f1 = ratio(f1_sum, present);
  result.log_loss = ratio(loss, total);
  result.log_loss_ratio = ratio(loss, loss_of_shares);
  result.r2_log_loss = 1 - result.log_loss_ratio;
  result.reliability = reliability(rows);
  result.calibration_error = calibration_error(result.reliability, total);
  return result;
}

}  // namespace ecocube
