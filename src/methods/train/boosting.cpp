// SPDX-License-Identifier: Apache-2.0
#include "methods/train/boosting.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

namespace ecocube {
namespace {

using Json = nlohmann::json;

Result<void> ask(int status, const char* what) {
  if (status == 0) return {};
  std::string reason = XGBGetLastError();
  // The first line says what is wrong; the rest is a stack trace.
  reason = reason.substr(0, reason.find('\n'));
  return machine_error("boosting: XGBoost: {}: {}", what, reason);
}

struct FreeMatrix {
  using pointer = DMatrixHandle;
  void operator()(DMatrixHandle handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
  using pointer = BoosterHandle;
  void operator()(BoosterHandle handle) const { XGBoosterFree(handle); }
};
using Matrix = std::unique_ptr<void, FreeMatrix>;
using Booster = std::unique_ptr<void, FreeBooster>;

Result<Matrix> make_matrix(std::span<const float> values, std::size_t features) {
  DMatrixHandle handle = nullptr;
  ECOCUBE_TRY(ask(XGDMatrixCreateFromMat_omp(values.data(), values.size() / features, features,
                                             std::numeric_limits<float>::quiet_NaN(), &handle, 1),
                  "taking the rows"));
  return Matrix(handle);
}

Result<Matrix> training_matrix(const TrainingRows& rows) {
  ECOCUBE_TRY_ASSIGN(Matrix matrix, make_matrix(rows.row_by_row(), rows.features));
  std::vector<float> labels(rows.seen.begin(), rows.seen.end());
  if (rows.regression()) labels = rows.responses;
  const std::vector<float> weights(rows.weights.begin(), rows.weights.end());
  ECOCUBE_TRY(ask(XGDMatrixSetFloatInfo(matrix.get(), "label", labels.data(), labels.size()), "taking what was seen"));
  ECOCUBE_TRY(ask(XGDMatrixSetFloatInfo(matrix.get(), "weight", weights.data(), weights.size()), "taking the weights"));
  return matrix;
}

Link link_of(const TrainingRows& rows) {
  return rows.regression() ? Link::identity : rows.classes == 2 ? Link::logistic : Link::softmax;
}

std::string objective_of(Link link) {
  return link == Link::identity ? "reg:squarederror" : link == Link::logistic ? "binary:logistic" : "multi:softprob";
}

/// A number starts from its weighted mean, so that no trees are spent on getting there.
float base_score_of(const TrainingRows& rows) {
  if (!rows.regression()) return 0.5f;
  double sum = 0, total = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    sum += rows.weights[row] * static_cast<double>(rows.responses[row]);
    total += rows.weights[row];
  }
  return static_cast<float>(sum / total);
}

Result<Booster> train(const TrainingRows& rows, const BoostingSettings& settings) {
  ECOCUBE_TRY_ASSIGN(const Matrix matrix, training_matrix(rows));
  BoosterHandle handle = nullptr;
  const DMatrixHandle matrices[] = {matrix.get()};
  ECOCUBE_TRY(ask(XGBoosterCreate(matrices, 1, &handle), "making a booster"));
  Booster booster(handle);
  const Link link = link_of(rows);
  const std::pair<const char*, std::string> parameters[] = {
      {"verbosity", "0"},
      {"nthread", "1"},
      {"booster", "gbtree"},
      {"tree_method", "hist"},
      {"objective", objective_of(link)},

      {"base_score", fmt::format("{}", base_score_of(rows))},
      {"seed", fmt::format("{}", settings.seed % 2147483647)},
      {"eta", fmt::format("{}", settings.eta)},
      {"max_depth", fmt::format("{}", settings.max_depth)},
      {"min_child_weight", fmt::format("{}", settings.min_child_weight)},
      {"subsample", fmt::format("{}", settings.row_share)},
      {"colsample_bytree", fmt::format("{}", settings.feature_share)},
      {"alpha", fmt::format("{}", settings.alpha)},
      {"lambda", fmt::format("{}", settings.lambda)}};
  if (link == Link::softmax) {
    ECOCUBE_TRY(
        ask(XGBoosterSetParam(booster.get(), "num_class", fmt::format("{}", rows.classes).c_str()), "num_class"));
  }
  for (const auto& [name, value] : parameters) {
    ECOCUBE_TRY(ask(XGBoosterSetParam(booster.get(), name, value.c_str()), name));
  }
  for (int round = 0; round < settings.rounds; ++round) {
    ECOCUBE_TRY(ask(XGBoosterUpdateOneIter(booster.get(), round, matrix.get()), "fitting a round"));
  }
  return booster;
}

/// One tree in our shape, from the root down, so that nodes XGBoost has pruned away are left behind. Its splits add
/// what they gain to `gains`, shape [feature].
BoostingTree take_tree(const Json& tree, std::uint32_t class_index, std::vector<double>& gains) {
  const auto left = tree.at("left_children").get<std::vector<int>>();
  const auto right = tree.at("right_children").get<std::vector<int>>();
  const auto feature = tree.at("split_indices").get<std::vector<int>>();
  const auto condition = tree.at("split_conditions").get<std::vector<float>>();
  const auto gain = tree.at("loss_changes").get<std::vector<double>>();
  BoostingTree taken{class_index, {{}}, {}};
  std::vector<std::pair<std::size_t, std::size_t>> open{{0, 0}};  // XGBoost's node, ours
  while (!open.empty()) {
    const auto [theirs, ours] = open.back();
    open.pop_back();
    if (left.at(theirs) < 0) {
      taken.nodes[ours] = {TreeNode::kLeaf, 0, static_cast<std::uint32_t>(taken.leaf_values.size())};
      taken.leaf_values.push_back(condition.at(theirs));
      continue;
    }
    gains.at(static_cast<std::size_t>(feature.at(theirs))) += gain.at(theirs);
    const auto child = static_cast<std::uint32_t>(taken.nodes.size());
    // XGBoost sends value < condition to the left, we send value <= threshold.
    const float threshold = std::nextafter(condition.at(theirs), -std::numeric_limits<float>::infinity());
    taken.nodes[ours] = {feature.at(theirs), threshold, child};
    taken.nodes.resize(taken.nodes.size() + 2);
    open.emplace_back(static_cast<std::size_t>(right.at(theirs)), child + 1);
    open.emplace_back(static_cast<std::size_t>(left.at(theirs)), child);
  }
  return taken;
}

/// Gains as shares of their sum.
std::vector<double> shares_of(std::vector<double> gains) {
  const double total = std::accumulate(gains.begin(), gains.end(), 0.0);
  for (double& gain : gains) gain = total > 0 ? gain / total : 1 / static_cast<double>(gains.size());
  return gains;
}

Result<FittedBoosting> take_model(BoosterHandle booster, Link link, std::size_t features) {
  bst_ulong length = 0;
  const char* text = nullptr;
  ECOCUBE_TRY(ask(XGBoosterSaveModelToBuffer(booster, R"({"format": "json"})", &length, &text), "giving its model"));
  try {
    const Json learner = Json::parse(text, text + length).at("learner");
    const Json& model = learner.at("gradient_booster").at("model");
    const auto class_of_tree = model.at("tree_info").get<std::vector<std::uint32_t>>();
    Boosting boosting;
    std::vector<double> gains(features);
    boosting.link = link;
    boosting.base_score = std::stof(learner.at("learner_model_param").at("base_score").get<std::string>());
    // XGBoost keeps the probability .5 there; its log odds are 0.
    if (link == Link::logistic) boosting.base_score = 0;
    for (std::size_t t = 0; t < class_of_tree.size(); ++t) {
      boosting.trees.push_back(take_tree(model.at("trees").at(t), class_of_tree[t], gains));
    }
    return FittedBoosting{std::move(boosting), shares_of(std::move(gains))};
  } catch (const std::exception& error) {
    return machine_error("boosting: reading XGBoost's model: {}", error.what());
  }
}

}  // namespace

Result<FittedBoosting> fit_boosting(const TrainingRows& rows, const BoostingSettings& settings) {
  ECOCUBE_TRY_ASSIGN(const Booster booster, train(rows, settings));
  return take_model(booster.get(), link_of(rows), rows.features);
}

Result<std::vector<float>> xgboost_scores(const TrainingRows& rows, const BoostingSettings& settings,
                                          std::span<const float> asked) {
  ECOCUBE_TRY_ASSIGN(const Booster booster, train(rows, settings));
  ECOCUBE_TRY_ASSIGN(const Matrix matrix, make_matrix(asked, rows.features));
  constexpr const char* margins =
      R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* scores = nullptr;
  ECOCUBE_TRY(ask(XGBoosterPredictFromDMatrix(booster.get(), matrix.get(), margins, &shape, &dimensions, &scores),
                  "predicting"));
  return std::vector<float>(
      scores, scores + asked.size() / rows.features * (link_of(rows) == Link::softmax ? rows.classes : 1));
}

}  // namespace ecocube
