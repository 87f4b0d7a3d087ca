// SPDX-License-Identifier: Apache-2.0
#include "io/raster/glad_writer.h"

#include <cpl_string.h>
#include <gdal.h>

#include <cassert>
#include <string>

#include "data/cube/glad.h"
#include "io/file/file.h"
#include "io/raster/gdal_error.h"
#include "io/raster/projection.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr int kBands = static_cast<int>(kGladBands.size());

Result<void> write_scene(const fs::path& path, const Grid& grid, const Window& window,
                         std::span<const std::uint16_t> values) {
  GdalErrors errors;
  const auto failure = [&](const char* deed) {
    return fail(errors.blame(), "{} scene {}: {}", deed, path.string(), errors.text());
  };
  CPLStringList options;
  options.SetNameValue("COMPRESS", "LZW");
  options.SetNameValue("INTERLEAVE", "PIXEL");
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  const int cols = static_cast<int>(window.cols), rows = static_cast<int>(window.rows);
  GDALDatasetH dataset =
      GDALCreate(GDALGetDriverByName("GTiff"), path.c_str(), cols, rows, kBands, GDT_UInt16, options.List());
  if (!dataset) return failure("creating");
  double transform[6] = {grid.left(window.col), grid.pixel, 0, grid.top(window.row), 0, -grid.pixel};
  GDALSetGeoTransform(dataset, transform);
  GDALSetProjection(dataset, crs_wkt(grid.crs).c_str());
  constexpr int value_bytes = sizeof(std::uint16_t), pixel_bytes = value_bytes * kBands;
  // GDAL's writing call takes a pointer to what it does not change.
  void* source = const_cast<std::uint16_t*>(values.data());
  const CPLErr outcome =
      GDALDatasetRasterIOEx(dataset, GF_Write, 0, 0, cols, rows, source, cols, rows, GDT_UInt16, kBands, nullptr,
                            pixel_bytes, static_cast<GSpacing>(pixel_bytes) * cols, value_bytes, nullptr);
  GDALClose(dataset);
  if (outcome != CE_None || errors.any()) return failure("writing");
  return {};
}

}  // namespace

Result<void> write_glad_scene(const fs::path& path, const Grid& grid, const Window& window,
                              std::span<const std::uint16_t> values) {
  assert(values.size() == static_cast<std::size_t>(window.pixels()) * kGladBands.size());
  ECOCUBE_TRY(make_folders(path.parent_path()));
  const fs::path unfinished = path.string() + ".part";
  ECOCUBE_TRY(write_scene(unfinished, grid, window, values));
  std::error_code problem;
  fs::rename(unfinished, path, problem);
  if (problem) return machine_error("renaming {} to {}: {}", unfinished.string(), path.string(), problem.message());
  return {};
}

}  // namespace ecocube
