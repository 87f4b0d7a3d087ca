// SPDX-License-Identifier: Apache-2.0
#include "steps/publish.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "base/text.h"
#include "data/stac/published_cube.h"
#include "data/stac/stac_json.h"
#include "io/file/file.h"
#include "io/raster/projection.h"
#include "io/raster/thumbnail.h"
#include "steps/mosaic.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "cube";
constexpr const char* kCatalogFile = "catalog.json";
constexpr const char* kCollectionFile = "collection.json";
/// Pieces an edge is cut into before it is bent onto the globe.
constexpr int kOutlinePieces = 16;

/// Writes documents below cube/ and knows which are there.
class Documents {
 public:
  explicit Documents(TaskRun& run) : run_(run) {}

  /// `path` counts from cube/.
  fs::path stage(const fs::path& path) {
    written_.insert(path.generic_string());
    return run_.stage((kFolder / path).generic_string());
  }
  Result<void> write(const fs::path& path, const Value& document) {
    const fs::path staged = stage(path);
    ECOCUBE_TRY(make_folders(staged.parent_path()));
    return write_text(staged, document.dump(2) + "\n");
  }
  bool has(const fs::path& path) const { return written_.contains(path.generic_string()); }

 private:
  TaskRun& run_;
  std::set<std::string> written_;
};

class PublishStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{"publish",
                               "Describes the mosaics in a static STAC catalogue",
                               "the records that mosaic leaves, and its files for small pictures",
                               "cube/catalog.json, a document a collection and item, and a small picture an item",
                               "one small picture",
                               1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("id", id_, "identifier of the catalogue; none: the cube's name");
    options.add("title", title_, "title of the catalogue; none: made from the cube's name");
    options.add("description", description_, "what the cube is, in Markdown; none: made from the title");
    options.add("license", license_, "SPDX identifier of the licence, or other")
        .rule("an SPDX identifier such as CC-BY-4.0, or other", is_license);
    options.add("license_url", license_url_, "where the licence can be read; needed for other");
    options.add("version", version_, "version of what is published; none: not stated");
    options.add("keywords", keywords_, "words to find it by");
    options.add("providers", providers_,
                "who made and hosts it: a list of maps with name, url, description and roles (producer, licensor, "
                "processor, host)");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  static bool is_license(const Value& value);
  Result<std::vector<stac::Provider>> providers() const;
  Result<stac::Footprint> footprint(const Mosaic& mosaic) const;
  Result<void> write_item(PublishedCube::PublishedItem& published, Documents& documents, const fs::path& root) const;

  std::optional<std::string> id_, title_, description_, license_url_, version_;
  std::string license_ = "CC-BY-4.0";
  std::vector<std::string> keywords_;
  Value providers_ = Value::array();

  CubeDescription cube_;
  std::vector<std::string> records_;
};

bool PublishStep::is_license(const Value& value) {
  const std::string text = value_text(value);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '.' || c == '+';
  });
}

Result<std::vector<stac::Provider>> PublishStep::providers() const {
  if (!providers_.is_array()) return usage_error("providers: expected a list of maps, got {}", providers_.dump());
  std::vector<stac::Provider> list;
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    stac::Provider provider;
    OptionSet fields;
    fields.add("name", provider.name, "name of the organisation or person").required();
    fields.add("url", provider.url, "its page");
    fields.add("description", provider.description, "what it did");
    fields.add("roles", provider.roles, "what it is to the data")
        .choices({"producer", "licensor", "processor", "host"});
    ECOCUBE_TRY(fields.read(providers_[i], fmt::format("providers[{}]", i)));
    list.push_back(std::move(provider));
  }
  return list;
}

Value facts_of(const CubeDescription& cube, const Value& providers) {
  return {{"id", cube.id},
          {"title", cube.title},
          {"description", cube.description},
          {"license", cube.license},
          {"license_url", cube.license_url},
          {"version", cube.version},
          {"keywords", cube.keywords},
          {"providers", providers}};
}

Result<void> PublishStep::plan(Planning& planning) {
  const std::string name = planning.cube().name;
  cube_.id = id_.value_or(name);
  cube_.title = title_.value_or("Environmental data cube " + name);
  cube_.description = description_.value_or(cube_.title + ": layers on one grid, made by ecocube.");
  cube_.license = license_;
  cube_.license_url = license_url_.value_or("");
  cube_.version = version_.value_or("");
  cube_.keywords = keywords_;
  if (license_ == "other" && cube_.license_url.empty())
    return usage_error("license_url: missing, the licence 'other' needs it");
  ECOCUBE_TRY_ASSIGN(cube_.providers, providers());
  Task task;
  for (const Task& other : planning.tasks()) {
    for (const std::string& output : other.outputs) {
      if (!output.ends_with(kMosaicRecordEnd)) continue;
      records_.push_back(output);
      task.needs.push_back(other.id());
    }
  }
  if (records_.empty()) return usage_error("there is nothing to publish: no step mosaic comes before it");
  task.facts = facts_of(cube_, providers_);
  task.outputs = {fmt::format("{}/{}", kFolder, kCatalogFile)};
  task.memory_bytes = std::uint64_t{16} << 20;
  constexpr std::uint64_t kBytesPerItem = 300000;
  task.disk_bytes = records_.size() * kBytesPerItem;
  planning.add(std::move(task));
  return {};
}

Result<stac::Footprint> PublishStep::footprint(const Mosaic& mosaic) const {
  ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(mosaic.grid.crs, "EPSG:4326"));
  const Bounds box = mosaic.grid.bounds(mosaic.window);
  stac::Footprint where;
  ECOCUBE_TRY_ASSIGN(where.box, projection->transform_bounds(box));
  for (const MapPoint& point : projection->transform_outline(box, kOutlinePieces)) {
    if (std::isnan(point.x)) return input_error("the cube's outline has no place on the globe");
    where.outline.push_back({point.x, point.y});
  }
  where.epsg = epsg_code(mosaic.grid.crs);
  if (!where.epsg) where.wkt2 = crs_wkt(mosaic.grid.crs);
  where.grid = mosaic.grid;
  where.window = mosaic.window;
  return where;
}

Result<void> PublishStep::write_item(PublishedCube::PublishedItem& published, Documents& documents,
                                     const fs::path& root) const {
  stac::Item& item = published.item;
  const fs::path folder = fs::path(item.collection) / item.id;
  const fs::path picture = documents.stage(folder / kThumbnailFile);
  ECOCUBE_TRY(make_folders(picture.parent_path()));
  ECOCUBE_TRY(
      write_thumbnail(picture, root / published.pictured.file, published.pictured.kind, published.pictured.classes));
  for (stac::Asset& asset : item.assets) {
    if (asset.key != kThumbnailKey) continue;
    ECOCUBE_TRY_ASSIGN(asset.bytes, size_of_file(picture));
    ECOCUBE_TRY_ASSIGN(asset.sha256, file_sha256(picture));
  }
  return documents.write(folder / (item.id + ".json"), to_json(item));
}

/// Removes documents and pictures of items and collections that are no more. Counts the data files among what is left
/// that the catalogue does not name; they are not this step's to remove.
std::size_t remove_old_documents(const fs::path& cube, const Documents& documents,
                                 const std::set<std::string>& data_files) {
  std::size_t unnamed = 0;
  std::error_code code;
  std::vector<fs::path> old;
  for (fs::recursive_directory_iterator entry(cube, code), end; !code && entry != end; entry.increment(code)) {
    const fs::path path = entry->path().lexically_relative(cube);
    const auto depth = std::distance(path.begin(), path.end());
    const fs::path name = path.filename(), item_file = path.parent_path().filename().string() + ".json";
    const bool is_document =
        (depth == 2 && name == kCollectionFile) || (depth == 3 && (name == kThumbnailFile || name == item_file));
    if (is_document && !documents.has(path)) old.push_back(entry->path());
    const bool is_data = name.extension() == ".tif" && !name.string().starts_with('.');
    if (is_data && !data_files.contains((kFolder / path).generic_string())) ++unnamed;
  }
  for (const fs::path& path : old) fs::remove(path, code);
  // Only an empty folder can be removed: first those of items, then those of collections.
  for (const fs::path& path : old) fs::remove(path.parent_path(), code);
  for (const fs::path& path : old) {
    if (path.parent_path().parent_path() != cube) fs::remove(path.parent_path().parent_path(), code);
  }
  return unnamed;
}

Result<void> PublishStep::run(const Task&, TaskRun& run) const {
  std::vector<Mosaic> mosaics;
  std::set<std::string> data_files;
  for (const std::string& record : records_) {
    ECOCUBE_TRY_ASSIGN(const std::string text, read_text(run.root() / record));
    ECOCUBE_TRY_ASSIGN(Mosaic mosaic, parse_mosaic(text, record));
    for (const MosaicLayer& layer : mosaic.layers) data_files.insert(layer.file);
    mosaics.push_back(std::move(mosaic));
  }
  ECOCUBE_TRY_ASSIGN(const stac::Footprint where, footprint(mosaics.front()));
  const std::optional<double> resolution =
      is_geographic(where.grid.crs) ? std::nullopt : std::optional(where.grid.pixel);
  ECOCUBE_TRY_ASSIGN(PublishedCube cube, arrange_cube(cube_, mosaics, where, resolution));
  Documents documents(run);
  double done = 0;
  for (auto& [collection, items] : cube.collections) {
    for (auto& item : items) {
      if (auto written = write_item(item, documents, run.root()); !written)
        return within(item.item.id, written.error());
    }
    ECOCUBE_TRY(documents.write(fs::path(collection.id) / kCollectionFile, to_json(collection)));
    run.progress(++done / static_cast<double>(cube.collections.size()));
  }
  ECOCUBE_TRY(documents.write(kCatalogFile, to_json(cube.catalog)));
  const std::size_t unnamed = remove_old_documents(run.root() / kFolder, documents, data_files);
  if (unnamed > 0)
    run.note(fmt::format("{} of the GeoTIFFs under {}/ belong to no item any more and were left", unnamed, kFolder));
  return {};
}

}  // namespace

std::unique_ptr<Step> make_publish_step() {
  return std::make_unique<PublishStep>();
}

}  // namespace ecocube
