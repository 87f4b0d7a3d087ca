// SPDX-License-Identifier: Apache-2.0
#include "data/stac/stac_json.h"

#include <algorithm>
#include <cmath>

namespace ecocube::stac {
namespace {

constexpr const char* kVersion = "1.1.0";
constexpr double kSevenDecimals = 1e7;

/// Whole numbers without a decimal point, as a person writes them; what JSON has no number for as text.
Value number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value == std::floor(value) && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
  return value;
}

Value degrees(double value) {
  return number(std::round(value * kSevenDecimals) / kSevenDecimals);
}

Value box_json(const Bounds& box) {
  return Value::array({degrees(box.min_x), degrees(box.min_y), degrees(box.max_x), degrees(box.max_y)});
}

std::string first_second(Day day) {
  return iso_date(day) + "T00:00:00Z";
}
std::string last_second(Day day) {
  return iso_date(day) + "T23:59:59Z";
}

void put(Value& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Value links_json(const std::vector<Link>& links) {
  Value list = Value::array();
  for (const Link& link : links) {
    Value json = {{"rel", link.rel}, {"href", link.href}};
    put(json, "type", link.type);
    put(json, "title", link.title);
    list.push_back(std::move(json));
  }
  return list;
}

/// A class's `name` may hold letters, digits, `-` and `_` only; what people read stands in `title`.
std::string class_name(const std::string& code) {
  std::string name = code;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return !(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'); }, '-');
  return name;
}

Value classes_json(const std::vector<LegendClass>& classes) {
  Value list = Value::array();
  for (const LegendClass& entry : classes) {
    list.push_back({{"value", entry.value},
                    {"name", class_name(entry.code)},
                    {"title", entry.name},
                    {"color_hint", entry.color.hex()}});
  }
  return list;
}

Value band_json(const Band& band) {
  Value json = {{"name", band.name}};
  put(json, "description", band.description);
  json["data_type"] = std::string(name_of(band.encoding.type));
  if (band.encoding.no_data) json["nodata"] = number(*band.encoding.no_data);
  put(json, "unit", band.encoding.unit);
  json["raster:sampling"] = "area";
  json["raster:scale"] = number(band.encoding.scale);
  json["raster:offset"] = number(band.encoding.offset);
  if (band.resolution) json["raster:spatial_resolution"] = number(*band.resolution);
  return json;
}

Value assets_json(const std::vector<Asset>& assets) {
  Value map = Value::object();
  for (const Asset& asset : assets) map[asset.key] = to_json(asset);
  return map;
}

bool has_bands(const std::vector<Asset>& assets) {
  return std::any_of(assets.begin(), assets.end(), [](const Asset& asset) { return !asset.bands.empty(); });
}

bool has_classes(const std::vector<Asset>& assets) {
  return std::any_of(assets.begin(), assets.end(), [](const Asset& asset) { return !asset.classes.empty(); });
}

bool has_files(const std::vector<Asset>& assets) {
  return std::any_of(assets.begin(), assets.end(),
                     [](const Asset& asset) { return asset.bytes || !asset.sha256.empty(); });
}

std::string extension(const std::string& name_and_version) {
  return "https://stac-extensions.github.io/" + name_and_version + "/schema.json";
}

/// Those of projection, raster, classification, file, processing and version that are used.
Value extensions_json(bool projection, const std::vector<Asset>& assets, bool classes, bool processing, bool version) {
  Value list = Value::array();
  if (projection) list.push_back(extension("projection/v1.2.0"));
  if (has_bands(assets)) list.push_back(extension("raster/v2.0.0"));
  if (classes || has_classes(assets)) list.push_back(extension("classification/v2.0.0"));
  if (has_files(assets)) list.push_back(extension("file/v2.1.0"));
  if (processing) list.push_back(extension("processing/v1.2.0"));
  if (version) list.push_back(extension("version/v1.2.0"));
  return list;
}

Value outline_json(const std::vector<LonLat>& outline) {
  Value ring = Value::array();
  for (const LonLat& place : outline) ring.push_back(Value::array({degrees(place.lon), degrees(place.lat)}));
  return {{"type", "Polygon"}, {"coordinates", Value::array({std::move(ring)})}};
}

/// Both the old key and the new: GDAL's STACIT driver reads `proj:epsg` only.
void put_projection(Value& properties, const Footprint& where) {
  properties["proj:code"] = where.epsg ? Value(fmt::format("EPSG:{}", where.epsg)) : Value(nullptr);
  properties["proj:epsg"] = where.epsg ? Value(where.epsg) : Value(nullptr);
  if (!where.epsg) put(properties, "proj:wkt2", where.wkt2);
  const Bounds box = where.grid.bounds(where.window);
  properties["proj:bbox"] = Value::array({number(box.min_x), number(box.min_y), number(box.max_x), number(box.max_y)});
  properties["proj:shape"] = Value::array({where.window.rows, where.window.cols});
  properties["proj:transform"] = Value::array(
      {number(where.grid.pixel), 0, number(box.min_x), 0, number(-where.grid.pixel), number(box.max_y), 0, 0, 1});
}

Value properties_json(const Item& item) {
  Value json = Value::object();
  put(json, "title", item.title);
  json["datetime"] = nullptr;
  json["start_datetime"] = first_second(item.start);
  json["end_datetime"] = last_second(item.end);
  if (item.resolution) json["gsd"] = number(*item.resolution);
  put(json, "version", item.version);
  put_projection(json, item.footprint);
  put(json, "processing:lineage", item.processing.lineage);
  if (!item.processing.software.empty()) {
    json["processing:software"] = Value::object();
    for (const auto& [name, version] : item.processing.software) json["processing:software"][name] = version;
  }
  return json;
}

Value providers_json(const std::vector<Provider>& providers) {
  Value list = Value::array();
  for (const Provider& provider : providers) {
    Value json = {{"name", provider.name}};
    put(json, "description", provider.description);
    if (!provider.roles.empty()) json["roles"] = provider.roles;
    put(json, "url", provider.url);
    list.push_back(std::move(json));
  }
  return list;
}

Value summaries_json(const Collection& collection) {
  Value json = Value::object();
  if (collection.resolution) json["gsd"] = Value::array({number(*collection.resolution)});
  if (collection.epsg) {
    json["proj:code"] = Value::array({fmt::format("EPSG:{}", collection.epsg)});
    json["proj:epsg"] = Value::array({collection.epsg});
  }
  if (!collection.classes.empty()) json["classification:classes"] = classes_json(collection.classes);
  return json;
}

}  // namespace

Value to_json(const Asset& asset) {
  Value json = Value::object();
  put(json, "href", asset.href);
  put(json, "title", asset.title);
  put(json, "description", asset.description);
  put(json, "type", asset.type);
  if (!asset.roles.empty()) json["roles"] = asset.roles;
  if (!asset.bands.empty()) {
    json["bands"] = Value::array();
    for (const Band& band : asset.bands) json["bands"].push_back(band_json(band));
  }
  // Here rather than in the band: the extension's schema looks nowhere deeper, and so do some readers.
  if (!asset.classes.empty()) json["classification:classes"] = classes_json(asset.classes);
  if (asset.bytes) json["file:size"] = *asset.bytes;
  // 12: sha2-256, 20: 32 bytes long.
  if (!asset.sha256.empty()) json["file:checksum"] = "1220" + asset.sha256;
  return json;
}

Value to_json(const Item& item) {
  const bool processing = !item.processing.lineage.empty() || !item.processing.software.empty();
  Value json = {{"type", "Feature"}, {"stac_version", kVersion}};
  json["stac_extensions"] = extensions_json(true, item.assets, false, processing, !item.version.empty());
  json["id"] = item.id;
  json["collection"] = item.collection;
  json["geometry"] = outline_json(item.footprint.outline);
  json["bbox"] = box_json(item.footprint.box);
  json["properties"] = properties_json(item);
  json["links"] = links_json(item.links);
  json["assets"] = assets_json(item.assets);
  return json;
}

Value to_json(const Collection& collection) {
  Value json = {{"type", "Collection"}, {"stac_version", kVersion}};
  json["stac_extensions"] = extensions_json(collection.epsg != 0, collection.item_assets, !collection.classes.empty(),
                                            false, !collection.version.empty());
  json["id"] = collection.id;
  put(json, "title", collection.title);
  json["description"] = collection.description;
  if (!collection.keywords.empty()) json["keywords"] = collection.keywords;
  json["license"] = collection.license;
  put(json, "version", collection.version);
  if (!collection.providers.empty()) json["providers"] = providers_json(collection.providers);
  json["extent"]["spatial"]["bbox"] = Value::array({box_json(collection.box)});
  json["extent"]["temporal"]["interval"] =
      Value::array({Value::array({first_second(collection.start), last_second(collection.end)})});
  const Value summaries = summaries_json(collection);
  if (!summaries.empty()) json["summaries"] = summaries;
  if (!collection.item_assets.empty()) json["item_assets"] = assets_json(collection.item_assets);
  json["links"] = links_json(collection.links);
  return json;
}

Value to_json(const Catalog& catalog) {
  Value json = {{"type", "Catalog"}, {"stac_version", kVersion}, {"id", catalog.id}};
  put(json, "title", catalog.title);
  json["description"] = catalog.description;
  json["links"] = links_json(catalog.links);
  return json;
}

}  // namespace ecocube::stac
