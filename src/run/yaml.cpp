// SPDX-License-Identifier: Apache-2.0
#include "run/yaml.h"

#include <yaml-cpp/yaml.h>

#include "base/text.h"

namespace ecocube {
namespace {

std::string place(const std::string& origin, const YAML::Mark& mark) {
  return mark.is_null() ? origin : fmt::format("{}, line {}, column {}", origin, mark.line + 1, mark.column + 1);
}

Value plain_scalar(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  const auto exactly = [&](Value number) { return number.dump() == text ? number : Value(text); };
  if (const auto whole = parse_integer(text)) return exactly(*whole);
  if (const auto number = parse_number(text)) return exactly(*number);
  return text;
}

Value scalar(const YAML::Node& node) {
  if (node.Tag() == "!") return node.Scalar();
  return plain_scalar(node.Scalar());
}

Result<Value> convert(const YAML::Node& node, const std::string& origin) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar:
      return scalar(node);
    case YAML::NodeType::Sequence: {
      Value list = Value::array();
      for (const YAML::Node& element : node) {
        ECOCUBE_TRY_ASSIGN(Value value, convert(element, origin));
        list.push_back(std::move(value));
      }
      return list;
    }
    case YAML::NodeType::Map: {
      Value map = Value::object();
      for (const auto& entry : node) {
        const std::string key = entry.first.Scalar();
        if (map.contains(key))
          return usage_error("{}: key '{}' is given twice", place(origin, entry.first.Mark()), key);
        ECOCUBE_TRY_ASSIGN(Value value, convert(entry.second, origin));
        map[key] = std::move(value);
      }
      return map;
    }
    default:
      return Value(nullptr);
  }
}

void emit(YAML::Emitter& out, const Value& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, element] : value.items()) {
      out << YAML::Key << key << YAML::Value;
      emit(out, element);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    const bool flat =
        std::none_of(value.begin(), value.end(), [](const Value& element) { return element.is_structured(); });
    out << (flat ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
    for (const Value& element : value) emit(out, element);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    const auto text = value.get<std::string>();
    const bool ambiguous = !plain_scalar(text).is_string();
    if (ambiguous) out << YAML::DoubleQuoted;
    out << text;
  } else if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << value.dump();
  }
}

}  // namespace

Result<Value> parse_yaml(const std::string& text, const std::string& origin) {
  try {
    return convert(YAML::Load(text), origin);
  } catch (const YAML::Exception& problem) {
    return usage_error("{}: {}", place(origin, problem.mark), problem.msg);
  }
}

Result<Value> parse_argument(const std::string& text, const std::string& origin) {
  if (!text.empty() && std::string_view("[{\"'").find(text.front()) != std::string_view::npos)
    return parse_yaml(text, origin);
  return plain_scalar(text);
}

std::string write_yaml(const Value& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace ecocube
