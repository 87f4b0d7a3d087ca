// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/cli/assess_command.h"
#include "base/result.h"
#include "methods/assess/area_estimates.h"

namespace ecocube {

/// A map seen through a sample.
struct MapSample {
  std::vector<std::string> classes;  ///< those that are on the map or in the sample
  std::vector<double> areas;         ///< mapped, by class
  std::vector<SampledRow> rows;      ///< with the index of the stratum where strata are asked for, else 0
  std::vector<std::string> strata;   ///< names; empty: none asked for
  std::string unit;                  ///< of the areas
  std::vector<std::string> notes;
};

/// Reads the map once, row block by row block (16 MB at a time), counting the area of every class and taking the class
/// under every point. Areas are hectares: on a projected map of the pixels as they are, which an equal-area projection
/// alone gets right; in degrees of each row's pixels on the sphere of the Earth's surface area.
/// Points outside the map, on no data, and with labels that the legend does not know are left out, counted and noted.
/// Errors: files that cannot be read; a pixel that is no class of the legend; no point left.
Result<MapSample> sample_map(const AssessOptions& options);

/// A confusion matrix from a CSV file: a header of names, a row a class; sums and other columns are passed over.
struct ConfusionMatrix {
  std::vector<std::string> classes;
  std::vector<double> counts;            ///< shape [mapped class][seen class]
  std::vector<std::string> passed_over;  ///< names of rows and columns that are no sums and not in both
};

/// `rows` says what the file's rows are: `seen`, `mapped`, or empty: the file's first cell tells (`Actual`,
/// `Reference`, `Seen`, `Truth`; `Map`, `Mapped`, `Predicted`).
Result<ConfusionMatrix> read_confusion_matrix(const std::filesystem::path& path, const std::string& rows);

/// Name and number of every row of a CSV file with two columns and a header.
Result<std::map<std::string, double>> read_areas(const std::filesystem::path& path);

/// The area of every name, in their order; a name without an area, or an area without a name, is an error.
Result<std::vector<double>> areas_of(const std::filesystem::path& path, const std::vector<std::string>& names);

}  // namespace ecocube
