// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecocube::series {

/// A formula over bands that a person wrote, such as `(nir - red) / (nir + red)`; muparser reads it. Numbers are
/// physical values. There are + - * / ^, comparisons, && ||, `a ? b : c`, parentheses, the constants _pi and _e, and
/// the functions abs, sqrt, exp, ln, log10, log2, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, sign, rint, min,
/// max, sum and avg.
class Expression {
 public:
  /// known  names that may stand in the formula
  /// A formula that cannot be read is an error that says where; an unknown name is one with the nearest known name. A
  /// formula without any name gives the same number everywhere and is an error too.
  static Result<Expression> parse(const std::string& formula, const std::vector<std::string>& known);
  ~Expression();
  Expression(Expression&& other) noexcept;
  Expression& operator=(Expression&& other) noexcept;

  const std::string& formula() const { return formula_; }
  /// The names that stand in it, in the order of the alphabet: `evaluate` takes their planes in this order.
  const std::vector<std::string>& names() const { return names_; }

  /// Computes the formula for each pixel.
  ///
  /// bands, valid   a plane for each of `names`; shapes [pixel]
  /// results        missing (value 0) where a band is missing or the formula gives no finite number
  /// May be called by several threads at once.
  void evaluate(std::span<const std::span<const float>> bands, std::span<const std::span<const std::uint8_t>> valid,
                std::span<float> results, std::span<std::uint8_t> results_valid) const;

 private:
  Expression(std::string formula, std::vector<std::string> names);
  std::string formula_;
  std::vector<std::string> names_;
};

}  // namespace ecocube::series
