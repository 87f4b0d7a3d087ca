// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ecocube {

/// Stored numbers of one variable over time, as they lie in files: what the fast kernels read. Shape [time][pixel],
/// planes `stride` numbers apart. Lanes of a vector are pixels, so kernels never look across.
template <class T>
struct Stack {
  const T* data = nullptr;
  std::size_t times = 0;
  std::size_t pixels = 0;
  std::size_t stride = 0;
  T no_data{};  ///< the number that means missing; NaN counts as missing too where T is a floating type

  const T* plane(std::size_t time) const { return data + time * stride; }
};

/// Planes to write, shaped as a Stack.
template <class T>
struct Planes {
  T* data = nullptr;
  std::size_t count = 0;
  std::size_t pixels = 0;
  std::size_t stride = 0;
  T no_data{};

  T* plane(std::size_t number) const { return data + number * stride; }
};

}  // namespace ecocube
