// SPDX-License-Identifier: Apache-2.0
#include "data/stac/mosaic.h"

#include <algorithm>
#include <stdexcept>

namespace ecocube {
namespace {

constexpr const char* kFormat = "ecocube mosaic 1";

template <class T>
T one_named(const std::string& name, std::initializer_list<T> all) {
  const auto found = std::find_if(all.begin(), all.end(), [&](T one) { return name_of(one) == name; });
  if (found == all.end()) throw std::invalid_argument("unknown word '" + name + "'");
  return *found;
}

DataType data_type_named(const std::string& name) {
  return one_named(name, {DataType::uint8, DataType::uint16, DataType::int16, DataType::uint32, DataType::int32,
                          DataType::float32, DataType::float64});
}

LayerKind kind_named(const std::string& name) {
  return one_named(name,
                   {LayerKind::continuous, LayerKind::classes, LayerKind::count, LayerKind::source, LayerKind::error});
}

Day day_of(const Value& text) {
  const auto day = parse_date(text.get<std::string>());
  if (!day) throw std::invalid_argument("no date: " + text.dump());
  return *day;
}

Encoding encoding_of(const Value& json) {
  Encoding encoding{data_type_named(json.at("type")), json.at("scale"), json.at("offset"), std::nullopt,
                    json.at("unit")};
  if (!json.at("no_data").is_null()) encoding.no_data = json.at("no_data").get<double>();
  return encoding;
}

std::vector<LegendClass> classes_of(const Value& json) {
  std::vector<LegendClass> classes;
  for (const Value& entry : json) {
    const Value& color = entry.at("color");
    classes.push_back({entry.at("code"), entry.at("name"), entry.at("value"), {color.at(0), color.at(1), color.at(2)}});
  }
  return classes;
}

Grid grid_of(const Value& json) {
  return {json.at("crs"), json.at("pixel"), json.at("origin").at(0), json.at("origin").at(1), json.at("tile")};
}

Window window_of(const Value& json) {
  return {json.at("row"), json.at("col"), json.at("rows"), json.at("cols")};
}

Value layer_json(const MosaicLayer& layer) {
  Value json = {
      {"variable", layer.variable}, {"long_name", layer.long_name}, {"kind", std::string(name_of(layer.kind))}};
  json["encoding"] = to_json(layer.encoding);
  if (!layer.classes.empty()) json["classes"] = to_json(layer.classes);
  json["collection"] = layer.collection;
  json["item"] = layer.item;
  json["file"] = layer.file;
  json["bytes"] = layer.bytes;
  json["sha256"] = layer.sha256;
  return json;
}

MosaicLayer layer_of(const Value& json) {
  MosaicLayer layer{json.at("variable"),
                    json.at("long_name"),
                    kind_named(json.at("kind")),
                    encoding_of(json.at("encoding")),
                    {},
                    json.at("collection"),
                    json.at("item"),
                    json.at("file"),
                    json.at("bytes"),
                    json.at("sha256")};
  if (json.contains("classes")) layer.classes = classes_of(json.at("classes"));
  return layer;
}

}  // namespace

Value to_json(const Encoding& encoding) {
  return {{"type", std::string(name_of(encoding.type))},
          {"scale", encoding.scale},
          {"offset", encoding.offset},
          {"no_data", encoding.no_data ? Value(*encoding.no_data) : Value(nullptr)},
          {"unit", encoding.unit}};
}

Value to_json(const std::vector<LegendClass>& classes) {
  Value list = Value::array();
  for (const LegendClass& entry : classes) {
    list.push_back({{"code", entry.code},
                    {"name", entry.name},
                    {"value", entry.value},
                    {"color", Value::array({entry.color.red, entry.color.green, entry.color.blue})}});
  }
  return list;
}

Value to_json(const Grid& grid) {
  return {{"crs", grid.crs},
          {"pixel", grid.pixel},
          {"origin", Value::array({grid.origin_x, grid.origin_y})},
          {"tile", grid.tile_pixels}};
}

Value to_json(const Window& window) {
  return {{"row", window.row}, {"col", window.col}, {"rows", window.rows}, {"cols", window.cols}};
}

Value to_json(const Mosaic& mosaic) {
  Value json = {{"format", kFormat}, {"made_by", mosaic.made_by}, {"lineage", mosaic.lineage}};
  json["start"] = iso_date(mosaic.start);
  json["end"] = iso_date(mosaic.end);
  json["grid"] = to_json(mosaic.grid);
  json["window"] = to_json(mosaic.window);
  json["software"] = Value::object();
  for (const auto& [name, version] : mosaic.software) json["software"][name] = version;
  json["layers"] = Value::array();
  for (const MosaicLayer& layer : mosaic.layers) json["layers"].push_back(layer_json(layer));
  return json;
}

Result<Mosaic> parse_mosaic(const std::string& text, const std::string& origin) {
  try {
    const Value json = Value::parse(text);
    if (json.at("format") != kFormat)
      return input_error("{}: format {}, expected \"{}\"", origin, json.at("format").dump(), kFormat);
    Mosaic mosaic{json.at("made_by"),
                  json.at("lineage"),
                  day_of(json.at("start")),
                  day_of(json.at("end")),
                  grid_of(json.at("grid")),
                  window_of(json.at("window")),
                  {},
                  {}};
    for (const auto& [name, version] : json.at("software").items()) mosaic.software.emplace_back(name, version);
    for (const Value& layer : json.at("layers")) mosaic.layers.push_back(layer_of(layer));
    return mosaic;
  } catch (const std::exception& problem) {
    return input_error("{}: {}", origin, problem.what());
  }
}

}  // namespace ecocube
