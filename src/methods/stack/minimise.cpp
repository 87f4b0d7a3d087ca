// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/minimise.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace ecocube {
namespace {

constexpr std::size_t kMemory = 12;
constexpr double kSufficientDecrease = 1e-4;

double product(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// A step taken and what it did to the gradient.
struct Pair {
  std::vector<double> step, change;
};

class Search {
 public:
  Search(const SmoothFunction& function, std::vector<double> start, std::size_t bounded)
      : function_(function), bounded_(bounded), gradient_(start.size()), free_(start.size()) {
    at_.x = std::move(start);
    at_.value = function_(at_.x, gradient_);
    look();
  }

  Minimum run(double tolerance, int most_steps) {
    while (at_.slope > tolerance && at_.steps < most_steps) {
      if (!advance(direction()) && (pairs_.empty() || !restart())) break;
    }
    return std::move(at_);
  }

 private:
  /// Which variables may move, and how steep it still is in them.
  void look() {
    at_.slope = 0;
    for (std::size_t i = 0; i < at_.x.size(); ++i) {
      free_[i] = i >= bounded_ || at_.x[i] > 0 || gradient_[i] < 0;
      if (free_[i]) at_.slope = std::max(at_.slope, std::abs(gradient_[i]));
    }
  }

  std::vector<double> in_free(const std::vector<double>& values) const {
    std::vector<double> kept(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) kept[i] = free_[i] ? values[i] : 0;
    return kept;
  }

  /// The two loops of L-BFGS over the free variables alone, so that a bound that holds is left out of the curvature.
  std::vector<double> direction() const {
    std::vector<double> d = in_free(gradient_);
    struct Used {
      std::vector<double> step, change;
      double curvature, factor;
    };
    std::vector<Used> used;
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
      Used own{in_free(pair->step), in_free(pair->change), 0, 0};
      own.curvature = product(own.step, own.change);
      if (!(own.curvature > 1e-14 * product(own.change, own.change))) continue;
      own.factor = product(own.step, d) / own.curvature;
      for (std::size_t i = 0; i < d.size(); ++i) d[i] -= own.factor * own.change[i];
      used.push_back(std::move(own));
    }
    if (!used.empty()) {
      const double scale = used.front().curvature / product(used.front().change, used.front().change);
      for (double& part : d) part *= scale;
    }
    for (auto own = used.rbegin(); own != used.rend(); ++own) {
      const double back = own->factor - product(own->change, d) / own->curvature;
      for (std::size_t i = 0; i < d.size(); ++i) d[i] += back * own->step[i];
    }
    for (double& part : d) part = -part;
    return d;
  }

  /// Halves the step until the function falls enough; false when it does not.
  bool advance(const std::vector<double>& direction) {
    std::vector<double> x(at_.x.size()), gradient(x.size());
    double length = pairs_.empty() ? 1 / std::max(1.0, std::sqrt(product(direction, direction))) : 1;
    for (int tries = 0; tries < 40; ++tries, length /= 2) {
      double promised = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = at_.x[i] + length * direction[i];
        if (i < bounded_) x[i] = std::max(0.0, x[i]);
        promised += gradient_[i] * (x[i] - at_.x[i]);
      }
      if (!(promised < 0)) continue;
      const double value = function_(x, gradient);
      if (!(value <= at_.value + kSufficientDecrease * promised)) continue;
      remember(x, gradient);
      const bool gained = value < at_.value;
      at_.x.swap(x);
      gradient_.swap(gradient);
      at_.value = value;
      ++at_.steps;
      look();
      return gained;
    }
    return false;
  }

  void remember(const std::vector<double>& x, const std::vector<double>& gradient) {
    Pair pair{x, gradient};
    for (std::size_t i = 0; i < x.size(); ++i) {
      pair.step[i] -= at_.x[i];
      pair.change[i] -= gradient_[i];
    }
    pairs_.push_back(std::move(pair));
    if (pairs_.size() > kMemory) pairs_.pop_front();
  }

  /// Forgets the curvature and tries along the gradient.
  bool restart() {
    pairs_.clear();
    return advance(direction());
  }

  const SmoothFunction& function_;
  std::size_t bounded_;
  Minimum at_;
  std::vector<double> gradient_;
  std::vector<bool> free_;
  std::deque<Pair> pairs_;
};

}  // namespace

Minimum minimise(const SmoothFunction& function, std::vector<double> start, std::size_t bounded, double tolerance,
                 int most_steps) {
  return Search(function, std::move(start), bounded).run(tolerance, most_steps);
}

}  // namespace ecocube
