// SPDX-License-Identifier: Apache-2.0
#include "data/cube/period.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace ecocube {
namespace chrono = std::chrono;

namespace {

/// Day 29 of February means the last day of February.
Day clamped_day(int year, unsigned month, unsigned day) {
  const chrono::year_month_day_last last{chrono::year{year}, chrono::month_day_last{chrono::month{month}}};
  return make_day(year, month, std::min(day, static_cast<unsigned>(last.day())));
}

std::optional<Day> checked_day(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year < 1 || year > 9999 || month < 1 || day < 1 || month > 12 || day > 31) return std::nullopt;
  const chrono::year_month_day date{chrono::year{static_cast<int>(year)}, chrono::month{static_cast<unsigned>(month)},
                                    chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Day{date};
}

struct MonthDay {
  unsigned month, day;
};

std::optional<MonthDay> parse_month_day(std::string_view text) {
  const auto parts = split(trimmed(text), '-');
  if (parts.size() != 2) return std::nullopt;
  const auto month = parse_integer(parts[0]), day = parse_integer(parts[1]);
  if (!month || !day || !checked_day(2000, *month, *day)) return std::nullopt;
  return MonthDay{static_cast<unsigned>(*month), static_cast<unsigned>(*day)};
}

Result<PeriodScheme::Slot> parse_span(const std::string& text, std::string name) {
  const auto dots = text.find("..");
  const auto start = dots == std::string::npos ? std::nullopt : parse_month_day(text.substr(0, dots));
  const auto end = dots == std::string::npos ? std::nullopt : parse_month_day(text.substr(dots + 2));
  if (!start || !end) return usage_error("'{}' is no span of days such as 04-01..06-15", text);
  if (name.empty()) name = fmt::format("{:02}{:02}-{:02}{:02}", start->month, start->day, end->month, end->day);
  return PeriodScheme::Slot{std::move(name), start->month, start->day, end->month, end->day};
}

}  // namespace

Day make_day(int year, unsigned month, unsigned day) {
  return Day{chrono::year_month_day{chrono::year{year}, chrono::month{month}, chrono::day{day}}};
}

int year_of(Day day) {
  return static_cast<int>(chrono::year_month_day{day}.year());
}

int day_of_year(Day day) {
  return static_cast<int>((day - make_day(year_of(day), 1, 1)).count()) + 1;
}

std::string iso_date(Day day) {
  const chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string compact_date(Day day) {
  return replace_all(iso_date(day), "-", "");
}

std::optional<Day> parse_date(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 10 && (text[10] == 'T' || text[10] == ' ')) text = text.substr(0, 10);
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits && text.size() == 8) {
    return checked_day(*parse_integer(text.substr(0, 4)), *parse_integer(text.substr(4, 2)),
                       *parse_integer(text.substr(6, 2)));
  }
  if (digits && text.size() == 4) return checked_day(*parse_integer(text), 7, 1);
  const auto parts = split(replace_all(std::string(text), "/", "-"), '-');
  if (parts.size() != 3 || parts[0].size() != 4) return std::nullopt;
  const auto year = parse_integer(parts[0]), month = parse_integer(parts[1]), day = parse_integer(parts[2]);
  if (!year || !month || !day) return std::nullopt;
  return checked_day(*year, *month, *day);
}

bool PeriodScheme::Slot::starts_year_before() const {
  return start_month > end_month || (start_month == end_month && start_day > end_day);
}

PeriodScheme PeriodScheme::seasons() {
  PeriodScheme scheme;
  scheme.slots_ = {
      {"winter", 12, 2, 3, 20}, {"spring", 3, 21, 6, 24}, {"summer", 6, 25, 9, 12}, {"autumn", 9, 13, 12, 1}};
  return scheme;
}

PeriodScheme PeriodScheme::months() {
  constexpr unsigned last_day[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  PeriodScheme scheme;
  for (unsigned month = 1; month <= 12; ++month) {
    scheme.slots_.push_back({fmt::format("m{:02}", month), month, 1, month, last_day[month - 1]});
  }
  return scheme;
}

PeriodScheme PeriodScheme::quarters() {
  PeriodScheme scheme;
  scheme.slots_ = {{"q1", 1, 1, 3, 31}, {"q2", 4, 1, 6, 30}, {"q3", 7, 1, 9, 30}, {"q4", 10, 1, 12, 31}};
  return scheme;
}

PeriodScheme PeriodScheme::years() {
  PeriodScheme scheme;
  scheme.slots_ = {{"year", 1, 1, 12, 31}};
  return scheme;
}

Result<PeriodScheme> PeriodScheme::parse(const Value& value) {
  const std::vector<std::string> known{"seasons", "months", "quarters", "years"};
  if (value.is_string() && value.get<std::string>().find("..") == std::string::npos) {
    const auto word = value.get<std::string>();
    if (word == "seasons") return seasons();
    if (word == "months") return months();
    if (word == "quarters") return quarters();
    if (word == "years") return years();
    return usage_error("unknown periods '{}'{}", word, suggestion(word, known));
  }
  PeriodScheme scheme;
  const Value list = value.is_array() ? value : Value::array({value});
  std::set<std::string> names;
  for (const Value& element : list) {
    std::string name, span;
    if (element.is_string()) {
      span = element.get<std::string>();
    } else {
      OptionSet keys;
      keys.add("name", name, "name of the period, the same in every year");
      keys.add("span", span, "first and last day, such as 04-01..06-15").required();
      ECOCUBE_TRY(keys.read(element, "periods"));
    }
    ECOCUBE_TRY_ASSIGN(auto slot, parse_span(span, name));
    if (!names.insert(slot.name).second) return usage_error("period '{}' is given twice", slot.name);
    scheme.slots_.push_back(std::move(slot));
  }
  if (scheme.slots_.empty()) return usage_error("the list of periods is empty");
  return scheme;
}

std::vector<Period> PeriodScheme::of_year(int year) const {
  std::vector<Period> periods;
  for (const Slot& slot : slots_) {
    periods.push_back({slot.name, year,
                       clamped_day(year - (slot.starts_year_before() ? 1 : 0), slot.start_month, slot.start_day),
                       clamped_day(year, slot.end_month, slot.end_day)});
  }
  return periods;
}

std::optional<Period> PeriodScheme::with_ends(Day start, Day end) const {
  for (const Period& period : of_year(year_of(end))) {
    const auto end_gap = (period.end - end).count();
    const bool february = chrono::year_month_day{end}.month() == chrono::February && (end_gap == 1 || end_gap == -1);
    if (period.start == start && (end_gap == 0 || february)) return period;
  }
  return std::nullopt;
}

Result<std::vector<int>> parse_years(const Value& value) {
  std::set<int> years;
  const auto add = [&](std::int64_t year) -> Result<void> {
    if (year < 1900 || year > 2200) return usage_error("year {} is not within 1900..2200", year);
    years.insert(static_cast<int>(year));
    return {};
  };
  const Value list = value.is_array() ? value : Value::array({value});
  for (const Value& element : list) {
    const std::string text = value_text(element);
    const auto dots = text.find("..");
    const auto first = parse_integer(text.substr(0, dots));
    const auto last = dots == std::string::npos ? first : parse_integer(text.substr(dots + 2));
    if (!first || !last || *first > *last)
      return usage_error("'{}' is no year and no span of years such as 2015..2020", text);
    ECOCUBE_TRY(add(*first));
    ECOCUBE_TRY(add(*last));
    for (std::int64_t year = *first; year <= *last; ++year) ECOCUBE_TRY(add(year));
  }
  if (years.empty()) return usage_error("no years are given");
  return std::vector<int>(years.begin(), years.end());
}

}  // namespace ecocube
