// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "io/points/point_source.h"

namespace ecocube {

/// Where a path stands in the recipe (`points`, `screen`, `0`, `raster`) and the path, as it is to be read.
using ResolvePath = std::function<std::string(const std::vector<std::string>& key, const std::string& path)>;

/// Replaces every path under the entry `points` (one source or a list) by what `resolve` makes of it.
void resolve_point_paths(Value& points, const ResolvePath& resolve);

/// Reads the entry `points`: one source, or a list of them. An unknown kind or key, a wrong type and a bad span are
/// errors that name the full path and the nearest known word.
Result<std::vector<PointSource>> read_point_sources(const Value& points);

/// The entry as it decides what the points are: paths shortened to the names of their files, so that data can move.
Value point_facts(Value points);

/// The options of one kind of points.
std::vector<OptionInfo> point_options(const std::string& kind);

/// JSON Schema of the entry `points`.
Value points_schema();

}  // namespace ecocube
