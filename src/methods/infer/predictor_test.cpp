// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/predictor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "data/model/plain_uncertainty.h"
#include "methods/infer/drawn_models_fixture.h"
#include "methods/infer/output_lanes.h"
#include "methods/infer/rounding.h"

namespace ecocube {
namespace {

/// A forest, boosted trees and a logistic regression, with or without a meta learner of weights.
Model drawn_model(std::uint64_t seed, std::size_t features, std::size_t classes, std::size_t trees, std::size_t inner,
                  bool meta) {
  DrawnModels draw(seed);
  draw.features = features;
  draw.classes = classes;
  Model model = draw.classifier();
  model.learners = {{"forest", draw.forest(trees, inner, 50)},
                    {"boosting", draw.boosting(trees, inner / 4 + 1, Link::softmax)},
                    {"logistic", draw.logistic(features, 0.02)}};
  if (meta) model.meta.pool = draw.logistic(3 * classes, 3);
  return model;
}

struct Pixels {
  std::vector<float> features;
  std::vector<std::uint8_t> valid;
};

Pixels drawn_pixels(std::uint64_t seed, std::size_t features, std::size_t pixels, std::size_t missing_in) {
  DrawnModels draw(seed);
  draw.features = features;
  Pixels drawn{draw.rows(pixels), std::vector<std::uint8_t>(features * pixels, 1)};
  for (std::uint8_t& valid : drawn.valid) valid = missing_in && draw.below(missing_in) == 0 ? 0 : 1;
  return drawn;
}

MappedPixels map_of(const Model& model, const Pixels& drawn) {
  MappedPixels mapped;
  Predictor(model).predict(drawn.features, drawn.valid, drawn.features.size() / model.features.size(), mapped);
  return mapped;
}

TEST(Predictor, APixelThatMissesAnyFeatureIsNoDataInEveryBandAndNeverZero) {
  const Model model = drawn_model(1, 5, 4, 10, 30, true);
  Pixels drawn = drawn_pixels(2, 5, 1000, 20);
  drawn.features[3 * 1000 + 17] = std::numeric_limits<float>::quiet_NaN();
  const MappedPixels mapped = map_of(model, drawn);
  std::size_t missing = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    bool whole = i != 17;
    for (std::size_t f = 0; f < 5; ++f) whole = whole && drawn.valid[f * 1000 + i];
    missing += !whole;
    EXPECT_EQ(mapped.dominant[i] == 255, !whole);
    EXPECT_EQ(mapped.dominant_probability[i] == 255, !whole);
    EXPECT_EQ(mapped.dominant_uncertainty[i] == 255, !whole);
    int sum = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_EQ(mapped.probability[c * 1000 + i] == 255, !whole);
      EXPECT_EQ(mapped.uncertainty[c * 1000 + i] == 255, !whole);
      sum += mapped.probability[c * 1000 + i];
    }
    EXPECT_EQ(sum, whole ? 100 : 4 * 255);
    EXPECT_NE(mapped.dominant[i], 0);
  }
  EXPECT_GT(missing, 100u);
  EXPECT_LT(missing, 400u);
}

TEST(Predictor, TheDominantClassIsTheLegendsValueOfTheLargestProbability) {
  const Model model = drawn_model(3, 5, 6, 10, 30, true);
  const MappedPixels mapped = map_of(model, drawn_pixels(4, 5, 500, 0));
  for (std::size_t i = 0; i < 500; ++i) {
    const std::size_t c = (mapped.dominant[i] - 2u) / 3u;
    ASSERT_EQ(model.classes[c].value, mapped.dominant[i]);
    EXPECT_EQ(mapped.dominant_probability[i], mapped.probability[c * 500 + i]);
    EXPECT_EQ(mapped.dominant_uncertainty[i], mapped.uncertainty[c * 500 + i]);
    for (std::size_t other = 0; other < 6; ++other)
      EXPECT_LE(mapped.probability[other * 500 + i], mapped.dominant_probability[i]);
  }
}

TEST(Predictor, IsTheSameForOneAndTwoThreads) {
  const Model model = drawn_model(5, 6, 5, 20, 50, true);
  const Pixels drawn = drawn_pixels(6, 6, 20011, 30);
  const auto map = [&](int threads) {
    const ThreadLimit limit(threads);
    return map_of(model, drawn);
  };
  const MappedPixels one = map(1), two = map(2);
  EXPECT_EQ(one.probability, two.probability);
  EXPECT_EQ(one.uncertainty, two.uncertainty);
  EXPECT_EQ(one.dominant, two.dominant);
}

TEST(Predictor, NoPixelsGiveNoBytes) {
  const MappedPixels mapped = map_of(drawn_model(1, 2, 2, 1, 1, false), {});
  EXPECT_TRUE(mapped.dominant.empty());
}

/// Probabilities of a pixel that all planes hold, [answer].
std::vector<double> plain_of(const Model& model, const Pixels& drawn, std::size_t pixel, std::vector<float>& row,
                             std::vector<float>& learned) {
  const std::size_t pixels = drawn.features.size() / model.features.size(), answers = model.answers();
  row.resize(model.features.size());
  for (std::size_t f = 0; f < row.size(); ++f) row[f] = drawn.features[f * pixels + pixel];
  learned.resize(model.learners.size() * answers);
  for (std::size_t l = 0; l < model.learners.size(); ++l)
    plain_answer(model.learners[l].learner, row, std::span(learned).subspan(l * answers, answers));
  std::vector<double> answer(answers);
  combine_learners(model.meta, learned, answer);
  return answer;
}

std::vector<FeaturePlane> planes_of(const Pixels& drawn, std::size_t features) {
  const std::size_t pixels = drawn.features.size() / features;
  std::vector<FeaturePlane> planes(features);
  for (std::size_t f = 0; f < features; ++f)
    planes[f] = {drawn.features.data() + f * pixels, nullptr, drawn.valid.data() + f * pixels};
  return planes;
}

Applicability drawn_area(DrawnModels& draw) {
  Applicability area;
  draw.scale(area.means, area.scales);
  area.rows = draw.rows(50);
  for (std::size_t i = 0; i < area.rows.size(); ++i) {
    const std::size_t f = i % draw.features;
    area.rows[i] = (area.rows[i] - area.means[f]) * area.scales[f];
  }
  area.mean_distance = 5;
  area.threshold = 1;
  return area;
}

TEST(Predictor, EveryOutputOfClassesIsWhatThePlainMeasuresSay) {
  Model model = drawn_model(11, 6, 7, 9, 40, true);
  DrawnModels draw(12);
  draw.features = 6;
  ClassSets sets;
  sets.levels.resize(2);
  sets.levels[0].thresholds = {0.5};
  sets.levels[1].thresholds = {0.9};
  model.sets = sets;
  model.applicability = drawn_area(draw);
  ASSERT_TRUE(check_model(model).has_value());
  constexpr std::size_t kPixels = 701;
  const Pixels drawn = drawn_pixels(13, 6, kPixels, 40);
  WantedOutputs wanted;
  wanted.margin = wanted.entropy = wanted.set_members = wanted.dissimilarity = true;
  wanted.set_levels = {0, 1};
  MappedPixels mapped;
  Predictor(model).predict(planes_of(drawn, 6), kPixels, wanted, mapped);
  std::vector<float> row, learned;
  std::vector<std::uint8_t> percent(7), member(7);
  std::size_t outside = 0;
  for (std::size_t i = 0; i < kPixels; ++i) {
    if (mapped.dominant[i] == 255) {
      EXPECT_EQ(mapped.margin[i], 255);
      EXPECT_EQ(mapped.entropy[i], 255);
      EXPECT_EQ(mapped.set_size[i], 255);
      EXPECT_EQ(mapped.set_member[i], 255);
      EXPECT_EQ(mapped.outside[i], 255);
      EXPECT_TRUE(std::isnan(mapped.dissimilarity[i]));
      continue;
    }
    const std::vector<double> plain = plain_of(model, drawn, i, row, learned);
    round_to_hundred(plain, percent);
    for (std::size_t c = 0; c < 7; ++c) {
      ASSERT_EQ(mapped.probability[c * kPixels + i], percent[c]);
      ASSERT_EQ(mapped.uncertainty[c * kPixels + i], spread_of_learners(learned, 7, c));
    }
    ASSERT_EQ(mapped.margin[i], std::floor(100 * plain_margin(plain) + 0.5));
    ASSERT_EQ(mapped.entropy[i], std::floor(100 * plain_entropy(plain) + 0.5));
    for (std::size_t level = 0; level < 2; ++level) {
      plain_class_set(*model.sets, level, plain, member);
      ASSERT_EQ(mapped.set_size[level * kPixels + i], std::count(member.begin(), member.end(), 1));
      for (std::size_t c = 0; c < 7; ++c) ASSERT_EQ(mapped.set_member[(level * 7 + c) * kPixels + i], member[c]);
    }
    const double index = plain_dissimilarity(*model.applicability, row);
    ASSERT_EQ(mapped.dissimilarity[i], static_cast<float>(index));
    ASSERT_EQ(mapped.outside[i], index > 1 ? 1 : 0);
    outside += mapped.outside[i];
  }
  EXPECT_GT(outside, 0u);
  EXPECT_LT(outside, kPixels);
}

TEST(Predictor, EveryOutputOfANumberIsWhatThePlainMeasuresSayTransformedBack) {
  DrawnModels draw(21);
  Model model = draw.regressor();
  model.response->transform = Transform::log1p;
  model.learners = {{"linear", draw.linear()}, {"forest", draw.regression_forest(15, 60, 40)}};
  Intervals intervals;
  intervals.forest = 1;
  intervals.levels.resize(2);
  intervals.levels[0].lower_quantile = 0.1;
  intervals.levels[0].upper_quantile = 0.9;
  intervals.levels[0].lower_margin = 0.2;
  intervals.levels[0].upper_margin = -0.1;
  intervals.levels[1].lower_margin = intervals.levels[1].upper_margin = 1;
  model.intervals = intervals;
  ASSERT_TRUE(check_model(model).has_value());
  const auto& forest = std::get<RegressionForest>(model.learners[1].learner);
  constexpr std::size_t kPixels = 530;
  Pixels drawn = drawn_pixels(22, 5, kPixels, 60);
  for (float& value : drawn.features) value /= 100;
  for (auto& node : std::get<RegressionForest>(model.learners[1].learner).trees) {
    for (TreeNode& one : node.nodes) one.threshold /= 100;
  }
  WantedOutputs wanted;
  wanted.quantiles = {0, 0.25, 0.5, 1};
  wanted.interval_levels = {1, 0};
  MappedPixels mapped;
  Predictor(model).predict(planes_of(drawn, 5), kPixels, wanted, mapped);
  std::vector<float> row, learned, quantiles(4), ends(2);
  const auto back = [](double number) { return static_cast<float>(transformed_back(Transform::log1p, number)); };
  std::size_t seen = 0;
  for (std::size_t i = 0; i < kPixels; ++i) {
    if (std::isnan(mapped.value[i])) {
      EXPECT_TRUE(std::isnan(mapped.spread[i]) && std::isnan(mapped.quantile[i]) && std::isnan(mapped.lower[i]));
      continue;
    }
    ++seen;
    const double plain = plain_of(model, drawn, i, row, learned)[0];
    ASSERT_EQ(mapped.value[i], back(plain));
    const double first = transformed_back(Transform::log1p, static_cast<double>(learned[0]));
    const double second = transformed_back(Transform::log1p, static_cast<double>(learned[1]));
    ASSERT_NEAR(mapped.spread[i], std::abs(first - second) / 2, 1e-4 * std::abs(first - second));
    plain_quantiles(forest, row, wanted.quantiles, quantiles);
    for (std::size_t q = 0; q < 4; ++q) {
      ASSERT_EQ(mapped.quantile[q * kPixels + i], back(static_cast<double>(quantiles[q])));
    }
    for (std::size_t level = 0; level < 2; ++level) {
      const Intervals::Level& own = model.intervals->levels[1 - level];
      plain_quantiles(forest, row, std::vector<double>{own.lower_quantile, own.upper_quantile}, ends);
      const PlainInterval interval = plain_interval(*model.intervals, 1 - level, plain, static_cast<double>(ends[0]),
                                                    static_cast<double>(ends[1]));
      ASSERT_EQ(mapped.lower[level * kPixels + i], back(interval.low));
      ASSERT_EQ(mapped.upper[level * kPixels + i], back(interval.high));
    }
  }
  EXPECT_GT(seen, 400u);
}

TEST(Predictor, StoredBytesSayWhatTheirPhysicalValuesSay) {
  DrawnModels draw(31);
  draw.levels = 600;  // many thresholds between the same two bytes
  Model model = draw.classifier();
  model.learners = {{"forest", draw.forest(20, 2000, 70)},
                    {"boosting", draw.boosting(50, 40, Link::softmax)},
                    {"network", draw.network({6}, true)}};
  constexpr std::size_t kPixels = 3333;
  const std::vector<std::optional<StoredBytes>> stored{StoredBytes{2.5, -20, 255}, StoredBytes{-2.1, 600, 0},
                                                       std::nullopt, StoredBytes{}, StoredBytes{0.004, 3, 255}};
  Pixels drawn = drawn_pixels(32, 5, kPixels, 300);
  std::vector<std::uint8_t> bytes(5 * kPixels);
  std::vector<FeaturePlane> as_values = planes_of(drawn, 5), as_bytes = as_values;
  for (std::size_t f = 0; f < 5; ++f) {
    if (!stored[f]) continue;
    as_bytes[f].values = nullptr;
    as_bytes[f].bytes = bytes.data() + f * kPixels;
    for (std::size_t i = f * kPixels; i < (f + 1) * kPixels; ++i) {
      bytes[i] = static_cast<std::uint8_t>(draw.below(256));
      drawn.features[i] = stored[f]->physical(bytes[i]);
      if (bytes[i] == stored[f]->no_data) drawn.features[i] = std::numeric_limits<float>::quiet_NaN();
    }
  }
  MappedPixels from_values, from_bytes;
  Predictor(model).predict(as_values, kPixels, {}, from_values);
  Predictor(model, stored).predict(as_bytes, kPixels, {}, from_bytes);
  EXPECT_EQ(from_values.probability, from_bytes.probability);
  EXPECT_EQ(from_values.uncertainty, from_bytes.uncertainty);
  EXPECT_EQ(from_values.dominant, from_bytes.dominant);
  EXPECT_GT(std::count(from_bytes.dominant.begin(), from_bytes.dominant.end(), 255), 20);
}

TEST(Predictor, OnlyWhatIsWantedIsThere) {
  const Model model = drawn_model(1, 5, 4, 10, 30, true);
  const Pixels drawn = drawn_pixels(2, 5, 300, 0);
  WantedOutputs wanted;
  wanted.probability = wanted.uncertainty = false;
  MappedPixels mapped;
  Predictor(model).predict(planes_of(drawn, 5), 300, wanted, mapped);
  EXPECT_EQ(mapped.dominant, map_of(model, drawn).dominant);
  EXPECT_TRUE(mapped.probability.empty() && mapped.uncertainty.empty() && mapped.margin.empty());
  EXPECT_TRUE(mapped.value.empty() && mapped.dissimilarity.empty());
}

TEST(Predictor, WhatTheModelCannotGiveIsRefusedByName) {
  const Model model = drawn_model(1, 5, 4, 10, 30, true);
  WantedOutputs wanted;
  EXPECT_TRUE(check_wanted(model, wanted).has_value());
  wanted.set_levels = {0};
  EXPECT_NE(check_wanted(model, wanted).error().message.find("class sets"), std::string::npos);
  wanted.set_levels.clear();
  wanted.dissimilarity = true;
  EXPECT_NE(check_wanted(model, wanted).error().message.find("dissimilarity"), std::string::npos);
  wanted.dissimilarity = false;
  wanted.quantiles = {0.5};
  EXPECT_NE(check_wanted(model, wanted).error().message.find("quantiles"), std::string::npos);
}

TEST(Predictor, TellsTheMemoryOfAThread) {
  const std::size_t small = Predictor(drawn_model(1, 5, 4, 10, 30, true)).bytes_per_thread();
  EXPECT_GT(small, 5u * 4 * 256);
  EXPECT_LT(small, std::size_t{4} << 20);
}

std::vector<int> rounded(std::vector<double> probabilities) {
  std::vector<std::uint8_t> percent(probabilities.size());
  round_to_hundred(probabilities, percent);
  return {percent.begin(), percent.end()};
}

TEST(Rounding, GivesWhatIsLeftToTheLargestFractionsAndAmongEqualsToTheFirst) {
  EXPECT_EQ(rounded({1.0 / 3, 1.0 / 3, 1.0 / 3}), (std::vector<int>{34, 33, 33}));
  EXPECT_EQ(rounded({0.005, 0.005, 0.99}), (std::vector<int>{1, 0, 99}));
  EXPECT_EQ(rounded({0.125, 0.125, 0.75}), (std::vector<int>{13, 12, 75}));
  EXPECT_EQ(rounded({0, 1}), (std::vector<int>{0, 100}));
  EXPECT_EQ(rounded({1 - 1e-16, 1e-16}), (std::vector<int>{100, 0}));
}

RC_GTEST_PROP(Rounding, SumsToAHundredAndKeepsTheOrder, ()) {
  const auto parts = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10000)));
  double sum = 0;
  for (const int part : parts) sum += part;
  RC_PRE(sum > 0 && parts.size() <= 254);
  std::vector<double> probabilities;
  for (const int part : parts) probabilities.push_back(part / sum);
  const std::vector<int> percent = rounded(probabilities);
  int total = 0;
  for (std::size_t a = 0; a < percent.size(); ++a) {
    total += percent[a];
    RC_ASSERT(std::abs(percent[a] - 100 * probabilities[a]) < 1.0 + 1e-9);
    for (std::size_t b = 0; b < percent.size(); ++b)
      RC_ASSERT(!(probabilities[a] > probabilities[b] && percent[a] < percent[b]));
  }
  RC_ASSERT(total == 100);
}

TEST(Rounding, OfManyPixelsIsThatOfEach) {
  DrawnModels draw(41);
  for (const std::size_t classes : {2u, 3u, 33u, 254u}) {
    std::vector<double> planes(classes * kChunkPixels), one(classes);
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
      double sum = 0;
      // Equal shares, whole percents, sums below 1 and above, and no numbers at all.
      for (double& p : one) sum += p = static_cast<double>(draw.below(3) == 0 ? draw.below(5) : 0);
      for (std::size_t c = 0; c < classes; ++c) {
        planes[c * kChunkPixels + pixel] = pixel % 7 == 0   ? std::nan("")
                                           : pixel % 5 == 0 ? one[c] / 100
                                                            : one[c] / std::max(1.0, sum);
      }
    }
    std::vector<std::uint8_t> made(planes.size()), percent(classes);
    percent_planes(planes.data(), classes, made.data());
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
      for (std::size_t c = 0; c < classes; ++c) one[c] = planes[c * kChunkPixels + pixel];
      round_to_hundred(one, percent);
      for (std::size_t c = 0; c < classes; ++c) ASSERT_EQ(made[c * kChunkPixels + pixel], percent[c]) << pixel;
    }
  }
}

TEST(Rounding, NumbersThatAreNoneDoNotBreakIt) {
  std::vector<std::uint8_t> percent(2);
  round_to_hundred(std::vector<double>{std::nan(""), std::nan("")}, percent);
  EXPECT_EQ(percent[0] + percent[1], 100);
}

TEST(Spread, IsThePopulationStandardDeviationInPercent) {
  // Class 0: .2, .4, .9: mean .5, deviations squared .09 + .01 + .16, over 3, root .29439.
  const std::vector<float> learned{0.2f, 0.8f, 0.4f, 0.6f, 0.9f, 0.1f};
  EXPECT_EQ(spread_of_learners(learned, 2, 0), 29);
  EXPECT_EQ(spread_of_learners(std::vector<float>{0, 1, 1, 0}, 2, 1), 50);
  EXPECT_EQ(spread_of_learners(std::vector<float>{0.3f, 0.7f}, 2, 0), 0);
}

}  // namespace
}  // namespace ecocube
