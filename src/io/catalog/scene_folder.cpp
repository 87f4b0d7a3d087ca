// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/scene_folder.h"

#include <algorithm>
#include <filesystem>

#include "base/hash.h"
#include "base/text.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/scene_catalog_filter.h"
#include "io/catalog/scene_folder_scan.h"
#include "io/file/file.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kShownNames = 5;

/// Built-in products whose names some of the files have.
std::vector<std::string> likely_products(const std::vector<fs::path>& files) {
  std::vector<std::string> likely;
  for (const std::string& name : built_in_products()) {
    const auto description = load_product(name);
    const auto names =
        description ? compile_names(*description) : Result<std::vector<FileNames>>(std::vector<FileNames>());
    if (!names) continue;
    const bool fits_some = std::any_of(files.begin(), files.end(), [&](const fs::path& file) {
      return std::any_of(names->begin(), names->end(), [&](const FileNames& one) { return one.match(file); });
    });
    if (fits_some) likely.push_back(name);
  }
  return likely;
}

Failure nothing_named_so(const ProductDescription& description, const std::string& root,
                         const std::vector<fs::path>& files) {
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(files.size(), kShownNames); ++i)
    shown.push_back(files[i].lexically_relative(root).generic_string());
  const std::string holds =
      files.empty()
          ? "no file at all"
          : join(shown, ", ") +
                (files.size() > kShownNames ? fmt::format(" and {} more files", files.size() - kShownNames) : "");
  const auto likely = likely_products(files);
  return input_error("{}: no file is named as {} names them ({}); the folder holds {}{}", root,
                     description.product.name, join(description.names, " or "), holds,
                     likely.empty() ? "" : fmt::format(" (these look like {})", join(likely, ", ")));
}

bool is_pattern(const std::string& path) {
  return path.find_first_of("*?{") != std::string::npos;
}

/// Sizes and times of change of the scene's files.
Result<std::string> identity_of(const Scene& scene) {
  std::string text;
  for (const SceneBand& band : scene.bands) {
    ECOCUBE_TRY_ASSIGN(const std::string one, file_identity(band.path));
    text += fmt::format("{} {} {} {}\n", band.name, fs::path(band.path).filename().string(), band.band, one);
  }
  return sha256_hex(text);
}

}  // namespace

Result<std::unique_ptr<SceneCatalog>> SceneFolder::open(ProductDescription description, const std::string& path) {
  std::unique_ptr<SceneFolder> folder(new SceneFolder);
  folder->root_ = path;
  if (is_pattern(path)) {
    const auto wild = path.find_first_of("*?{");
    const auto slash = path.rfind('/', wild);
    folder->root_ = slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
    description.names = {slash == std::string::npos ? path : path.substr(slash + 1)};
  }
  std::error_code code;
  if (!fs::is_directory(folder->root_, code)) return input_error("{}: no such folder", folder->root_);
  if (description.names.empty())
    return usage_error("format {}: says no names of files; give a STAC catalogue or a pattern instead of {}",
                       description.origin, path);
  ECOCUBE_TRY_ASSIGN(folder->names_, compile_names(description));
  folder->description_ = std::move(description);
  return std::unique_ptr<SceneCatalog>(std::move(folder));
}

Result<void> SceneFolder::look() const {
  if (looked_) return {};
  const auto files = files_below(root_);
  SceneFolderScan scan(description_, names_);
  for (const fs::path& file : files) ECOCUBE_TRY(scan.take(file));
  SceneList seen = scan.finish();
  if (seen.scenes.empty()) {
    if (!seen.notes.empty()) return input_error("{}: {}", root_, join(seen.notes, "; "));
    return nothing_named_so(description_, root_, files);
  }
  seen_ = std::move(seen);
  looked_ = true;
  return {};
}

std::optional<Bounds> SceneFolder::extent_of(const Scene& scene) const {
  const std::string& path = scene.bands.front().path;
  if (const auto known = extents_.find(path); known != extents_.end()) return known->second;
  std::optional<Bounds>& extent = extents_[path];
  // A file that cannot be opened stays in the list: whoever reads it has the better error.
  const auto raster = Raster::open(path);
  if (!raster) return extent;
  const RasterInfo& info = (*raster)->info();
  const auto projection = Projection::between(info.crs_wkt, "EPSG:4326");
  if (!projection) return extent;
  const double* t = info.geo_transform;
  const double right = t[0] + t[1] * static_cast<double>(info.cols) + t[2] * static_cast<double>(info.rows);
  const double bottom = t[3] + t[4] * static_cast<double>(info.cols) + t[5] * static_cast<double>(info.rows);
  const auto box = (*projection)
                       ->transform_bounds({std::min(t[0], right), std::min(t[3], bottom), std::max(t[0], right),
                                           std::max(t[3], bottom)});
  if (box) extent = *box;
  return extent;
}

Result<SceneList> SceneFolder::find(const SceneQuery& query) const {
  const std::lock_guard lock(mutex_);
  ECOCUBE_TRY(look());
  SceneList found;
  for (Scene& scene : seen_.scenes) {
    if (!fits(scene, query)) continue;
    if (!scene.extent) scene.extent = extent_of(scene);
    if (!fits(scene, query)) continue;
    found.scenes.push_back(scene);
    ECOCUBE_TRY_ASSIGN(found.scenes.back().identity, identity_of(scene));
  }
  if (found.scenes.empty()) return none_fits(root_, seen_.scenes, query);
  found.notes = seen_.notes;
  const auto missing = missing_band_notes(found.scenes, description_.product);
  found.notes.insert(found.notes.end(), missing.begin(), missing.end());
  return found;
}

}  // namespace ecocube
