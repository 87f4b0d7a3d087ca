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
  model.meta = Logistic{6, {1, 2}, std::vector<double>(12, 0.7)};
  model.settings = {{"trees", "85"}, {"learners", "[forest, boosting]"}};
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
  without.meta.reset();
  EXPECT_EQ(decode_model(encode_model(without), "").value(), without);
}

TEST(ModelFile, TheSameModelGivesTheSameBytesOnEveryMachine) {
  EXPECT_EQ(encode_model(drawn_model()), encode_model(drawn_model()));
  EXPECT_EQ(sha256_hex(encode_model(drawn_model())),
            "0894f5f3960c424fbb661303230d86070bdf57225d0b0a003ec6f60f2ff19f32");
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
      "model a.ecomodel: written in format version 7, this program reads up to version 1: a newer ecocube is needed");
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
  plain_probabilities(*model, row, probabilities);
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
