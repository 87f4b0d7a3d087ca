// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "data/model/dense_learners.h"
#include "data/model/meta.h"
#include "data/model/trees.h"
#include "data/model/uncertainty.h"

namespace ecocube {

using Learner = std::variant<Forest, Boosting, Logistic, RegressionForest, Linear, Network, NearestNeighbours>;

struct NamedLearner {
  std::string name;  ///< as the list of learners has it: `forest`, `boosting`, `logistic`
  Learner learner;
  bool operator==(const NamedLearner&) const = default;
};

/// What a model knows of one of its features, so that it is not applied to something else of the same name.
struct FeatureFacts {
  std::string unit;                ///< of the layer it was trained on; empty: unknown
  double lowest = 0, highest = 0;  ///< of the training rows, physical; both 0: unknown
  double scale = 0, offset = 0;    ///< with which that layer stored its numbers; scale 0: unknown, it was no layer
  bool operator==(const FeatureFacts&) const = default;
};

/// The scale that a number is modelled on.
enum class Transform : std::uint8_t {
  none,
  log1p,        ///< ln(y + 1); y > -1
  square_root,  ///< √y; y >= 0
  logit,        ///< ln(y / (100 - y)), shares in percent kept within 0.1..99.9
};
std::string_view name_of(Transform transform);
std::optional<Transform> transform_named(std::string_view name);
double transformed(Transform transform, double value);
double transformed_back(Transform transform, double value);

/// What a regression model speaks of.
struct Response {
  std::string variable;  ///< `clay`
  std::string unit;      ///< `%`
  Transform transform = Transform::none;
  double lowest = 0, highest = 0;  ///< of the training rows, before the transform
  bool operator==(const Response&) const = default;
};

/// An ensemble: base learners on the features, a meta learner on the base learners' answers. It classifies (classes
/// are given; every answer is one probability a class) or regresses (response is given; every answer is one number, on
/// the response's transformed scale). Features are physical values (floats), none of them missing.
struct Model {
  std::vector<std::string> features;  ///< names in the order that the learners count them
  std::vector<FeatureFacts> facts;    ///< shape [feature], or empty: nothing known
  std::vector<LegendClass> classes;   ///< ascending by raster value; the order of all class indices; empty: regression
  std::optional<Response> response;   ///< of a regression model
  std::vector<NamedLearner> learners;
  Meta meta;
  std::optional<ClassSets> sets;
  std::optional<Intervals> intervals;
  std::optional<Applicability> applicability;
  std::vector<std::pair<std::string, std::string>> settings;  ///< how it was trained: name and value
  bool operator==(const Model&) const = default;

  /// Numbers that a learner answers with: the classes, or 1.
  std::size_t answers() const { return classes.empty() ? 1 : classes.size(); }
};

/// Most classes that a raster byte can tell apart, beside 0 and the no-data number 255.
constexpr std::size_t kMaximumClasses = 254;

/// True order of things inside: every index in range, every tree finite, every number a number, class values distinct
/// and within 1..254. A model that passes cannot lead a prediction out of its arrays.
Result<void> check_model(const Model& model);

}  // namespace ecocube
