// SPDX-License-Identifier: Apache-2.0
#include "methods/series/whittaker.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace ecocube::series {
namespace {

/// Weights of the divided difference over some positions, times order!.
std::vector<double> difference(std::span<const double> positions) {
  std::vector<double> weights(positions.size());
  double factorial = 1;
  for (std::size_t k = 2; k < positions.size(); ++k) factorial *= static_cast<double>(k);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    double product = 1;
    for (std::size_t j = 0; j < positions.size(); ++j) {
      if (j != i) product *= positions[i] - positions[j];
    }
    weights[i] = factorial / product;
  }
  return weights;
}

/// The banded system of one series, in the precision F. What the fast version does lane by lane is this, operation by
/// operation.
template <class F, int kOrder>
class BandSolver {
 public:
  explicit BandSolver(const WhittakerPlan& plan) : times_(plan.penalty[0].size()), inverse_(times_), z_(times_) {
    for (std::size_t band = 0; band <= kOrder; ++band)
      penalty_[band].assign(plan.penalty[band].begin(), plan.penalty[band].end());
    for (auto& factor : factor_) factor.resize(times_);
    for (auto& factor : times_d_) factor.resize(times_);
  }

  void solve(std::span<const F> values, std::span<const F> weights, std::span<F> smooth) {
    for (std::size_t i = 0; i < times_; ++i) {
      F d = weights[i] + penalty_[0][i], right = values[i];
      for (std::size_t k = 1; k <= std::min<std::size_t>(kOrder, i); ++k) {
        d = d - times_d_[k][i - k] * factor_[k][i - k];
        right = right - factor_[k][i - k] * z_[i - k];
      }
      inverse_[i] = F{1} / d;
      z_[i] = right;
      for (std::size_t band = 1; band <= kOrder; ++band) {
        F u = penalty_[band][i];
        for (std::size_t k = 1; k + band <= kOrder && k <= i; ++k)
          u = u - factor_[band + k][i - k] * times_d_[k][i - k];
        times_d_[band][i] = u;
        factor_[band][i] = u * inverse_[i];
      }
    }
    for (std::size_t i = times_; i-- > 0;) {
      F value = z_[i] * inverse_[i];
      for (std::size_t k = 1; k <= kOrder && i + k < times_; ++k) value = value - factor_[k][i] * smooth[i + k];
      smooth[i] = value;
    }
  }

 private:
  std::size_t times_;
  std::array<std::vector<F>, kOrder + 1> penalty_;
  std::array<std::vector<F>, kOrder + 1> factor_, times_d_;  ///< l(i + band, i), and the same times d(i); [0] unused
  std::vector<F> inverse_, z_;
};

template <class T>
bool is_valid(T value, T no_data) {
  if constexpr (std::is_floating_point_v<T>) {
    return !std::isnan(value) && value != no_data;
  } else {
    return value != no_data;
  }
}

template <class T, class F>
T stored(F value, T no_data) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    const auto low = static_cast<F>(std::numeric_limits<T>::min()),
               high = static_cast<F>(std::numeric_limits<T>::max());
    F rounded = std::min(std::max(std::floor(value + F{0.5}), low), high);
    const F missing = static_cast<F>(no_data);
    if (rounded == missing) rounded += missing > low ? F{-1} : F{1};
    return static_cast<T>(rounded);
  }
}

/// Smooths one pixel in the precision F.
template <class F, int kOrder, class T>
void smooth_pixel(const Stack<T>& stack, std::size_t pixel, const WhittakerPlan& plan, BandSolver<F, kOrder>& solver,
                  const Planes<T>& out) {
  std::vector<F> values(stack.times), weights(stack.times), smooth(stack.times);
  F count = 0, sum = 0;
  for (std::size_t time = 0; time < stack.times; ++time) {
    const T value = stack.plane(time)[pixel];
    weights[time] = is_valid(value, stack.no_data) ? F{1} : F{0};
    values[time] = is_valid(value, stack.no_data) ? static_cast<F>(value) : F{0};
    count = count + weights[time];
    sum = sum + values[time];
  }
  // Differences do not see a constant, so taking the mean off costs nothing and keeps rounding errors small.
  const F mean = sum / std::max(count, F{1});
  for (std::size_t time = 0; time < stack.times; ++time) {
    if (weights[time] != F{0}) values[time] = values[time] - mean;
  }
  solver.solve(values, weights, smooth);
  const bool enough = count >= static_cast<F>(plan.fewest);
  for (std::size_t time = 0; time < stack.times; ++time) {
    const bool told = enough && (weights[time] != F{0} || !plan.keep_gaps);
    out.plane(time)[pixel] = told ? stored<T>(smooth[time] + mean, out.no_data) : out.no_data;
  }
}

template <class T>
float longest_gap(const Stack<T>& stack, std::size_t pixel, const WhittakerPlan& plan) {
  float last = static_cast<float>(plan.positions.front()) - 1, longest = 0;
  for (std::size_t time = 0; time < stack.times; ++time) {
    const auto position = static_cast<float>(plan.positions[time]);
    longest = std::max(longest, position - last);
    if (is_valid(stack.plane(time)[pixel], stack.no_data)) last = position;
  }
  return longest;
}

template <int kOrder, class T>
void smooth_plain(const Stack<T>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<T>& out) {
  BandSolver<float, kOrder> single(plan);
  BandSolver<double, kOrder> fine(plan);
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    if (static_cast<double>(longest_gap(stack, pixel, plan)) > plan.longest_in_single) {
      smooth_pixel(stack, pixel, plan, fine, out);
    } else {
      smooth_pixel(stack, pixel, plan, single, out);
    }
  }
}

}  // namespace

WhittakerPlan whittaker_plan(std::span<const double> positions, int order, double lambda) {
  assert(order >= 1 && order <= kMostDifferences && lambda > 0);
  const auto reach = static_cast<std::size_t>(order);
  assert(positions.size() > reach);
  WhittakerPlan plan;
  plan.order = order;
  plan.fewest = reach;
  for (std::size_t band = 0; band <= reach; ++band) plan.penalty[band].assign(positions.size(), 0);
  for (std::size_t row = 0; row + reach < positions.size(); ++row) {
    const std::vector<double> weights = difference(positions.subspan(row, reach + 1));
    for (std::size_t i = 0; i <= reach; ++i) {
      for (std::size_t j = i; j <= reach; ++j) plan.penalty[j - i][row + i] += lambda * weights[i] * weights[j];
    }
  }
  plan.positions.assign(positions.begin(), positions.end());
  const double largest = *std::max_element(plan.penalty[0].begin(), plan.penalty[0].end());
  // Found by trial on noise with gaps: within these limits the error is less than a thousandth of the values' spread.
  if (order == 1 && largest <= 2e4) plan.longest_in_single = std::numeric_limits<double>::infinity();
  if (order == 2 && largest <= 2e3) plan.longest_in_single = 9;
  return plan;
}

template <class T>
void smooth_whittaker_plain(const Stack<T>& stack, PixelRange range, const WhittakerPlan& plan, const Planes<T>& out) {
  assert(stack.times == plan.penalty[0].size() && out.count == stack.times && range.end <= stack.pixels);
  switch (plan.order) {
    case 1:
      return smooth_plain<1>(stack, range, plan, out);
    case 2:
      return smooth_plain<2>(stack, range, plan, out);
    default:
      return smooth_plain<3>(stack, range, plan, out);
  }
}

void smooth_whittaker_series(std::span<const double> values, std::span<const double> weights, const WhittakerPlan& plan,
                             std::span<double> smooth) {
  switch (plan.order) {
    case 1:
      return BandSolver<double, 1>(plan).solve(values, weights, smooth);
    case 2:
      return BandSolver<double, 2>(plan).solve(values, weights, smooth);
    default:
      return BandSolver<double, 3>(plan).solve(values, weights, smooth);
  }
}

template void smooth_whittaker_plain(const Stack<std::uint8_t>&, PixelRange, const WhittakerPlan&,
                                     const Planes<std::uint8_t>&);
template void smooth_whittaker_plain(const Stack<std::uint16_t>&, PixelRange, const WhittakerPlan&,
                                     const Planes<std::uint16_t>&);
template void smooth_whittaker_plain(const Stack<std::int16_t>&, PixelRange, const WhittakerPlan&,
                                     const Planes<std::int16_t>&);
template void smooth_whittaker_plain(const Stack<float>&, PixelRange, const WhittakerPlan&, const Planes<float>&);

}  // namespace ecocube::series
