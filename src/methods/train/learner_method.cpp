// SPDX-License-Identifier: Apache-2.0
#include "methods/train/learner_method.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/text.h"

namespace ecocube {

HyperParameters::HyperParameters(const std::vector<HyperParameter>& declared) : declared_(declared) {
  for (const HyperParameter& one : declared_) {
    if (one.choices.empty()) {
      numbers_[one.name] = one.initial;
    } else {
      words_[one.name] = one.choices.front();
    }
  }
}

const HyperParameter& HyperParameters::declaration(std::string_view name) const {
  const auto found =
      std::find_if(declared_.begin(), declared_.end(), [&](const auto& one) { return one.name == name; });
  assert(found != declared_.end());
  return *found;
}

Result<void> HyperParameters::set(std::string_view name, double value) {
  const auto known = numbers_.find(name);
  if (known == numbers_.end()) {
    std::vector<std::string> names;
    for (const HyperParameter& one : declared_) names.push_back(one.name);
    if (words_.contains(name)) return usage_error("{}: {} is no word", name, value);
    return usage_error("unknown hyper-parameter '{}'{}", name, suggestion(std::string(name), names));
  }
  const HyperParameter& one = declaration(name);
  if (!(value >= one.lowest && value <= one.highest))
    return usage_error("{}: {} is not within {}..{}", name, value, one.lowest, one.highest);
  if (one.whole && value != std::floor(value)) return usage_error("{}: {} is no whole number", name, value);
  known->second = value;
  return {};
}

Result<void> HyperParameters::set(std::string_view name, std::string_view word) {
  const auto known = words_.find(name);
  if (known == words_.end()) return usage_error("{}: '{}' is no number", name, word);
  const HyperParameter& one = declaration(name);
  if (std::find(one.choices.begin(), one.choices.end(), word) == one.choices.end())
    return usage_error("{}: unknown word '{}'{}", name, word, suggestion(std::string(word), one.choices));
  known->second = word;
  return {};
}

double HyperParameters::number(std::string_view name) const {
  const auto found = numbers_.find(name);
  assert(found != numbers_.end());
  return found->second;
}

const std::string& HyperParameters::word(std::string_view name) const {
  const auto found = words_.find(name);
  assert(found != words_.end());
  return found->second;
}

std::string HyperParameters::text() const {
  std::string text;
  for (const HyperParameter& one : declared_) {
    const bool is_number = one.choices.empty();
    if (is_number ? number(one.name) == one.initial : word(one.name) == one.choices.front()) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", one.name,
                        is_number ? fmt::format("{}", number(one.name)) : word(one.name));
  }
  return text;
}

}  // namespace ecocube
