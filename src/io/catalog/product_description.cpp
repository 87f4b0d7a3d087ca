// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/product_description.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/options.h"
#include "base/text.h"
#include "io/catalog/product_built_in.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

Result<DataType> type_named(const std::string& name, const std::string& path) {
  constexpr DataType types[] = {DataType::uint8, DataType::uint16,  DataType::int16,  DataType::uint32,
                                DataType::int32, DataType::float32, DataType::float64};
  std::vector<std::string> known;
  for (const DataType type : types) {
    if (name_of(type) == name) return type;
    known.emplace_back(name_of(type));
  }
  return usage_error("{}: unknown type '{}'{}", path, name, suggestion(name, known));
}

/// Texts, or one text.
Result<std::vector<std::string>> texts_in(const Value& value, const std::string& path) {
  std::vector<std::string> texts;
  for (const Value& one : value.is_array() ? value : Value::array({value})) {
    if (!one.is_string()) return usage_error("{}: expected a text or a list of texts, got {}", path, value.dump());
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

Result<void> read_encoding(const Value& value, const std::string& path, ProductBand& band) {
  std::string type(name_of(band.encoding.type));
  std::vector<double> valid;
  OptionSet keys;
  keys.add("type", type, "of the stored numbers");
  keys.add("scale", band.encoding.scale, "value = stored × scale + offset");
  keys.add("offset", band.encoding.offset, "see scale");
  keys.add("no_data", band.encoding.no_data, "stored number that means missing");
  keys.add("valid", valid, "lowest and highest stored number that is a measurement");
  keys.add("unit", band.encoding.unit, "of the value");
  ECOCUBE_TRY(keys.read(value, path));
  ECOCUBE_TRY_ASSIGN(band.encoding.type, type_named(type, path + ".type"));
  if (band.encoding.scale == 0) return usage_error("{}.scale: 0 would make every value the same", path);
  const auto& no_data = band.encoding.no_data;
  if (no_data && (*no_data < lowest_of(band.encoding.type) || *no_data > highest_of(band.encoding.type)))
    return usage_error("{}.no_data: {} is no {}", path, *no_data, name_of(band.encoding.type));
  if (valid.empty()) return {};
  if (valid.size() != 2 || valid[0] > valid[1])
    return usage_error("{}.valid: expected the lowest and the highest number", path);
  band.lowest = valid[0];
  band.highest = valid[1];
  return {};
}

/// Keys that say where a band is, shared by bands and masks.
struct PlaceKeys {
  BandPlace place;
  Value file;
  void declare(OptionSet& keys) {
    keys.add("name", place.band, "ecocube's name of the band").required();
    keys.add("file", file, "what {band} reads: a text, a list with the best first, or either by kind of sensor");
    keys.add("number", place.number, "band of the file").range(1, 65535);
    keys.add("assets", place.assets, "keys of STAC assets, the best first");
    keys.add("common_name", place.common_name, "of the bands of STAC items");
  }
  Result<void> finish(const ProductDescription& description, const std::string& path) {
    if (file.is_null()) return {};
    if (!file.is_object()) {
      ECOCUBE_TRY_ASSIGN(auto texts, texts_in(file, path + ".file"));
      place.texts.emplace_back("", std::move(texts));
      return {};
    }
    for (const auto& [kind, value] : file.items()) {
      std::vector<std::string> kinds;
      for (const auto& sensor : description.sensors) kinds.push_back(sensor.first);
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        return usage_error("{}.file: unknown kind of sensor '{}'{}", path, kind, suggestion(kind, kinds));
      ECOCUBE_TRY_ASSIGN(auto texts, texts_in(value, path + ".file." + kind));
      place.texts.emplace_back(kind, std::move(texts));
    }
    return {};
  }
};

Result<void> read_band(const Value& value, const std::string& path, const ProductBand& shared,
                       ProductDescription& description) {
  PlaceKeys where;
  Value encoding;
  ProductBand band = shared;
  OptionSet keys;
  where.declare(keys);
  std::string kind = "continuous";
  keys.add("title", band.long_name, "for people");
  keys.add("kind", kind, "what the numbers are").choices({"continuous", "classes"});
  keys.add("encoding", encoding, "instead of the product's");
  ECOCUBE_TRY(keys.read(value, path));
  ECOCUBE_TRY(where.finish(description, path));
  band.name = where.place.band;
  if (band.long_name.empty()) band.long_name = band.name;
  if (kind == "classes") band.kind = LayerKind::classes;
  if (!encoding.is_null()) {
    band.encoding = {};
    band.lowest = ProductBand{}.lowest;
    band.highest = ProductBand{}.highest;
    ECOCUBE_TRY(read_encoding(encoding, path + ".encoding", band));
  }
  description.product.bands.push_back(std::move(band));
  description.places.push_back(std::move(where.place));
  return {};
}

/// `{"bit": 3}`, `{"bits": [8, 9], "value": 3}`, `{"code": 4}`, or a list of them.
Result<std::vector<MaskWord>> read_word(const std::string& name, const Value& value, const std::string& path) {
  std::vector<MaskWord> words;
  for (const Value& one : value.is_array() ? value : Value::array({value})) {
    std::vector<int> bits;
    int bit = -1, code = -1, wanted = 1;
    OptionSet keys;
    keys.add("bit", bit, "number of a bit that is set, from 0").range(0, 31);
    keys.add("bits", bits, "first and last bit of a field");
    keys.add("value", wanted, "of the field").range(0, 65535);
    keys.add("code", code, "the whole number").range(0, 65535);
    ECOCUBE_TRY(keys.read(one, path));
    if ((bit >= 0) + (code >= 0) + !bits.empty() != 1)
      return usage_error("{}: expected one of bit, bits and code, got {}", path, one.dump());
    if (!bits.empty() && (bits.size() != 2 || bits[0] < 0 || bits[0] > bits[1] || bits[1] > 31))
      return usage_error("{}.bits: expected the first and the last bit of a field within 0..31, got {}", path,
                         one.dump());
    const auto first = static_cast<std::uint32_t>(code >= 0 ? code : bit >= 0 ? bit : bits[0]);
    const int width = code >= 0 ? 0 : bit >= 0 ? 1 : bits[1] - bits[0] + 1;
    if (width > 0 && width < 31 && wanted >> width != 0)
      return usage_error("{}.value: {} does not fit a field of {} bits", path, wanted, width);
    words.push_back({name, first, width, static_cast<std::uint32_t>(wanted)});
  }
  return words;
}

struct MaskKeys {
  PlaceKeys where;
  std::string type = "uint16";
  Value words, presets;
  std::vector<int> codes;
};

/// Reads a mask's band, words and, for the product's own mask, known codes and presets.
Result<std::vector<MaskWord>> read_mask(const Value& value, const std::string& path, bool main, MaskKeys& mask,
                                        const ProductDescription& description) {
  OptionSet keys;
  mask.where.declare(keys);
  keys.add("type", mask.type, "of the stored numbers");
  keys.add("words", mask.words, "what the numbers mean").required();
  if (main) keys.add("codes", mask.codes, "all codes that may occur");
  if (main) keys.add("presets", mask.presets, "names of sets of words that are taken out");
  ECOCUBE_TRY(keys.read(value, path));
  ECOCUBE_TRY(mask.where.finish(description, path));
  ECOCUBE_TRY(type_named(mask.type, path + ".type"));
  if (!mask.words.is_object() || mask.words.empty())
    return usage_error("{}.words: expected a map of words, got {}", path, mask.words.dump());
  std::vector<MaskWord> words;
  for (const auto& [name, meaning] : mask.words.items()) {
    ECOCUBE_TRY_ASSIGN(const auto found, read_word(name, meaning, path + ".words." + name));
    words.insert(words.end(), found.begin(), found.end());
  }
  return words;
}

bool has_word(const Product& product, const std::string& name) {
  const auto is_it = [&](const MaskWord& word) { return word.name == name; };
  return std::any_of(product.words.begin(), product.words.end(), is_it) ||
         std::any_of(product.more_masks.begin(), product.more_masks.end(),
                     [&](const MaskBand& mask) { return std::any_of(mask.words.begin(), mask.words.end(), is_it); });
}

Result<void> read_presets(const Value& presets, Product& product) {
  if (presets.is_null()) return {};
  if (!presets.is_object()) return usage_error("mask.presets: expected a map of lists, got {}", presets.dump());
  for (const auto& [name, value] : presets.items()) {
    const std::string path = "mask.presets." + name;
    if (has_word(product, name)) return usage_error("{}: a word has this name already", path);
    ECOCUBE_TRY_ASSIGN(auto words, texts_in(value, path));
    for (const std::string& word : words) {
      std::vector<std::string> known;
      for (const MaskWord& one : product.words) known.push_back(one.name);
      if (!has_word(product, word)) return usage_error("{}: unknown word '{}'{}", path, word, suggestion(word, known));
    }
    product.presets.emplace_back(name, std::move(words));
  }
  return {};
}

/// Without the preset `default` a source that says no mask would take its clouds for clear.
Result<void> check_default_preset(const Product& product) {
  const auto is_default = [](const auto& preset) { return preset.first == "default"; };
  if (product.mask_band.empty() || std::any_of(product.presets.begin(), product.presets.end(), is_default)) return {};
  return usage_error(
      "mask.presets: there is no 'default', the words that are taken out where a source says no mask; for none, write "
      "\"default\": []");
}

Result<void> read_masks(const Value& mask, const Value& more, ProductDescription& description) {
  Product& product = description.product;
  MaskKeys main;
  if (!mask.is_null()) {
    ECOCUBE_TRY_ASSIGN(product.words, read_mask(mask, "mask", true, main, description));
    product.mask_band = main.where.place.band;
    description.places.push_back(main.where.place);
    product.known_codes.assign(main.codes.begin(), main.codes.end());
  }
  if (!more.is_null() && !more.is_array()) return usage_error("more_masks: expected a list, got {}", more.dump());
  for (std::size_t i = 0; i < more.size(); ++i) {
    MaskKeys one;
    ECOCUBE_TRY_ASSIGN(auto words, read_mask(more[i], fmt::format("more_masks[{}]", i), false, one, description));
    product.more_masks.push_back({one.where.place.band, std::move(words)});
    description.places.push_back(one.where.place);
  }
  ECOCUBE_TRY(read_presets(main.presets, product));
  return check_default_preset(product);
}

Result<void> read_sensors(const Value& sensors, ProductDescription& description) {
  if (sensors.is_null()) return {};
  if (!sensors.is_object()) return usage_error("sensors: expected a map of lists, got {}", sensors.dump());
  for (const auto& [kind, value] : sensors.items()) {
    ECOCUBE_TRY_ASSIGN(auto texts, texts_in(value, "sensors." + kind));
    description.sensors.emplace_back(kind, std::move(texts));
  }
  return {};
}

Result<void> read_baseline(const Value& value, ProductDescription& description) {
  if (value.is_null()) return {};
  BaselineOffset baseline;
  OptionSet keys;
  keys.add("from", baseline.from, "first baseline with the offset").required();
  keys.add("offset", baseline.offset, "of the value from then on").required();
  ECOCUBE_TRY(keys.read(value, "baseline"));
  baseline.from = replace_all(baseline.from, ".", "");
  description.baseline = std::move(baseline);
  return {};
}

Result<void> read_metadata(const Value& value, ProductDescription& description) {
  if (value.is_null()) return {};
  SceneMetadata metadata;
  OptionSet keys;
  keys.add("file", metadata.file, "beside the bands, with tokens").required();
  keys.add("cloud_cover", metadata.cloud_cover, "key of the share of clouds");
  keys.add("offset", metadata.offset, "key of what is added to stored numbers");
  ECOCUBE_TRY(keys.read(value, "metadata"));
  description.metadata = std::move(metadata);
  return {};
}

/// The tokens of `text`, without their braces.
std::vector<std::string> tokens_in(std::string_view text) {
  std::vector<std::string> tokens;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) break;
    tokens.emplace_back(text.substr(open + 1, close - open - 1));
  }
  return tokens;
}

/// What a scene is called may only use what the names of its files say: a token of none of them would stay empty.
Result<void> check_tokens(const ProductDescription& description) {
  if (description.names.empty()) return {};
  std::set<std::string> known;
  for (const std::string& pattern : description.names) {
    for (std::string& token : tokens_in(pattern)) known.insert(std::move(token));
  }
  const std::pair<const char*, std::string> keys[] = {
      {"id", description.id}, {"frame", description.frame}, {"orbit", description.orbit}};
  for (const auto& [key, text] : keys) {
    for (const std::string& token : tokens_in(text)) {
      if (!known.contains(token))
        return usage_error("{}: no pattern of names has {{{}}}{}", key, token,
                           suggestion(token, std::vector(known.begin(), known.end())));
    }
  }
  return {};
}

Result<void> check_names(const ProductDescription& description) {
  std::set<std::string> seen;
  for (const BandPlace& place : description.places) {
    if (!seen.insert(place.band).second) return usage_error("band '{}' is described twice", place.band);
  }
  if (description.product.bands.empty()) return usage_error("bands: there are none");
  if (description.names.empty() && description.collections.empty())
    return usage_error("neither names of files nor collections of STAC are given");
  return check_tokens(description);
}

Result<ProductDescription> read_product(const Value& document) {
  ProductDescription description;
  Value tokens, sensors, encoding, bands, mask, more_masks, baseline, metadata, stac;
  std::string dates = "names";
  OptionSet keys;
  keys.add("name", description.product.name, "for recipes").required();
  keys.add("title", description.product.title, "for people");
  keys.add("names", description.names, "patterns of the files' paths");
  keys.add("tokens", tokens, "regular expressions of tokens");
  keys.add("id", description.id, "of a scene, with tokens");
  keys.add("frame", description.frame, "of a scene, with tokens");
  keys.add("orbit", description.orbit, "of a scene, with tokens");
  keys.add("dates", dates, "where the dates are").choices({"names", "bands"});
  keys.add("sensors", sensors, "kinds of sensors and what {sensor} reads");
  keys.add("baseline", baseline, "offset from some processing baseline on");
  keys.add("metadata", metadata, "file with the share of clouds");
  keys.add("encoding", encoding, "of all bands that do not say otherwise");
  keys.add("bands", bands, "what is measured").required();
  keys.add("mask", mask, "band of quality marks");
  keys.add("more_masks", more_masks, "further ones");
  keys.add("stac", stac, "collections and endings of ids");
  ECOCUBE_TRY(keys.read(document, ""));
  description.dates_in_bands = dates == "bands";
  ECOCUBE_TRY(read_sensors(sensors, description));
  ECOCUBE_TRY(read_baseline(baseline, description));
  ECOCUBE_TRY(read_metadata(metadata, description));
  if (tokens.is_object()) {
    for (const auto& [token, expression] : tokens.items()) description.tokens[token] = value_text(expression);
  }
  if (!stac.is_null()) {
    OptionSet stac_keys;
    stac_keys.add("collections", description.collections, "ids");
    stac_keys.add("id_endings", description.id_endings, "of items that hold parts of one scene");
    ECOCUBE_TRY(stac_keys.read(stac, "stac"));
  }
  ProductBand shared;
  if (!encoding.is_null()) ECOCUBE_TRY(read_encoding(encoding, "encoding", shared));
  if (!bands.is_array()) return usage_error("bands: expected a list, got {}", bands.dump());
  for (std::size_t i = 0; i < bands.size(); ++i)
    ECOCUBE_TRY(read_band(bands[i], fmt::format("bands[{}]", i), shared, description));
  ECOCUBE_TRY(read_masks(mask, more_masks, description));
  ECOCUBE_TRY(check_names(description));
  return description;
}

}  // namespace

const BandPlace* ProductDescription::place_of(std::string_view band) const {
  for (const BandPlace& place : places) {
    if (place.band == band) return &place;
  }
  return nullptr;
}

std::optional<double> ProductDescription::offset_of_baseline(std::string_view number) const {
  if (!baseline || number.empty()) return std::nullopt;
  // Baselines are two numbers of two digits, so their order is that of the text.
  return replace_all(std::string(number), ".", "") >= baseline->from ? std::optional<double>(baseline->offset)
                                                                     : std::nullopt;
}

std::optional<std::string> ProductDescription::sensor_kind(std::string_view sensor) const {
  if (sensors.empty()) return "";
  for (const auto& [kind, texts] : sensors) {
    if (std::find(texts.begin(), texts.end(), sensor) != texts.end()) return kind;
  }
  return std::nullopt;
}

Result<ProductDescription> parse_product(const std::string& json, const std::string& origin) {
  Value document;
  try {
    document = Value::parse(json);
  } catch (const Value::exception& problem) {
    return usage_error("format {}: no JSON: {}", origin, problem.what());
  }
  auto description = read_product(document);
  if (!description) return within("format " + origin, description.error());
  description->origin = origin;
  return description;
}

std::vector<std::string> built_in_products() {
  std::vector<std::string> names;
  for (const BuiltInFormat& format : built_in_formats()) names.emplace_back(format.name);
  return names;
}

std::optional<std::string_view> built_in_description(std::string_view name) {
  for (const BuiltInFormat& format : built_in_formats()) {
    if (format.name == name) return format.json;
  }
  return std::nullopt;
}

Result<ProductDescription> load_product(const std::string& name_or_path) {
  if (const auto json = built_in_description(name_or_path)) return parse_product(std::string(*json), name_or_path);
  if (!name_or_path.ends_with(".json") && name_or_path.find('/') == std::string::npos) {
    auto known = built_in_products();
    known.insert(known.end(), {"glad", "rasters"});
    return usage_error("unknown format '{}'{}; a description of your own is given by its path, NAME.json", name_or_path,
                       suggestion(name_or_path, known));
  }
  auto text = read_text(name_or_path);
  if (!text) return within("format", text.error());
  return parse_product(*text, name_or_path);
}

}  // namespace ecocube
