// SPDX-License-Identifier: Apache-2.0
#include "io/model/model_file.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "base/hash.h"
#include "data/model/plain_prediction.h"
#include "io/file/file.h"
#include "io/model/sections.h"

namespace ecocube {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Model drawn_model() {
  Model model;
  model.features = {"ndvi_p50.summer", "elevation"};
  model.classes = {{"111", "Continuous urban fabric", 1, {230, 0, 77}}, {"312", "Forêt, \"mixte\"", 24, {0, 166, 0}}};
  const ForestTree stump{{{0, 0.1f, 1}, {TreeNode::kLeaf, 0, 0}, {TreeNode::kLeaf, 0, 1}},
                         {0, 1, 3},
                         {{1, 1}, {0, 1.0f / 3}, {1, 2.0f / 3}}};
  const ForestTree leaf{{{TreeNode::kLeaf, 0, 0}}, {0, 1}, {{0, 1}}};
  const Boosting boosting{0.5f,
                          {{1, {{1, -1e-42f, 1}, {TreeNode::kLeaf, 0, 0}, {TreeNode::kLeaf, 0, 1}}, {0.25f, -3e-30f}}}};
  const Logistic logistic{2, {0.1, -std::numeric_limits<double>::infinity()}, {1e-300, 2.0 / 3, -0.0, 4}};
  model.learners = {{"forest", Forest{{stump, leaf}}}, {"boosting", boosting}, {"logistic", logistic}};
  model.meta = {"published", 0, {}, Logistic{6, {1, 2}, std::vector<double>(12, 0.7)}};
  model.settings = {{"trees", "85"}, {"learners", "[forest, boosting]"}};
  return model;
}

/// A regression with every kind of learner that answers with a number.
Model drawn_regression() {
  Model model;
  model.features = {"elevation", "depth"};
  model.facts = {{"m", -3.5, 812, 1, 0}, {"cm", 0, 100, 0.1, -20}};
  model.response = {"clay", "%", Transform::logit, 0, 71.25};
  const RegressionForest forest{{1.5f, 2, 40},
                                {{{{0, 12, 1}, {TreeNode::kLeaf, 0, 0}, {TreeNode::kLeaf, 0, 1}},
                                  {1.7, 21},
                                  {0, 2, 4},
                                  {{0, 0.6f}, {1, 0.4f}, {1, 0.5f}, {2, 0.5f}}}}};
  const Boosting boosting{0.5f, {{0, {{TreeNode::kLeaf, 0, 0}}, {0.25f}}}, Link::identity};
  const Network network{{1, 2},         {3, 4}, {{2, 3, {1, 2, 3, 4, 5, 6}, {0, 1, 0}}, {3, 1, {1, -1, 0.5f}, {9}}},
                        Link::identity, 5,      6};
  const NearestNeighbours neighbours{2, true, {0, 0}, {1, 1}, {1, 2, 3, 4, 5, 6}, {}, {7, 8, 9}, {1, 1, 2}};
  model.learners = {{"forest", forest},
                    {"boosting", boosting},
                    {"linear", Linear{1, {2, 3}}},
                    {"network", network},
                    {"neighbours", neighbours}};
  model.meta = {"convex", 0, {}, ValuePool{0.1, {0.2, 0.2, 0.2, 0.2, 0.2}}};
  model.intervals =
      Intervals{IntervalMethod::quantile, 0, {{0.8, 0.81, 0.1, 0.9, 0.5, 1.0 / 3}, {0.9, 0.9, 0.05, 0.95, 1, 2}}};
  model.applicability = Applicability{{0, 1}, {1, 0}, {1, 2, 3, 4}, 0.7, 1.3};
  return model;
}

/// The bytes with their checksum made right again: what a hostile hand could write.
std::string signed_again(std::string bytes) {
  bytes.resize(bytes.size() - 64);
  return bytes + sha256_hex(bytes);
}

std::string complaint(std::string_view bytes) {
  const auto model = decode_model(bytes, "a.ecomodel");
  return model ? "fine" : model.error().message;
}

TEST(ModelFile, GivesBackExactlyWhatWasWritten) {
  const Model model = drawn_model();
  const auto read = decode_model(encode_model(model), "a.ecomodel");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, model);
  EXPECT_TRUE(std::signbit(std::get<Logistic>(read->learners[2].learner).weights[2]));
  Model without = model;
  without.meta = {};
  EXPECT_EQ(decode_model(encode_model(without), "").value(), without);
}

TEST(ModelFile, GivesBackARegressionWithItsUncertainty) {
  const Model model = drawn_regression();
  ASSERT_TRUE(check_model(model)) << check_model(model).error().message;
  const auto read = decode_model(encode_model(model), "a.ecomodel");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, model);
}

TEST(ModelFile, GivesBackEveryMetaLearnerAndClassSets) {
  const std::vector<double> three(3, 1.0 / 3), corrections(12, -0.25);
  for (const Meta& meta : {Meta{"linear pool", 0.01, {0.25, 0.75}, LinearPool{three, three, 1.25}},
                           Meta{"log pool", 0.01, {0.25, 0.75}, LogPool{three, {0.5, -0.5}, 1, {}}},
                           Meta{"anchored pool (30)", 1e-9, {0.5, 0.5}, LogPool{three, {0, 0}, 2, corrections}}}) {
    Model model = drawn_model();
    model.meta = meta;
    model.sets =
        ClassSets{SetMethod::raps, false, 0.01, 2, {{0.9, 0.912, 0.9, {0.75}}, {0.95, 0.95, 0.94, {0.8, 1.0 / 3}}}};
    ASSERT_TRUE(check_model(model)) << check_model(model).error().message;
    EXPECT_EQ(decode_model(encode_model(model), "").value(), model) << meta.name;
  }
}

TEST(ModelFile, AFileOfVersionOneReadsBackAsItWas) {
  const auto read = load_model(std::filesystem::path(ECOCUBE_SOURCE_DIR) / "src/io/model/testdata/version-1.ecomodel");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, drawn_model());
}

TEST(ModelFile, AFileOfVersionTwoReadsBackAsItWas) {
  const std::filesystem::path folder = std::filesystem::path(ECOCUBE_SOURCE_DIR) / "src/io/model/testdata";
  EXPECT_EQ(load_model(folder / "version-2-classes.ecomodel").value(), drawn_model());
  EXPECT_EQ(load_model(folder / "version-2-regression.ecomodel").value(), drawn_regression());
}

TEST(ModelFile, TheSameModelGivesTheSameBytesOnEveryMachine) {
  EXPECT_EQ(encode_model(drawn_model()), encode_model(drawn_model()));
  EXPECT_EQ(sha256_hex(encode_model(drawn_model())),
            "44ec0e83e96e5e7293943d697ac136810e47ffbf96b5e6d98df542f8991e97ef");
}

TEST(ModelFile, ATruncatedFileIsAnErrorWhereverItEnds) {
  const std::string bytes = encode_model(drawn_model());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(complaint(bytes.substr(0, length)), StartsWith("model a.ecomodel: ")) << length;
  }
  EXPECT_THAT(complaint(bytes.substr(0, bytes.size() - 1)), HasSubstr("truncated"));
  EXPECT_THAT(complaint(bytes + "x"), HasSubstr("truncated or damaged"));
}

TEST(ModelFile, AnyChangedByteIsNoticed) {
  const std::string bytes = encode_model(drawn_model());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_NE(complaint(damaged), "fine") << at;
  }
}

TEST(ModelFile, AForeignOrNewerFileIsNamedAsSuch) {
  EXPECT_EQ(complaint("PNG and more bytes of a picture that is no model"),
            "model a.ecomodel: no model file of ecocube");
  std::string newer = encode_model(drawn_model());
  newer[8] = 7;
  EXPECT_EQ(
      complaint(signed_again(newer)),
      "model a.ecomodel: written in format version 7, this program reads up to version 2: a newer ecocube is needed");
}

RC_GTEST_PROP(ModelFile, AHostileFileNeverLeadsAPredictionAstray, ()) {
  std::string bytes = encode_model(drawn_model());
  const auto changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size() - 64);
    bytes[at] = *rc::gen::arbitrary<char>();
  }
  const auto model = decode_model(signed_again(bytes), "a.ecomodel");
  if (!model) return;
  const std::vector<float> row(model->features.size(), 0.5f);
  std::vector<double> probabilities(model->classes.size());
  plain_answer(*model, row, probabilities);
}

RC_GTEST_PROP(ModelFile, AHostileRegressionNeverLeadsAPredictionAstray, ()) {
  std::string bytes = encode_model(drawn_regression());
  const auto changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size() - 64);
    bytes[at] = *rc::gen::arbitrary<char>();
  }
  const auto model = decode_model(signed_again(bytes), "a.ecomodel");
  if (!model) return;
  const std::vector<float> row(model->features.size(), 0.5f);
  std::vector<double> answer(model->answers());
  plain_answer(*model, row, answer);
  for (const NamedLearner& named : model->learners) {
    const auto* forest = std::get_if<RegressionForest>(&named.learner);
    if (!forest || forest->responses.empty()) continue;
    std::vector<float> quantiles(2);
    plain_quantiles(*forest, row, std::vector<double>{0.1, 0.9}, quantiles);
  }
}

TEST(ModelFile, ASectionThatClaimsMoreThanThereIsTakesNoMemory) {
  SectionWriter writer;
  writer.put<float>(std::vector<float>{1, 2});
  std::string bytes = writer.bytes();
  bytes[7] = 0x7f;
  SectionReader reader(bytes);
  const auto taken = reader.take<float>("thresholds");
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("section thresholds: "));
}

TEST(ModelFile, IsSavedAndLoaded) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("ecocube_model_{}.ecomodel", ::getpid());
  ASSERT_TRUE(save_model(drawn_model(), path));
  EXPECT_EQ(load_model(path).value(), drawn_model());
  std::filesystem::remove(path);
  const auto missing = load_model(path);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr(path.filename().string()));
}

}  // namespace
}  // namespace ecocube
