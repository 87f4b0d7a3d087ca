// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "io/report/gap_report.h"

namespace ecocube {
namespace {

using series::GapAssessment;

/// JSON has no NaN.
Value number(double value) {
  return std::isfinite(value) ? Value(value) : Value(nullptr);
}

double number_of(const Value& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

Value score_json(const series::GapScore& score, const std::string& method, const VariableGapReport& report) {
  Value line = {{"method", method}, {"way", series::name_of(score.way)}};
  if (score.slot >= 0) line["slot"] = report.slots[static_cast<std::size_t>(score.slot)];
  if (score.gap_class >= 0) line["gap_layers"] = series::name_of_gap_class(static_cast<std::size_t>(score.gap_class));
  if (score.region >= 0) line["region"] = report.regions[static_cast<std::size_t>(score.region)];
  line["count"] = score.sums.count;
  line["empty"] = score.sums.empty;
  line["rmse"] = number(score.sums.rmse());
  line["mae"] = number(score.sums.mae());
  line["bias"] = number(score.sums.bias());
  line["r2"] = number(score.sums.r2());
  return line;
}

Value weights_json(const std::vector<std::string>& methods, const std::vector<double>& weights) {
  Value shares = Value::object();
  for (std::size_t method = 0; method < weights.size(); ++method) {
    if (weights[method] > 0) shares[methods[method]] = weights[method];
  }
  return shares;
}

Value choices_json(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  Value choices = Value::array();
  for (std::size_t row = 0; row < assessment.choices.size(); ++row) {
    const series::GapChoice& choice = assessment.choices[row];
    Value line = {{"date", row < report.slots.size() ? "seen" : "nearly empty"},
                  {"slot", report.slots[row % report.slots.size()]},
                  {"weights", weights_json(assessment.methods, choice.weights)},
                  {"rmse", number(choice.rmse)},
                  {"expected_error", number(choice.error)},
                  {"factor", number(choice.factor)}};
    if (!choice.level_weights.empty()) line["level_weights"] = weights_json(assessment.methods, choice.level_weights);
    choices.push_back(std::move(line));
  }
  return choices;
}

Value expected_json(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  Value lines = Value::array();
  std::size_t row = 0;
  for (const std::string& method : assessment.methods) {
    for (const char* date : {"seen", "nearly empty"}) {
      for (const std::string& slot : report.slots) {
        for (std::size_t gap = 0; gap < series::kGapClasses; ++gap, ++row) {
          const series::ExpectedError& one = assessment.expected[row];
          lines.push_back({{"method", method},
                           {"date", date},
                           {"slot", slot},
                           {"gap_layers", series::name_of_gap_class(gap)},
                           {"count", one.count},
                           {"rmse", number(one.rmse)},
                           {"expected_error", number(one.error)},
                           {"factor", number(one.factor)}});
        }
      }
    }
  }
  return lines;
}

Result<std::vector<double>> read_weights(const Value& line, const char* key, const std::vector<std::string>& methods) {
  std::vector<double> weights;
  double sum = 0;
  for (const std::string& method : methods) {
    const auto weight = line.at(key).find(method);
    weights.push_back(weight == line.at(key).end() ? 0.0 : weight->get<double>());
    sum += weights.back();
  }
  if (!(std::abs(sum - 1) < 1e-6))
    return input_error("choices: the {} of {} have the sum {}, not 1", key, line.at("slot").get<std::string>(), sum);
  return weights;
}

Result<void> read_choices(const Value& lines, VariableGapReport& report) {
  GapAssessment& assessment = report.assessment;
  if (lines.size() != 2 * report.slots.size())
    return input_error("choices: {} lines for {} slots", lines.size(), report.slots.size());
  for (const Value& line : lines) {
    series::GapChoice choice;
    ECOCUBE_TRY_ASSIGN(choice.weights, read_weights(line, "weights", assessment.methods));
    if (line.contains("level_weights")) {
      ECOCUBE_TRY_ASSIGN(choice.level_weights, read_weights(line, "level_weights", assessment.methods));
    }
    choice.rmse = number_of(line.at("rmse"));
    choice.error = number_of(line.at("expected_error"));
    choice.factor = number_of(line.at("factor"));
    assessment.choices.push_back(std::move(choice));
  }
  return {};
}

Result<void> read_expected(const Value& lines, VariableGapReport& report) {
  GapAssessment& assessment = report.assessment;
  const std::size_t wanted = assessment.methods.size() * 2 * report.slots.size() * series::kGapClasses;
  if (lines.size() != wanted)
    return input_error("expected: {} lines for {} methods and {} slots", lines.size(), assessment.methods.size(),
                       report.slots.size());
  for (const Value& line : lines) {
    assessment.expected.push_back({line.at("count").get<std::size_t>(), number_of(line.at("rmse")),
                                   number_of(line.at("expected_error")), number_of(line.at("factor"))});
  }
  return {};
}

}  // namespace

Value gap_report_json(const VariableGapReport& report) {
  const GapAssessment& assessment = report.assessment;
  Value scores = Value::array();
  for (const series::GapScore& score : assessment.scores)
    scores.push_back(score_json(score, assessment.methods[score.method], report));
  for (const series::GapScore& score : assessment.auto_scores) scores.push_back(score_json(score, "auto", report));
  return {{"variable", report.variable},
          {"unit", report.unit},
          {"slots", report.slots},
          {"regions", report.regions},
          {"pixels", assessment.pixels},
          {"methods", assessment.methods},
          {"nearly_empty", assessment.nearly_empty},
          {"choices", choices_json(report)},
          {"level_shifts", assessment.level_shifts},
          {"expected", expected_json(report)},
          {"scores", std::move(scores)}};
}

Result<VariableGapReport> parse_gap_report(const Value& value) {
  VariableGapReport report;
  try {
    report.variable = value.at("variable").get<std::string>();
    report.unit = value.at("unit").get<std::string>();
    report.slots = value.at("slots").get<std::vector<std::string>>();
    report.regions = value.at("regions").get<std::vector<std::string>>();
    GapAssessment& assessment = report.assessment;
    assessment.slots = static_cast<int>(report.slots.size());
    assessment.pixels = value.at("pixels").get<std::size_t>();
    assessment.methods = value.at("methods").get<std::vector<std::string>>();
    assessment.nearly_empty = value.at("nearly_empty").get<std::vector<std::uint8_t>>();
    assessment.level_shifts = value.at("level_shifts").get<std::vector<double>>();
    if (assessment.level_shifts.size() != assessment.nearly_empty.size())
      return input_error("level_shifts: {} of them for {} layers", assessment.level_shifts.size(),
                         assessment.nearly_empty.size());
    ECOCUBE_TRY(read_choices(value.at("choices"), report));
    ECOCUBE_TRY(read_expected(value.at("expected"), report));
  } catch (const Value::exception& error) {
    return input_error("assessment of gaps: {}", error.what());
  }
  return report;
}

}  // namespace ecocube
