// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/points/corine.h"
#include "io/points/lucas.h"
#include "io/points/points.h"
#include "io/points/screen.h"
#include "io/points/soil.h"
#include "io/points/species.h"

namespace ecocube {

/// One kind of points and how it is read.
struct PointSource {
  std::string kind = "plain";        ///< one of point_kinds()
  std::vector<std::string> paths;    ///< files or shell patterns, read one after the other
  PointColumns columns;              ///< plain, species and soil; `layer` and `crs` of all; its path is not used
  GroupRule groups;                  ///< all but plain, whose groups stand in a column
  std::optional<double> confidence;  ///< the weight of every point that has no column for it
  LucasRules lucas;
  CorineRules corine;
  SpeciesRules species;
  SoilRules soil;
  std::vector<ScreenRule> screen;
  std::vector<PointSource> absences;  ///< species: points that become absences
};

/// `plain`, `lucas`, `corine`, `species`, `soil`
const std::vector<std::string>& point_kinds();

/// All files that reading the source will open, each once: points, tables, maps to screen with, masks. Patterns that
/// match nothing are errors.
Result<std::vector<std::string>> files_of(const PointSource& source);

/// The points that one source gave, as a part of all.
struct PointPart {
  std::string kind;
  std::size_t rows = 0;   ///< read
  std::size_t begin = 0;  ///< first point
  std::size_t end = 0;
};

/// Points of several sources, joined in their order.
struct PreparedPoints {
  PointSet set;
  std::vector<PointPart> parts;
};

/// Reads, screens and joins the sources' points in `crs`. Errors name file, line and value; see the kinds' readers.
Result<PreparedPoints> prepare_points(std::span<const PointSource> sources, const std::string& crs);

}  // namespace ecocube
