// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/meta_learner.h"

#include <gtest/gtest.h>

#include "base/parallel.h"
#include "methods/stack/meta_rows_fixture.h"

namespace ecocube {
namespace {

std::vector<std::uint8_t> five_folds(std::size_t rows) {
  std::vector<std::uint8_t> fold;
  for (std::size_t i = 0; i < rows; ++i) fold.push_back(static_cast<std::uint8_t>(i % 5));
  return fold;
}

TEST(Ladder, StaysOnTheFirstRungWhereNothingMoreIsToBeLearnt) {
  // Classes are drawn from the very probabilities that both learners tell: no bias and no correction helps.
  MetaRows rows = drawn_meta_rows(200, 1, 3, 1);
  MetaRows told{2, 3, {}, {}, {}, std::vector<double>(200, 1.0)};
  Random random{17};
  for (std::size_t i = 0; i < 200; ++i) {
    const auto own = rows.row(i);
    for (int twice = 0; twice < 2; ++twice) told.learned.insert(told.learned.end(), own.begin(), own.end());
    const double drawn = uniform(random), first = static_cast<double>(own[0]), second = static_cast<double>(own[1]);
    told.seen.push_back(static_cast<std::uint16_t>(drawn < first ? 0 : drawn < first + second ? 1 : 2));
  }
  const auto fitted = fit_meta(told, five_folds(200), {}).value();
  ASSERT_EQ(fitted.candidates.size(), 5u);
  EXPECT_EQ(fitted.meta.name, "log pool without bias");
  EXPECT_TRUE(fitted.candidates[0].chosen);
}

TEST(Ladder, ClimbsWhereALearnerMixesClassesUp) {
  // The learner swaps classes 1 and 2: only a map from class to class can undo it.
  MetaRows rows = drawn_meta_rows(1000, 1, 3, 2);
  for (std::size_t i = 0; i < rows.rows(); ++i) std::swap(rows.learned[3 * i + 1], rows.learned[3 * i + 2]);
  const auto fitted = fit_meta(rows, five_folds(rows.rows()), {}).value();
  EXPECT_EQ(fitted.meta.name, "anchored pool (3)");
  EXPECT_LT(loss_of(fitted.meta, rows), 0.5 * loss_of(Meta{}, rows));
}

TEST(Ladder, ARicherRungMustBeBetterInThreeQuartersOfTheFoldsAndOverAll) {
  for (std::uint64_t seed = 1; seed < 8; ++seed) {
    const MetaRows rows = drawn_meta_rows(150, 3, 4, seed);
    const auto fitted = fit_meta(rows, five_folds(rows.rows()), {}).value();
    int chosen = 0;
    for (const MetaCandidate& one : fitted.candidates) {
      EXPECT_EQ(one.folds, 5u);
      chosen += one.chosen ? 1 : 0;
      if (!one.chosen || &one == &fitted.candidates.front()) continue;
      EXPECT_GE(one.better_folds, 4u);
      EXPECT_LT(one.loss, fitted.candidates.front().loss);
      EXPECT_EQ(fitted.meta.name, one.name);
    }
    EXPECT_EQ(chosen, 1);
  }
}

TEST(Ladder, OfTwoClassesEndsAtThePool) {
  const MetaRows rows = drawn_meta_rows(200, 3, 2, 4);
  const auto fitted = fit_meta(rows, five_folds(rows.rows()), {}).value();
  ASSERT_EQ(fitted.candidates.size(), 2u);
  EXPECT_EQ(fitted.candidates[1].name, "log pool");
}

TEST(Ladder, WithOneFoldItTakesTheSimplest) {
  const MetaRows rows = drawn_meta_rows(60, 2, 3, 4);
  const auto fitted = fit_meta(rows, std::vector<std::uint8_t>(60, 3), {}).value();
  EXPECT_EQ(fitted.meta.name, "log pool without bias");
  EXPECT_TRUE(fitted.candidates.empty());
}

TEST(Ladder, OfNumbersChoosesAmongMeanConvexAndRidge) {
  const MetaRows even = drawn_numbers(40, {2, 2}, 5);
  EXPECT_EQ(fit_meta(even, five_folds(40), {}).value().candidates.size(), 3u);
  const MetaRows uneven = drawn_numbers(400, {1, 8}, 6);
  EXPECT_NE(fit_meta(uneven, five_folds(400), {}).value().meta.name, "mean");
}

TEST(Ladder, IsTheSameForOneAndTwoThreads) {
  const MetaRows rows = drawn_meta_rows(500, 3, 4, 7);
  const auto fit = [&](int threads) {
    const ThreadLimit limit(threads);
    return fit_meta(rows, five_folds(500), {}).value().meta;
  };
  EXPECT_EQ(fit(1), fit(2));
}

TEST(MetaLearner, EveryKindAnswersWithProbabilities) {
  const MetaRows rows = drawn_meta_rows(200, 2, 3, 8);
  for (const std::string& kind : meta_kinds()) {
    if (!check_meta_kind(kind, false)) continue;
    const auto fitted = fit_meta(rows, five_folds(200), {.kind = kind});
    ASSERT_TRUE(fitted) << kind;
    std::vector<double> answer(3);
    combine_learners(fitted->meta, rows.row(5), answer);
    EXPECT_NEAR(answer[0] + answer[1] + answer[2], 1, 1e-6) << kind;
  }
}

TEST(MetaLearner, AClassThatTheRowsLackStaysPossible) {
  MetaRows rows = drawn_meta_rows(100, 2, 3, 9);
  for (std::uint16_t& seen : rows.seen) seen = seen == 2 ? 0 : seen;
  for (const std::string kind : {"ladder", "linear-pool", "log-pool", "anchored-pool"}) {
    const auto fitted = fit_meta(rows, five_folds(100), {.kind = kind});
    ASSERT_TRUE(fitted) << kind;
    std::vector<double> answer(3);
    combine_learners(fitted->meta, rows.row(0), answer);
    EXPECT_GT(answer[2], 0) << kind;
  }
}

TEST(MetaLearner, AnUnknownKindAndOneOfTheOtherSortAreErrorsWithNames) {
  EXPECT_EQ(check_meta_kind("lader", false).error().message, "unknown meta learner 'lader' - did you mean 'ladder'?");
  EXPECT_EQ(check_meta_kind("convex-pool", false).error().message,
            "meta learner 'convex-pool' does regression alone; for classification there are ladder, mean, published, "
            "linear-pool, log-pool-without-bias, log-pool, anchored-pool");
  EXPECT_TRUE(check_meta_kind("mean", true));
}

}  // namespace
}  // namespace ecocube
