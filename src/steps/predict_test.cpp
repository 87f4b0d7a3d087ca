// SPDX-License-Identifier: Apache-2.0
#include "steps/predict.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "data/model/plain_prediction.h"
#include "io/model/model_file.h"
#include "steps/change.h"
#include "steps/raster_recipe_fixture.h"
#include "steps/smooth_classes.h"

namespace ecocube {
namespace {

using testing::HasSubstr;

constexpr Encoding kBytes{DataType::uint8, 1, 0, 255, {}};

/// Models of drawn coefficients on `ndvi.winter` (and more), saved and applied to drawn rasters.
class PredictTest : public RasterRecipeFixture {
 protected:
  /// Class 211 where ndvi is high, 311 where it is low; exactly so at 100.
  static Model class_model() {
    Model model;
    model.features = {"ndvi.winter"};
    model.classes = {*clc_legend().with_code("211"), *clc_legend().with_code("311")};
    model.learners = {{"logistic", Logistic{1, {-5, 5}, {0.05, -0.05}}}};
    return model;
  }
  /// clay = 10 + ndvi / 10 + depth / 5
  static Model clay_model() {
    Model model;
    model.features = {"ndvi.winter", "depth"};
    model.response = Response{"clay", "%", Transform::none, 0, 100};
    model.learners = {{"linear", Linear{10, {0.1, 0.2}}}};
    model.meta = {"convex", 0, {}, ValuePool{0, {1}}};
    return model;
  }
  static std::vector<double> value_of(const char* code) {
    return {static_cast<double>(clc_legend().with_code(code)->value)};
  }
  std::string save(const Model& model, const std::string& name = "model") {
    const auto path = folder / (name + ".ecomodel");
    EXPECT_TRUE(save_model(model, path));
    return path.string();
  }
  /// Winters of 2015 to 2017, each of one number everywhere but for its first pixel, which is missing.
  void draw_winters(const std::vector<float>& numbers, const Encoding& encoding = kBytes) {
    for (std::size_t year = 0; year < numbers.size(); ++year) {
      std::vector<float> stored(kPixels, numbers[year]);
      stored[0] = -1;
      draw("ndvi", static_cast<int>(4 * year), stored, encoding);
    }
  }
  static StepList steps() { return {make_predict_step, make_smooth_classes_step, make_change_step}; }
  /// Physical values of the third pixel and of the first, which is missing.
  static std::vector<double> pixel(const Done& done, const std::string& variable, int year, std::size_t at = 2) {
    for (const Layer& layer : done.plan.layers.of_variable(variable)) {
      if (layer.period && layer.period->year != year) continue;
      LayerReader reader(done.plan.cube.grid, done.root);
      const Tile& tile = done.plan.cube.tiles.front();
      std::vector<float> values(static_cast<std::size_t>(tile.window.pixels()));
      std::vector<std::uint8_t> valid(values.size());
      EXPECT_TRUE(reader.read_decoded(layer, tile.name(), tile.window, values, valid)) << variable;
      return valid[at] ? std::vector<double>{static_cast<double>(values[at])} : std::vector<double>();
    }
    ADD_FAILURE() << variable << " " << year;
    return {};
  }
};

TEST_F(PredictTest, AModelOfAFileMapsEveryYear) {
  draw_winters({140, 60, 140});
  const Done done = run(steps(), "[predict: {model: " + save(class_model()) + ", classes: ['311']}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(pixel(done, "class", 2015), value_of("211"));
  EXPECT_EQ(pixel(done, "class", 2016), value_of("311"));
  std::vector<double> answer(2);
  plain_answer(class_model(), std::vector<float>{60}, answer);
  EXPECT_EQ(pixel(done, "probability_311", 2016), (std::vector<double>{std::round(100 * answer[1])}));
  EXPECT_EQ(pixel(done, "class", 2015, 0), std::vector<double>());
  EXPECT_EQ(pixel(done, "probability_311", 2015, 0), std::vector<double>());
}

TEST_F(PredictTest, ASpanOfYearsMapsTheMeanOfItsFeatures) {
  draw_winters({140, 40, 140});
  const Done done = run(steps(), "[predict: {model: " + save(class_model()) + ", periods: [2015..2016, 2016..2017]}]");
  ASSERT_EQ(done.error, "");  // (140 + 40) / 2 = 90 < 100
  EXPECT_EQ(pixel(done, "class", 2016), value_of("311"));
  const Done both =
      run(steps(), "[predict: {model: " + save(class_model()) + ", years: 2015, periods: [2015..2016]}]", "b");
  EXPECT_THAT(both.error, HasSubstr("years and periods are both given"));
}

TEST_F(PredictTest, ANumberIsMappedAtEveryDepth) {
  draw_winters({100, 200, 100});
  const std::string model = save(clay_model());
  const Done done = run(steps(), "[predict: {model: " + model + ", depths: [0, 50], scale: 0.5}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(pixel(done, "clay_b0cm", 2015), (std::vector<double>{20}));
  EXPECT_EQ(pixel(done, "clay_b50cm", 2016), (std::vector<double>{40}));
  EXPECT_EQ(pixel(done, "clay_b50cm_spread", 2016), (std::vector<double>{0}));
  EXPECT_EQ(pixel(done, "clay_b0cm", 2015, 0), std::vector<double>());
  const Done missing = run(steps(), "[predict: {model: " + model + "}]", "c");
  EXPECT_THAT(missing.error, HasSubstr("say which depths to map"));
}

TEST_F(PredictTest, TheDominantClassOfALevelSumsTheClassesBelowIt) {
  Model model = class_model();
  model.classes = {*clc_legend().with_code("211"), *clc_legend().with_code("311"), *clc_legend().with_code("312")};
  model.learners = {{"logistic", Logistic{1, {0.3, 0, 0}, {0, 0, 0}}}};  // 211 first, 31x together more
  draw_winters({1, 1, 1});
  const Done done = run(steps(), "[predict: {model: " + save(model) + ", levels: [1, 2]}]");
  ASSERT_EQ(done.error, "");
  EXPECT_EQ(pixel(done, "class", 2015), value_of("211"));
  EXPECT_EQ(pixel(done, "class_level1", 2015), (std::vector<double>{3}));
  EXPECT_EQ(pixel(done, "class_level2", 2015), (std::vector<double>{31}));
}

TEST_F(PredictTest, LevelsAreThoseThatTheCodesHave) {
  draw_winters({140, 60, 140});
  const std::string model = save(class_model());
  EXPECT_THAT(run(steps(), "[predict: {model: " + model + ", levels: [1.5]}]", "a").error,
              HasSubstr("levels: 1.5 is neither 1 nor 2"));
  Model words = class_model();
  words.classes[0].code = "field";
  EXPECT_THAT(run(steps(), "[predict: {model: " + save(words, "words") + ", levels: [1]}]", "b").error,
              HasSubstr("field"));
}

TEST_F(PredictTest, AModelIsNotAppliedToWhatItDoesNotKnow) {
  draw_winters({140, 60, 140}, {DataType::uint8, 0.01, 0, 255, {}});
  Model model = class_model();
  model.facts = {{"", 0, 200, 1, 0}};
  EXPECT_THAT(
      run(steps(), "[predict: {model: " + save(model, "scale") + "}]").error,
      HasSubstr("feature ndvi.winter: the model was trained on numbers stored as value = stored x 1 + 0, the layer"
                " of drawn stores them as stored x 0.01 + 0"));
  EXPECT_EQ(run(steps(), "[predict: {model: " + save(model, "scale") + ", any_scale: true}]", "any").error, "");
  model.facts.clear();
  model.features = {"ndvi.wintr"};
  EXPECT_THAT(run(steps(), "[predict: {model: " + save(model, "name") + "}]", "b").error,
              HasSubstr("no layer gives feature ndvi.wintr in 2015, though the model is trained on it - did you mean "
                        "'ndvi.winter'?"));
  model = class_model();
  model.classes[1].value = 200;
  EXPECT_THAT(run(steps(), "[predict: {model: " + save(model, "legend") + "}]", "c").error,
              HasSubstr("its class 311 (Broad-leaved forest) has the raster value 200, it has 23 in the legend"));
  EXPECT_THAT(run(steps(), "[predict: {model: " + save(class_model()) + ", products: [value]}]", "d").error,
              HasSubstr("'value' is none of a model of classes"));
  EXPECT_THAT(run(steps(), "[predict: {model: " + save(class_model()) + ", products: [sets]}]", "e").error,
              HasSubstr("the model has no class sets"));
}

TEST_F(PredictTest, SmoothedClassesAndTheirChangeFollowTheMaps) {
  draw_winters({60, 140, 60});
  const std::string predict = "predict: {model: " + save(class_model()) + ", classes: ['211', '311']}";
  const Done plain = run(steps(), "[" + predict + ", change: {from: 2015, to: 2016, mode_filter: 1}]", "plain");
  ASSERT_EQ(plain.error, "");
  EXPECT_EQ(pixel(plain, "class_changed", 0), (std::vector<double>{1}));
  EXPECT_EQ(pixel(plain, "class_after", 0), value_of("211"));
  EXPECT_EQ(pixel(plain, "change_uncertainty", 0), (std::vector<double>{0}));
  EXPECT_EQ(pixel(plain, "class_changed", 0, 0), std::vector<double>());
  const Done smooth =
      run(steps(), "[" + predict + ", smooth-classes: {method: markov, stay: 0.99}, change: {from: 2015, to: 2016}]",
          "smooth");
  ASSERT_EQ(smooth.error, "");
  EXPECT_EQ(pixel(smooth, "class", 2016), value_of("311"));
  EXPECT_EQ(pixel(smooth, "class_changed", 0), (std::vector<double>{0}));
  const double wood = pixel(smooth, "probability_311", 2016).at(0),
               field = pixel(smooth, "probability_211", 2016).at(0);
  EXPECT_EQ(wood + field, 100);
  EXPECT_EQ(pixel(smooth, "class_probability", 2016).at(0), wood);
}

TEST_F(PredictTest, SmoothingNeedsEveryClassOfTheModel) {
  Model model = class_model();
  model.classes.push_back(*clc_legend().with_code("312"));
  model.learners = {{"logistic", Logistic{1, {0, 0, 0}, {0, 0, 0}}}};
  draw_winters({60, 140, 60});
  const Done done =
      run(steps(), "[predict: {model: " + save(model) + ", classes: ['211', '311']}, smooth-classes: {}]");
  EXPECT_THAT(done.error, HasSubstr("do not sum to 100"));
  const Done none = run(steps(), "[predict: {model: " + save(model) + "}, smooth-classes: {}]", "none");
  EXPECT_THAT(none.error, HasSubstr("name all classes of the model in predict's option classes"));
}

}  // namespace
}  // namespace ecocube
