// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "methods/assess/conformal.h"

namespace ecocube {

/// Scores of rows, sorted, with what each of them counts; the thresholds of conformal prediction are their quantiles.
class ConformalScores {
 public:
  /// rows     the rows that count, indices into `groups` and `weights`; shape [score]
  /// scores   the greater, the worse the row fits; shape [score]
  /// groups   shape [row], or empty: every row is its own; weights  shape [row], or empty: all 1
  ConformalScores(std::span<const std::uint32_t> rows, std::span<const double> scores,
                  std::span<const std::uint32_t> groups, std::span<const double> weights, RowShare share);

  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  static constexpr double kNoThreshold = std::numeric_limits<double>::infinity();

  /// The smallest score that `coverage` of all weight reaches, the weight of the next row (or group) counted in beyond
  /// all; kNoThreshold when all rows together do not reach it.
  /// without  number of a group, see group_of, that is left out; kNone: all count
  double threshold(double coverage, std::size_t without = kNone) const;

  std::size_t groups() const { return own_.size(); }
  /// Number of the group of a score, by its position in the constructor's `scores`.
  std::size_t group_of(std::size_t score) const { return group_of_[score]; }
  /// What a score counts.
  double share_of(std::size_t score) const { return shares_[score]; }

 private:
  /// Scores ascending with the running sum of what they count.
  struct Sums {
    std::vector<double> scores, sums;
    void add(double score, double weight);
    double total() const { return sums.empty() ? 0 : sums.back(); }
    double up_to(double score) const;
  };
  Sums all_;
  std::vector<Sums> own_;                ///< of one group each
  std::vector<std::uint32_t> group_of_;  ///< shape [score]
  std::vector<double> shares_;           ///< shape [score]
  std::size_t rows_ = 0;
  RowShare share_;
};

}  // namespace ecocube
