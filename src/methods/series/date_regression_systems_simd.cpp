// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_regression_systems.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/date_regression_systems_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kStep = SymmetricSystems::kLanes;

/// Factorises the lanes from `matrix` on and leaves 1 / diagonal in place of the diagonal.
template <class D>
void factorise(D d, std::size_t size, float* matrix) {
  const auto smallest = hn::Set(d, 1e-6F);
  const auto one = hn::Set(d, 1.0F);
  for (std::size_t col = 0; col < size; ++col) {
    float* const pivot = matrix + (col * (col + 1) / 2 + col) * kStep;
    const auto inverse = hn::Div(one, hn::Sqrt(hn::Max(hn::LoadU(d, pivot), smallest)));
    hn::StoreU(inverse, d, pivot);
    for (std::size_t row = col + 1; row < size; ++row) {
      float* const of_row = matrix + row * (row + 1) / 2 * kStep;
      const auto factor = hn::Mul(hn::LoadU(d, of_row + col * kStep), inverse);
      hn::StoreU(factor, d, of_row + col * kStep);
      for (std::size_t other = col + 1; other <= row; ++other) {
        const auto other_factor = hn::LoadU(d, matrix + (other * (other + 1) / 2 + col) * kStep);
        float* const cell = of_row + other * kStep;
        hn::StoreU(hn::Sub(hn::LoadU(d, cell), hn::Mul(factor, other_factor)), d, cell);
      }
    }
  }
}

template <class D>
void substitute(D d, std::size_t size, const float* matrix, const float* right, float* solution, float* explained) {
  auto sum = hn::Zero(d);
  for (std::size_t row = 0; row < size; ++row) {
    const float* const of_row = matrix + row * (row + 1) / 2 * kStep;
    auto value = hn::LoadU(d, right + row * kStep);
    for (std::size_t col = 0; col < row; ++col) {
      value = hn::Sub(value, hn::Mul(hn::LoadU(d, of_row + col * kStep), hn::LoadU(d, solution + col * kStep)));
    }
    value = hn::Mul(value, hn::LoadU(d, of_row + row * kStep));
    hn::StoreU(value, d, solution + row * kStep);
    sum = hn::Add(sum, hn::Mul(value, value));
  }
  hn::StoreU(sum, d, explained);
  for (std::size_t row = size; row-- > 0;) {
    auto value = hn::LoadU(d, solution + row * kStep);
    for (std::size_t other = row + 1; other < size; ++other) {
      const auto factor = hn::LoadU(d, matrix + (other * (other + 1) / 2 + row) * kStep);
      value = hn::Sub(value, hn::Mul(factor, hn::LoadU(d, solution + other * kStep)));
    }
    value = hn::Mul(value, hn::LoadU(d, matrix + (row * (row + 1) / 2 + row) * kStep));
    hn::StoreU(value, d, solution + row * kStep);
  }
}

void solve_lanes(SymmetricSystems& systems) {
  const hn::CappedTag<float, kStep> d;
  for (std::size_t lane = 0; lane < kStep; lane += hn::Lanes(d)) {
    factorise(d, systems.size, systems.matrix.data() + lane);
    substitute(d, systems.size, systems.matrix.data() + lane, systems.right.data() + lane,
               systems.solution.data() + lane, systems.explained.data() + lane);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
HWY_EXPORT(solve_lanes);
void solve(SymmetricSystems& systems) {
  HWY_DYNAMIC_DISPATCH(solve_lanes)(systems);
}
}  // namespace ecocube::series
#endif
