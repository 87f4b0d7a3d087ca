// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "io/file/file.h"
#include "io/report/gap_report.h"
#include "steps/gap_assessment.h"

namespace ecocube {
namespace {

constexpr int kVersion = 3;

Value statistics_json(const series::DateStatistics& statistics) {
  Value distance = Value::array();
  for (const series::DistanceTerm& term : statistics.distance) distance.push_back({term.weight, term.range});
  const auto factors = [](const std::vector<series::ErrorFactor>& all) {
    Value list = Value::array();
    for (const series::ErrorFactor& one : all) list.push_back({one.variance, one.factor});
    return list;
  };
  return {{"times", statistics.times},
          {"any_value", statistics.any_value},
          {"series_only", statistics.series_only},
          {"mean", statistics.mean},
          {"spread", statistics.spread},
          {"nearly_empty", statistics.nearly_empty},
          {"correlation", statistics.correlation},
          {"structured", statistics.structured},
          {"distance", std::move(distance)},
          {"blend", statistics.blend},
          {"blend_error", statistics.blend_error},
          {"regression_error", factors(statistics.regression_error)},
          {"kriging_error", factors(statistics.kriging_error)},
          {"series_error", statistics.series_error},
          {"lowest", statistics.lowest},
          {"highest", statistics.highest}};
}

series::DateStatistics statistics_of(const Value& value) {
  series::DateStatistics statistics;
  const auto take = [&](const char* key, auto& target) { value.at(key).get_to(target); };
  const auto numbers = [&](const char* key, std::vector<double>& target) {
    for (const Value& one : value.at(key))
      target.push_back(one.is_null() ? std::numeric_limits<double>::quiet_NaN() : one.get<double>());
  };
  const auto factors = [&](const char* key, std::vector<series::ErrorFactor>& target) {
    for (const Value& one : value.at(key)) target.push_back({one.at(0).get<double>(), one.at(1).get<double>()});
  };
  take("times", statistics.times);
  take("any_value", statistics.any_value);
  take("series_only", statistics.series_only);
  numbers("mean", statistics.mean);
  numbers("spread", statistics.spread);
  take("nearly_empty", statistics.nearly_empty);
  numbers("correlation", statistics.correlation);
  numbers("structured", statistics.structured);
  for (const Value& term : value.at("distance"))
    statistics.distance.push_back({term.at(0).get<double>(), term.at(1).get<double>()});
  numbers("blend", statistics.blend);
  numbers("blend_error", statistics.blend_error);
  factors("regression_error", statistics.regression_error);
  factors("kriging_error", statistics.kriging_error);
  take("series_error", statistics.series_error);
  take("lowest", statistics.lowest);
  take("highest", statistics.highest);
  return statistics;
}

Result<GapKnowledge> knowledge_of(const Value& value) {
  GapKnowledge knowledge;
  try {
    knowledge.variable = value.at("variable").get<std::string>();
    knowledge.unit = value.at("unit").get<std::string>();
    knowledge.slot_names = value.at("slots").get<std::vector<std::string>>();
    knowledge.regions = value.at("regions").get<std::vector<std::string>>();
    if (value.contains("statistics")) knowledge.statistics = statistics_of(value["statistics"]);
    if (value.contains("methods")) {
      ECOCUBE_TRY_ASSIGN(VariableGapReport report, parse_gap_report(value));
      knowledge.assessment = std::move(report.assessment);
    }
  } catch (const Value::exception& error) {
    return input_error("knowledge of gaps: {}", error.what());
  }
  return knowledge;
}

}  // namespace

Result<void> write_gap_knowledge(const std::vector<GapKnowledge>& all, const std::filesystem::path& file) {
  Value variables = Value::array();
  for (const GapKnowledge& one : all) {
    Value entry = {{"variable", one.variable}, {"unit", one.unit}, {"slots", one.slot_names}, {"regions", one.regions}};
    if (one.assessment) entry = gap_report_json({one.variable, one.unit, one.slot_names, one.regions, *one.assessment});
    if (one.statistics) entry["statistics"] = statistics_json(*one.statistics);
    variables.push_back(std::move(entry));
  }
  const Value document = {{"ecocube_gap_assessment", kVersion}, {"variables", std::move(variables)}};
  return write_text(file, document.dump(1, ' ', false, Value::error_handler_t::replace) + "\n");
}

Result<std::vector<GapKnowledge>> read_gap_knowledge(const std::filesystem::path& file) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(file));
  const Value document = Value::parse(text, nullptr, false);
  const std::string context = "reading " + file.string();
  if (!document.is_object() || document.value("ecocube_gap_assessment", 0) != kVersion)
    return within(context, Error{Blame::input, "this is no assessment of gaps"});
  std::vector<GapKnowledge> all;
  for (const Value& value : document.value("variables", Value::array())) {
    auto one = knowledge_of(value);
    if (!one) return within(context, one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace ecocube
