// SPDX-License-Identifier: Apache-2.0
// The fast scan for splits against the plain one: both have to grow the same tree, bit for bit.
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "methods/train/tree.h"
#include "methods/train/tree_search.h"
#include "methods/train/tree_sort_simd.h"
#include "methods/train/tree_sums.h"

namespace ecocube {
namespace {

struct Case {
  TrainingRows rows;
  TreeSettings settings;
};

/// Rows with ties, constant features, duplicates and, at times, a class that nearly all rows have.
TrainingRows odd_rows(Random& random, std::size_t count, std::size_t features, std::size_t classes) {
  TrainingRows rows;
  rows.features = features;
  rows.classes = classes;
  for (std::size_t f = 0; f < features; ++f) {
    const std::uint32_t levels = 1 + random.below(random.below(2) ? 400 : 4);
    const float scale = random.below(2) ? 1.0f : 0.37f;
    for (std::size_t row = 0; row < count; ++row)
      rows.values.push_back(scale * (static_cast<float>(random.below(levels)) - 100));
  }
  const bool mostly_one = random.below(4) == 0;
  for (std::size_t row = 0; row < count; ++row) {
    const bool one = mostly_one && random.below(20);
    if (classes) rows.seen.push_back(static_cast<std::uint16_t>(one ? 0 : random.below(classes)));
    if (!classes) rows.responses.push_back(one ? 7.25f : static_cast<float>(random.below(1000)) * 0.013f);
  }
  return rows;
}

enum class Weights { equal, whole, any };

std::vector<double> odd_weights(Random& random, std::size_t count, Weights kind) {
  std::vector<double> weights(count, 1.0);
  for (double& weight : weights) {
    if (kind == Weights::whole) weight = random.below(4);
    if (kind == Weights::any) weight = random.below(5) ? 0.1 * (1 + random.below(1000)) : 0;
  }
  weights[random.below(count)] = 1;
  return weights;
}

Case odd_case(Random& random, std::size_t count, std::size_t features, std::size_t classes) {
  Case made{odd_rows(random, count, features, classes), {}};
  made.rows.weights = odd_weights(random, count, static_cast<Weights>(random.below(3)));
  made.settings.features_per_split = 1 + random.below(std::min<std::size_t>(features, 40));
  made.settings.min_leaf = random.below(2) ? 1 : 1 + random.below(12);
  made.settings.min_split = random.below(2) ? 2 : 2 + random.below(40);
  made.settings.max_depth = random.below(3) ? 0 : static_cast<int>(random.below(6));
  made.settings.criterion = random.below(2) ? Criterion::gini : Criterion::entropy;
  made.settings.seed = random.next();
  return made;
}

GrownTree grown(const Case& of, SplitScan scan) {
  TreeSettings settings = of.settings;
  settings.scan = scan;
  return grow_tree(bin_rows(of.rows), of.rows.seen, of.rows.weights, of.rows.classes, settings);
}

GrownRegressionTree grown_on_numbers(const Case& of, SplitScan scan) {
  TreeSettings settings = of.settings;
  settings.scan = scan;
  return grow_regression_tree(bin_rows(of.rows), of.rows.responses, {}, of.rows.weights, settings);
}

RC_GTEST_PROP(TreeScans, GrowTheSameTreeOfClasses, ()) {
  Random random{*rc::gen::arbitrary<std::uint64_t>()};
  const Case drawn =
      odd_case(random, 1 + random.below(random.below(2) ? 1500 : 60), 1 + random.below(40), 1 + random.below(40));
  const GrownTree plain = grown(drawn, SplitScan::plain), fast = grown(drawn, SplitScan::fast);
  RC_ASSERT(plain.tree == fast.tree);
  RC_ASSERT(plain.impurity_decrease == fast.impurity_decrease);
}

RC_GTEST_PROP(TreeScans, GrowTheSameTreeOfNumbers, ()) {
  Random random{*rc::gen::arbitrary<std::uint64_t>()};
  const Case drawn = odd_case(random, 1 + random.below(random.below(2) ? 1500 : 60), 1 + random.below(40), 0);
  const GrownRegressionTree plain = grown_on_numbers(drawn, SplitScan::plain),
                            fast = grown_on_numbers(drawn, SplitScan::fast);
  RC_ASSERT(plain.tree == fast.tree);
  RC_ASSERT(plain.impurity_decrease == fast.impurity_decrease);
}

TEST(TreeScans, GrowTheSameTreeWhereOneCopyOfTheColumnsIsTooLarge) {
  Random random{3};
  const std::size_t rows = SplitSearch<GiniSums>::kColumnsBlock / 40 * 3;
  Case drawn = odd_case(random, rows, 40, 5);
  drawn.settings = {.features_per_split = 6, .min_leaf = 20, .seed = 1};
  EXPECT_EQ(grown(drawn, SplitScan::plain).tree, grown(drawn, SplitScan::fast).tree);
  Case one_feature = odd_case(random, SplitSearch<GiniSums>::kMostSlots + 5000, 1, 3);
  EXPECT_EQ(grown(one_feature, SplitScan::plain).tree, grown(one_feature, SplitScan::fast).tree);
}

/// Calls `check` once for every target that is compiled in and that this processor has.
template <class Check>
void on_every_target(const Check& check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check();
    hwy::SetSupportedTargetsForTest(0);
  }
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST(SortLanes, SortsEveryColumnOfEveryLengthOnEveryTarget) {
  int targets = 0;
  on_every_target([&] {
    ++targets;
    Random random{5};
    for (std::size_t rows = 0; rows <= 256; ++rows) {
      std::vector<std::uint16_t> keys(rows * kSortLanes);
      for (std::uint16_t& key : keys) key = static_cast<std::uint16_t>(random.below(rows % 3 ? 65536 : 5));
      std::vector<std::uint16_t> sorted = keys;
      sort_lanes(sorted.data(), rows);
      for (std::size_t lane = 0; lane < kSortLanes; ++lane) {
        std::vector<std::uint16_t> wanted, got;
        for (std::size_t row = 0; row < rows; ++row) {
          wanted.push_back(keys[row * kSortLanes + lane]);
          got.push_back(sorted[row * kSortLanes + lane]);
        }
        std::sort(wanted.begin(), wanted.end());
        ASSERT_EQ(got, wanted) << rows << " rows, lane " << lane;
      }
    }
  });
  EXPECT_GE(targets, 1);
}

TEST(TreeScans, GrowTheSameTreeOnEveryTarget) {
  Random random{8};
  const Case drawn = odd_case(random, 700, 30, 9);
  const ForestTree plain = grown(drawn, SplitScan::plain).tree;
  on_every_target([&] { EXPECT_EQ(grown(drawn, SplitScan::fast).tree, plain); });
}

}  // namespace
}  // namespace ecocube
