// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <hwy/targets.h>
#include <bit>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/infer/drawn_models_fixture.h"
#include "methods/infer/predictor.h"

namespace ecocube {
namespace {

/// Runs `check` on every instruction set that this machine has.
template <class Check>
void on_every_target(const Check& check) {
  for (auto left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
    hwy::SetSupportedTargetsForTest(left);
    hwy::GetChosenTarget().Update(left);
    SCOPED_TRACE(hwy::TargetName(left & ~(left - 1)));
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Every learner's and the ensemble's answers to some rows are those of the plain evaluation, bit by bit.
void expect_plain(const Model& model, DrawnModels& draw, std::size_t count) {
  const auto checked = check_model(model);
  ASSERT_TRUE(checked.has_value()) << checked.error().message;
  const std::size_t answers = model.answers(), learners = model.learners.size();
  const std::vector<float> rows = draw.rows(count);
  std::vector<float> plain_learned(learners * answers);
  std::vector<double> plain(answers);
  on_every_target([&] {
    std::vector<float> learned(count * learners * answers);
    std::vector<double> made(count * answers);
    Predictor(model).predict_rows(rows, learned, made);
    for (std::size_t r = 0; r < count; ++r) {
      const auto row = std::span(rows).subspan(r * draw.features, draw.features);
      for (std::size_t l = 0; l < learners; ++l) {
        plain_answer(model.learners[l].learner, row, std::span(plain_learned).subspan(l * answers, answers));
        for (std::size_t a = 0; a < answers; ++a) {
          ASSERT_EQ(std::bit_cast<std::uint32_t>(plain_learned[l * answers + a]),
                    std::bit_cast<std::uint32_t>(learned[(r * learners + l) * answers + a]))
              << "row " << r << ", learner " << model.learners[l].name << ", answer " << a;
        }
      }
      combine_learners(model.meta, plain_learned, plain);
      for (std::size_t a = 0; a < answers; ++a) {
        ASSERT_EQ(std::bit_cast<std::uint64_t>(plain[a]), std::bit_cast<std::uint64_t>(made[r * answers + a]))
            << "row " << r << ", answer " << a;
      }
    }
  });
}

TEST(Engines, ForestsOfVotesAndOfSharesEqualThePlainOnes) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    DrawnModels draw(seed);
    draw.features = 1 + draw.below(40);
    draw.classes = 2 + draw.below(42);
    Model model = draw.classifier();
    model.learners = {{"votes", draw.forest(1 + draw.below(30), 400, 100)},
                      {"shares", draw.forest(1 + draw.below(30), 200, 30)},
                      {"one leaf", draw.forest(3, 1, 50)}};
    expect_plain(model, draw, 1 + draw.below(700));
  }
}

TEST(Engines, ForestsOfMoreThresholdsThanAByteTellsEqualThePlainOnes) {
  DrawnModels draw(7);
  draw.levels = 5000;
  draw.features = 3;
  Model model = draw.classifier();
  model.learners = {{"forest", draw.forest(5, 3000, 60)}, {"boosting", draw.boosting(30, 40, Link::softmax)}};
  expect_plain(model, draw, 600);
}

TEST(Engines, ForestsOfMoreFeaturesThanAByteTellsEqualThePlainOnes) {
  DrawnModels draw(8);
  draw.features = 300;
  Model model = draw.classifier();
  model.learners = {{"forest", draw.forest(5, 3000, 60)}, {"boosting", draw.boosting(30, 40, Link::softmax)}};
  expect_plain(model, draw, 300);
}

TEST(Engines, TreesBeyondTheCacheEqualThePlainOnes) {
  DrawnModels draw(9);
  draw.levels = 4000;
  draw.features = 12;
  Model model = draw.classifier();
  Forest forest;
  for (int t = 0; t < 2; ++t) forest.trees.push_back(draw.forest(1, 2, 100).trees[0]);
  std::uint32_t leaves = 0;
  ForestTree large{draw.nodes(200000, leaves), {0}, {}};
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    large.shares.push_back({static_cast<std::uint16_t>(draw.below(4)), 1});
    large.leaf_starts.push_back(leaf + 1);
  }
  forest.trees.push_back(std::move(large));
  model.learners = {{"forest", std::move(forest)}};
  expect_plain(model, draw, 3001);
}

TEST(Engines, BoostingOfAnyDepthAndLinkEqualsThePlainOne) {
  for (const int deepest : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14}) {
    DrawnModels draw(static_cast<std::uint64_t>(20 + deepest));
    draw.deepest = deepest;
    draw.features = 1 + draw.below(20);
    draw.classes = 2 + draw.below(10);
    Model model = draw.classifier();
    model.learners = {{"boosting", draw.boosting(60, 120, Link::softmax)}};
    expect_plain(model, draw, 300);
    draw.classes = 2;
    Model binary = draw.classifier();
    binary.learners = {{"boosting", draw.boosting(60, 120, Link::logistic)}};
    expect_plain(binary, draw, 129);
    Model number = draw.regressor();
    number.learners = {{"boosting", draw.boosting(60, 120, Link::identity)}};
    expect_plain(number, draw, 129);
  }
}

TEST(Engines, DenseLearnersEqualThePlainOnes) {
  for (std::uint64_t seed = 40; seed < 46; ++seed) {
    DrawnModels draw(seed);
    draw.features = 1 + draw.below(40);
    draw.classes = 2 + draw.below(42);
    Model model = draw.classifier();
    Logistic unseen = draw.logistic(draw.features, 0.02);
    unseen.intercepts[0] = -std::numeric_limits<double>::infinity();
    model.learners = {{"logistic", draw.logistic(draw.features, 0.1)},
                      {"unseen class", unseen},
                      {"network", draw.network({7, 12}, true)},
                      {"wide network", draw.network({65}, true)},
                      {"neighbours", draw.neighbours(1 + draw.below(100), 5, false, true)},
                      {"near neighbours", draw.neighbours(60, 9, true, true)}};
    expect_plain(model, draw, 1 + draw.below(600));
  }
}

TEST(Engines, LearnersOfANumberEqualThePlainOnes) {
  for (std::uint64_t seed = 50; seed < 54; ++seed) {
    DrawnModels draw(seed);
    draw.features = 1 + draw.below(30);
    Model model = draw.regressor();
    model.learners = {{"forest", draw.regression_forest(1 + draw.below(20), 200, 0)},
                      {"quantile forest", draw.regression_forest(1 + draw.below(20), 200, 80)},
                      {"linear", draw.linear()},
                      {"network", draw.network({9, 9}, false)},
                      {"neighbours", draw.neighbours(70, 4, true, false)}};
    expect_plain(model, draw, 1 + draw.below(600));
    model.meta.pool = ValuePool{0.3, {0.1, 0.2, 0.3, 0.2, 0.1}};
    expect_plain(model, draw, 77);
  }
}

TEST(Engines, EveryMetaLearnerEqualsThePlainOne) {
  for (const std::size_t classes : {2u, 5u, 33u}) {
    DrawnModels draw(60 + classes);
    draw.classes = classes;
    Model model = draw.classifier();
    model.learners = {{"forest", draw.forest(6, 50, 80)},
                      {"boosting", draw.boosting(40, 30, Link::softmax)},
                      {"network", draw.network({8}, true)}};
    expect_plain(model, draw, 131);
    model.meta.pool = draw.logistic(3 * classes, 3);
    expect_plain(model, draw, 131);
    model.meta.smoothing = 1e-4;
    model.meta.prior.assign(classes, 1.0 / static_cast<double>(classes));
    model.meta.pool = LinearPool{{0.7, 1.3, 1}, {0.5, 0.3, 0.2}, 1.2};
    expect_plain(model, draw, 131);
    LogPool pool{{0.6, 0.1, 0.5}, {}, 0.4, {}};
    for (std::size_t c = 0; c < classes; ++c) pool.biases.push_back(draw.number());
    model.meta.pool = pool;
    expect_plain(model, draw, 131);
    for (std::size_t i = 0; i < classes * 3 * classes; ++i) pool.corrections.push_back(draw.number() / 10);
    model.meta.pool = pool;
    expect_plain(model, draw, 131);
  }
}

}  // namespace
}  // namespace ecocube
