// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/option_page.h"

#include <cmath>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr std::string_view kBegin = "<!-- options -->", kEnd = "<!-- /options -->";

std::string allowed(const OptionInfo& info) {
  std::vector<std::string> parts;
  if (!info.choices.empty()) parts.push_back(join(info.choices, ", "));
  if (std::isfinite(info.minimum) && std::isfinite(info.maximum))
    parts.push_back(fmt::format("{} to {}", info.minimum, info.maximum));
  if (std::isfinite(info.minimum) && !std::isfinite(info.maximum))
    parts.push_back(fmt::format("at least {}", info.minimum));
  if (!info.rule.empty()) parts.push_back(info.rule);
  return join(parts, "; ");
}

}  // namespace

std::string option_table(Step& step) {
  OptionSet options;
  step.declare(options);
  std::string text = fmt::format(
      "Reads: {}\nMakes: {}\nMemory: {}\n\n| option | type | default | allowed | meaning |\n|---|---|---|---|---|\n",
      step.info().reads + "  ", step.info().makes + "  ", step.info().memory);
  for (const OptionInfo& info : options.table()) {
    const std::string initial = info.required            ? "required"
                                : info.initial.is_null() ? "none"
                                                         : "`" + value_text(info.initial) + "`";
    const std::string unit = info.unit.empty() ? "" : fmt::format(" [{}]", info.unit);
    text += fmt::format("| `{}` | {} | {} | {} | {}{} |\n", info.name, info.type, initial, allowed(info),
                        replace_all(info.meaning, "|", "\\|"), unit);
  }
  return text;
}

Result<std::string> with_option_table(const std::string& page, const std::string& table) {
  const auto begin = page.find(kBegin), end = page.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return usage_error("the marks {} and {} are missing", kBegin, kEnd);
  return page.substr(0, begin + kBegin.size()) + "\n" + table + page.substr(end);
}

}  // namespace ecocube
