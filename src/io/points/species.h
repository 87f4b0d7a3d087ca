// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/points/point_groups.h"
#include "io/points/points.h"
#include "io/points/raster_values.h"

namespace ecocube {

/// How occurrences of one species, and places without it, become points.
struct SpeciesRules {
  std::string species;                     ///< name in the column of names; empty: every row is an occurrence
  std::string species_column = "species";  ///< read when `species` is set
  bool other_species = false;              ///< rows of other species are places without this one
  std::string presence = "presence", absence = "absence";  ///< the labels

  std::string uncertainty_column;  ///< of the place, in metres; empty: not read
  double most_uncertainty = 100;   ///< metres
  bool keep_unknown_uncertainty = true;

  std::vector<std::string> absence_labels;  ///< shell patterns of labels of other points that mean absence; none: all
  double distance = 0;  ///< an absence nearer than this to a presence is left out, whatever their dates; CRS units
  double thin = 0;      ///< side of the squares of which each gives one point a year (or for all years); CRS units
  bool thin_over_years = false;

  std::string mask;  ///< raster, with {year} a yearly series, of where the species can be; empty: none
  int mask_band = 1;
  std::vector<ValueSpan> mask_values = {{1, 1}};
  bool dates_from_mask = false;  ///< a presence stands once in every year in which the mask holds, on 1 July
};

/// Occurrences of a file: those of the species, then, when asked for, those of others.
struct Occurrences {
  PointSet presences, others;
};

/// Reads occurrences, leaves out those that are told too coarsely, and dates or filters presences by the mask.
/// `columns.label` and `columns.value` are not read.
Result<Occurrences> read_occurrences(const PointColumns& columns, const SpeciesRules& rules, const GroupRule& groups,
                                     const std::string& target_crs);

/// Joins presences with places of other points, which become absences: those with another label than asked for, those
/// near a presence, and all but one in a square and year are left out and counted. The order is kept.
///
/// source  names the points in messages
PointSet join_absences(PointSet presences, PointSet others, const SpeciesRules& rules, const std::string& source);

}  // namespace ecocube
