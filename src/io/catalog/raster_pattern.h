// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/layer.h"
#include "data/cube/period.h"

namespace ecocube {

/// A file that a pattern matched, and what its name says.
struct PatternMatch {
  std::string path;
  std::string variable;      ///< empty: the pattern has no {variable}
  std::optional<Day> start;  ///< of {start}, or the first day of {year}
  std::optional<Day> end;
  bool operator==(const PatternMatch&) const = default;
};

/// Finds the files whose path matches a pattern, sorted by variable, dates and path. In the pattern stand
///   *  any characters but /        ?  one of them
///   {variable}  letters, digits, `.`, `_`, `-`      {tile}  the same; files that differ only here are joined
///   {start} {end}  days as 20150321 or 2015-03-21   {year}  four digits: the whole year
/// Each takes as few characters as the rest of the pattern leaves it, from left to right, and the same token twice
/// takes the same text. Anything else in braces is an error, and so are a start without an end and a start after it.
/// No match at all is an error that says how far the path leads and what is there. A URL or /vsi path is one file and
/// may hold no tokens.
Result<std::vector<PatternMatch>> find_rasters(const std::string& pattern);

/// The path by which GDAL reads what is at a URL or path: `/vsicurl/https://…`, `/vsis3/bucket/…`, `/vsigs/bucket/…`;
/// empty for schemes that it does not read.
std::string readable_path(const std::string& place);

/// A source of rasters: what its pattern finds and how that is to be understood.
struct RasterSource {
  std::string name;
  std::string pattern;
  std::string variable{};  ///< when the pattern has no {variable}; empty: the source's name
  LayerKind kind = LayerKind::continuous;
  PeriodScheme periods = PeriodScheme::seasons();
  bool is_static = false;                              ///< dates in the names do not matter
  bool dates_in_bands = false;                         ///< a file's bands are dates, told by their descriptions
  int band = 0;                                        ///< 0: the only one; a file with several is then an error
  std::string unit{};                                  ///< empty: what the files say
  std::optional<double> scale{}, offset{}, no_data{};  ///< instead of what the files say
  std::string resampling = "auto";                     ///< see Layer
};

/// The layers of a source, sorted by variable and time. Dates that are not those of a period of the scheme make a
/// period of their own, named after its days (`0401-0615`) and counted to the year it ends in. Several files of one
/// variable and period are joined; they must be encoded alike. Every file is opened once.
///
/// With dates in bands each band belongs to the period of the scheme that holds the date in its description
/// (`2018-01-31`, also with a time). A description that is no date, a date in no period and two dates of a file in one
/// period are errors.
Result<std::vector<Layer>> raster_layers(const RasterSource& source);

}  // namespace ecocube
