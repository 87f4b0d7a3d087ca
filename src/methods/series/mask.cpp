// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mask.h"

#include <algorithm>
#include <cassert>

#include "base/text.h"

namespace ecocube::series {
namespace {

struct Preset {
  const char* name;
  std::vector<int> codes;
};

const std::vector<Preset>& preset_table() {
  static const std::vector<Preset> table{
      {"strict", {1, 2, 15}},  {"default", {1, 2, 5, 6, 15}}, {"relaxed", {1, 2, 5, 6, 11, 12, 14, 15, 16, 17}},
      {"eumap", {1, 2, 5, 6}}, {"no-snow", {1, 2, 5, 15}},
  };
  return table;
}

Result<std::vector<int>> codes_of(const std::string& word) {
  for (const Preset& preset : preset_table()) {
    if (word == preset.name) return preset.codes;
  }
  if (const auto code = parse_integer(word)) {
    if (*code == 0) return usage_error("quality code 0 means no data and cannot count as clear");
    if (*code < 0 || *code >= kQualityCodes) return usage_error("quality code {} is not within 1..17", *code);
    return std::vector<int>{static_cast<int>(*code)};
  }
  return usage_error("unknown mask '{}'{}", word, suggestion(word, QualityMask::presets()));
}

}  // namespace

int quality_code(std::uint16_t stored) {
  if (stored < kQualityCodes) return stored;
  if (stored < 100 || stored % 100 != 0 || stored / 100 >= kQualityCodes) return 0;
  return stored / 100;
}

Result<QualityMask> QualityMask::parse(const std::vector<std::string>& words) {
  QualityMask mask;
  for (const std::string& word : words.empty() ? std::vector<std::string>{"default"} : words) {
    ECOCUBE_TRY_ASSIGN(const std::vector<int> codes, codes_of(word));
    for (int code : codes) mask.clear_[static_cast<std::size_t>(code)] = true;
  }
  return mask;
}

std::vector<std::string> QualityMask::presets() {
  std::vector<std::string> names;
  for (const Preset& preset : preset_table()) names.emplace_back(preset.name);
  return names;
}

std::vector<int> QualityMask::codes() const {
  std::vector<int> codes;
  for (std::size_t code = 0; code < clear_.size(); ++code) {
    if (clear_[code]) codes.push_back(static_cast<int>(code));
  }
  return codes;
}

std::size_t QualityMask::mark_clear(std::span<const std::uint16_t> stored, std::span<std::uint8_t> clear) const {
  assert(stored.size() == clear.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    clear[i] = is_clear(stored[i]) ? 1 : 0;
    count += clear[i];
  }
  return count;
}

}  // namespace ecocube::series
