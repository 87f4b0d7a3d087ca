// SPDX-License-Identifier: Apache-2.0
#include "io/points/survey_date.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

std::optional<std::int64_t> month_of(const std::string& text) {
  const auto found = std::find(kMonths.begin(), kMonths.end(), lower_case(text).substr(0, 3));
  if (text.size() >= 3 && found != kMonths.end()) return found - kMonths.begin() + 1;
  return text.size() > 2 ? std::nullopt : parse_integer(text);
}

}  // namespace

std::optional<Day> parse_survey_date(std::string_view text) {
  text = trimmed(text);
  if (const auto iso = parse_date(text)) return iso;
  const auto space = text.find(' ');
  std::string day_first(text.substr(0, space));
  for (const char* separator : {"-", "."}) day_first = replace_all(std::move(day_first), separator, "/");
  const auto parts = split(day_first, '/');
  if (parts.size() != 3 || parts[0].size() > 2 || (parts[2].size() != 2 && parts[2].size() != 4)) return std::nullopt;
  const auto day = parse_integer(parts[0]), month = month_of(parts[1]);
  auto year = parse_integer(parts[2]);
  if (!day || !month || !year || *day < 1 || *month < 1) return std::nullopt;
  if (parts[2].size() == 2) *year += 2000;
  return parse_date(fmt::format("{:04}-{:02}-{:02}", *year, *month, *day));
}

std::optional<Day> parse_point_date(std::string_view text) {
  text = trimmed(text);
  if (const auto date = parse_date(text)) return date;
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && text.substr(0, slash).find('-') != std::string_view::npos)
    return parse_point_date(text.substr(0, slash));
  if (text.size() == 7 && text[4] == '-') return parse_date(std::string(text) + "-15");
  return std::nullopt;
}

}  // namespace ecocube
