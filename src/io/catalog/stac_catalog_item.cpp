// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/stac_catalog_item.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/hash.h"
#include "base/text.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/raster_pattern.h"
#include "io/file/file.h"
#include "io/http/http.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

const Value& member(const Value& object, const std::string& key) {
  static const Value none;
  return object.is_object() && object.contains(key) ? object.at(key) : none;
}

std::optional<double> number_of(const Value& object, const std::string& key) {
  const Value& value = member(object, key);
  return value.is_number() ? std::optional<double>(value.get<double>()) : std::nullopt;
}

/// Widens `bounds` by every pair of numbers in nested lists of coordinates.
void add_coordinates(const Value& value, std::optional<Bounds>& bounds) {
  if (!value.is_array() || value.empty()) return;
  if (!value[0].is_number()) {
    for (const Value& one : value) add_coordinates(one, bounds);
    return;
  }
  if (value.size() < 2 || !value[1].is_number()) return;
  const double x = value[0].get<double>(), y = value[1].get<double>();
  if (!bounds) bounds = Bounds{x, y, x, y};
  bounds = Bounds{std::min(bounds->min_x, x), std::min(bounds->min_y, y), std::max(bounds->max_x, x),
                  std::max(bounds->max_y, y)};
}

std::optional<Bounds> extent_of(const Value& item) {
  std::optional<Bounds> extent;
  const Value& box = member(item, "bbox");
  const bool all_numbers =
      box.is_array() && std::all_of(box.begin(), box.end(), [](const Value& one) { return one.is_number(); });
  if (all_numbers && (box.size() == 4 || box.size() == 6)) {
    const std::size_t half = box.size() / 2;
    extent = Bounds{box[0].get<double>(), box[1].get<double>(), box[half].get<double>(), box[half + 1].get<double>()};
  } else {
    add_coordinates(member(member(item, "geometry"), "coordinates"), extent);
  }
  if (extent && extent->min_x > extent->max_x) {  // over the 180th meridian
    extent->min_x = -180;
    extent->max_x = 180;
  }
  return extent;
}

Result<void> take_date(const Value& properties, Scene& scene) {
  scene.time = text_of(properties, "datetime");
  if (const auto day = parse_date(scene.time)) {
    scene.day = *day;
    if (scene.time.find('T') == std::string::npos) scene.time.clear();
    return {};
  }
  scene.time.clear();
  const auto first = parse_date(text_of(properties, "start_datetime"));
  const auto last = parse_date(text_of(properties, "end_datetime"));
  if (!first || !last) return input_error("its properties say no datetime");
  scene.day = *first + (*last - *first) / 2;
  return {};
}

std::string three_digits(const std::string& text) {
  return text.empty() || text.size() >= 3 ? text : std::string(3 - text.size(), '0') + text;
}

void take_frame(const Value& properties, Scene& scene) {
  const std::string path = three_digits(text_of(properties, "landsat:wrs_path"));
  const std::string row = three_digits(text_of(properties, "landsat:wrs_row"));
  scene.orbit = text_of(properties, "sat:relative_orbit");
  if (!path.empty() && !row.empty()) {
    scene.frame = path + row;
    if (scene.orbit.empty()) scene.orbit = path;
    return;
  }
  scene.frame = text_of(properties, "s2:mgrs_tile");
  if (scene.frame.empty()) scene.frame = text_of(properties, "grid:code");
  if (scene.frame.starts_with("MGRS-")) scene.frame.erase(0, 5);
  if (scene.orbit.size() < 3) scene.orbit = three_digits(scene.orbit);
}

/// Addresses of an asset, the main one first.
std::vector<std::string> hrefs_of(const Value& asset) {
  std::vector<std::string> hrefs{text_of(asset, "href")};
  const Value& alternates = member(asset, "alternate");
  if (alternates.is_object()) {
    for (const Value& one : alternates) hrefs.push_back(text_of(one, "href"));
  }
  std::erase(hrefs, "");
  return hrefs;
}

class ItemReader {
 public:
  ItemReader(const Value& item, const std::string& location, const ProductDescription& description,
             const std::vector<FileNames>& names)
      : item_(item), location_(location), description_(description), names_(names), assets_(member(item, "assets")) {}

  void take_bands(Scene& scene) const {
    for (const BandPlace& place : description_.places) {
      auto found = by_key(place);
      if (!found) found = by_name(place);
      if (!found) found = by_common_name(place);
      if (!found) continue;
      const std::string path = path_of(*found->asset);
      if (path.empty()) continue;
      SceneBand band{place.band, path, found->number, {}, {}};
      take_encoding(*found, band);
      scene.bands.push_back(std::move(band));
    }
  }

 private:
  struct Found {
    const Value* asset = nullptr;
    int number = 1;
  };

  std::optional<Found> by_key(const BandPlace& place) const {
    for (const std::string& key : place.assets) {
      if (assets_.contains(key)) return Found{&assets_.at(key), place.number};
    }
    return std::nullopt;
  }

  std::optional<Found> by_name(const BandPlace& place) const {
    std::optional<Found> best;
    std::size_t best_rank = 0;
    for (const Value& asset : assets_) {
      const std::string href = text_of(asset, "href");
      const fs::path path(href.substr(0, href.find_first_of("?#")));
      for (const FileNames& names : names_) {
        const auto tokens = names.match(path);
        if (!tokens) continue;
        for (const NamedBand& one : bands_named(description_, *tokens)) {
          if (one.place != &place || (best && one.rank >= best_rank)) continue;
          best = Found{&asset, place.number};
          best_rank = one.rank;
        }
      }
    }
    return best;
  }

  std::optional<Found> by_common_name(const BandPlace& place) const {
    if (place.common_name.empty()) return std::nullopt;
    for (const Value& asset : assets_) {
      const Value& roles = member(asset, "roles");
      // A picture has bands called red, green and blue too, but not their measurements.
      const bool is_data = !roles.is_array() || std::find(roles.begin(), roles.end(), Value("data")) != roles.end() ||
                           std::find(roles.begin(), roles.end(), Value("reflectance")) != roles.end();
      const bool is_picture =
          roles.is_array() && (std::find(roles.begin(), roles.end(), Value("visual")) != roles.end() ||
                               std::find(roles.begin(), roles.end(), Value("overview")) != roles.end() ||
                               std::find(roles.begin(), roles.end(), Value("thumbnail")) != roles.end());
      if (!is_data || is_picture) continue;
      for (const char* list : {"eo:bands", "bands"}) {
        const Value& bands = member(asset, list);
        for (std::size_t i = 0; bands.is_array() && i < bands.size(); ++i) {
          if (text_of(bands[i], "common_name") == place.common_name ||
              text_of(bands[i], "eo:common_name") == place.common_name)
            return Found{&asset, static_cast<int>(i) + 1};
        }
      }
    }
    return std::nullopt;
  }

  /// The first address of the asset that can be read; one of this machine must be there when there is a choice.
  std::string path_of(const Value& asset) const {
    const auto hrefs = hrefs_of(asset);
    const std::string own = own_address();
    std::string first;
    for (const std::string& href : hrefs) {
      std::string place = resolved_href(location_, href);
      std::error_code code;
      if (!is_url(place) && place.find("://") == std::string::npos && !own.empty() && !fs::exists(place, code))
        place = resolved_href(own, href);
      const std::string path = readable_path(place);
      if (path.empty()) continue;
      if (path.starts_with("/vsi") || fs::exists(path, code)) return path;
      if (first.empty()) first = path;
    }
    return first;
  }

  /// Where the item itself says to be, when that is a URL.
  std::string own_address() const {
    const Value& links = member(item_, "links");
    for (std::size_t i = 0; links.is_array() && i < links.size(); ++i) {
      if (text_of(links[i], "rel") == "self" && is_url(text_of(links[i], "href"))) return text_of(links[i], "href");
    }
    return "";
  }

  void take_encoding(const Found& found, SceneBand& band) const {
    const ProductBand* product = description_.product.band_named(band.name);
    if (!product) return;
    const auto said = [&](const char* key) -> std::optional<double> {
      for (const char* list : {"raster:bands", "bands"}) {
        const Value& bands = member(*found.asset, list);
        const auto at = static_cast<std::size_t>(found.number) - 1;
        if (!bands.is_array() || at >= bands.size()) continue;
        if (const auto number = number_of(bands[at], key)) return number;
        if (const auto number = number_of(bands[at], std::string("raster:") + key)) return number;
      }
      return number_of(*found.asset, std::string("raster:") + key);
    };
    const auto keep = [](std::optional<double> number, double known, std::optional<double>& kept) {
      if (number && std::abs(*number - known) > 1e-9 * std::max(1.0, std::abs(known))) kept = number;
    };
    keep(said("scale"), product->encoding.scale, band.scale);
    const Value& properties = member(item_, "properties");
    if (description_.baseline) {
      for (const char* key : {"earthsearch:boa_offset_applied", "sentinel:boa_offset_applied"}) {
        if (member(properties, key) == Value(true)) return;
      }
      for (const char* key : {"s2:processing_baseline", "sentinel:processing_baseline", "processing:version"}) {
        const std::string baseline = text_of(properties, key);
        if (baseline.empty()) continue;
        keep(description_.offset_of_baseline(baseline), product->encoding.offset, band.offset);
        return;
      }
    }
    keep(said("offset"), product->encoding.offset, band.offset);
  }

  const Value& item_;
  const std::string& location_;
  const ProductDescription& description_;
  const std::vector<FileNames>& names_;
  const Value& assets_;
};

/// Of the addresses, without what signs them for a while, of what the item says of its last change, and of local files.
std::string identity_of(const Value& item, const Scene& scene) {
  std::string text = text_of(member(item, "properties"), "updated") + "\n";
  for (const SceneBand& band : scene.bands) {
    text += fmt::format("{} {} {}", band.name, band.path.substr(0, band.path.find('?')), band.band);
    if (!band.path.starts_with("/vsi")) text += " " + file_identity(band.path).value_or("absent");
    text += "\n";
  }
  const Value& assets = member(item, "assets");
  for (const Value& asset : assets.is_object() ? assets : Value::object())
    text += text_of(asset, "file:checksum") + "\n";
  return sha256_hex(text);
}

}  // namespace

std::string text_of(const Value& object, const std::string& key) {
  const Value& value = member(object, key);
  return value.is_string() || value.is_number() ? value_text(value) : "";
}

std::string resolved_href(const std::string& base, const std::string& href) {
  if (href.find("://") != std::string::npos || href.starts_with("/vsi")) return href;
  if (!is_url(base)) {
    if (fs::path(href).is_absolute()) return href;
    return (fs::path(base).parent_path() / href).lexically_normal().string();
  }
  const std::string plain = base.substr(0, base.find_first_of("?#"));
  const auto host_end = plain.find('/', plain.find("//") + 2);
  const std::string host = plain.substr(0, host_end);
  const std::string folder =
      host_end == std::string::npos ? "/" : plain.substr(host_end, plain.rfind('/') + 1 - host_end);
  if (href.starts_with("//")) return base.substr(0, base.find("//")) + href;
  const auto query = href.find_first_of("?#");
  const std::string path = href.substr(0, query);
  const std::string rest = query == std::string::npos ? "" : href.substr(query);
  if (path.empty()) return plain + rest;
  if (path.front() == '/') return host + path + rest;
  return host + (fs::path(folder) / path).lexically_normal().generic_string() + rest;
}

Result<Scene> scene_of_item(const Value& item, const std::string& location, const ProductDescription& description,
                            const std::vector<FileNames>& names) {
  Scene scene;
  scene.id = text_of(item, "id");
  if (scene.id.empty()) return input_error("an item without an id");
  const std::string item_id = scene.id;
  for (const std::string& ending : description.id_endings) {
    if (scene.id.size() > ending.size() && scene.id.ends_with(ending)) {
      scene.id.erase(scene.id.size() - ending.size());
      break;
    }
  }
  const Value& properties = member(item, "properties");
  if (auto done = take_date(properties, scene); !done) return within("item " + item_id, done.error());
  if (!member(item, "assets").is_object()) return input_error("item {}: has no assets", item_id);
  take_frame(properties, scene);
  scene.extent = extent_of(item);
  scene.cloud_cover = number_of(properties, "eo:cloud_cover");
  ItemReader(item, location, description, names).take_bands(scene);
  scene.identity = identity_of(item, scene);
  return scene;
}

}  // namespace ecocube
