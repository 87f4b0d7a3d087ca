// SPDX-License-Identifier: Apache-2.0
#include "io/raster/zones.h"

#include <gdal_alg.h>

#include <algorithm>
#include <map>

#include "io/raster/gdal_error.h"
#include "io/raster/vector_open.h"

namespace ecocube {

using namespace vector_file;

struct Zones::State {
  std::string where;
  Grid grid;
  std::vector<std::vector<std::unique_ptr<OGRGeometry>>> parts;  ///< of each zone
};

Zones::Zones(std::unique_ptr<State> state, std::vector<Zone> zones)
    : state_(std::move(state)), zones_(std::move(zones)) {}
Zones::~Zones() = default;

namespace {

Window around(const Window& a, const Window& b) {
  const std::int64_t row = std::min(a.row, b.row), col = std::min(a.col, b.col);
  return {row, col, std::max(a.row + a.rows, b.row + b.rows) - row, std::max(a.col + a.cols, b.col + b.cols) - col};
}

}  // namespace

Result<std::unique_ptr<Zones>> Zones::read(const std::string& path, const std::string& layer_name,
                                           const std::string& column, const Grid& grid) {
  ECOCUBE_TRY_ASSIGN(const Dataset dataset, open_vector(path));
  ECOCUBE_TRY_ASSIGN(OGRLayer * layer, choose_layer(*dataset, path, layer_name));
  std::vector<int> place;
  if (!column.empty()) {
    ECOCUBE_TRY_ASSIGN(place, find_columns(*layer, path, {column}));
  }
  auto state = std::make_unique<State>();
  state->where = fmt::format("zones {}, layer {}", path, layer->GetName());
  state->grid = grid;
  ECOCUBE_TRY_ASSIGN(const auto transformation, transformation_to(*layer, grid.crs, state->where));
  GdalErrors errors;
  std::vector<Zone> zones;
  std::map<std::string, std::size_t> known;
  layer->ResetReading();
  while (const OGRFeatureUniquePtr feature{layer->GetNextFeature()}) {
    const OGRGeometry* source = feature->GetGeometryRef();
    if (!source || source->IsEmpty()) continue;
    if (source->getDimension() != 2)
      return input_error("{}: row {} is no polygon but {}", state->where, feature->GetFID(), source->getGeometryName());
    auto geometry = transformed(*source, *transformation);
    if (!geometry)
      return input_error("{}: row {} has no place in {}: {}", state->where, feature->GetFID(), grid.crs, errors.text());
    OGREnvelope box;
    geometry->getEnvelope(&box);
    const Window window = grid.window_of({box.MinX, box.MinY, box.MaxX, box.MaxY});
    std::string name = place.empty() ? std::to_string(feature->GetFID()) : feature->GetFieldAsString(place.front());
    const auto [entry, is_new] = known.emplace(name, zones.size());
    if (is_new) {
      zones.push_back({std::move(name), window});
      state->parts.emplace_back();
    } else {
      zones[entry->second].window = around(zones[entry->second].window, window);
    }
    state->parts[entry->second].push_back(std::move(geometry));
  }
  if (errors.any()) return fail(errors.blame(), "{}: {}", state->where, errors.text());
  if (zones.empty()) return input_error("{}: it has no polygons", state->where);
  return std::unique_ptr<Zones>(new Zones(std::move(state), std::move(zones)));
}

Result<void> Zones::cover(std::size_t zone, const Window& window, std::span<std::uint8_t> inside) const {
  std::fill(inside.begin(), inside.end(), std::uint8_t{0});
  GdalErrors errors;
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("MEM");
  const Dataset raster(
      driver->Create("", static_cast<int>(window.cols), static_cast<int>(window.rows), 1, GDT_Byte, nullptr));
  if (!raster) return machine_error("{}: {}", state_->where, errors.text());
  const Grid& grid = state_->grid;
  double transform[6] = {grid.left(window.col), grid.pixel, 0, grid.top(window.row), 0, -grid.pixel};
  raster->SetGeoTransform(transform);
  std::vector<OGRGeometryH> parts;
  for (const auto& part : state_->parts[zone]) parts.push_back(OGRGeometry::ToHandle(part.get()));
  const std::vector<double> ones(parts.size(), 1.0);
  const int band = 1;
  const CPLErr burnt =
      GDALRasterizeGeometries(GDALDataset::ToHandle(raster.get()), 1, &band, static_cast<int>(parts.size()),
                              parts.data(), nullptr, nullptr, ones.data(), nullptr, nullptr, nullptr);
  if (burnt != CE_None) return fail(errors.blame(), "{}: zone {}: {}", state_->where, zones_[zone].name, errors.text());
  const CPLErr read = raster->GetRasterBand(1)->RasterIO(
      GF_Read, 0, 0, static_cast<int>(window.cols), static_cast<int>(window.rows), inside.data(),
      static_cast<int>(window.cols), static_cast<int>(window.rows), GDT_Byte, 0, 0, nullptr);
  if (read != CE_None) return machine_error("{}: {}", state_->where, errors.text());
  return {};
}

}  // namespace ecocube
