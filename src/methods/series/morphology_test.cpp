// SPDX-License-Identifier: Apache-2.0
#include "methods/series/morphology.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "methods/series/mask_words.h"

namespace ecocube::series {
namespace {

/// `#` masked, `.` clear, `_` fill.
std::vector<std::uint8_t> drawn(const std::vector<std::string>& rows) {
  std::vector<std::uint8_t> marks;
  for (const std::string& row : rows) {
    for (const char one : row) marks.push_back(one == '#' ? kMasked : one == '_' ? kMasked | kFill : 0);
  }
  return marks;
}

std::vector<std::string> picture(const std::vector<std::uint8_t>& marks, std::size_t cols) {
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (i % cols == 0) rows.emplace_back();
    rows.back() += (marks[i] & kFill) != 0 ? '_' : marks[i] != 0 ? '#' : '.';
  }
  return rows;
}

std::vector<std::string> changed(const std::vector<std::string>& rows, double erode, double dilate, double width = 30,
                                 double height = 30) {
  std::vector<std::uint8_t> marks = drawn(rows);
  const PixelRaster raster{static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows[0].size()), width,
                           height};
  erode_and_dilate(marks, raster, erode, dilate);
  return picture(marks, rows[0].size());
}

TEST(Morphology, APixelGrowsToADisc) {
  EXPECT_EQ(changed({".....", ".....", "..#..", ".....", "....."}, 0, 60),
            (std::vector<std::string>{"..#..", ".###.", "#####", ".###.", "..#.."}));
  EXPECT_EQ(changed({"...", ".#.", "..."}, 0, 29), (std::vector<std::string>{"...", ".#.", "..."}));
}

TEST(Morphology, WidthAndHeightOfPixelsCountInMetres) {
  EXPECT_EQ(changed({".....", "..#..", "....."}, 0, 40, 20, 50), (std::vector<std::string>{".....", "#####", "....."}));
}

TEST(Morphology, ErosionRemovesSpecksAndKeepsTheHeartOfClouds) {
  EXPECT_EQ(changed({"#......", "...####", "...####", "...####", "......."}, 30, 0),
            (std::vector<std::string>{".......", ".......", "....###", ".......", "......."}))
      << "nothing is known beside the picture, so its edge does not eat into the cloud";
  EXPECT_EQ(changed({"#......", "...####", "...####", "...####", "......."}, 30, 30)[0], ".......");
}

TEST(Morphology, FillNeitherGrowsNorEatsIntoClouds) {
  EXPECT_EQ(changed({"__..", "__.."}, 0, 30), (std::vector<std::string>{"__..", "__.."}));
  EXPECT_EQ(changed({"_##_", "_##_"}, 30, 0), (std::vector<std::string>{"_##_", "_##_"}));
}

TEST(Morphology, GrowingIsWhatAllDistancesSay) {
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    const PixelRaster raster{1 + static_cast<std::int64_t>(random() % 15), 1 + static_cast<std::int64_t>(random() % 20),
                             10.0 + random() % 30, 10.0 + random() % 30};
    const double radius = 1.0 + random() % 120;
    const auto pixels = static_cast<std::size_t>(raster.rows * raster.cols);
    std::vector<std::uint8_t> marked(pixels), grown(pixels), expected(pixels, 0);
    for (auto& one : marked) one = random() % 12 == 0 ? 1 : 0;
    grow(marked, raster, radius, grown);
    for (std::int64_t to = 0; to < raster.rows * raster.cols; ++to) {
      for (std::int64_t from = 0; from < raster.rows * raster.cols; ++from) {
        const double down = static_cast<double>(to / raster.cols - from / raster.cols) * raster.pixel_height,
                     right = static_cast<double>(to % raster.cols - from % raster.cols) * raster.pixel_width;
        if (marked[static_cast<std::size_t>(from)] != 0 && down * down + right * right <= radius * radius)
          expected[static_cast<std::size_t>(to)] = 1;
      }
    }
    EXPECT_EQ(grown, expected) << round;
  }
}

}  // namespace
}  // namespace ecocube::series
