// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "base/result.h"
#include "methods/assess/area_estimates.h"

namespace ecocube {

/// What `ecocube assess` holds against what.
struct AssessOptions {
  std::string map;                ///< raster of classes; empty with a matrix
  int band = 1;                   ///< from 1
  std::optional<double> no_data;  ///< stored number that means missing, for a map that does not say
  std::string legend;             ///< `clc`, a CSV file, or empty: labels are the map's own numbers
  std::string points;             ///< the sample
  std::string layer, crs;         ///< of the points; see PointColumns
  std::string x = "x", y = "y", label = "label";
  std::string strata;                ///< column; empty: the strata are the mapped classes
  std::filesystem::path matrix;      ///< CSV of a confusion matrix instead of map and points
  std::string matrix_rows;           ///< `seen` or `mapped`; empty: told by the matrix's first cell
  std::filesystem::path areas;       ///< CSV of class or stratum and area
  bool leave_out_unsampled = false;  ///< classes on the map without a row of the sample are no part of the estimates
  std::filesystem::path json, csv, html;  ///< where they go; empty: nowhere
};

/// What a sample says of a map, ready to be told.
struct MapAssessment {
  std::string title;
  std::vector<std::string> classes;  ///< names, in the order of the estimates
  std::vector<double> counts;        ///< rows of the sample; shape [mapped class][seen class]
  AreaEstimates estimates;
  std::string unit;                ///< of areas: `ha`, `pixels`, `rows`, or empty as the areas' file has it
  std::vector<std::string> notes;  ///< sentences: what was left out, what is absent
};

Result<MapAssessment> assess_map(const AssessOptions& options);

/// Adds `assess` to the program and sets `action` when it is chosen.
void add_assess_command(CLI::App& app, Action& action);

}  // namespace ecocube
