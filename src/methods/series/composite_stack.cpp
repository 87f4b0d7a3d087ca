// SPDX-License-Identifier: Apache-2.0
#include "methods/series/composite_stack.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "methods/series/composite_stack_simd.h"

namespace ecocube::series {
namespace {

using Kind = Statistic::Kind;

/// The fraction of small integers that a ratio of two scales was meant to be; the ratio itself when there is none.
/// Continued fractions (Knuth, The Art of Computer Programming 2, 4.5.3).
void set_ratio(double ratio, Recoding& recoding) {
  constexpr double largest = 1e6, tolerance = 1e-12;
  double numerator = 1, denominator = 0, numerator_before = 0, denominator_before = 1, rest = std::abs(ratio);
  for (int term = 0; term < 16; ++term) {
    const double whole = std::floor(rest);
    const double next_numerator = whole * numerator + numerator_before;
    const double next_denominator = whole * denominator + denominator_before;
    if (next_numerator > largest || next_denominator > largest) break;
    numerator_before = numerator, denominator_before = denominator;
    numerator = next_numerator, denominator = next_denominator;
    if (std::abs(numerator / denominator - std::abs(ratio)) <= tolerance * std::abs(ratio)) {
      recoding.multiply = std::copysign(numerator, ratio), recoding.divide = denominator;
      return;
    }
    rest = 1 / (rest - whole);
  }
  recoding.multiply = ratio, recoding.divide = 1;
}

double without_round_off(double value) {
  const double whole = std::round(value);
  return std::abs(value - whole) <= 1e-9 * std::max(1.0, std::abs(value)) ? whole : value;
}

template <class Number>
Number written(double figure, const CompositePlane& plane) {
  const bool none = std::isnan(figure);
  if (none) return static_cast<Number>(plane.has_no_data ? plane.no_data : 0);
  const double recoded = plane.recoding.recoded(figure);
  if constexpr (std::is_floating_point_v<Number>) return static_cast<Number>(recoded);
  const auto low = static_cast<double>(std::numeric_limits<Number>::lowest());
  const auto high = static_cast<double>(std::numeric_limits<Number>::max());
  double rounded = std::clamp(std::floor(recoded + 0.5), low, high);
  if (plane.has_no_data && rounded == plane.no_data) rounded += rounded > low ? -1 : 1;
  return static_cast<Number>(rounded);
}

template <class T>
void composite_pixels(const Stack<T>& stack, PixelRange range, std::span<const CompositePlane> planes,
                      std::span<const double> weights) {
  std::vector<float> series(stack.times);
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    std::size_t count = 0;
    SortedSeries sorted;
    for (std::size_t time = 0; time < stack.times; ++time) {
      const T number = stack.plane(time)[pixel];
      if (number == stack.no_data) continue;
      series[count++] = static_cast<float>(number);
      if (weights.empty()) continue;
      sorted.weighted_sum += weights[time] * static_cast<double>(number);
      sorted.weights += weights[time];
    }
    const std::span<float> valid(series.data(), count);
    sort_ascending(valid);
    sorted.ascending = valid;
    for (const CompositePlane& plane : planes) {
      const double figure = figure_of(plane.statistic, sorted);
      std::visit(
          [&](auto* numbers) { numbers[pixel] = written<std::remove_pointer_t<decltype(numbers)>>(figure, plane); },
          plane.numbers);
    }
  }
}

int quarter_of(const Statistic& statistic) {
  if (statistic.kind == Kind::minimum) return 0;
  if (statistic.kind == Kind::maximum) return 4;
  const double quarters = statistic.percent / 25;
  return statistic.kind == Kind::percentile && quarters == std::floor(quarters) ? static_cast<int>(quarters) : -1;
}

template <class T>
PlannedPlane planned(const CompositePlane& plane, std::size_t times) {
  const bool same_type = std::holds_alternative<T*>(plane.numbers);
  PlannedPlane planned{plane, quarter_of(plane.statistic), same_type && plane.recoding == Recoding{}};
  if (plane.statistic.kind != Kind::percentile) return planned;
  for (std::size_t count = 0; count <= times; ++count) {
    const double place = count == 0 ? 0 : static_cast<double>(count - 1) * (plane.statistic.percent / 100);
    planned.below.push_back(static_cast<std::uint32_t>(place));
    planned.share.push_back(place - std::floor(place));
  }
  return planned;
}

template <class T>
StackPlan plan_for(const Stack<T>& stack, std::span<const CompositePlane> planes, std::span<const double> weights) {
  StackPlan plan;
  bool weighted = false;
  for (const CompositePlane& plane : planes) {
    const Kind kind = plane.statistic.kind;
    PlannedPlane one = planned<T>(plane, stack.times);
    const bool quick = stack.times <= kRegisterTimes && (one.quarter >= 0 || kind == Kind::count);
    weighted = weighted || kind == Kind::weighted_mean;
    const bool unordered = kind == Kind::count || kind == Kind::mean || kind == Kind::weighted_mean;
    plan.needs_order = plan.needs_order || (!quick && !unordered);
    (quick ? plan.in_registers : plan.others).push_back(std::move(one));
  }
  assert(!weighted || weights.size() == stack.times);
  if (weighted) plan.weights = weights;
  if (plan.needs_order) plan.merges = batcher_network(stack.times, kRegisterTimes);
  return plan;
}

void for_each_plane(StackPlan& plan, const auto& act) {
  for (PlannedPlane& one : plan.in_registers) act(one.plane);
  for (PlannedPlane& one : plan.others) act(one.plane);
}

void advance(StackPlan& plan, std::size_t pixels) {
  for_each_plane(plan, [&](CompositePlane& plane) { std::visit([&](auto*& at) { at += pixels; }, plane.numbers); });
}

/// The last pixels, fewer than a block: worked on in a padded copy.
template <class T>
void composite_rest(const Stack<T>& stack, PixelRange rest, StackPlan& plan) {
  constexpr std::size_t block = kBlockBytes / sizeof(T);
  const std::size_t lanes = rest.end - rest.begin;
  std::vector<T> copy(block * stack.times, stack.no_data);
  for (std::size_t time = 0; time < stack.times; ++time) {
    std::copy_n(stack.plane(time) + rest.begin, lanes, copy.data() + time * block);
  }
  using Padded = std::variant<std::array<std::uint8_t, block>, std::array<std::uint16_t, block>,
                              std::array<std::int16_t, block>, std::array<float, block>>;
  const StackPlan wanted = plan;
  std::vector<Padded> padded;
  padded.reserve(plan.in_registers.size() + plan.others.size());
  for_each_plane(plan, [&](CompositePlane& plane) {
    std::visit(
        [&]<class Number>(Number*& numbers) {
          numbers = std::get<std::array<Number, block>>(padded.emplace_back(std::array<Number, block>{})).data();
        },
        plane.numbers);
  });
  composite_blocks(Stack<T>{copy.data(), stack.times, block, block, stack.no_data}, 1, plan);
  std::size_t next = 0;
  const auto copy_back = [&](const CompositePlane& plane) {
    std::visit(
        [&]<class Number>(Number* numbers) {
          std::copy_n(std::get<std::array<Number, block>>(padded[next++]).begin(), lanes, numbers);
        },
        plane.numbers);
  };
  for (const PlannedPlane& one : wanted.in_registers) copy_back(one.plane);
  for (const PlannedPlane& one : wanted.others) copy_back(one.plane);
}

template <class T>
void composite_fast(const Stack<T>& stack, PixelRange range, std::span<const CompositePlane> planes,
                    std::span<const double> weights) {
  assert(range.begin <= range.end && range.end <= stack.pixels && stack.times <= 65535);
  if (stack.times == 0) return composite_pixels(stack, range, planes, weights);
  constexpr std::size_t block = kBlockBytes / sizeof(T);
  StackPlan plan = plan_for(stack, planes, weights);
  advance(plan, range.begin);
  const std::size_t blocks = (range.end - range.begin) / block;
  const Stack<T> whole{stack.data + range.begin, stack.times, blocks * block, stack.stride, stack.no_data};
  composite_blocks(whole, blocks, plan);
  const PixelRange rest{range.begin + blocks * block, range.end};
  if (rest.begin == rest.end) return;
  advance(plan, blocks * block);
  composite_rest(stack, rest, plan);
}

}  // namespace

Recoding Recoding::between(const Encoding& from, const Encoding& to, const Statistic& statistic) {
  Recoding recoding;
  const bool pure = is_pure_number(statistic);
  set_ratio((pure ? 1 : from.scale) / to.scale, recoding);
  if (is_spread(statistic)) return recoding;
  recoding.add = without_round_off(((pure ? 0 : from.offset) - to.offset) / to.scale);
  return recoding;
}

#define ECOCUBE_COMPOSITE_STACK(T)                                                                            \
  void composite_stack(const Stack<T>& stack, PixelRange range, std::span<const CompositePlane> planes,       \
                       std::span<const double> weights) {                                                     \
    composite_fast(stack, range, planes, weights);                                                            \
  }                                                                                                           \
  void composite_stack_plain(const Stack<T>& stack, PixelRange range, std::span<const CompositePlane> planes, \
                             std::span<const double> weights) {                                               \
    composite_pixels(stack, range, planes, weights);                                                          \
  }
ECOCUBE_COMPOSITE_STACK(std::uint8_t)
ECOCUBE_COMPOSITE_STACK(std::uint16_t)
ECOCUBE_COMPOSITE_STACK(std::int16_t)
#undef ECOCUBE_COMPOSITE_STACK

}  // namespace ecocube::series
