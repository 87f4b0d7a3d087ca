// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ogr_geometry.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

/// What the readers of vector files share; for this module's sources only.
namespace ecocube::vector_file {

struct CloseDataset {
  void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, CloseDataset>;

/// Opens for reading; a missing or unreadable file is an error that names it.
Result<Dataset> open_vector(const std::string& path);

/// The layer of that name, or the only one when the name is empty.
Result<OGRLayer*> choose_layer(GDALDataset& dataset, const std::string& path, const std::string& name);

/// Places of the columns in the layer; one that is not there is an error with the nearest known one.
Result<std::vector<int>> find_columns(OGRLayer& layer, const std::string& path,
                                      const std::vector<std::string>& columns);

/// The transformation of a layer's coordinates to a CRS, x before y. A layer without a CRS, an unknown CRS, or two that
/// do not meet are errors that begin with `where`.
Result<std::unique_ptr<OGRCoordinateTransformation>> transformation_to(OGRLayer& layer, const std::string& crs,
                                                                       const std::string& where);

/// The polygon in the other system, its edges cut into short pieces first; nothing when it has no place there.
std::unique_ptr<OGRGeometry> transformed(const OGRGeometry& source, OGRCoordinateTransformation& transformation);

}  // namespace ecocube::vector_file
