// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ecocube {

/// Rows of floats, each filled up with zeros to a whole number of lanes so that kernels need no remainders.
struct NetworkMatrix {
  static constexpr std::size_t kLanes = 16;

  NetworkMatrix() = default;
  NetworkMatrix(std::size_t rows_, std::size_t columns_)
      : rows(rows_), columns(columns_), stride((columns_ + kLanes - 1) / kLanes * kLanes), values(rows_ * stride) {}

  std::size_t rows = 0, columns = 0;
  std::size_t stride = 0;     ///< columns with their filling
  std::vector<float> values;  ///< shape [row][stride]

  float* row(std::size_t index) { return values.data() + index * stride; }
  const float* row(std::size_t index) const { return values.data() + index * stride; }
};

/// The left factor of a product, read along its rows or, transposed, along its columns.
struct NetworkFactor {
  const float* values = nullptr;
  std::size_t row_step = 0, column_step = 0;
};
inline NetworkFactor as_it_is(const NetworkMatrix& matrix) {
  return {matrix.values.data(), matrix.stride, 1};
}
inline NetworkFactor transposed(const NetworkMatrix& matrix) {
  return {matrix.values.data(), 1, matrix.stride};
}

/// Adds left · right to `sums`: the inner products run as floats in ascending order, each product rounded before it is
/// added, so every machine finds the same bits.
///
/// left   shape [sums.rows][right.rows]
/// right  shape [inner][column]; its stride is that of `sums`
void plain_add_product(const NetworkFactor& left, const NetworkMatrix& right, NetworkMatrix& sums);

/// The same bits, columns in lanes.
void add_product(const NetworkFactor& left, const NetworkMatrix& right, NetworkMatrix& sums);

}  // namespace ecocube
