// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/log_pool.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "data/model/portable_math.h"
#include "methods/stack/minimise.h"

namespace ecocube {
namespace {

constexpr std::size_t kBlockRows = 1024;
constexpr std::size_t kLanes = 4;  // doubles that the compiler can take at once
constexpr double kTolerance = 1e-6;
constexpr int kMostSteps = 500;

/// -ln softmax(scores)[seen] and, in the place of the scores, its derivative.
double softmax_loss(std::span<double> scores, std::size_t seen) {
  const double largest = *std::max_element(scores.begin(), scores.end()), of_seen = scores[seen];
  double sum = 0;
  for (double& score : scores) sum += score = portable_exp(score - largest);
  for (double& score : scores) score /= sum;
  scores[seen] -= 1;
  return portable_log(sum) + largest - of_seen;
}

/// Sums of blocks of rows in their order, whatever thread had which.
double sum_over_blocks(std::size_t rows, std::span<double> gradient,
                       const std::function<double(std::size_t block, std::span<double> gradient)>& add) {
  const std::size_t blocks = (rows + kBlockRows - 1) / kBlockRows, size = gradient.size();
  std::vector<double> values(blocks), gradients(blocks * size);
  parallel_for(blocks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block)
      values[block] = add(block, std::span(gradients).subspan(block * size, size));
  });
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t i = 0; i < size; ++i) gradient[i] += gradients[block * size + i];
  }
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Centres the learners' log probabilities over the classes, in place; returns 1 / their common deviation.
double centre(const MetaRows& rows, std::vector<double>& logs) {
  double squares = 0, weight = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double own = 0;
    for (std::size_t l = 0; l < rows.learners; ++l) {
      const auto part = std::span(logs).subspan(i * rows.inputs() + l * rows.classes, rows.classes);
      const double mean = std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(rows.classes);
      for (double& value : part) {
        value -= mean;
        own += value * value;
      }
    }
    squares += rows.weights[i] * own;
    weight += rows.weights[i] * static_cast<double>(rows.inputs());
  }
  return squares > 0 ? std::sqrt(weight / squares) : 1;
}

std::vector<double> pool_scores(const LogPool& pool, const MetaRows& rows, std::span<const double> logs) {
  std::vector<double> scores(rows.rows() * rows.classes);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t c = 0; c < rows.classes; ++c) {
      double score = pool.biases[c];
      for (std::size_t l = 0; l < rows.learners; ++l)
        score += pool.weights[l] * logs[i * rows.inputs() + l * rows.classes + c];
      scores[i * rows.classes + c] = score;
    }
  }
  return scores;
}

Result<void> check_minimum(const Minimum& found, const char* name, const MetaRows& rows) {
  // Rounding may end the search a little before its goal; what counts is whether the slope has gone.
  if (std::isfinite(found.value) && found.slope < 1e-3) return {};
  return machine_error("{}: no minimum after {} steps (slope {:.2g}, {} rows, {} learners, {} classes)", name,
                       found.steps, found.slope, rows.rows(), rows.learners, rows.classes);
}

}  // namespace

LogPoolLoss::LogPoolLoss(const MetaRows& rows, std::vector<double> logs, bool with_biases)
    : rows_(rows), logs_(std::move(logs)), with_biases_(with_biases) {
  total_ = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
}

double LogPoolLoss::add_block(std::size_t block, std::span<const double> x, std::span<double> gradient) const {
  const std::size_t classes = rows_.classes, learners = rows_.learners;
  std::vector<double> scores(classes);
  double loss = 0;
  for (std::size_t i = block * kBlockRows; i < std::min(rows_.rows(), (block + 1) * kBlockRows); ++i) {
    const double* logs = logs_.data() + i * rows_.inputs();
    for (std::size_t c = 0; c < classes; ++c) scores[c] = with_biases_ ? x[learners + c] : 0;
    for (std::size_t l = 0; l < learners; ++l) {
      for (std::size_t c = 0; c < classes; ++c) scores[c] += x[l] * logs[l * classes + c];
    }
    loss += rows_.weights[i] * softmax_loss(scores, rows_.seen[i]);
    for (std::size_t l = 0; l < learners; ++l) {
      double slope = 0;
      for (std::size_t c = 0; c < classes; ++c) slope += scores[c] * logs[l * classes + c];
      gradient[l] += rows_.weights[i] * slope;
    }
    for (std::size_t c = 0; with_biases_ && c < classes; ++c) gradient[learners + c] += rows_.weights[i] * scores[c];
  }
  return loss;
}

double LogPoolLoss::value_and_gradient(std::span<const double> x, std::span<double> gradient) const {
  double value = sum_over_blocks(rows_.rows(), gradient,
                                 [&](std::size_t block, std::span<double> own) { return add_block(block, x, own); });
  value /= total_;
  const auto count = static_cast<double>(rows_.rows());
  for (std::size_t i = 0; i < size(); ++i) {
    const double apart = x[i] - (i < rows_.learners ? 1 / static_cast<double>(rows_.learners) : 0);
    value += apart * apart / (2 * count);
    gradient[i] = gradient[i] / total_ + apart / count;
  }
  return value;
}

AnchoredPoolLoss::AnchoredPoolLoss(const MetaRows& rows, std::vector<double> inputs, std::vector<double> offset,
                                   double lambda)
    : rows_(rows),
      inputs_(std::move(inputs)),
      offset_(std::move(offset)),
      lambda_(lambda),
      stride_((rows.classes + kLanes - 1) / kLanes * kLanes) {
  total_ = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
}

double AnchoredPoolLoss::add_block(std::size_t block, const double* x, double* gradient) const {
  const std::size_t classes = rows_.classes, count = rows_.inputs();
  std::vector<double> work(stride_);
  double* const __restrict scores = work.data();
  double loss = 0;
  for (std::size_t i = block * kBlockRows; i < std::min(rows_.rows(), (block + 1) * kBlockRows); ++i) {
    const double* const inputs = inputs_.data() + i * count;
    std::fill(work.begin(), work.end(), 0.0);
    std::copy_n(offset_.begin() + static_cast<std::ptrdiff_t>(i * classes), classes, work.begin());
    for (std::size_t d = 0; d < count; ++d) {
      const double* const __restrict weights = x + d * stride_;
      for (std::size_t c = 0; c < stride_; c += kLanes) {
        for (std::size_t k = 0; k < kLanes; ++k) scores[c + k] += inputs[d] * weights[c + k];
      }
    }
    loss += rows_.weights[i] * softmax_loss(std::span(work).first(classes), rows_.seen[i]);
    for (std::size_t c = 0; c < classes; ++c) scores[c] *= rows_.weights[i];
    std::fill(work.begin() + static_cast<std::ptrdiff_t>(classes), work.end(), 0.0);
    for (std::size_t d = 0; d < count; ++d) {
      double* const __restrict slopes = gradient + d * stride_;
      for (std::size_t c = 0; c < stride_; c += kLanes) {
        for (std::size_t k = 0; k < kLanes; ++k) slopes[c + k] += inputs[d] * scores[c + k];
      }
    }
  }
  return loss;
}

double AnchoredPoolLoss::value_and_gradient(std::span<const double> x, std::span<double> gradient) const {
  double value = sum_over_blocks(rows_.rows(), gradient, [&](std::size_t block, std::span<double> own) {
    return add_block(block, x.data(), own.data());
  });
  value /= total_;
  const double ridge = lambda_ / static_cast<double>(rows_.rows());
  double squares = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    if (i % stride_ >= rows_.classes) continue;
    squares += x[i] * x[i];
    gradient[i] = gradient[i] / total_ + ridge * x[i];
  }
  return value + ridge * squares / 2;
}

Result<Meta> fit_log_pool(const MetaRows& rows, bool with_biases) {
  Meta meta = smoothing_for(rows);
  const LogPoolLoss loss(rows, log_probabilities(meta, rows), with_biases);
  std::vector<double> start(loss.size());
  std::fill_n(start.begin(), rows.learners, 1 / static_cast<double>(rows.learners));
  const Minimum found = minimise([&](auto x, auto gradient) { return loss.value_and_gradient(x, gradient); }, start,
                                 rows.learners, kTolerance, kMostSteps);
  meta.name = with_biases ? "log pool" : "log pool without bias";
  ECOCUBE_TRY(check_minimum(found, meta.name.c_str(), rows));
  LogPool pool;
  pool.weights.assign(found.x.begin(), found.x.begin() + static_cast<std::ptrdiff_t>(rows.learners));
  pool.biases.assign(rows.classes, 0.0);
  std::copy(found.x.begin() + static_cast<std::ptrdiff_t>(rows.learners), found.x.end(), pool.biases.begin());
  meta.pool = std::move(pool);
  return meta;
}

std::string anchored_name(double lambda) {
  return fmt::format("anchored pool ({})", lambda);
}

Result<Meta> fit_anchored_pool(const MetaRows& rows, const Meta& pool, double lambda, const Meta* start) {
  Meta meta = pool;
  auto& own = std::get<LogPool>(meta.pool);
  std::vector<double> inputs = log_probabilities(meta, rows);
  std::vector<double> offset = pool_scores(own, rows, inputs);
  own.scale = centre(rows, inputs);
  for (double& input : inputs) input *= own.scale;
  const AnchoredPoolLoss loss(rows, std::move(inputs), std::move(offset), lambda);
  const std::size_t stride = loss.stride(), count = rows.inputs();
  std::vector<double> x(loss.size());
  if (start) {
    const auto& before = std::get<LogPool>(start->pool).corrections;
    for (std::size_t i = 0; i < before.size(); ++i) x[i % count * stride + i / count] = before[i];
  }
  const Minimum found = minimise([&](auto at, auto gradient) { return loss.value_and_gradient(at, gradient); },
                                 std::move(x), 0, kTolerance, kMostSteps);
  meta.name = anchored_name(lambda);
  ECOCUBE_TRY(check_minimum(found, meta.name.c_str(), rows));
  own.corrections.assign(rows.classes * count, 0.0);
  for (std::size_t i = 0; i < own.corrections.size(); ++i) own.corrections[i] = found.x[i % count * stride + i / count];
  return meta;
}

}  // namespace ecocube
