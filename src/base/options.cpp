// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace ecocube {
namespace {

bool take_text(const Value& value, std::string& target) {
  if (value.is_string()) {
    target = value.get<std::string>();
  } else if (value.is_number()) {
    target = value.dump();
  } else {
    return false;
  }
  return true;
}

/// A number, or text that is one: `1.10` stays text until an option wants a number.
bool take_number(const Value& value, double& target) {
  if (value.is_string()) {
    const auto number = parse_number(value.get<std::string>());
    if (number) target = *number;
    return number.has_value();
  }
  if (value.is_number()) target = value.get<double>();
  return value.is_number();
}

bool take_integer(const Value& value, std::int64_t& target) {
  if (value.is_string()) {
    const auto whole = parse_integer(value.get<std::string>());
    if (whole) target = *whole;
    return whole.has_value();
  }
  if (value.is_number_integer()) {
    target = value.get<std::int64_t>();
    return true;
  }
  if (value.is_number_float() && value.get<double>() == std::floor(value.get<double>()) &&
      std::abs(value.get<double>()) < 9e15) {
    target = static_cast<std::int64_t>(value.get<double>());
    return true;
  }
  return false;
}

/// A list, or one value that stands for a list of one.
template <class T>
bool take_list(const Value& value, std::vector<T>& target, const std::function<bool(const Value&, T&)>& take_one) {
  std::vector<T> taken;
  const auto add = [&](const Value& element) {
    T one{};
    if (!take_one(element, one)) return false;
    taken.push_back(std::move(one));
    return true;
  };
  if (value.is_array()) {
    if (!std::all_of(value.begin(), value.end(), add)) return false;
  } else if (!add(value)) {
    return false;
  }
  target = std::move(taken);
  return true;
}

Value schema_of(const OptionInfo& info) {
  Value schema = Value::object();
  schema["description"] = info.unit.empty() ? info.meaning : fmt::format("{} [{}]", info.meaning, info.unit);
  const auto scalar = [&](Value& target, const char* type) {
    target["type"] = type;
    if (!info.choices.empty()) target["enum"] = info.choices;
    if (std::isfinite(info.minimum)) target["minimum"] = info.minimum;
    if (std::isfinite(info.maximum)) target["maximum"] = info.maximum;
  };
  const auto list = [&](const char* type) {
    Value element = Value::object(), array = Value::object();
    scalar(element, type);
    array["type"] = "array";
    array["items"] = element;
    schema["anyOf"] = Value::array({element, array});
  };
  if (info.type == "integer") scalar(schema, "integer");
  if (info.type == "number") scalar(schema, "number");
  if (info.type == "true/false") scalar(schema, "boolean");
  if (info.type == "text") {
    scalar(schema, "string");
    if (info.choices.empty()) schema["type"] = Value::array({"string", "number"});
  }
  if (info.type == "list of text") list("string");
  if (info.type == "list of numbers") list("number");
  if (!info.initial.is_null()) schema["default"] = info.initial;
  return schema;
}

}  // namespace

std::string value_text(const Value& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const Value& element : value) parts.push_back(value_text(element));
    return fmt::format("[{}]", join(parts, ", "));
  }
  return value.dump();
}

OptionSet::Handle& OptionSet::Handle::unit(std::string text) {
  info_.unit = std::move(text);
  return *this;
}
OptionSet::Handle& OptionSet::Handle::choices(std::vector<std::string> words) {
  info_.choices = std::move(words);
  return *this;
}
OptionSet::Handle& OptionSet::Handle::range(double minimum, double maximum) {
  info_.minimum = minimum;
  info_.maximum = maximum;
  return *this;
}
OptionSet::Handle& OptionSet::Handle::rule(std::string text, std::function<bool(const Value&)> holds) {
  info_.rule = std::move(text);
  test_ = std::move(holds);
  return *this;
}
OptionSet::Handle& OptionSet::Handle::required() {
  info_.required = true;
  info_.initial = nullptr;
  return *this;
}

template <class T>
OptionSet::Handle OptionSet::bind(std::string name, std::string type, T& target, std::string meaning,
                                  std::function<bool(const Value&)> take) {
  auto entry = std::make_unique<Entry>();
  entry->give = [&target]() -> Value {
    if constexpr (requires { target.has_value(); }) {
      return target ? Value(*target) : Value(nullptr);
    } else {
      return Value(target);
    }
  };
  entry->info = OptionInfo{.name = std::move(name),
                           .type = std::move(type),
                           .meaning = std::move(meaning),
                           .unit = {},
                           .initial = entry->give(),
                           .choices = {},
                           .rule = {}};
  entry->take = std::move(take);
  entries_.push_back(std::move(entry));
  return Handle(entries_.back()->info, entries_.back()->test);
}

OptionSet::Handle OptionSet::add(std::string name, bool& target, std::string meaning) {
  return bind(std::move(name), "true/false", target, std::move(meaning), [&target](const Value& value) {
    if (value.is_boolean()) target = value.get<bool>();
    return value.is_boolean();
  });
}
OptionSet::Handle OptionSet::add(std::string name, int& target, std::string meaning) {
  return bind(std::move(name), "integer", target, std::move(meaning), [&target](const Value& value) {
    std::int64_t whole = 0;
    if (!take_integer(value, whole) || whole != static_cast<int>(whole)) return false;
    target = static_cast<int>(whole);
    return true;
  });
}
OptionSet::Handle OptionSet::add(std::string name, std::int64_t& target, std::string meaning) {
  return bind(std::move(name), "integer", target, std::move(meaning),
              [&target](const Value& value) { return take_integer(value, target); });
}
OptionSet::Handle OptionSet::add(std::string name, double& target, std::string meaning) {
  return bind(std::move(name), "number", target, std::move(meaning),
              [&target](const Value& value) { return take_number(value, target); });
}
OptionSet::Handle OptionSet::add(std::string name, std::string& target, std::string meaning) {
  return bind(std::move(name), "text", target, std::move(meaning),
              [&target](const Value& value) { return take_text(value, target); });
}
OptionSet::Handle OptionSet::add(std::string name, std::optional<std::string>& target, std::string meaning) {
  return bind(std::move(name), "text", target, std::move(meaning), [&target](const Value& value) {
    std::string text;
    if (value.is_null()) return target.reset(), true;
    if (!take_text(value, text)) return false;
    target = std::move(text);
    return true;
  });
}
OptionSet::Handle OptionSet::add(std::string name, std::optional<double>& target, std::string meaning) {
  return bind(std::move(name), "number", target, std::move(meaning), [&target](const Value& value) {
    double number = 0;
    if (value.is_null()) return target.reset(), true;
    if (!take_number(value, number)) return false;
    target = number;
    return true;
  });
}
OptionSet::Handle OptionSet::add(std::string name, std::vector<std::string>& target, std::string meaning) {
  return bind(std::move(name), "list of text", target, std::move(meaning),
              [&target](const Value& value) { return take_list<std::string>(value, target, take_text); });
}
OptionSet::Handle OptionSet::add(std::string name, std::vector<double>& target, std::string meaning) {
  return bind(std::move(name), "list of numbers", target, std::move(meaning),
              [&target](const Value& value) { return take_list<double>(value, target, take_number); });
}
OptionSet::Handle OptionSet::add(std::string name, std::vector<int>& target, std::string meaning) {
  return bind(std::move(name), "list of numbers", target, std::move(meaning), [&target](const Value& value) {
    return take_list<int>(value, target, [](const Value& element, int& number) {
      std::int64_t whole = 0;
      if (!take_integer(element, whole)) return false;
      number = static_cast<int>(whole);
      return true;
    });
  });
}
OptionSet::Handle OptionSet::add(std::string name, Value& target, std::string meaning) {
  return bind(std::move(name), "any", target, std::move(meaning), [&target](const Value& value) {
    target = value;
    return true;
  });
}

Result<void> OptionSet::read_one(const Entry& entry, const Value& value, std::string_view path) const {
  const OptionInfo& info = entry.info;
  if (!entry.take(value)) return usage_error("{}: expected {}, got {}", path, info.type, value.dump());
  // Checks look at what was understood: text that is a number has become one.
  const Value taken = entry.give();
  const auto elements = taken.is_array() ? taken : Value::array({taken});
  for (const Value& element : elements) {
    if (!info.choices.empty()) {
      const std::string word = value_text(element);
      if (std::find(info.choices.begin(), info.choices.end(), word) == info.choices.end()) {
        return usage_error("{}: unknown value '{}'{}", path, word, suggestion(word, info.choices));
      }
    }
    if (element.is_number()) {
      const double number = element.get<double>();
      if (!(number >= info.minimum && number <= info.maximum)) {
        if (!std::isfinite(info.maximum)) return usage_error("{}: {} is below {}", path, element.dump(), info.minimum);
        return usage_error("{}: {} is not within {}..{}", path, element.dump(), info.minimum, info.maximum);
      }
    }
  }
  if (entry.test && !entry.test(taken)) return usage_error("{}: {} must be {}", path, value_text(value), info.rule);
  return {};
}

Result<void> OptionSet::read(const Value& map, std::string_view path) const {
  if (!map.is_object() && !map.is_null()) return usage_error("{}: expected a map of options, got {}", path, map.dump());
  std::vector<std::string> known;
  for (const auto& entry : entries_) known.push_back(entry->info.name);
  const std::string prefix = path.empty() ? "" : fmt::format("{}.", path);
  for (const auto& [key, value] : map.items()) {
    const auto found = std::find(known.begin(), known.end(), key);
    if (found == known.end()) return usage_error("{}{}: unknown key{}", prefix, key, suggestion(key, known));
    ECOCUBE_TRY(read_one(*entries_[static_cast<std::size_t>(found - known.begin())], value, prefix + key));
  }
  for (const auto& entry : entries_) {
    if (entry->info.required && (map.is_null() || !map.contains(entry->info.name))) {
      return usage_error("{}{}: missing ({})", prefix, entry->info.name, entry->info.meaning);
    }
  }
  return {};
}

std::vector<OptionInfo> OptionSet::table() const {
  std::vector<OptionInfo> rows;
  for (const auto& entry : entries_) rows.push_back(entry->info);
  return rows;
}

Value OptionSet::values() const {
  Value map = Value::object();
  for (const auto& entry : entries_) map[entry->info.name] = entry->give();
  return map;
}

Value OptionSet::json_schema() const {
  Value schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", Value::object()}};
  Value required = Value::array();
  for (const auto& entry : entries_) {
    schema["properties"][entry->info.name] = schema_of(entry->info);
    if (entry->info.required) required.push_back(entry->info.name);
  }
  if (!required.empty()) schema["required"] = required;
  return schema;
}

}  // namespace ecocube
