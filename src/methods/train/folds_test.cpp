// SPDX-License-Identifier: Apache-2.0
#include "methods/train/folds.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/random.h"

namespace ecocube {
namespace {

TEST(Groups, PointsInOneSquareAreOneGroup) {
  const std::vector<double> x{0, 29999, 30000, -1, 5}, y{0, 29999, 0, 0, 0};
  const Groups groups = groups_by_block(x, y, 30000);
  EXPECT_EQ(groups.of_row, (std::vector<std::uint32_t>{0, 0, 1, 2, 0}));
  EXPECT_EQ(groups.count, 3u);
}

TEST(Groups, ARowWithoutAGroupIsOneOfItsOwn) {
  const std::vector<std::string> names{"a", "", "b", "a", ""};
  const Groups groups = groups_by_name(names);
  EXPECT_EQ(groups.of_row, (std::vector<std::uint32_t>{0, 1, 2, 0, 3}));
  EXPECT_EQ(groups.count, 4u);
}

RC_GTEST_PROP(Folds, NeverSplitAGroupAndNoneIsEmpty, ()) {
  const auto folds = *rc::gen::inRange(2, 8);
  const auto count = *rc::gen::inRange<std::uint32_t>(static_cast<std::uint32_t>(folds), 60);
  Random random{*rc::gen::arbitrary<std::uint64_t>()};
  Groups groups{{}, count};
  std::vector<std::uint16_t> seen;
  for (std::uint32_t row = 0; row < 4 * count; ++row) {
    groups.of_row.push_back(row < count ? row : random.below(count));
    seen.push_back(static_cast<std::uint16_t>(random.below(3)));
  }
  const auto dealt = deal_folds(groups, seen, 3, folds, 1);
  RC_ASSERT(dealt.has_value());
  std::vector<std::set<int>> folds_of(count);
  for (std::size_t row = 0; row < dealt->size(); ++row) folds_of[groups.of_row[row]].insert((*dealt)[row]);
  for (const std::set<int>& one : folds_of) RC_ASSERT(one.size() == 1u);
  RC_ASSERT(std::set<int>(dealt->begin(), dealt->end()).size() == static_cast<std::size_t>(folds));
}

TEST(Folds, AreAlikeInRowsAndInTheRowsOfEveryClass) {
  Random random{3};
  Groups groups{{}, 200};
  std::vector<std::uint16_t> seen;
  for (std::uint32_t row = 0; row < 4000; ++row) {
    groups.of_row.push_back(row < 200 ? row : random.below(200));
    seen.push_back(groups.of_row.back() % 10 == 0 ? 1 : 0);  // a class that lives in a tenth of the groups
  }
  const auto dealt = deal_folds(groups, seen, 2, 5, 1);
  ASSERT_TRUE(dealt);
  double rows[5] = {}, rare[5] = {};
  for (std::size_t row = 0; row < 4000; ++row) {
    rows[(*dealt)[row]] += 1;
    rare[(*dealt)[row]] += seen[row];
  }
  for (int fold = 0; fold < 5; ++fold) {
    EXPECT_NEAR(rows[fold], 800, 40);
    EXPECT_NEAR(rare[fold], 80, 20);
  }
}

TEST(Folds, DependOnTheSeedAndOnNothingElse) {
  Groups groups{{}, 40};
  for (std::uint32_t row = 0; row < 40; ++row) groups.of_row.push_back(row);
  const std::vector<std::uint16_t> seen(40, 0);
  EXPECT_EQ(deal_folds(groups, seen, 1, 5, 7).value(), deal_folds(groups, seen, 1, 5, 7).value());
  EXPECT_NE(deal_folds(groups, seen, 1, 5, 7).value(), deal_folds(groups, seen, 1, 5, 8).value());
}

TEST(Folds, FewerGroupsThanFoldsIsAnErrorThatNamesBoth) {
  const Groups groups{{0, 1, 2, 0}, 3};
  const auto dealt = deal_folds(groups, std::vector<std::uint16_t>(4, 0), 1, 5, 1);
  ASSERT_FALSE(dealt);
  EXPECT_EQ(dealt.error().message, "3 groups of rows for 5 folds: choose fewer folds, or smaller blocks or groups");
}

TEST(Groups, RegionsOfKMeansAreHeapsOfPlaces) {
  std::vector<double> x, y;
  Random random{4};
  for (int i = 0; i < 90; ++i) {
    x.push_back(100.0 * (i % 3) + random.below(10));
    y.push_back(50.0 * (i % 3) + random.below(10));
  }
  const Groups groups = groups_by_region(x, y, 3, 1).value();
  EXPECT_EQ(groups.count, 3u);
  for (std::size_t i = 3; i < 90; ++i) EXPECT_EQ(groups.of_row[i], groups.of_row[i % 3]);
  EXPECT_EQ(groups.of_row, groups_by_region(x, y, 3, 1)->of_row);
  EXPECT_EQ(groups_by_region(std::vector{1.0, 1.0}, std::vector{2.0, 2.0}, 2, 1).error().message,
            "2 regions of 1 distinct places: there must be 2 at least, and no more than places");
}

TEST(Groups, JoinedKeepWhatEitherKeeps) {
  const Groups groups{{0, 0, 1, 2, 3}, 4}, others{{0, 1, 1, 2, 3}, 4};
  const Groups both = joined(groups, others);
  EXPECT_EQ(both.of_row, (std::vector<std::uint32_t>{0, 0, 0, 1, 2}));
  EXPECT_EQ(both.count, 3u);
}

TEST(Groups, OfSomeRowsAreNumberedAnew) {
  const Groups groups{{0, 1, 2, 1}, 3};
  const Groups some = only(groups, std::vector<std::uint32_t>{3, 2, 1});
  EXPECT_EQ(some.of_row, (std::vector<std::uint32_t>{0, 1, 0}));
  EXPECT_EQ(some.count, 2u);
}

TEST(Folds, GivenByNameCountAsNumbersWhereTheyAreSome) {
  const std::vector<std::string> numbers{"10", "2", "2.0", "1"}, words{"north", "east", "north"};
  EXPECT_EQ(folds_by_name(numbers).value(), (std::vector<std::uint8_t>{2, 1, 1, 0}));
  EXPECT_EQ(folds_by_name(words).value(), (std::vector<std::uint8_t>{1, 0, 1}));
  EXPECT_EQ(folds_by_name(std::vector<std::string>{"1", ""}).error().message, "row 2 has no fold");
  EXPECT_EQ(folds_by_name(std::vector<std::string>{"1", "1"}).error().message,
            "1 different folds are given; there must be 2..255");
}

}  // namespace
}  // namespace ecocube
