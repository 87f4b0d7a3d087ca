// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "methods/stack/meta_rows.h"

namespace ecocube {

/// Logarithmic pool, softmax over classes of Σ w_l ln p_lc + b_c, that minimises
/// Σ v_i (-ln p_i(seen class)) / n + (|w - 1/L|² + |b|²) / 2n with w >= 0 and the weights v of mean 1: a convex problem
/// of L + C numbers. Rows count n, learners L, classes C. Without biases b stays 0.
Result<Meta> fit_log_pool(const MetaRows& rows, bool with_biases);

/// Anchored pool: the log pool as an offset, plus a linear map W of the learners' log probabilities, centred over the
/// classes and divided by their common deviation, with the penalty lambda |W|² / 2n: as lambda grows it becomes the
/// pool again.
///
/// pool   a log pool fitted on the same rows
/// start  an anchored pool of the same rows to begin the search at, or nothing
Result<Meta> fit_anchored_pool(const MetaRows& rows, const Meta& pool, double lambda, const Meta* start = nullptr);

/// `anchored pool (30)`
std::string anchored_name(double lambda);

/// The functions that these two minimise, for tests and for the fits.
class LogPoolLoss {
 public:
  /// logs  shape [row][learner][class]
  LogPoolLoss(const MetaRows& rows, std::vector<double> logs, bool with_biases);
  std::size_t size() const { return rows_.learners + (with_biases_ ? rows_.classes : 0); }
  /// x: weights, then biases.
  double value_and_gradient(std::span<const double> x, std::span<double> gradient) const;

 private:
  double add_block(std::size_t block, std::span<const double> x, std::span<double> gradient) const;
  const MetaRows& rows_;
  std::vector<double> logs_;
  bool with_biases_;
  double total_ = 0;
};

class AnchoredPoolLoss {
 public:
  /// inputs  centred and scaled log probabilities; shape [row][learner × class]
  /// offset  scores of the pool; shape [row][class]
  AnchoredPoolLoss(const MetaRows& rows, std::vector<double> inputs, std::vector<double> offset, double lambda);
  std::size_t size() const { return rows_.inputs() * stride_; }
  /// Numbers from one input's first weight to the next one's: the classes, rounded up to whole vectors.
  std::size_t stride() const { return stride_; }
  /// x: shape [learner × class][stride]; what lies beyond the classes stays as it is and has the gradient 0.
  double value_and_gradient(std::span<const double> x, std::span<double> gradient) const;

 private:
  double add_block(std::size_t block, const double* x, double* gradient) const;
  const MetaRows& rows_;
  std::vector<double> inputs_, offset_;
  double lambda_;
  std::size_t stride_;
  double total_ = 0;
};

}  // namespace ecocube
