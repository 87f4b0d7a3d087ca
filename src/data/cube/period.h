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
  std::string slot;  ///< `winter`, `m07`, `q2`, `year`, `0401-0615`: the same in every year
  int year = 0;
  Day start;
  Day end;
  /// `20141202_20150320`
  std::string id() const { return compact_date(start) + "_" + compact_date(end); }
  bool holds(Day day) const { return start <= day && day <= end; }
  bool operator==(const Period&) const = default;
};

/// How a year is divided: named spans by month and day, in order of time. A slot that starts after it ends in the
/// calendar begins in the year before (winter: 2 Dec to 20 Mar).
class PeriodScheme {
 public:
  struct Slot {
    std::string name;
    unsigned start_month, start_day, end_month, end_day;
    bool starts_year_before() const;
  };

  /// The four seasons of EcoDataCube: 2 Dec-20 Mar, 21 Mar-24 Jun, 25 Jun-12 Sep, 13 Sep-1 Dec.
  static PeriodScheme seasons();
  static PeriodScheme months();
  static PeriodScheme quarters();
  static PeriodScheme years();
  /// `seasons`, `months`, `quarters`, `years`, or a list of spans: `04-01..06-15` or `{name: spring, span:
  /// 04-01..06-15}`.
  static Result<PeriodScheme> parse(const Value& value);

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
