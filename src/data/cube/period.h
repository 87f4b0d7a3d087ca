// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/result.h"

namespace ecocube {

using Day = std::chrono::sys_days;

Day make_day(int year, unsigned month, unsigned day);
int year_of(Day day);
/// 1 on the first of January.
int day_of_year(Day day);
/// `2015-03-21`
std::string iso_date(Day day);
/// `20150321`
std::string compact_date(Day day);
/// Reads `2015-03-21`, `2015/03/21`, `20150321`, an ISO date-time (its date), or a bare year (its 1 July).
std::optional<Day> parse_date(std::string_view text);

/// A span of days with both ends included, the year it is counted to and its place within that year.
struct Period {
  std::string slot;  ///< `winter`, `m07`, `m07-08`, `q2`, `d193`, `year`, `0401-0615`: the same in every year
  int year = 0;
  Day start;
  Day end;
  /// `20141202_20150320`
  std::string id() const { return compact_date(start) + "_" + compact_date(end); }
  bool holds(Day day) const { return start <= day && day <= end; }
  bool operator==(const Period&) const = default;
};

/// How a year is divided: named spans in order of time, by month and day or by day of the year. A slot that starts
/// after it ends in the calendar begins in the year before (winter: 2 Dec to 20 Mar).
class PeriodScheme {
 public:
  struct Slot {
    std::string name;
    unsigned start_month = 0, start_day = 0, end_month = 0, end_day = 0;  ///< unless it is told by days of the year
    int first_day = 0;  ///< day of the year, from 1; 0: months and days count
    int last_day = 0;   ///< day of the year; kYearsEnd: whichever is the last
    bool starts_year_before() const;
    bool operator==(const Slot&) const = default;
  };
  static constexpr int kYearsEnd = 366;

  /// The four seasons of EcoDataCube: 2 Dec-20 Mar, 21 Mar-24 Jun, 25 Jun-12 Sep, 13 Sep-1 Dec.
  static PeriodScheme seasons();
  /// The same seasons in whole intervals of GLAD's 16 days: winter 22 and 23 of the year before to 5, spring 6-11,
  /// summer 12-16, autumn 17-21.
  static PeriodScheme glad_seasons();
  static PeriodScheme months();
  /// Pairs of months: `m01-02` to `m11-12`.
  static PeriodScheme bimonths();
  static PeriodScheme quarters();
  static PeriodScheme years();
  /// So many days from each 1 January on: `d001`, `d017` … by their first day. What would be left of a common year
  /// beside whole periods is a period of its own (16 days: day 353 to the year's end, GLAD's 23 intervals).
  /// days  1..366
  static PeriodScheme every(int days);
  /// One of `word_list()`, `16 days`, or a list of spans: `04-01..06-15`, `{name: spring, span: 04-01..06-15}`, or GLAD
  /// intervals `{name: winter, intervals: 22..5}`; a span may wrap over New Year.
  static Result<PeriodScheme> parse(const Value& value);
  /// `seasons`, `glad-seasons`, `months`, `bimonths`, `quarters`, `years`
  static std::vector<std::string> word_list();

  const std::vector<Slot>& slots() const { return slots_; }
  std::vector<Period> of_year(int year) const;
  /// The period of this scheme with exactly these ends (29 February and 28 February are the same end), if any.
  std::optional<Period> with_ends(Day start, Day end) const;

 private:
  std::vector<Slot> slots_;
};

/// `2015..2020`, `2018`, or a list of years; ascending and without repeats.
Result<std::vector<int>> parse_years(const Value& value);

}  // namespace ecocube
