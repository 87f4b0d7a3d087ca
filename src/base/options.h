// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// A recipe's values: null, true/false, numbers, text, lists and maps in the order they were written.
using Value = nlohmann::ordered_json;

/// What is declared of one option, once: help, docs page, JSON schema and checks all come from here.
struct OptionInfo {
  std::string name;
  std::string type;  ///< `integer`, `number`, `text`, `true/false`, `list of text`, `list of numbers`, `any`
  std::string meaning;
  std::string unit;
  Value initial;                     ///< the default; null when there is none
  std::vector<std::string> choices;  ///< allowed words; empty: any
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::string rule;  ///< a further check in words, for example "odd"
  bool required = false;
};

/// Declares the options of one owner (a step, a source, a section of the recipe) and binds each to a variable,
/// whose value at declaration is the default.
///
///   options.add("window", window_, "widest span of years pooled at once").unit("years").range(1, 99);
class OptionSet {
 public:
  class Handle {
   public:
    explicit Handle(OptionInfo& info, std::function<bool(const Value&)>& test) : info_(info), test_(test) {}
    Handle& unit(std::string text);
    Handle& choices(std::vector<std::string> words);
    Handle& range(double minimum, double maximum);
    /// A further check: `rule` completes the sentence "must be …".
    Handle& rule(std::string text, std::function<bool(const Value&)> holds);
    Handle& required();

   private:
    OptionInfo& info_;
    std::function<bool(const Value&)>& test_;
  };

  Handle add(std::string name, bool& target, std::string meaning);
  Handle add(std::string name, int& target, std::string meaning);
  Handle add(std::string name, std::int64_t& target, std::string meaning);
  Handle add(std::string name, double& target, std::string meaning);
  Handle add(std::string name, std::string& target, std::string meaning);
  Handle add(std::string name, std::optional<std::string>& target, std::string meaning);
  Handle add(std::string name, std::optional<double>& target, std::string meaning);
  Handle add(std::string name, std::vector<std::string>& target, std::string meaning);
  Handle add(std::string name, std::vector<double>& target, std::string meaning);
  Handle add(std::string name, std::vector<int>& target, std::string meaning);
  /// Any shape; the owner checks it.
  Handle add(std::string name, Value& target, std::string meaning);

  /// Takes the values of `map` into the bound variables. `path` names the map in messages (`steps.fill-gaps`).
  /// An unknown key, a wrong type or a broken check is an error that names the full path and the value.
  Result<void> read(const Value& map, std::string_view path) const;

  std::vector<OptionInfo> table() const;
  /// The bound variables as they stand: the resolved options.
  Value values() const;
  /// JSON Schema (draft 2020-12) of the map that `read` takes.
  Value json_schema() const;

 private:
  struct Entry {
    OptionInfo info;
    std::function<bool(const Value&)> test;
    std::function<bool(const Value&)> take;  ///< false: wrong type
    std::function<Value()> give;
  };
  template <class T>
  Handle bind(std::string name, std::string type, T& target, std::string meaning,
              std::function<bool(const Value&)> take);
  Result<void> read_one(const Entry& entry, const Value& value, std::string_view path) const;

  std::vector<std::unique_ptr<Entry>> entries_;
};

/// The value as a person writes it: text without quotes, lists in brackets.
std::string value_text(const Value& value);

}  // namespace ecocube
