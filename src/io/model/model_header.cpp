// SPDX-License-Identifier: Apache-2.0
#include "io/model/model_header.h"

#include <nlohmann/json.hpp>

#include "io/model/learner_sections.h"

namespace ecocube {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const LegendClass& entry) {
  return {{"code", entry.code},
          {"name", entry.name},
          {"value", entry.value},
          {"color", {entry.color.red, entry.color.green, entry.color.blue}}};
}

LegendClass class_of(const Json& entry) {
  const auto color = entry.at("color").get<std::vector<int>>();
  const auto part = [&](std::size_t i) { return static_cast<std::uint8_t>(color.at(i)); };
  return {entry.at("code"), entry.at("name"), entry.at("value"), {part(0), part(1), part(2)}};
}

Json to_json(const Response& response) {
  return {{"variable", response.variable},
          {"unit", response.unit},
          {"transform", name_of(response.transform)},
          {"lowest", response.lowest},
          {"highest", response.highest}};
}

Response response_of(const Json& entry) {
  const auto transform = transform_named(entry.at("transform").get<std::string>());
  if (!transform) throw std::invalid_argument(fmt::format("unknown transform {}", entry.at("transform").dump()));
  return {entry.at("variable"), entry.at("unit"), *transform, entry.at("lowest"), entry.at("highest")};
}

Json to_json(const ClassSets& sets) {
  Json json{{"method", sets.method == SetMethod::raps ? "raps" : "lac"},
            {"keep_dominant", sets.keep_dominant},
            {"penalty", sets.penalty},
            {"free_classes", sets.free_classes},
            {"levels", Json::array()}};
  for (const ClassSets::Level& level : sets.levels) {
    json["levels"].push_back({{"coverage", level.coverage},
                              {"reached", level.reached},
                              {"reached_by_threshold", level.reached_by_threshold},
                              {"thresholds", level.thresholds}});
  }
  return json;
}

ClassSets sets_of(const Json& json) {
  ClassSets sets;
  sets.method = json.at("method") == "raps" ? SetMethod::raps : SetMethod::lac;
  sets.keep_dominant = json.at("keep_dominant");
  sets.penalty = json.at("penalty");
  sets.free_classes = json.at("free_classes");
  for (const Json& level : json.at("levels")) {
    sets.levels.push_back({level.at("coverage"), level.at("reached"), level.at("reached_by_threshold"),
                           level.at("thresholds").get<std::vector<double>>()});
  }
  return sets;
}

Json to_json(const Intervals& intervals) {
  Json json{{"method", intervals.method == IntervalMethod::residual ? "residual" : "quantile"},
            {"forest", intervals.forest},
            {"levels", Json::array()}};
  for (const Intervals::Level& level : intervals.levels) {
    json["levels"].push_back({{"coverage", level.coverage},
                              {"reached", level.reached},
                              {"quantiles", {level.lower_quantile, level.upper_quantile}},
                              {"margins", {level.lower_margin, level.upper_margin}}});
  }
  return json;
}

Intervals intervals_of(const Json& json) {
  Intervals intervals;
  intervals.method = json.at("method") == "residual" ? IntervalMethod::residual : IntervalMethod::quantile;
  intervals.forest = json.at("forest");
  for (const Json& level : json.at("levels")) {
    intervals.levels.push_back({level.at("coverage"), level.at("reached"), level.at("quantiles").at(0),
                                level.at("quantiles").at(1), level.at("margins").at(0), level.at("margins").at(1)});
  }
  return intervals;
}

ModelHeader header_of(const Json& json) {
  ModelHeader header;
  Model& model = header.model;
  model.features = json.at("features").get<std::vector<std::string>>();
  for (const Json& entry : json.value("facts", Json::array()))
    model.facts.push_back({entry.at("unit"), entry.at("lowest"), entry.at("highest"), entry.at("scale"), entry.at("offset")});
  for (const Json& entry : json.at("classes")) model.classes.push_back(class_of(entry));
  if (json.contains("response")) model.response = response_of(json.at("response"));
  for (const Json& entry : json.at("learners")) {
    model.learners.push_back({entry.at("name"), {}});
    header.kinds.push_back(entry.at("kind"));
  }
  const Json& meta = json.at("meta");
  if (meta.is_object()) {
    model.meta.name = meta.at("name");
    header.meta_kind = meta.at("kind");
  } else {  // version 1
    model.meta.name = meta.is_null() ? "mean" : "published";
    header.meta_kind = meta.is_null() ? "mean" : "logistic";
  }
  if (json.contains("sets")) model.sets = sets_of(json.at("sets"));
  if (json.contains("intervals")) model.intervals = intervals_of(json.at("intervals"));
  header.has_applicability = json.value("applicability", false);
  for (const Json& entry : json.at("settings")) model.settings.emplace_back(entry.at(0), entry.at(1));
  return header;
}

}  // namespace

std::string header_text(const Model& model) {
  Json header;
  header["features"] = model.features;
  if (!model.facts.empty()) {
    for (const FeatureFacts& facts : model.facts)
      header["facts"].push_back({{"unit", facts.unit},
                                 {"lowest", facts.lowest},
                                 {"highest", facts.highest},
                                 {"scale", facts.scale},
                                 {"offset", facts.offset}});
  }
  header["classes"] = Json::array();
  for (const LegendClass& entry : model.classes) header["classes"].push_back(to_json(entry));
  if (model.response) header["response"] = to_json(*model.response);
  for (const NamedLearner& named : model.learners)
    header["learners"].push_back({{"name", named.name}, {"kind", kind_of(named.learner)}});
  header["meta"] = {{"name", model.meta.name}, {"kind", kind_of(model.meta)}};
  if (model.sets) header["sets"] = to_json(*model.sets);
  if (model.intervals) header["intervals"] = to_json(*model.intervals);
  if (model.applicability) header["applicability"] = true;
  header["settings"] = Json::array();
  for (const auto& [name, value] : model.settings) header["settings"].push_back({name, value});
  return header.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<ModelHeader> parse_header(std::string_view text) {
  try {
    return header_of(Json::parse(text));
  } catch (const std::exception& error) {
    return input_error("its header does not make sense: {}", error.what());
  }
}

}  // namespace ecocube
