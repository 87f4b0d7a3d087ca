// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "data/cube/period.h"

namespace ecocube {

/// Reads the dates of European surveys, the day before the month: `22/07/2009`, `2/1/09`, `21-09-18`, `4.7.2012`,
/// `15-JUN-15` (two digits of a year count from 2000); and all that parse_date reads.
std::optional<Day> parse_survey_date(std::string_view text);

/// Reads what parse_date reads, and what collections of occurrences write: a month (`2018-06`, its 15th) and a span
/// (`2018-06-01/2018-06-30`, its first day).
std::optional<Day> parse_point_date(std::string_view text);

}  // namespace ecocube
