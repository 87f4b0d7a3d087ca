// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/aligned_allocator.h>
#include <hwy/cache_control.h>

#include <algorithm>
#include <cstdint>

#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"

namespace ecocube::series {

/// Goes through the pixels of a range, `lanes` at a time, and tells where their numbers lie: in the planes themselves,
/// or beside them where the range ends before the lanes do. The planes of a stack lie far apart, which keeps a
/// processor waiting unless it is told early enough what comes next.
template <class T>
class Stretches {
 public:
  /// The data of `quality` may be null.
  Stretches(const Stack<T>& stack, PixelRange range, const Planes<T>& values, const Planes<std::uint8_t>& source,
            const Planes<std::uint8_t>& quality, std::size_t lanes)
      : stack_(stack),
        values_(values),
        source_(source),
        quality_(quality),
        end_(range.end),
        lanes_(lanes),
        first_(range.begin),
        rest_stored_(hwy::AllocateAligned<T>(stack.times * lanes)),
        rest_values_(hwy::AllocateAligned<T>(stack.times * lanes)),
        rest_source_(hwy::AllocateAligned<std::uint8_t>(stack.times * lanes)),
        rest_quality_(hwy::AllocateAligned<std::uint8_t>(stack.times * lanes)) {}

  /// Calls `fill` for one stretch after the other; it returns a count. Returns the sum.
  template <class Fill>
  std::size_t each(const Fill& fill) {
    std::size_t sum = 0;
    for (; first_ + lanes_ <= end_; first_ += lanes_) {
      in_stored_ = {stack_.data + first_, stack_.stride};
      in_values_ = {values_.data + first_, values_.stride};
      in_source_ = {source_.data + first_, source_.stride};
      if (tells_quality()) in_quality_ = {quality_.data + first_, quality_.stride};
      sum += fill();
    }
    return first_ < end_ ? sum + fill_rest(fill) : sum;
  }

  /// Rows of `lanes` numbers, not aligned.
  const T* stored(std::size_t time) const { return in_stored_.row(time); }
  std::size_t stored_stride() const { return in_stored_.stride; }
  T* values(std::size_t time) const { return in_values_.row(time); }
  std::uint8_t* source(std::size_t time) const { return in_source_.row(time); }
  std::uint8_t* quality(std::size_t time) const { return in_quality_.row(time); }
  bool tells_quality() const { return quality_.data != nullptr; }

  /// True if there is a stretch to fetch ahead.
  bool more() const { return first_ + kAhead + lanes_ <= end_; }
  /// Has the caches fetch one layer of a stretch to come, in all planes. Always inlined, because GCC drops calls that
  /// do nothing else.
  HWY_INLINE void fetch_ahead(std::size_t time) const {
    fetch(in_stored_.row(time));
    fetch(in_values_.row(time));
    fetch(in_source_.row(time));
  }

 private:
  template <class Number>
  struct Rows {
    Number* data = nullptr;
    std::size_t stride = 0;
    Number* row(std::size_t time) const { return data + time * stride; }
  };
  static constexpr std::size_t kAhead = 128;  ///< pixels
  static constexpr std::size_t kLine = 64;    ///< bytes of a line of the cache

  template <class Number>
  HWY_INLINE void fetch(const Number* row) const {
    for (std::size_t at = 0; at < lanes_; at += kLine / sizeof(Number)) {
      hwy::Prefetch(row + kAhead + at);
    }
  }

  /// The pixels left; the other lanes are missing.
  template <class Fill>
  std::size_t fill_rest(const Fill& fill) {
    const std::size_t used = end_ - first_;
    in_stored_ = {rest_stored_.get(), lanes_};
    in_values_ = {rest_values_.get(), lanes_};
    in_source_ = {rest_source_.get(), lanes_};
    in_quality_ = {rest_quality_.get(), lanes_};
    for (std::size_t time = 0; time < stack_.times; ++time) {
      T* const row = rest_stored_.get() + time * lanes_;
      std::copy_n(stack_.plane(time) + first_, used, row);
      std::fill_n(row + used, lanes_ - used, stack_.no_data);
    }
    const std::size_t filled = fill();
    for (std::size_t time = 0; time < stack_.times; ++time) {
      std::copy_n(values(time), used, values_.plane(time) + first_);
      std::copy_n(source(time), used, source_.plane(time) + first_);
      if (tells_quality()) std::copy_n(quality(time), used, quality_.plane(time) + first_);
    }
    return filled;
  }

  const Stack<T> stack_;
  const Planes<T> values_;
  const Planes<std::uint8_t> source_, quality_;
  const std::size_t end_, lanes_;
  std::size_t first_;
  Rows<const T> in_stored_;
  Rows<T> in_values_;
  Rows<std::uint8_t> in_source_, in_quality_;
  const hwy::AlignedFreeUniquePtr<T[]> rest_stored_, rest_values_;
  const hwy::AlignedFreeUniquePtr<std::uint8_t[]> rest_source_, rest_quality_;
};

}  // namespace ecocube::series
