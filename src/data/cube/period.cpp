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

/// What GLAD and MODIS count their composites by.
constexpr int kIntervalDays = 16, kIntervals = 23;
constexpr int kDaysOfCommonYear = 365;

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

PeriodScheme::Slot slot_of_days(std::string name, int first, int last) {
  return {std::move(name), 0, 0, 0, 0, first, last};
}

PeriodScheme::Slot slot_of_intervals(std::string name, int first, int last) {
  return slot_of_days(std::move(name), (first - 1) * kIntervalDays + 1,
                      last == kIntervals ? PeriodScheme::kYearsEnd : last * kIntervalDays);
}

Result<PeriodScheme::Slot> parse_intervals(const std::string& text, std::string name) {
  const auto dots = text.find("..");
  const auto first = parse_integer(text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : parse_integer(text.substr(dots + 2));
  const auto known = [](const std::optional<std::int64_t>& number) {
    return number && *number >= 1 && *number <= kIntervals;
  };
  if (!known(first) || !known(last))
    return usage_error("'{}' is no span of intervals 1..{} such as 22..5", text, kIntervals);
  if (name.empty()) name = fmt::format("i{:02}-{:02}", *first, *last);
  return slot_of_intervals(std::move(name), static_cast<int>(*first), static_cast<int>(*last));
}

/// An element of a list of periods.
Result<PeriodScheme::Slot> parse_slot(const Value& element) {
  if (element.is_string()) return parse_span(element.get<std::string>(), {});
  std::string name, span;
  Value intervals;
  OptionSet keys;
  keys.add("name", name, "name of the period, the same in every year");
  keys.add("span", span, "first and last day, such as 04-01..06-15");
  keys.add("intervals", intervals, "first and last interval of 16 days, such as 22..5");
  ECOCUBE_TRY(keys.read(element, "periods"));
  if (span.empty() == intervals.is_null()) return usage_error("each entry needs either span or intervals");
  return span.empty() ? parse_intervals(value_text(intervals), name) : parse_span(span, name);
}

/// `16 days`, `1 day`
std::optional<std::int64_t> parse_days(const std::string& word) {
  const auto space = word.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const std::string_view unit = trimmed(std::string_view(word).substr(space));
  return unit == "days" || unit == "day" ? parse_integer(word.substr(0, space)) : std::nullopt;
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
  if (first_day > 0) return first_day > last_day;
  return start_month > end_month || (start_month == end_month && start_day > end_day);
}

PeriodScheme PeriodScheme::seasons() {
  PeriodScheme scheme;
  scheme.slots_ = {
      {"winter", 12, 2, 3, 20}, {"spring", 3, 21, 6, 24}, {"summer", 6, 25, 9, 12}, {"autumn", 9, 13, 12, 1}};
  return scheme;
}

PeriodScheme PeriodScheme::glad_seasons() {
  PeriodScheme scheme;
  scheme.slots_ = {slot_of_intervals("winter", 22, 5), slot_of_intervals("spring", 6, 11),
                   slot_of_intervals("summer", 12, 16), slot_of_intervals("autumn", 17, 21)};
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

PeriodScheme PeriodScheme::bimonths() {
  const PeriodScheme months = PeriodScheme::months();
  PeriodScheme scheme;
  for (unsigned month = 1; month <= 12; month += 2) {
    const Slot& second = months.slots_[month];
    scheme.slots_.push_back({fmt::format("m{:02}-{:02}", month, month + 1), month, 1, month + 1, second.end_day});
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

PeriodScheme PeriodScheme::every(int days) {
  PeriodScheme scheme;
  for (int first = 1; first <= kDaysOfCommonYear; first += days) {
    const int last = first + days - 1;
    scheme.slots_.push_back(
        slot_of_days(fmt::format("d{:03}", first), first, last >= kDaysOfCommonYear ? kYearsEnd : last));
  }
  return scheme;
}

std::vector<std::string> PeriodScheme::word_list() {
  return {"seasons", "glad-seasons", "months", "bimonths", "quarters", "years"};
}

Result<PeriodScheme> PeriodScheme::parse(const Value& value) {
  if (value.is_string() && value.get<std::string>().find("..") == std::string::npos) {
    const auto word = value.get<std::string>();
    if (word == "seasons") return seasons();
    if (word == "glad-seasons") return glad_seasons();
    if (word == "months") return months();
    if (word == "bimonths") return bimonths();
    if (word == "quarters") return quarters();
    if (word == "years") return years();
    if (const auto days = parse_days(word)) {
      if (*days < 1 || *days > kYearsEnd) return usage_error("periods of '{}' are not within 1..366 days", word);
      return every(static_cast<int>(*days));
    }
    std::vector<std::string> known = word_list();
    known.emplace_back("16 days");
    return usage_error("unknown periods '{}'{}", word, suggestion(word, known));
  }
  PeriodScheme scheme;
  const Value list = value.is_array() ? value : Value::array({value});
  std::set<std::string> names;
  for (const Value& element : list) {
    ECOCUBE_TRY_ASSIGN(auto slot, parse_slot(element));
    if (!names.insert(slot.name).second) return usage_error("period '{}' is given twice", slot.name);
    scheme.slots_.push_back(std::move(slot));
  }
  if (scheme.slots_.empty()) return usage_error("the list of periods is empty");
  return scheme;
}

std::vector<Period> PeriodScheme::of_year(int year) const {
  std::vector<Period> periods;
  for (const Slot& slot : slots_) {
    const int first_year = year - (slot.starts_year_before() ? 1 : 0);
    if (slot.first_day > 0) {
      const Day last =
          slot.last_day == kYearsEnd ? make_day(year, 12, 31) : make_day(year, 1, 1) + chrono::days(slot.last_day - 1);
      periods.push_back({slot.name, year, make_day(first_year, 1, 1) + chrono::days(slot.first_day - 1), last});
      continue;
    }
    periods.push_back({slot.name, year, clamped_day(first_year, slot.start_month, slot.start_day),
                       clamped_day(year, slot.end_month, slot.end_day)});
  }
  return periods;
}

std::optional<Period> PeriodScheme::with_ends(Day start, Day end) const {
  const auto ends_february = [](Day day) {
    const chrono::year_month_day date{day};
    return date.month() == chrono::February && date.day() >= chrono::day(28);
  };
  for (const Period& period : of_year(year_of(end))) {
    const bool same_end = period.end == end || (ends_february(period.end) && ends_february(end));
    if (period.start == start && same_end) return period;
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
