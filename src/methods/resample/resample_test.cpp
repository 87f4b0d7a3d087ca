// SPDX-License-Identifier: Apache-2.0
#include "methods/resample/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ecocube::resample {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();

struct Image {
  Window where;
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  Pixels pixels() const { return {where, values, valid}; }
};

/// value = 10 row + col over 4 x 5 pixels.
Image plane() {
  Image image{{0, 0, 4, 5}, {}, {}};
  for (int row = 0; row < 4; ++row) {
    for (int col = 0; col < 5; ++col) image.values.push_back(static_cast<float>(10 * row + col));
  }
  image.valid.assign(20, 1);
  return image;
}

struct Result {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
};

template <class Method>
Result sample(const Image& image, std::vector<double> x, std::vector<double> y, Method method) {
  Result result{std::vector<float>(x.size(), -1), std::vector<std::uint8_t>(x.size(), 9)};
  method(image.pixels(), Positions{x, y}, std::span<float>(result.values), std::span<std::uint8_t>(result.valid));
  return result;
}

const auto average2 = [](const Pixels& source, const Positions& at, std::span<float> values,
                         std::span<std::uint8_t> valid) { average(source, at, 2, 2, values, valid); };

TEST(Resample, EveryMethodIsTheIdentityAtPixelCentres) {
  const Image image = plane();
  for (const auto method : {nearest, bilinear}) {
    const Result result = sample(image, {0.5, 3.5, 4.5}, {0.5, 1.5, 3.5}, method);
    EXPECT_EQ(result.values, (std::vector<float>{0, 13, 34}));
    EXPECT_EQ(result.valid, (std::vector<std::uint8_t>{1, 1, 1}));
  }
}

TEST(Resample, BilinearReproducesAPlane) {
  const Result result = sample(plane(), {1.25, 2.0}, {1.75, 2.5}, bilinear);
  EXPECT_FLOAT_EQ(result.values[0], 10 * 1.25f + 0.75f);
  EXPECT_FLOAT_EQ(result.values[1], 21.5f);
}

TEST(Resample, NearestNeverMixesClasses) {
  const Result result = sample(plane(), {1.99, 2.01}, {0.99, 0.01}, nearest);
  EXPECT_EQ(result.values, (std::vector<float>{1, 2}));
}

TEST(Resample, AMissingPixelStaysMissingAndNeverLeaksIntoNeighbours) {
  Image image = plane();
  image.values[6] = 1e9f;  // row 1, col 1
  image.valid[6] = 0;
  const Result at_gap = sample(image, {1.5}, {1.5}, bilinear);
  EXPECT_EQ(at_gap.valid[0], 0);
  const Result beside = sample(image, {2.1}, {1.5}, bilinear);
  EXPECT_EQ(beside.valid[0], 1);
  EXPECT_FLOAT_EQ(beside.values[0], 12);
}

TEST(Resample, OutsideAndNowhereAreMissing) {
  for (const auto method : {nearest, bilinear}) {
    const Result result = sample(plane(), {-0.1, 5.1, kNowhere}, {1, 1, 1}, method);
    EXPECT_EQ(result.valid, (std::vector<std::uint8_t>{0, 0, 0}));
    EXPECT_EQ(result.values, (std::vector<float>{0, 0, 0}));
  }
}

TEST(Resample, TheAverageWeighsPixelsByTheirShareOfTheBox) {
  EXPECT_FLOAT_EQ(sample(plane(), {1.0}, {1.0}, average2).values[0], (0 + 1 + 10 + 11) / 4.0f);
  // Columns 0.5 to 2.5: shares one half, one, one half.
  EXPECT_FLOAT_EQ(sample(plane(), {1.5}, {1.0}, average2).values[0], 5 + 1.0f);
}

TEST(Resample, TheAverageNeedsHalfOfTheBox) {
  Image image = plane();
  image.valid[0] = image.valid[1] = 0;
  EXPECT_EQ(sample(image, {1.0}, {1.0}, average2).valid[0], 1);
  EXPECT_FLOAT_EQ(sample(image, {1.0}, {1.0}, average2).values[0], 10.5f);
  image.valid[5] = 0;
  EXPECT_EQ(sample(image, {1.0}, {1.0}, average2).valid[0], 0);
}

TEST(Resample, AWindowOfTheSourceGivesWhatTheWholeGives) {
  const Image whole = plane();
  Image part{{1, 1, 2, 3}, {11, 12, 13, 21, 22, 23}, std::vector<std::uint8_t>(6, 1)};
  const Result a = sample(whole, {2.2}, {2.1}, bilinear), b = sample(part, {2.2}, {2.1}, bilinear);
  EXPECT_EQ(a.values, b.values);
}

}  // namespace
}  // namespace ecocube::resample
