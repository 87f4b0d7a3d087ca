// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace ecocube {

/// Runs `body(begin, end)` over consecutive ranges of 0..count, several at a time. Which thread takes which range is
/// open, so a body may only write what belongs to its own range. A range holds at least `grain` elements (the last
/// one may hold fewer). Returns when all are done. Waiting threads never pick up unrelated work, so a nested loop
/// holds no more memory than its own ranges. An exception of a body is rethrown here.
void parallel_for(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

/// Bounds the threads of every parallel loop while it lives; the outermost and smallest bound wins.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  void* control_;
};

}  // namespace ecocube
