// SPDX-License-Identifier: Apache-2.0
#include "methods/series/composite_stack_simd.h"

// Arrays of vectors need vectors of known size; the other two gain nothing over their neighbours.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_AVX3_DL)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/composite_stack_simd.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>
#include "methods/series/composite_registers-inl.h"
#include "methods/series/composite_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR
/// Without vectors the plain version is as good as any.
template <class T>
void all_blocks(const Stack<T>& stack, std::size_t blocks, const StackPlan& plan, std::make_unsigned_t<T>*) {
  std::vector<CompositePlane> planes;
  for (const PlannedPlane& planned : plan.in_registers) planes.push_back(planned.plane);
  for (const PlannedPlane& planned : plan.others) planes.push_back(planned.plane);
  composite_stack_plain(stack, {0, blocks * (kBlockBytes / sizeof(T))}, planes, plan.weights);
}
#else
template <class T>
void all_blocks(const Stack<T>& stack, std::size_t blocks, const StackPlan& plan, Ordered<T>* rows) {
  const Block<T> block{stack.data, stack.stride, stack.times, stack.no_data};
  const InRegisters<T> short_series = plan.in_registers.empty() || stack.times == 0
                                          ? nullptr
                                          : in_registers_of<T>(stack.times, std::make_index_sequence<kRegisterTimes>());
  for (std::size_t number = 0; number < blocks; ++number) {
    const std::size_t first = number * kPixels<T>;
    if (short_series != nullptr) short_series(block, plan.in_registers.data(), plan.in_registers.size(), first);
    if (!plan.others.empty()) by_rows<T>(block, plan, first, rows);
  }
}
#endif

void bytes(const Stack<std::uint8_t>& stack, std::size_t blocks, const StackPlan& plan, std::uint8_t* rows) {
  all_blocks(stack, blocks, plan, rows);
}
void words(const Stack<std::uint16_t>& stack, std::size_t blocks, const StackPlan& plan, std::uint16_t* rows) {
  all_blocks(stack, blocks, plan, rows);
}
void signed_words(const Stack<std::int16_t>& stack, std::size_t blocks, const StackPlan& plan, std::uint16_t* rows) {
  all_blocks(stack, blocks, plan, rows);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <hwy/aligned_allocator.h>
namespace ecocube::series {
namespace {
HWY_EXPORT(bytes);
HWY_EXPORT(words);
HWY_EXPORT(signed_words);

/// Rows for the sorted values of a block, or none when nothing needs them.
template <class T>
hwy::AlignedFreeUniquePtr<std::make_unsigned_t<T>[]> rows_for(const Stack<T>& stack, const StackPlan& plan) {
  if (!plan.needs_order) return nullptr;
  return hwy::AllocateAligned<std::make_unsigned_t<T>>(stack.times * (kBlockBytes / sizeof(T)));
}
}  // namespace

void composite_blocks(const Stack<std::uint8_t>& stack, std::size_t blocks, const StackPlan& plan) {
  HWY_DYNAMIC_DISPATCH(bytes)(stack, blocks, plan, rows_for(stack, plan).get());
}
void composite_blocks(const Stack<std::uint16_t>& stack, std::size_t blocks, const StackPlan& plan) {
  HWY_DYNAMIC_DISPATCH(words)(stack, blocks, plan, rows_for(stack, plan).get());
}
void composite_blocks(const Stack<std::int16_t>& stack, std::size_t blocks, const StackPlan& plan) {
  HWY_DYNAMIC_DISPATCH(signed_words)(stack, blocks, plan, rows_for(stack, plan).get());
}

}  // namespace ecocube::series
#endif
