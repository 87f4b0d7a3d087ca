// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_statistics_correlation.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace ecocube::series {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

/// Least squares of the unknowns in use; the others are 0.
Vector solve_in_use(const Matrix& normal, const Vector& right, const std::vector<std::size_t>& used) {
  const auto count = static_cast<Eigen::Index>(used.size());
  Matrix small(count, count);
  Vector of_small(count);
  for (Eigen::Index row = 0; row < count; ++row) {
    const auto at = static_cast<Eigen::Index>(used[static_cast<std::size_t>(row)]);
    of_small(row) = right(at);
    for (Eigen::Index col = 0; col < count; ++col) {
      small(row, col) = normal(at, static_cast<Eigen::Index>(used[static_cast<std::size_t>(col)]));
    }
    small(row, row) *= 1 + 1e-12;
  }
  const Vector solution = small.ldlt().solve(of_small);
  Vector all = Vector::Zero(right.size());
  for (Eigen::Index row = 0; row < count; ++row) {
    all(static_cast<Eigen::Index>(used[static_cast<std::size_t>(row)])) = solution(row);
  }
  return all;
}

/// Moves from `from` towards `to` until the first unknown in use reaches 0, and takes those out of use.
Vector step_to_border(const Vector& from, const Vector& to, std::vector<std::size_t>& used) {
  double share = 1;
  for (const std::size_t at : used) {
    const auto index = static_cast<Eigen::Index>(at);
    if (to(index) <= 0) share = std::min(share, from(index) / (from(index) - to(index)));
  }
  Vector moved = from + share * (to - from);
  std::erase_if(used, [&](std::size_t at) { return moved(static_cast<Eigen::Index>(at)) <= 1e-14; });
  Vector kept = Vector::Zero(moved.size());
  for (const std::size_t at : used) kept(static_cast<Eigen::Index>(at)) = moved(static_cast<Eigen::Index>(at));
  return kept;
}

/// Which layer lies at each place of the axis; -1: none.
std::vector<int> times_of_places(std::span<const int> places) {
  std::vector<int> times(static_cast<std::size_t>(places.empty() ? 0 : places.back() - places.front() + 1), -1);
  for (std::size_t time = 0; time < places.size(); ++time) {
    times[static_cast<std::size_t>(places[time] - places.front())] = static_cast<int>(time);
  }
  return times;
}

/// A positive definite function of the lag, 1 at 0, fitted to the mean correlation of each lag.
std::vector<double> fit_lags(std::span<const double> sums, std::span<const double> weights, int slots) {
  const double year = slots;
  const auto basis = [&](std::size_t lag) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(lag) / year;
    std::vector<double> values{1.0, std::cos(turn)};
    if (slots >= 4) values.push_back(std::cos(2 * turn));
    for (const double years : {0.1, 0.25, 0.75, 2.0, 6.0}) {
      values.push_back(std::exp(-static_cast<double>(lag) / (years * year)));
    }
    values.push_back(lag == 0 ? 1.0 : 0.0);
    return values;
  };
  const double most = std::sqrt(*std::max_element(weights.begin(), weights.end()));
  std::vector<double> matrix, right;
  for (std::size_t lag = 0; lag < sums.size(); ++lag) {
    if (weights[lag] <= 0) continue;
    // The correlation with itself is known; a large weight holds it.
    const double weight = lag == 0 ? 10 * most : std::sqrt(weights[lag]);
    for (const double value : basis(lag)) matrix.push_back(value * weight);
    right.push_back(sums[lag] / weights[lag] * weight);
  }
  std::vector<double> fitted(sums.size(), 0.0);
  const std::vector<double> share = right.empty() ? std::vector<double>(basis(0).size(), 0.0)
                                                  : non_negative_least_squares(matrix, right, basis(0).size());
  for (std::size_t lag = 0; lag < sums.size(); ++lag) {
    const std::vector<double> values = basis(lag);
    for (std::size_t term = 0; term < values.size(); ++term) fitted[lag] += share[term] * values[term];
  }
  const double at_zero = fitted[0];
  for (std::size_t lag = 0; lag < sums.size(); ++lag) {
    fitted[lag] = at_zero > 0 ? fitted[lag] / at_zero : (lag == 0 ? 1.0 : 0.0);
  }
  return fitted;
}

}  // namespace

std::vector<int> axis_places(const TimeAxis& axis) {
  std::vector<int> places(axis.slot.size());
  for (std::size_t time = 0; time < places.size(); ++time) {
    places[time] = axis.year[time] * axis.slots + axis.slot[time];
    assert(time == 0 || places[time] > places[time - 1]);
  }
  return places;
}

std::vector<double> non_negative_least_squares(std::span<const double> matrix, std::span<const double> right,
                                               std::size_t unknowns) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(right.size()), cols = static_cast<Eigen::Index>(unknowns);
  const Eigen::Map<const RowMajor> a(matrix.data(), rows, cols);
  const Eigen::Map<const Vector> b(right.data(), rows);
  const Matrix normal = a.transpose().lazyProduct(a);
  const Vector of_normal = a.transpose().lazyProduct(b);
  Vector solution = Vector::Zero(cols);
  std::vector<std::size_t> used;
  const double tolerance = 1e-11 * (1 + of_normal.cwiseAbs().maxCoeff());
  for (std::size_t round = 0; round < 10 * unknowns; ++round) {
    const Vector gradient = of_normal - normal.lazyProduct(solution);
    std::size_t best = unknowns;
    for (std::size_t at = 0; at < unknowns; ++at) {
      const auto index = static_cast<Eigen::Index>(at);
      if (std::find(used.begin(), used.end(), at) != used.end() || gradient(index) <= tolerance) continue;
      if (best == unknowns || gradient(index) > gradient(static_cast<Eigen::Index>(best))) best = at;
    }
    if (best == unknowns) break;
    used.push_back(best);
    while (!used.empty()) {
      const Vector next = solve_in_use(normal, of_normal, used);
      const bool inside = std::all_of(used.begin(), used.end(),
                                      [&](std::size_t at) { return next(static_cast<Eigen::Index>(at)) > 0; });
      solution = inside ? next : step_to_border(solution, next, used);
      if (inside) break;
    }
  }
  return {solution.data(), solution.data() + cols};
}

std::vector<double> structured_correlation(std::span<const double> correlation, std::span<const double> weight,
                                           const TimeAxis& axis) {
  const std::vector<int> places = axis_places(axis);
  const std::vector<int> times = times_of_places(places);
  const std::size_t count = places.size(), reach = times.size();
  const auto slots = static_cast<std::size_t>(axis.slots);
  std::vector<double> near(slots);
  for (std::size_t apart = 0; apart < slots; ++apart) {
    const double width = std::max(0.4, static_cast<double>(slots) / 10.0);
    const double distance = static_cast<double>(std::min(apart, slots - apart)) / width;
    near[apart] = std::exp(-0.5 * distance * distance);
  }
  std::vector<double> sums(reach, 0.0), weights(reach, 0.0), by_season(count * count, 0.0),
      of_season(count * count, 0.0);
  for (std::size_t lag = 0; lag < reach; ++lag) {
    struct Pair {
      std::size_t cell;
      std::size_t place;
    };
    std::vector<Pair> pairs;
    for (std::size_t place = 0; place + lag < reach; ++place) {
      if (times[place] < 0 || times[place + lag] < 0) continue;
      pairs.push_back(
          {static_cast<std::size_t>(times[place]) * count + static_cast<std::size_t>(times[place + lag]), place});
      sums[lag] += weight[pairs.back().cell] * correlation[pairs.back().cell];
      weights[lag] += weight[pairs.back().cell];
    }
    for (const Pair& pair : pairs) {
      for (const Pair& other : pairs) {
        if (other.place == pair.place || weight[other.cell] <= 0) continue;
        const std::size_t apart = other.place > pair.place ? other.place - pair.place : pair.place - other.place;
        const double share = weight[other.cell] * near[apart % slots];
        by_season[pair.cell] += share * correlation[other.cell];
        of_season[pair.cell] += share;
      }
    }
  }
  const std::vector<double> by_lag = fit_lags(sums, weights, axis.slots);
  constexpr double pairs_of_lag = 0.3;
  std::vector<double> structured(count * count);
  for (std::size_t one = 0; one < count; ++one) {
    for (std::size_t other = one; other < count; ++other) {
      const std::size_t cell = one * count + other;
      const double lag = by_lag[static_cast<std::size_t>(places[other] - places[one])];
      structured[cell] = (by_season[cell] + pairs_of_lag * lag) / (of_season[cell] + pairs_of_lag);
      structured[other * count + one] = structured[cell];
    }
  }
  return structured;
}

void make_positive_definite(std::span<double> correlation, std::size_t size, double smallest) {
  const auto count = static_cast<Eigen::Index>(size);
  Eigen::Map<Matrix> mapped(correlation.data(), count, count);
  Matrix symmetric = 0.5 * (mapped + mapped.transpose());
  symmetric.diagonal().setOnes();
  mapped = symmetric;
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(symmetric);
  if (eigen.eigenvalues().minCoeff() >= smallest) return;
  const Vector values = eigen.eigenvalues().cwiseMax(smallest);
  // A lazy product sums in the order written, whatever the caches of the machine.
  const Matrix scaled = eigen.eigenvectors() * values.asDiagonal();
  const Matrix lifted = scaled.lazyProduct(eigen.eigenvectors().transpose());
  const Vector root = lifted.diagonal().cwiseSqrt();
  for (Eigen::Index row = 0; row < count; ++row) {
    for (Eigen::Index col = 0; col <= row; ++col) {
      mapped(row, col) = lifted(row, col) / (root(row) * root(col));
      mapped(col, row) = mapped(row, col);
    }
  }
}

double season_likeness(int one, int other, int slots, double width) {
  const int apart = std::abs(one - other);
  const double years = static_cast<double>(std::min(apart, slots - apart)) / slots;
  return std::exp(-0.5 * (years / width) * (years / width));
}

}  // namespace ecocube::series
