// SPDX-License-Identifier: Apache-2.0
#include "methods/train/logistic.h"

#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "base/parallel.h"
#include "data/model/portable_math.h"

namespace ecocube {
namespace {

constexpr std::size_t kBlockRows = 1024;

/// The function to minimise, divided by c · Σ w so that its size does not depend on the number of rows; its L1 part is
/// left to the optimiser. Coefficients have shape [input + 1][score], the last row holding the intercepts. Two classes
/// have one score, the log odds of the second one; the first one's is always 0.
class Objective {
 public:
  Objective(std::span<const float> inputs, std::span<const std::uint16_t> seen, std::span<const double> weights,
            std::size_t classes, const LogisticSettings& settings)
      : classes_(classes),
        scores_(classes == 2 ? 1 : classes),
        inputs_(inputs.size() / seen.size()),
        seen_(seen.begin(), seen.end()),
        weights_(weights.begin(), weights.end()),
        values_(inputs.begin(), inputs.end()),
        centres_(inputs_, 0.0),
        scales_(inputs_, 1.0) {
    total_ = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    ridge_ = (1 - settings.l1_share) / (settings.c * total_);
    lasso_ = settings.l1_share / (settings.c * total_);
    if (settings.standardise) standardise();
  }

  std::size_t rows() const { return seen_.size(); }
  std::size_t inputs() const { return inputs_; }
  std::size_t classes() const { return classes_; }
  std::size_t size() const { return (inputs_ + 1) * scores_; }
  /// Coefficients that are penalised: all but the intercepts, which come last.
  std::size_t penalised() const { return inputs_ * scores_; }
  double lasso() const { return lasso_; }

  double value_and_gradient(const double* coefficients, double* gradient) const {
    const std::size_t blocks = (rows() + kBlockRows - 1) / kBlockRows;
    std::vector<double> losses(blocks), gradients(blocks * size());
    parallel_for(blocks, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t block = begin; block < end; ++block) {
        losses[block] = add_block(block, coefficients, gradients.data() + block * size());
      }
    });
    double value = 0, squares = 0;
    std::fill(gradient, gradient + size(), 0.0);
    for (std::size_t block = 0; block < blocks; ++block) {
      value += losses[block];
      for (std::size_t i = 0; i < size(); ++i) gradient[i] += gradients[block * size() + i];
    }
    for (std::size_t i = 0; i < size(); ++i) gradient[i] /= total_;
    for (std::size_t i = 0; i < penalised(); ++i) {
      squares += coefficients[i] * coefficients[i];
      gradient[i] += ridge_ * coefficients[i];
    }
    return value / total_ + ridge_ * squares / 2;
  }

  /// Length of the slope, that of the L1 part included: where a coefficient is 0, what remains when the penalty has
  /// taken all it can.
  double slope(const double* coefficients) const {
    std::vector<double> gradient(size());
    value_and_gradient(coefficients, gradient.data());
    double squares = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      double own = gradient[i];
      const double lasso = i < penalised() ? lasso_ : 0;
      if (coefficients[i] != 0) {
        own += coefficients[i] > 0 ? lasso : -lasso;
      } else {
        own = std::max(0.0, std::abs(own) - lasso);
      }
      squares += own * own;
    }
    return std::sqrt(squares);
  }

  /// In terms of the inputs as they came.
  Logistic model(const double* coefficients) const {
    Logistic logistic{inputs_, std::vector<double>(classes_), std::vector<double>(classes_ * inputs_)};
    for (std::size_t k = 0; k < scores_; ++k) {
      const std::size_t of_class = classes_ - scores_ + k;
      double intercept = coefficients[penalised() + k];
      for (std::size_t i = 0; i < inputs_; ++i) {
        const double weight = coefficients[i * scores_ + k] * scales_[i];
        logistic.weights[of_class * inputs_ + i] = weight;
        intercept -= weight * centres_[i];
      }
      logistic.intercepts[of_class] = intercept;
    }
    return logistic;
  }

 private:
  void standardise() {
    for (std::size_t i = 0; i < inputs_; ++i) {
      double sum = 0, squares = 0;
      for (std::size_t row = 0; row < rows(); ++row) sum += weights_[row] * values_[row * inputs_ + i];
      centres_[i] = sum / total_;
      for (std::size_t row = 0; row < rows(); ++row) {
        double& value = values_[row * inputs_ + i];
        value -= centres_[i];
        squares += weights_[row] * value * value;
      }
      const double deviation = std::sqrt(squares / total_);
      // Rounding of the mean must not blow up an input that never changes.
      scales_[i] = deviation > 1e-12 * std::abs(centres_[i]) ? 1 / deviation : 0;
      for (std::size_t row = 0; row < rows(); ++row) values_[row * inputs_ + i] *= scales_[i];
    }
  }

  double add_block(std::size_t block, const double* coefficients, double* gradient) const {
    std::vector<double> scores(classes_);
    double* own = scores.data() + (classes_ - scores_);  // the first of two classes keeps the score 0
    double loss = 0;
    const std::size_t end = std::min(rows(), (block + 1) * kBlockRows);
    for (std::size_t row = block * kBlockRows; row < end; ++row) {
      const double* values = values_.data() + row * inputs_;
      scores[0] = 0;
      std::copy_n(coefficients + penalised(), scores_, own);
      for (std::size_t i = 0; i < inputs_; ++i) {
        const double* of_input = coefficients + i * scores_;
        for (std::size_t k = 0; k < scores_; ++k) own[k] += values[i] * of_input[k];
      }
      const double largest = *std::max_element(scores.begin(), scores.end()), of_seen = scores[seen_[row]];
      double sum = 0;
      for (double& score : scores) sum += score = portable_exp(score - largest);
      loss += weights_[row] * (portable_log(sum) + largest - of_seen);
      for (double& score : scores) score *= weights_[row] / sum;
      scores[seen_[row]] -= weights_[row];
      for (std::size_t i = 0; i < inputs_; ++i) {
        double* of_input = gradient + i * scores_;
        for (std::size_t k = 0; k < scores_; ++k) of_input[k] += values[i] * own[k];
      }
      for (std::size_t k = 0; k < scores_; ++k) gradient[penalised() + k] += own[k];
    }
    return loss;
  }

  std::size_t classes_, scores_, inputs_;
  std::vector<std::uint16_t> seen_;
  std::vector<double> weights_, values_, centres_, scales_;
  double total_ = 0, ridge_ = 0, lasso_ = 0;
};

double evaluate_objective(void* objective, const lbfgsfloatval_t* x, lbfgsfloatval_t* gradient, int, lbfgsfloatval_t) {
  return static_cast<const Objective*>(objective)->value_and_gradient(x, gradient);
}

double length(const double* values, std::size_t count) {
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) squares += values[i] * values[i];
  return std::sqrt(squares);
}

Result<Logistic> minimise(Objective& objective, int iterations) {
  // The library works four numbers at a time.
  const std::size_t padded = (objective.size() + 15) / 16 * 16;
  const std::unique_ptr<lbfgsfloatval_t, void (*)(lbfgsfloatval_t*)> x(lbfgs_malloc(static_cast<int>(padded)),
                                                                       lbfgs_free);
  if (!x) return machine_error("logistic: no memory for {} coefficients", objective.size());
  std::fill(x.get(), x.get() + padded, 0.0);
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = 10;
  parameters.epsilon = 1e-6;
  parameters.max_iterations = iterations;
  if (objective.lasso() > 0) {
    parameters.linesearch = LBFGS_LINESEARCH_BACKTRACKING;
    parameters.orthantwise_c = objective.lasso();
    parameters.orthantwise_end = static_cast<int>(objective.penalised());
  }
  const int status =
      lbfgs(static_cast<int>(objective.size()), x.get(), nullptr, evaluate_objective, nullptr, &objective, &parameters);
  // Rounding may end the search a little before its goal; what counts is whether the slope has gone.
  const double slope = objective.slope(x.get()) / std::max(1.0, length(x.get(), objective.size()));
  if (!(slope <= 1e-4)) {
    return machine_error(
        "logistic: no minimum after {} steps at most (status {}, slope {:.2g}, {} rows, {} inputs, {} classes)",
        iterations, status, slope, objective.rows(), objective.inputs(), objective.classes());
  }
  return objective.model(x.get());
}

}  // namespace

Result<Logistic> fit_logistic(std::span<const float> inputs, std::span<const std::uint16_t> seen,
                              std::span<const double> weights, std::size_t classes, const LogisticSettings& settings) {
  // A class without rows has no finite intercept: the fit runs over those that occur.
  std::vector<std::size_t> place(classes, classes), occurring;
  for (std::size_t c = 0; c < classes; ++c) {
    if (std::find(seen.begin(), seen.end(), c) == seen.end()) continue;
    place[c] = occurring.size();
    occurring.push_back(c);
  }
  std::vector<std::uint16_t> placed;
  for (const std::uint16_t c : seen) placed.push_back(static_cast<std::uint16_t>(place[c]));
  Objective objective(inputs, placed, weights, occurring.size(), settings);
  ECOCUBE_TRY_ASSIGN(const Logistic fitted, minimise(objective, settings.iterations));

  const std::size_t count = fitted.inputs;
  Logistic whole{count, std::vector<double>(classes, -std::numeric_limits<double>::infinity()),
                 std::vector<double>(classes * count)};
  for (std::size_t k = 0; k < occurring.size(); ++k) {
    whole.intercepts[occurring[k]] = fitted.intercepts[k];
    std::copy_n(fitted.weights.begin() + static_cast<std::ptrdiff_t>(k * count), count,
                whole.weights.begin() + static_cast<std::ptrdiff_t>(occurring[k] * count));
  }
  return whole;
}

Result<Logistic> fit_logistic(const TrainingRows& rows, const LogisticSettings& settings) {
  return fit_logistic(rows.row_by_row(), rows.seen, rows.weights, rows.classes, settings);
}

}  // namespace ecocube
