// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "data/model/portable_math.h"

namespace ecocube {

// What a search for a split sums up. `...Sums` holds the sums of a whole node, `...Sums::Sweep` those of its left side
// while rows move there one by one; each move costs the same, however many classes there are. All sums are doubles:
// of whole weights they are exact, so any order of the rows of a bin gives the same.

/// A training row inside a tree that tells classes apart.
struct ClassItem {
  double weight;
  std::uint32_t row;
  std::uint16_t class_index;
  std::uint16_t slot;  ///< place in the search's block of few rows
};

/// A training row inside a tree of numbers.
struct NumberItem {
  double weight;
  double response;
  double deviation;  ///< weight × (response − mean of the node)
  std::uint32_t row;
  std::uint32_t slot;  ///< as above
};

/// Sums by class; the base of both criteria.
class ClassSums {
 public:
  using Item = ClassItem;
  explicit ClassSums(std::size_t classes) : all_(classes), left_(classes) {}

  void load(std::span<const Item> items) {
    std::fill(all_.begin(), all_.end(), 0.0);
    weight_ = 0;
    for (const Item& item : items) {
      all_[item.class_index] += item.weight;
      weight_ += item.weight;
    }
  }
  /// No split can make the node purer.
  bool pure() const {
    return std::count_if(all_.begin(), all_.end(), [](double weight) { return weight > 0; }) < 2;
  }
  double weight() const { return weight_; }
  std::span<const double> classes() const { return all_; }

 protected:
  std::vector<double> all_, left_;
  double weight_ = 0;
};

/// Weighted Gini impurity of both sides, W_l - Σ l²/W_l + W_r - Σ r²/W_r over the class weights l and r: least where
/// Σ l²/W_l + Σ r²/W_r, the score, is greatest.
class GiniSums : public ClassSums {
 public:
  using ClassSums::ClassSums;

  struct Sweep {
    double* left;
    const double* all;
    double weight, squares;
    double left_weight = 0, left_squares = 0, lost_squares = 0;

    void move(const Item& item) {
      const double moved = left[item.class_index], remaining = all[item.class_index] - moved;
      left_squares += item.weight * (2 * moved + item.weight);
      lost_squares += item.weight * (2 * remaining - item.weight);
      left[item.class_index] = moved + item.weight;
      left_weight += item.weight;
    }
    bool beats(double bar) const {
      const double right_weight = weight - left_weight, right_squares = squares - lost_squares;
      return left_squares * right_weight + right_squares * left_weight > bar * (left_weight * right_weight);
    }
    double score() const { return left_squares / left_weight + (squares - lost_squares) / (weight - left_weight); }
  };

  void load(std::span<const Item> items) {
    ClassSums::load(items);
    squares_ = 0;
    for (const double weight : all_) squares_ += weight * weight;
  }
  Sweep sweep() {
    std::fill(left_.begin(), left_.end(), 0.0);
    return {left_.data(), all_.data(), weight_, squares_};
  }
  double impurity() const { return weight_ - squares_ / weight_; }
  double decrease(double score) const { return std::max(0.0, score - squares_ / weight_); }

 private:
  double squares_ = 0;
};

/// Weighted entropy of both sides; the score is how much it is lower than the node's.
class EntropySums : public ClassSums {
 public:
  /// Logarithms of whole weights, which bootstraps of equal weights have, up to `rows` are looked up.
  EntropySums(std::size_t classes, std::size_t rows) : ClassSums(classes), table_(std::min(rows + 1, kMostInTable)) {
    for (std::size_t i = 1; i < table_.size(); ++i) table_[i] = computed(static_cast<double>(i));
  }

  struct Sweep {
    EntropySums* sums;
    double weight, node;
    double left_weight = 0, sides = 0;  ///< of both sides, Σ w ln w by class, less the node's

    void move(const Item& item) {
      double& left = sums->left_[item.class_index];
      const double moved = left + item.weight, all = sums->all_[item.class_index];
      sides += sums->of(moved) - sums->of(left);
      sides += sums->of(std::max(0.0, all - moved)) - sums->of(std::max(0.0, all - left));
      left = moved;
      left_weight += item.weight;
    }
    double score() const { return node + sides - sums->of(left_weight) - sums->of(weight - left_weight); }
    bool beats(double bar) const { return score() > bar; }
  };

  Sweep sweep() {
    std::fill(left_.begin(), left_.end(), 0.0);
    return {this, weight_, of(weight_)};
  }
  double impurity() const {
    double sum = of(weight_);
    for (const double weight : all_) sum -= of(weight);
    return std::max(0.0, sum);
  }
  double decrease(double score) const { return std::max(0.0, score); }

 private:
  static constexpr std::size_t kMostInTable = std::size_t{1} << 20;
  static double computed(double weight) { return weight > 0 ? weight * portable_log(weight) : 0; }
  double of(double weight) const {
    if (weight < static_cast<double>(table_.size())) {
      const auto whole = static_cast<std::size_t>(weight);
      if (static_cast<double>(whole) == weight) return table_[whole];
    }
    return computed(weight);
  }
  std::vector<double> table_;
};

/// Weighted sum of squares about the mean. With d the differences from the node's mean, the score (Σ_l w d)²/W_l +
/// (Σ_r w d)²/W_r is how much it is lower than the node's.
class VarianceSums {
 public:
  using Item = NumberItem;

  struct Sweep {
    double weight, sum;
    double left_weight = 0, left_sum = 0;

    void move(const Item& item) {
      left_sum += item.deviation;
      left_weight += item.weight;
    }
    bool beats(double bar) const {
      const double right_weight = weight - left_weight, right_sum = sum - left_sum;
      return left_sum * left_sum * right_weight + right_sum * right_sum * left_weight >
             bar * (left_weight * right_weight);
    }
    double score() const {
      const double right_weight = weight - left_weight, right_sum = sum - left_sum;
      return left_sum * left_sum / left_weight + right_sum * right_sum / right_weight;
    }
  };

  void load(std::span<Item> items) {
    double sum = 0;
    weight_ = 0;
    lowest_ = highest_ = items[0].response;
    for (const Item& item : items) {
      sum += item.weight * item.response;
      weight_ += item.weight;
      lowest_ = std::min(lowest_, item.response);
      highest_ = std::max(highest_, item.response);
    }
    mean_ = sum / weight_;
    sum_ = 0;
    impurity_ = 0;
    for (Item& item : items) {
      item.deviation = item.weight * (item.response - mean_);
      sum_ += item.deviation;
      impurity_ += item.deviation * (item.response - mean_);
    }
  }
  bool pure() const { return lowest_ == highest_; }
  double weight() const { return weight_; }
  double mean() const { return mean_; }
  Sweep sweep() { return {weight_, sum_}; }
  double impurity() const { return impurity_; }
  double decrease(double score) const { return std::max(0.0, score); }

 private:
  double weight_ = 0, mean_ = 0, sum_ = 0, impurity_ = 0, lowest_ = 0, highest_ = 0;
};

}  // namespace ecocube
