// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "io/model/import_parts.h"

namespace ecocube {
namespace {

using Json = nlohmann::json;

/// Numbers of a booster's parameters are written as text, since version 3.1 some of them as a list of one.
double parameter(const Json& map, const char* name) {
  const Json& value = map.at(name);
  if (value.is_number()) return value.get<double>();
  std::string text = value.get<std::string>();
  if (text.starts_with("[") && text.ends_with("]")) text = text.substr(1, text.size() - 2);
  const auto number = parse_number(text);
  if (!number) throw std::invalid_argument(fmt::format("{}: '{}' is no single number", name, text));
  return *number;
}

Result<Link> link_of(const std::string& objective, std::size_t classes) {
  if (objective == "multi:softprob" || objective == "multi:softmax") return Link::softmax;
  if (objective == "binary:logistic") return Link::logistic;
  for (const char* plain :
       {"reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror", "reg:quantileerror"}) {
    if (objective == plain) return Link::identity;
  }
  return input_error(
      "objective {} of {} classes is none that can be imported (multi:softprob, multi:softmax, "
      "binary:logistic, reg:squarederror, reg:absoluteerror, reg:pseudohubererror, reg:quantileerror)",
      objective, classes);
}

Result<BoostingTree> tree_of(const Json& json, std::uint32_t score, double factor) {
  const auto left = json.at("left_children").get<std::vector<std::int64_t>>();
  const auto right = json.at("right_children").get<std::vector<std::int64_t>>();
  const auto features = json.at("split_indices").get<std::vector<std::int64_t>>();
  const auto conditions = json.at("split_conditions").get<std::vector<float>>();
  const auto kinds = json.value("split_type", std::vector<int>());
  if (right.size() != left.size() || features.size() != left.size() || conditions.size() != left.size())
    return input_error("its arrays are of {}, {}, {} and {} nodes", left.size(), right.size(), features.size(),
                       conditions.size());
  ForeignTree tree;
  for (std::size_t n = 0; n < left.size(); ++n) {
    const bool leaf = left[n] < 0;
    if (!leaf && n < kinds.size() && kinds[n] != 0) return input_error("node {} splits on categories", n);
    tree.nodes.push_back({leaf, features[n], leaf ? 0 : float_below(conditions[n]), left[n], right[n]});
  }
  std::vector<std::size_t> leaves;
  BoostingTree boosted{score, {}, {}};
  ECOCUBE_TRY_ASSIGN(boosted.nodes, tree_nodes(tree, leaves));
  for (const std::size_t leaf : leaves)
    boosted.leaf_values.push_back(static_cast<float>(static_cast<double>(conditions[leaf]) * factor));
  return boosted;
}

Result<ForeignModel> read_learner(const Json& learner) {
  const Json& parameters = learner.at("learner_model_param");
  ForeignModel foreign{.name = "boosting",
                       .features = {},
                       .feature_count = 0,
                       .labels = {},
                       .classes = 0,
                       .learner = {},
                       .settings = {}};
  foreign.feature_count = static_cast<std::size_t>(parameter(parameters, "num_feature"));
  foreign.features = learner.value("feature_names", std::vector<std::string>());
  const auto objective = learner.at("objective").at("name").get<std::string>();
  const auto classes = static_cast<std::size_t>(parameter(parameters, "num_class"));
  Boosting boosting;
  ECOCUBE_TRY_ASSIGN(boosting.link, link_of(objective, classes));
  foreign.classes = boosting.link == Link::softmax ? classes : boosting.link == Link::logistic ? 2 : 0;
  const double base = parameter(parameters, "base_score");
  // A logistic booster keeps the probability that its scores start from.
  boosting.base_score =
      boosting.link == Link::logistic ? -std::log(1.0f / static_cast<float>(base) - 1.0f) : static_cast<float>(base);
  const Json& booster = learner.at("gradient_booster");
  const auto kind = booster.at("name").get<std::string>();
  if (kind != "gbtree" && kind != "dart") return input_error("booster {} has no trees", kind);
  const Json& model = kind == "dart" ? booster.at("gbtree").at("model") : booster.at("model");
  const auto factors = booster.value("weight_drop", std::vector<double>());
  const auto scores = model.at("tree_info").get<std::vector<std::uint32_t>>();
  const Json& trees = model.at("trees");
  if (scores.size() != trees.size()) return input_error("{} trees, scores of {}", trees.size(), scores.size());
  for (std::size_t t = 0; t < trees.size(); ++t) {
    auto tree = tree_of(trees[t], scores[t], t < factors.size() ? factors[t] : 1.0);
    if (!tree) return within(fmt::format("tree {}", t), tree.error());
    boosting.trees.push_back(std::move(*tree));
  }
  foreign.learner = std::move(boosting);
  foreign.settings = {{"imported from", "XGBoost"}, {"objective", objective}};
  return foreign;
}

}  // namespace

Result<ForeignModel> import_xgboost(std::string_view bytes) {
  try {
    const bool binary = bytes.size() > 1 && (bytes[1] == 'L' || bytes[1] == 'l' || bytes[1] == 'i');
    const Json json = binary ? Json::from_ubjson(bytes.begin(), bytes.end()) : Json::parse(bytes);
    if (!json.contains("learner")) return input_error("JSON, but no model of XGBoost: it has no 'learner'");
    return read_learner(json.at("learner"));
  } catch (const std::exception& error) {
    return input_error("no model of XGBoost that makes sense: {}", error.what());
  }
}

}  // namespace ecocube
