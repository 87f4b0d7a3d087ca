// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_regression_systems.h"

#include <algorithm>
#include <cmath>

namespace ecocube::series {

SymmetricSystems::SymmetricSystems(std::size_t unknowns)
    : size(unknowns),
      matrix(unknowns * (unknowns + 1) / 2 * kLanes),
      right(unknowns * kLanes),
      solution(unknowns * kLanes) {}

void solve_plain(SymmetricSystems& systems) {
  constexpr std::size_t lanes = SymmetricSystems::kLanes;
  const std::size_t size = systems.size;
  std::vector<float> inverse(size), half(size);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    float explained = 0;
    for (std::size_t col = 0; col < size; ++col) {
      inverse[col] = 1.0F / std::sqrt(std::max(systems.matrix_at(col, col, lane), 1e-6F));
      half[col] = systems.right[col * lanes + lane];
      for (std::size_t row = col + 1; row < size; ++row) systems.matrix_at(row, col, lane) *= inverse[col];
      for (std::size_t row = col + 1; row < size; ++row) {
        const float factor = systems.matrix_at(row, col, lane);
        for (std::size_t other = col + 1; other <= row; ++other) {
          systems.matrix_at(row, other, lane) -= factor * systems.matrix_at(other, col, lane);
        }
      }
    }
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t col = 0; col < row; ++col) half[row] -= systems.matrix_at(row, col, lane) * half[col];
      half[row] *= inverse[row];
      explained += half[row] * half[row];
    }
    for (std::size_t row = size; row-- > 0;) {
      for (std::size_t other = row + 1; other < size; ++other) {
        half[row] -= systems.matrix_at(other, row, lane) * half[other];
      }
      half[row] *= inverse[row];
      systems.solution[row * lanes + lane] = half[row];
    }
    systems.explained[lane] = explained;
  }
}

}  // namespace ecocube::series
