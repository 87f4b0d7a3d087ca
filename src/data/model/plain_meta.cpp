// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>

#include "data/model/plain_prediction.h"
#include "data/model/portable_math.h"

namespace ecocube {
namespace {

/// ln of the smoothed probabilities; shape [learner][class].
std::vector<double> log_probabilities(const Meta& meta, std::span<const float> learned, std::size_t classes) {
  std::vector<double> logs(learned.size());
  for (std::size_t i = 0; i < learned.size(); ++i) {
    const double prior = meta.prior.empty() ? 0 : meta.prior[i % classes];
    logs[i] = portable_log((1 - meta.smoothing) * static_cast<double>(learned[i]) + meta.smoothing * prior);
  }
  return logs;
}

void combine(const MeanPool&, const Meta&, std::span<const float> learned, std::span<double> answer) {
  const std::size_t answers = answer.size(), learners = learned.size() / answers;
  for (std::size_t c = 0; c < answers; ++c) {
    double sum = 0;
    for (std::size_t l = 0; l < learners; ++l) sum += static_cast<double>(learned[l * answers + c]);
    answer[c] = sum / static_cast<double>(learners);
  }
}

void combine(const Logistic& logistic, const Meta&, std::span<const float> learned, std::span<double> answer) {
  logistic_scores(logistic, learned, answer);
  softmax(answer);
}

void combine(const LinearPool& pool, const Meta& meta, std::span<const float> learned, std::span<double> answer) {
  const std::size_t classes = answer.size();
  std::vector<double> logs = log_probabilities(meta, learned, classes);
  std::fill(answer.begin(), answer.end(), 0.0);
  for (std::size_t l = 0; l < pool.weights.size(); ++l) {
    const auto own = std::span(logs).subspan(l * classes, classes);
    for (double& value : own) value *= pool.exponents[l];
    softmax(own);
    for (std::size_t c = 0; c < classes; ++c) answer[c] += pool.weights[l] * own[c];
  }
  for (double& probability : answer) probability = pool.final_exponent * portable_log(probability);
  softmax(answer);
}

void combine(const LogPool& pool, const Meta& meta, std::span<const float> learned, std::span<double> answer) {
  const std::size_t classes = answer.size(), learners = pool.weights.size();
  std::vector<double> logs = log_probabilities(meta, learned, classes);
  std::copy(pool.biases.begin(), pool.biases.end(), answer.begin());
  for (std::size_t l = 0; l < learners; ++l) {
    for (std::size_t c = 0; c < classes; ++c) answer[c] += pool.weights[l] * logs[l * classes + c];
  }
  if (!pool.corrections.empty()) {
    for (std::size_t l = 0; l < learners; ++l) {
      double mean = 0;
      for (std::size_t c = 0; c < classes; ++c) mean += logs[l * classes + c];
      mean /= static_cast<double>(classes);
      for (std::size_t c = 0; c < classes; ++c) logs[l * classes + c] = (logs[l * classes + c] - mean) * pool.scale;
    }
    for (std::size_t c = 0; c < classes; ++c) {
      const double* weights = pool.corrections.data() + c * logs.size();
      double sum = 0;
      for (std::size_t i = 0; i < logs.size(); ++i) sum += weights[i] * logs[i];
      answer[c] += sum;
    }
  }
  softmax(answer);
}

void combine(const ValuePool& pool, const Meta&, std::span<const float> learned, std::span<double> answer) {
  double value = pool.intercept;
  for (std::size_t l = 0; l < pool.weights.size(); ++l) value += pool.weights[l] * static_cast<double>(learned[l]);
  answer[0] = value;
}

}  // namespace

void combine_learners(const Meta& meta, std::span<const float> learned, std::span<double> answer) {
  std::visit([&](const auto& pool) { combine(pool, meta, learned, answer); }, meta.pool);
}

}  // namespace ecocube
