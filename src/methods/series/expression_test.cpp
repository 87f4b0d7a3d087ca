// SPDX-License-Identifier: Apache-2.0
#include "methods/series/expression.h"

#include <gtest/gtest.h>

namespace ecocube::series {
namespace {

const std::vector<std::string> kBands{"blue_p50", "red_p50", "nir_p50"};

std::string problem_of(const std::string& formula) {
  const auto parsed = Expression::parse(formula, kBands);
  return parsed ? "" : parsed.error().message;
}

TEST(Expression, AFormulaIsComputedForEveryPixel) {
  const auto ndvi = Expression::parse("(nir_p50 - red_p50) / (nir_p50 + red_p50)", kBands);
  ASSERT_TRUE(ndvi) << ndvi.error().message;
  ASSERT_EQ(ndvi->names(), (std::vector<std::string>{"nir_p50", "red_p50"}));
  const std::vector<float> nir{0.5F, 0.3F, 0.4F}, red{0.1F, 0.3F, 0.1F};
  const std::vector<std::uint8_t> all{1, 1, 1}, some{1, 1, 0};
  std::vector<float> results(3);
  std::vector<std::uint8_t> valid(3);
  ndvi->evaluate(std::vector<std::span<const float>>{nir, red}, std::vector<std::span<const std::uint8_t>>{all, some},
                 results, valid);
  EXPECT_FLOAT_EQ(results[0], 0.4F / 0.6F);
  EXPECT_FLOAT_EQ(results[1], 0);
  EXPECT_EQ(valid, some);
}

TEST(Expression, ANumberThatIsNotFiniteIsMissing) {
  const auto ratio = Expression::parse("ln(red_p50) / nir_p50", kBands);
  ASSERT_TRUE(ratio);
  const std::vector<float> nir{0, 1, 1}, red{2, 0, 2};
  const std::vector<std::uint8_t> all{1, 1, 1};
  std::vector<float> results(3);
  std::vector<std::uint8_t> valid(3);
  ratio->evaluate(std::vector<std::span<const float>>{nir, red}, std::vector<std::span<const std::uint8_t>>{all, all},
                  results, valid);
  EXPECT_EQ(valid, (std::vector<std::uint8_t>{0, 0, 1}));
}

TEST(Expression, ConditionsChoose) {
  const auto chosen = Expression::parse("red_p50 > 0.2 && nir_p50 < 1 ? red_p50 : -1", kBands);
  ASSERT_TRUE(chosen) << chosen.error().message;
  const std::vector<float> nir{0, 0}, red{0.1F, 0.5F};
  const std::vector<std::uint8_t> all{1, 1};
  std::vector<float> results(2);
  std::vector<std::uint8_t> valid(2);
  chosen->evaluate(std::vector<std::span<const float>>{nir, red}, std::vector<std::span<const std::uint8_t>>{all, all},
                   results, valid);
  EXPECT_EQ(results, (std::vector<float>{-1, 0.5F}));
}

TEST(Expression, MistakesAreNamed) {
  EXPECT_EQ(problem_of("nir_p5 - red_p50"),
            "expression 'nir_p5 - red_p50': nothing is called 'nir_p5' - did you mean 'nir_p50'?");
  EXPECT_EQ(problem_of("(nir_p50 - red_p50"), "expression '(nir_p50 - red_p50': a parenthesis is not closed");
  EXPECT_EQ(problem_of("nir_p50 -"), "expression 'nir_p50 -': it ends too early");
  EXPECT_EQ(problem_of("2 + 3"), "expression '2 + 3': no band stands in it");
  EXPECT_NE(problem_of("nir_p50 red_p50").find("cannot be read"), std::string::npos) << problem_of("nir_p50 red_p50");
  EXPECT_NE(problem_of(""), "");
}

}  // namespace
}  // namespace ecocube::series
