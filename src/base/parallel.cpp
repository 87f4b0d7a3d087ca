// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace ecocube {
namespace {

/// Tells the thread sanitizer what it cannot see inside TBB: what came before `hand_over` on one thread happened
/// before what follows `take_over` on another.
void hand_over([[maybe_unused]] void* place) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(place);
#endif
}
void take_over([[maybe_unused]] void* place) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(place);
#endif
}

}  // namespace

void parallel_for(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  char start = 0, end = 0;
  hand_over(&start);
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, std::max<std::size_t>(1, grain)),
                      [&](const tbb::blocked_range<std::size_t>& range) {
                        take_over(&start);
                        body(range.begin(), range.end());
                        hand_over(&end);
                      });
  });
  take_over(&end);
}

ThreadLimit::ThreadLimit(int threads)
    : control_(new tbb::global_control(tbb::global_control::max_allowed_parallelism,
                                       static_cast<std::size_t>(std::max(1, threads)))) {}

ThreadLimit::~ThreadLimit() {
  delete static_cast<tbb::global_control*>(control_);
}

}  // namespace ecocube
