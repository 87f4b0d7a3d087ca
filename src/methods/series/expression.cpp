// SPDX-License-Identifier: Apache-2.0
#include "methods/series/expression.h"

#include <muParser.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/text.h"

namespace ecocube::series {
namespace {

/// What muparser says, in our words where its own name the wrong thing.
Failure error_of(const mu::Parser::exception_type& problem, const std::string& formula) {
  const std::string token = problem.GetToken();
  const std::string at = token.empty() ? "" : fmt::format(" at '{}' (character {})", token, problem.GetPos() + 1);
  switch (problem.GetCode()) {
    case mu::ecUNEXPECTED_EOF:
      return usage_error("expression '{}': it ends too early", formula);
    case mu::ecMISSING_PARENS:
      return usage_error("expression '{}': a parenthesis is not closed", formula);
    case mu::ecUNEXPECTED_PARENS:
      return usage_error("expression '{}': a parenthesis too many{}", formula, at);
    case mu::ecTOO_FEW_PARAMS:
    case mu::ecTOO_MANY_PARAMS:
      return usage_error("expression '{}': wrong number of arguments{}", formula, at);
    default:
      return usage_error("expression '{}': it cannot be read{}", formula, at);
  }
}

/// A parser whose variables are the elements of `values`, in the order of `names`.
std::unique_ptr<mu::Parser> parser_of(const std::string& formula, const std::vector<std::string>& names,
                                      std::vector<double>& values) {
  auto parser = std::make_unique<mu::Parser>();
  for (std::size_t i = 0; i < names.size(); ++i) parser->DefineVar(names[i], &values[i]);
  parser->SetExpr(formula);
  return parser;
}

}  // namespace

Expression::Expression(std::string formula, std::vector<std::string> names)
    : formula_(std::move(formula)), names_(std::move(names)) {}
Expression::~Expression() = default;
Expression::Expression(Expression&& other) noexcept = default;
Expression& Expression::operator=(Expression&& other) noexcept = default;

Result<Expression> Expression::parse(const std::string& formula, const std::vector<std::string>& known) {
  std::vector<std::string> names;
  try {
    mu::Parser parser;
    parser.SetExpr(formula);
    for (const auto& [name, place] : parser.GetUsedVar()) names.push_back(name);
  } catch (const mu::Parser::exception_type& problem) {
    return error_of(problem, formula);
  }
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return usage_error("expression '{}': nothing is called '{}'{}", formula, name, suggestion(name, known));
  }
  if (names.empty()) return usage_error("expression '{}': no band stands in it", formula);
  std::vector<double> values(names.size(), 1);
  try {
    parser_of(formula, names, values)->Eval();
  } catch (const mu::Parser::exception_type& problem) {
    return error_of(problem, formula);
  }
  return Expression(formula, std::move(names));
}

void Expression::evaluate(std::span<const std::span<const float>> bands,
                          std::span<const std::span<const std::uint8_t>> valid, std::span<float> results,
                          std::span<std::uint8_t> results_valid) const {
  assert(bands.size() == names_.size() && valid.size() == names_.size());
  std::vector<double> values(names_.size());
  // A parser holds what it computes with, so each call has its own.
  const auto parser = parser_of(formula_, names_, values);
  for (std::size_t pixel = 0; pixel < results.size(); ++pixel) {
    bool known = true;
    for (std::size_t band = 0; band < names_.size(); ++band) {
      known = known && valid[band][pixel] != 0;
      values[band] = static_cast<double>(bands[band][pixel]);
    }
    const double value = known ? parser->Eval() : 0;
    known = known && std::isfinite(value);
    results[pixel] = known ? static_cast<float>(value) : 0.0F;
    results_valid[pixel] = known ? 1 : 0;
  }
}

}  // namespace ecocube::series
