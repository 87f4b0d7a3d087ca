// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/heavy_paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "methods/infer/feature_chunk.h"

namespace ecocube {
namespace {

constexpr std::uint32_t inner(std::uint32_t left, std::uint32_t threshold, std::uint32_t column) {
  return left << 16 | (255 - threshold) << 8 | column;
}
constexpr std::uint32_t leaf(std::uint32_t place, std::uint32_t payload) {
  return place << 16 | payload;
}

/// One decision after the other, as WalkedTrees defines the words.
std::uint32_t walked(const std::vector<std::uint32_t>& words, std::uint32_t at, const std::uint8_t* row) {
  while ((words[at] & 0xff00) != 0) at = ((words[at] >> 8) + row[words[at] & 0xff]) >> 8;
  return words[at];
}

/// Compares all pixels of a drawn chunk; skips where the machine cannot.
void expect_the_walk(const std::vector<std::uint32_t>& words, const std::vector<std::uint32_t>& roots,
                     std::size_t columns, std::size_t stride, std::mt19937& random) {
  const HeavyPaths paths(words, roots);
  std::vector<std::uint8_t> rows(kChunkPixels * stride + 128, 77), begins(kChunkPixels);
  std::vector<std::uint32_t> reached(kChunkPixels);
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
    for (std::size_t c = 0; c < columns; ++c) rows[pixel * stride + c] = static_cast<std::uint8_t>(random());
    begins[pixel] = static_cast<std::uint8_t>(random() % roots.size());
  }
  if (!follow_paths(paths, begins.data(), rows.data(), stride, reached.data()))
    GTEST_SKIP() << "this machine cannot permute bytes across registers";
  for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
    ASSERT_EQ(reached[pixel], walked(words, roots[begins[pixel]], rows.data() + pixel * stride));
}

/// Places 0 and 1 are the root and a gap; then pairs of siblings. Drawn from the left, so that some branches are long.
std::vector<std::uint32_t> drawn_tree(std::size_t decisions, std::size_t columns, std::size_t width,
                                      std::mt19937& random) {
  std::vector<std::uint32_t> words{leaf(0, 1), 0}, open{0};
  for (std::size_t i = 0; i < decisions; ++i) {
    const std::size_t pick = open.size() - 1 - random() % std::min(open.size(), width);
    const std::uint32_t at = open[pick];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
    const auto left = static_cast<std::uint32_t>(words.size());
    words[at] = inner(left, random() % 255, static_cast<std::uint32_t>(random() % columns));
    words.insert(words.end(), {leaf(left, random() % 255), leaf(left + 1, random() % 255)});
    open.insert(open.end(), {left, left + 1});
  }
  return words;
}

TEST(HeavyPaths, ATreeOfOneDecisionIsARecordOfTwoTests) {
  const std::vector<std::uint32_t> words{inner(2, 9, 5), 0, leaf(2, 30), leaf(3, 31)}, roots{0, 3};
  const HeavyPaths paths(words, roots);
  const std::uint32_t name = paths.starts()[0];
  EXPECT_EQ(name & 0xff, 2U);
  const std::uint8_t* record = paths.records() + 2 * (name >> 8);
  EXPECT_EQ(record[0], 5);
  EXPECT_EQ(record[1], 0x80);
  EXPECT_EQ(record[2], 9);
  EXPECT_EQ(record[3], 255);
  EXPECT_EQ(paths.starts()[1] & 0xff, 1U) << "a leaf is a record that all leave at once";
}

TEST(HeavyPaths, PixelsReachTheLeavesOfTheWalk) {
  std::mt19937 random(7);
  const std::size_t shapes[][2] = {{1, 32}, {30, 32}, {64, 64}, {65, 128}, {128, 128}};
  for (const auto& [columns, stride] : shapes) {
    for (const std::size_t width : {std::size_t{1}, std::size_t{4}, std::size_t{10000}}) {
      const auto words = drawn_tree(2000, columns, width, random);
      expect_the_walk(words, {0, 2, 3, 2}, columns, stride, random);
    }
  }
}

TEST(HeavyPaths, APathLongerThanARecordGoesOnInAnother) {
  // Each decision sends the pixel out to the left unless its rank is above 0; rank 0 is rare in drawn bytes.
  for (const std::uint32_t length : {30U, 31U, 32U, 33U, 62U, 63U, 100U}) {
    std::vector<std::uint32_t> words{0, 0};
    for (std::uint32_t i = 0, at = 0; i < length; ++i) {
      const auto left = static_cast<std::uint32_t>(words.size());
      words[at] = inner(left, 0, i % 100);
      words.insert(words.end(), {leaf(left, i), leaf(left + 1, 200)});
      at = left + 1;
    }
    std::mt19937 random(length);
    expect_the_walk(words, {0}, 100, 128, random);
  }
}

TEST(HeavyPaths, NoRecordLiesWhereItsNameWouldBeALeafs) {
  std::mt19937 random(11);
  const auto words = drawn_tree(30000, 100, 10000, random);
  const std::vector<std::uint32_t> roots{0};
  EXPECT_NE(HeavyPaths(words, roots).starts()[0] & 0xff00, 0U);
  expect_the_walk(words, roots, 100, 128, random);
}

}  // namespace
}  // namespace ecocube
