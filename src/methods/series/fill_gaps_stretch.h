// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cstdint>

#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// A stretch of pixels of all layers, brought close together. The planes of a stack lie far apart, and taking single
/// vectors from each in turn keeps the memory busy with everything but moving numbers.
template <class T>
class Stretch {
 public:
  /// `lanes` pixels are worked on at once; the stretch holds a multiple of them.
  Stretch(std::size_t times, std::size_t lanes)
      : times_(times),
        width_(lanes * std::max<std::size_t>(1, kNumbers / std::max<std::size_t>(1, times * lanes))),
        stored_(hwy::AllocateAligned<T>(times * width_)),
        values_(hwy::AllocateAligned<T>(times * width_)),
        source_(hwy::AllocateAligned<std::uint8_t>(times * width_)),
        quality_(hwy::AllocateAligned<std::uint8_t>(times * width_)) {}

  std::size_t width() const { return width_; }
  // Aligned for vectors at multiples of `lanes`.
  const T* stored(std::size_t time) const { return stored_.get() + time * width_; }
  T* values(std::size_t time) { return values_.get() + time * width_; }
  std::uint8_t* source(std::size_t time) { return source_.get() + time * width_; }
  std::uint8_t* quality(std::size_t time) { return quality_.get() + time * width_; }

  /// Takes the pixels in; what is left of the stretch is missing.
  void read(const Stack<T>& stack, PixelRange range) {
    const std::size_t used = range.end - range.begin;
    for (std::size_t time = 0; time < times_; ++time) {
      T* const row = stored_.get() + time * width_;
      std::copy_n(stack.plane(time) + range.begin, used, row);
      std::fill_n(row + used, width_ - used, stack.no_data);
    }
  }
  /// Writes them where `values`, `source` and, unless its data is null, `quality` say.
  void write(PixelRange range, const Planes<T>& values, const Planes<std::uint8_t>& source,
             const Planes<std::uint8_t>& quality = {}) {
    const std::size_t used = range.end - range.begin;
    for (std::size_t time = 0; time < times_; ++time) {
      std::copy_n(this->values(time), used, values.data + time * values.stride + range.begin);
      std::copy_n(this->source(time), used, source.data + time * source.stride + range.begin);
      if (quality.data == nullptr) continue;
      std::copy_n(this->quality(time), used, quality.data + time * quality.stride + range.begin);
    }
  }

 private:
  static constexpr std::size_t kNumbers = std::size_t{1} << 16;

  std::size_t times_, width_;
  hwy::AlignedFreeUniquePtr<T[]> stored_, values_;
  hwy::AlignedFreeUniquePtr<std::uint8_t[]> source_, quality_;
};

}  // namespace ecocube::series
