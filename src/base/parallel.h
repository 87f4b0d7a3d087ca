// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace ecocube {

/// Runs `body(begin, end)` over consecutive ranges of 0..count, several at a time. Which thread takes which range is
/// open, so a body may only write what belongs to its own range. A range holds at least `grain` elements (the last
/// one may hold fewer). Returns when all are done. Waiting threads never pick up unrelated work, so a nested loop
/// holds no more memory than its own ranges. An exception of a body is rethrown here.
void parallel_for(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

/// Things that ranges of a parallel loop need one at a time, such as large work memory: a range takes one and gives it
/// back, so that there are never more than threads. `make` makes another when none is idle; it may be called by several
/// threads at once.
template <class T>
class Spares {
 public:
  explicit Spares(std::function<std::unique_ptr<T>()> make) : make_(std::move(make)) {}

  std::unique_ptr<T> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto spare = std::move(idle_.back());
        idle_.pop_back();
        return spare;
      }
    }
    return make_();
  }
  void give_back(std::unique_ptr<T> spare) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(spare));
  }

 private:
  std::function<std::unique_ptr<T>()> make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

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
