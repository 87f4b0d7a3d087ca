// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/stac_catalog.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/scene_catalog_filter.h"
#include "io/catalog/stac_catalog_item.h"
#include "io/catalog/stac_search.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

/// A file, or a document of the network.
Result<Value> read_document(const std::string& location, const HttpOptions& http) {
  if (!is_url(location)) {
    ECOCUBE_TRY_ASSIGN(const std::string text, read_text(location));
    return parse_document(text, location);
  }
  ECOCUBE_TRY_ASSIGN(const Document document, fetch_document({location}, http));
  if (document.status != 200)
    return input_error("{}: the server answered with status {}", shown_url(location), document.status);
  return parse_document(document.text, shown_url(location));
}

/// The address of the first link of this kind; empty when there is none.
std::string link_of(const Value& document, const std::string& rel, const std::string& location) {
  if (!document.contains("links") || !document["links"].is_array()) return "";
  for (const Value& link : document["links"]) {
    if (text_of(link, "rel") == rel) return resolved_href(location, text_of(link, "href"));
  }
  return "";
}

bool box_meets(const Value& box, const Bounds& area) {
  for (const Value& one : box) {
    if (!one.is_number()) return true;
  }
  if (!box.is_array() || (box.size() != 4 && box.size() != 6)) return true;
  const std::size_t half = box.size() / 2;
  const Bounds bounds{box[0].get<double>(), box[1].get<double>(), box[half].get<double>(), box[half + 1].get<double>()};
  return bounds.min_x > bounds.max_x || bounds.intersects(area);
}

bool interval_meets(const Value& interval, const SceneQuery& query) {
  if (!interval.is_array() || interval.size() != 2) return true;
  const auto day = [&](std::size_t i) {
    return interval[i].is_string() ? parse_date(value_text(interval[i])) : std::nullopt;
  };
  const auto first = day(0), last = day(1);
  return (!first || *first <= query.last) && (!last || *last >= query.first);
}

/// Whether a collection's extent, as far as it says one, leaves room for scenes that are wanted.
bool may_hold(const Value& document, const SceneQuery& query) {
  if (!document.contains("extent") || !document["extent"].is_object()) return true;
  const Value& extent = document["extent"];
  const auto any_meets = [&](const char* part, const char* list, auto meets) {
    if (!extent.contains(part) || !extent[part].is_object() || !extent[part].contains(list)) return true;
    const Value& all = extent[part][list];
    return !all.is_array() || all.empty() || std::any_of(all.begin(), all.end(), meets);
  };
  return any_meets("spatial", "bbox", [&](const Value& box) { return box_meets(box, query.area); }) &&
         any_meets("temporal", "interval", [&](const Value& one) { return interval_meets(one, query); });
}

/// Gathers the scenes of the items it is given and of all that a document leads to.
class Walk {
 public:
  Walk(const ProductDescription& description, const std::vector<FileNames>& names, const SceneQuery& query,
       const HttpOptions& http, const std::string& home)
      : description_(description), names_(names), query_(query), http_(http), home_(home) {}

  /// An address that is known to be asked with a query.
  Result<void> search(const std::string& url) {
    searched_ = true;
    return search_items(url, query_, description_.collections, options_for(url, home_, http_),
                        [this](const Value& item, const std::string& location) { take(item, location); });
  }

  Result<void> walk(const std::string& location) {
    if (!visited_.insert(location).second) return {};
    ECOCUBE_TRY_ASSIGN(const Value document, read_document(location, options_for(location, home_, http_)));
    if (!document.is_object()) return input_error("{}: is no STAC document", shown(location));
    const std::string type = text_of(document, "type");
    if (type == "Feature") {
      take(document, location);
      return {};
    }
    if (type == "FeatureCollection") return take_collection(document, location);
    if (!document.contains("links") || !document["links"].is_array())
      return input_error("{}: is no STAC item, item collection or catalogue", shown(location));
    if (!may_hold(document, query_)) {
      ++pruned_;
      return {};
    }
    if (is_url(location)) {
      if (const std::string url = link_of(document, "items", location); !url.empty()) return search(url);
      if (const std::string url = link_of(document, "search", location); !url.empty() && type == "Catalog")
        return search(url);
    }
    for (const Value& link : document["links"]) {
      const std::string rel = text_of(link, "rel");
      if (rel != "item" && rel != "child") continue;
      auto done = walk(resolved_href(location, text_of(link, "href")));
      if (!done) return within(shown(location), done.error());
    }
    return {};
  }

  Result<SceneList> finish(const std::string& place) {
    leave_out_other_collections();
    std::vector<Scene> all;
    for (auto& [id, scene] : scenes_) all.push_back(std::move(scene));
    sort_scenes(all);
    SceneList list;
    for (const Scene& scene : all) {
      if (fits(scene, query_)) list.scenes.push_back(scene);
    }
    if (all.empty()) return nothing(place);
    if (list.scenes.empty()) return none_fits(shown(place), all, query_);
    list.notes = std::move(notes_);
    const auto missing = missing_band_notes(list.scenes, description_.product);
    list.notes.insert(list.notes.end(), missing.begin(), missing.end());
    return list;
  }

 private:
  static std::string shown(const std::string& location) { return is_url(location) ? shown_url(location) : location; }

  Result<void> take_collection(const Value& document, const std::string& location) {
    if (!document.contains("features") || !document["features"].is_array())
      return input_error("{}: the item collection has no list of features", shown(location));
    for (const Value& item : document["features"]) take(item, location);
    if (!is_url(location)) return {};
    return follow_next(document, location, options_for(location, home_, http_),
                       [this](const Value& item, const std::string& from) { take(item, from); });
  }

  /// Items that are parts of one scene (reflectance here, temperature there) become one.
  void take(const Value& item, const std::string& location) {
    auto scene = scene_of_item(item, location, description_, names_);
    if (!scene) {
      notes_.push_back(fmt::format("{}: {}", shown(location), scene.error().message));
      return;
    }
    if (scene->bands.empty()) {
      notes_.push_back(fmt::format("item {}: has no asset of {}", text_of(item, "id"), description_.product.name));
      return;
    }
    collections_[scene->id] = text_of(item, "collection");
    const auto [at, is_new] = scenes_.try_emplace(scene->id, *scene);
    if (is_new) return;
    Scene& whole = at->second;
    const std::size_t before = whole.bands.size();
    for (SceneBand& band : scene->bands) {
      if (!whole.band_named(band.name)) whole.bands.push_back(std::move(band));
    }
    if (whole.bands.size() > before) whole.identity = sha256_hex(whole.identity + scene->identity);
  }

  /// Where some items are of the product's collections, those of others only look alike.
  void leave_out_other_collections() {
    const auto is_ours = [&](const std::string& collection) {
      const auto& ours = description_.collections;
      return std::find(ours.begin(), ours.end(), collection) != ours.end();
    };
    const bool some =
        std::any_of(collections_.begin(), collections_.end(), [&](const auto& entry) { return is_ours(entry.second); });
    if (!some) return;
    std::map<std::string, std::size_t> others;
    for (const auto& [id, collection] : collections_) {
      if (is_ours(collection) || collection.empty()) continue;
      scenes_.erase(id);
      ++others[collection];
    }
    for (const auto& [collection, count] : others)
      notes_.push_back(fmt::format("{} items of the collection {} are passed over", count, collection));
  }

  Failure nothing(const std::string& place) const {
    const std::string wanted =
        fmt::format("{}..{} in the area {:.6g} {:.6g} {:.6g} {:.6g} (longitude and latitude)", iso_date(query_.first),
                    iso_date(query_.last), query_.area.min_x, query_.area.min_y, query_.area.max_x, query_.area.max_y);
    const std::string notes =
        notes_.empty() ? "" : fmt::format("; {}{}", notes_.front(), notes_.size() > 1 ? " …" : "");
    if (searched_)
      return input_error("{}: the API has no scene of {} within {}{}", shown(place),
                         description_.collections.empty() ? "any collection" : join(description_.collections, ", "),
                         wanted, notes);
    if (pruned_ > 0) return input_error("{}: no collection reaches into {}", shown(place), wanted);
    return input_error("{}: holds no scene of {}{}", shown(place), description_.product.name, notes);
  }

  const ProductDescription& description_;
  const std::vector<FileNames>& names_;
  const SceneQuery& query_;
  const HttpOptions& http_;
  const std::string& home_;                         ///< where the catalogue is
  std::map<std::string, Scene> scenes_;             ///< by id
  std::map<std::string, std::string> collections_;  ///< of each scene
  std::vector<std::string> notes_;
  std::set<std::string> visited_;
  std::size_t pruned_ = 0;
  bool searched_ = false;
};

}  // namespace

Result<std::unique_ptr<SceneCatalog>> StacCatalog::open(ProductDescription description, const std::string& place,
                                                        HttpOptions http) {
  std::unique_ptr<StacCatalog> catalog(new StacCatalog);
  ECOCUBE_TRY_ASSIGN(catalog->names_, compile_names(description));
  if (!is_url(place)) {
    std::error_code code;
    if (!std::filesystem::exists(place, code)) return input_error("{}: no such file", place);
  }
  catalog->description_ = std::move(description);
  catalog->place_ = place;
  catalog->http_ = std::move(http);
  return std::unique_ptr<SceneCatalog>(std::move(catalog));
}

Result<SceneList> StacCatalog::find(const SceneQuery& query) const {
  Walk walk(description_, names_, query, http_, place_);
  const std::string plain = place_.substr(0, place_.find('?'));
  const bool is_search = is_url(place_) && (plain.ends_with("/search") || plain.ends_with("/items"));
  ECOCUBE_TRY(is_search ? walk.search(place_) : walk.walk(place_));
  return walk.finish(place_);
}

}  // namespace ecocube
