// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace ecocube::series {

/// Sixteen systems of linear equations, one a lane, whose matrices are symmetric and positive definite. A lane that
/// needs fewer unknowns has ones on the diagonal and zeros elsewhere in the rest, which then comes out as 0.
struct SymmetricSystems {
  static constexpr std::size_t kLanes = 16;
  explicit SymmetricSystems(std::size_t unknowns);

  float& matrix_at(std::size_t row, std::size_t col, std::size_t lane) {
    return matrix[(row * (row + 1) / 2 + col) * kLanes + lane];
  }

  std::size_t size;
  std::vector<float> matrix;              ///< lower triangle, shape [row (row + 1) / 2 + col][lane]; lost in solving
  std::vector<float> right;               ///< shape [row][lane]; kept
  std::vector<float> solution;            ///< shape [row][lane]
  std::array<float, kLanes> explained{};  ///< right · solution
};

/// Solves all lanes by Cholesky's factors. Pivots below 1e-6 count as 1e-6.
void solve_plain(SymmetricSystems& systems);

/// The same bit for bit, with the widest vectors of the machine.
void solve(SymmetricSystems& systems);

}  // namespace ecocube::series
