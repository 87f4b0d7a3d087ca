// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/import_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "data/model/plain_prediction.h"
#include "io/model/model_file.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ImportCommandTest : public testing::Test {
 protected:
  /// Of this test alone: several run at once.
  static fs::path folder() {
    return fs::path(testing::TempDir()) /
           fmt::format("ecocube_import_{}", testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  static ImportOptions options(const std::string& file) {
    ImportOptions options;
    options.from = (fs::path(ECOCUBE_SOURCE_DIR) / "src/io/model/testdata" / file).string();
    options.to = (folder() / (file + ".ecomodel")).string();
    return options;
  }
  void TearDown() override { fs::remove_all(folder()); }
};

TEST_F(ImportCommandTest, ClassesAreThoseOfTheLegendWhateverTheirOrderInTheFile) {
  ImportOptions asked = options("xgboost-classes.json");
  asked.classes = {"311", "111", "211"};
  const auto done = run_import(asked);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("for the classes 111, 211, 311"));
  const auto model = load_model(asked.to);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->classes[2].value, 23);
  // The first stored row, as XGBoost answers it: 311, 111, 211.
  std::vector<double> answer(3);
  plain_answer(*model, std::vector<float>{6.0999999f, -7.69999981f, 1.29999995f}, answer);
  EXPECT_NEAR(answer[2], 0.242299512, 1e-6);
  EXPECT_NEAR(answer[0], 0.378682733, 1e-6);
}

TEST_F(ImportCommandTest, LabelsOfTheFileAreLookedUpInTheLegend) {
  ImportOptions asked = options("sklearn-forest.json");
  asked.legend = "clc";
  ASSERT_TRUE(run_import(asked));
  EXPECT_EQ(load_model(asked.to)->classes[0].name, "Discontinuous urban fabric");
}

TEST_F(ImportCommandTest, AClassThatTheLegendLacksIsNamedAndNothingIsWritten) {
  ImportOptions asked = options("xgboost-two-classes.ubj");
  asked.legend = "clc";
  const auto done = run_import(asked);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("class '0' is none of the legend clc"));
  EXPECT_FALSE(fs::exists(asked.to));
  asked.legend = "nowhere.csv";
  EXPECT_THAT(run_import(asked).error().message, HasSubstr("nowhere.csv"));
}

}  // namespace
}  // namespace ecocube
