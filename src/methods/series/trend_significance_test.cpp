// SPDX-License-Identifier: Apache-2.0
#include "methods/series/trend_significance.h"

#include <gtest/gtest.h>

namespace ecocube::series {
namespace {

TEST(StudentT, ProbabilitiesAreThoseOfScipy) {
  struct Known {
    double t;
    std::size_t degrees;
    double p;
  };
  const StudentT student(82);
  for (const Known& known :
       {Known{0.5, 1, 0.7048327646991336}, Known{2, 1, 0.2951672353008664}, Known{1.3, 2, 0.32324703181604053},
        Known{3.1, 5, 0.026853184190035198}, Known{12.5, 8, 1.569777073701281e-06}, Known{0.01, 30, 0.9920874925731777},
        Known{2.2, 82, 0.030620833621573088}, Known{40, 82, 1.4514424551729086e-55},
        Known{1.73, 7, 0.1272500447766331}}) {
    const auto degrees = static_cast<double>(known.degrees);
    const double p = student.two_sided(degrees / (degrees + known.t * known.t), known.degrees);
    EXPECT_NEAR(p, known.p, 1e-12 * known.p) << known.t << " " << known.degrees;
  }
}

TEST(StudentT, NothingExplainedIsCertainAndEverythingImpossible) {
  const StudentT student(1);
  for (const std::size_t degrees : {1U, 2U}) {
    EXPECT_EQ(student.two_sided(1, degrees), 1);
    EXPECT_EQ(student.two_sided(0, degrees), 0);
  }
}

TEST(StudentT, MoreExplainedIsLessLikely) {
  const StudentT student(400);
  for (std::size_t degrees = 1; degrees <= 400; degrees += 7) {
    double last = 1;
    for (double unexplained = 0.999; unexplained > 0.05; unexplained -= 0.001) {
      const double p = student.two_sided(unexplained, degrees);
      ASSERT_LT(p, last) << degrees << " " << unexplained;
      last = p;
    }
  }
}

TEST(NormalTwoSided, ProbabilitiesAreThoseOfTheTables) {
  EXPECT_NEAR(normal_two_sided(1.959963984540054), 0.05, 1e-15);
  EXPECT_NEAR(normal_two_sided(-2.5758293035489004), 0.01, 1e-15);
  EXPECT_EQ(normal_two_sided(0), 1);
}

}  // namespace
}  // namespace ecocube::series
