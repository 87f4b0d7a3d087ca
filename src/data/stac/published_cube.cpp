// SPDX-License-Identifier: Apache-2.0
#include "data/stac/published_cube.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

#include "base/text.h"

namespace ecocube {
namespace {

using stac::Asset;

std::string license_address(const CubeDescription& description) {
  if (!description.license_url.empty()) return description.license_url;
  const std::string name = lower_case(description.license);
  if (name == "cc0-1.0") return "https://creativecommons.org/publicdomain/zero/1.0/";
  if (name.starts_with("cc-")) {
    const std::size_t dash = name.rfind('-');
    return fmt::format("https://creativecommons.org/licenses/{}/{}/", name.substr(3, dash - 3), name.substr(dash + 1));
  }
  return fmt::format("https://spdx.org/licenses/{}.html", description.license);
}

std::string with_capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

Asset asset_of(const MosaicLayer& layer, std::optional<double> resolution) {
  Asset asset;
  asset.key = layer.variable;
  asset.href = "./" + std::filesystem::path(layer.file).filename().string();
  asset.title = layer.long_name;
  asset.type = stac::kCogType;
  asset.roles = {"data"};
  asset.bands = {{layer.variable, layer.long_name, layer.encoding, resolution}};
  asset.classes = layer.classes;
  asset.bytes = layer.bytes;
  asset.sha256 = layer.sha256;
  return asset;
}

Asset thumbnail_asset() {
  Asset asset;
  asset.key = kThumbnailKey;
  asset.href = std::string("./") + kThumbnailFile;
  asset.title = "Small picture";
  asset.type = stac::kPngType;
  asset.roles = {"thumbnail"};
  return asset;
}

/// How much a layer says about its item at a glance: a class map most, then a median.
int picture_rank(const MosaicLayer& layer) {
  if (layer.kind == LayerKind::classes) return 3;
  if (layer.kind != LayerKind::continuous) return 0;
  return layer.variable.ends_with("_p50") || layer.variable.ends_with("_mean") ? 2 : 1;
}

/// The layers of one item, perhaps from several mosaics.
struct ItemDraft {
  const Mosaic* mosaic = nullptr;  ///< the first
  std::vector<MosaicLayer> layers;
};

struct CollectionDraft {
  std::string id;
  std::vector<std::pair<std::string, ItemDraft>> items;
};

template <class T>
T& of_name(std::vector<std::pair<std::string, T>>& list, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == name; });
  return found != list.end() ? found->second : list.emplace_back(name, T{}).second;
}

Result<std::vector<std::pair<std::string, CollectionDraft>>> draft(const std::vector<Mosaic>& mosaics,
                                                                   const stac::Footprint& where) {
  std::vector<std::pair<std::string, CollectionDraft>> collections;
  for (const Mosaic& mosaic : mosaics) {
    if (!(mosaic.grid == where.grid) || !(mosaic.window == where.window)) {
      return input_error("mosaics of {} cover other pixels than the cube", mosaic.made_by);
    }
    for (const MosaicLayer& layer : mosaic.layers) {
      CollectionDraft& collection = of_name(collections, layer.collection);
      collection.id = layer.collection;
      ItemDraft& item = of_name(collection.items, layer.item);
      if (!item.mosaic) item.mosaic = &mosaic;
      const bool twice = std::any_of(item.layers.begin(), item.layers.end(),
                                     [&](const auto& other) { return other.variable == layer.variable; });
      if (twice) return input_error("item {} holds {} twice", layer.item, layer.variable);
      item.layers.push_back(layer);
    }
  }
  for (auto& [id, collection] : collections) {
    std::stable_sort(collection.items.begin(), collection.items.end(),
                     [](const auto& a, const auto& b) { return a.second.mosaic->start < b.second.mosaic->start; });
  }
  return collections;
}

PublishedCube::PublishedItem item_of(const std::string& id, const ItemDraft& draft, const stac::Collection& collection,
                                     const CubeDescription& description, const stac::Footprint& where,
                                     std::optional<double> resolution) {
  PublishedCube::PublishedItem made;
  stac::Item& item = made.item;
  item.id = id;
  item.collection = collection.id;
  item.start = draft.mosaic->start;
  item.end = draft.mosaic->end;
  item.title = fmt::format("{}, {} to {}", collection.title, iso_date(item.start), iso_date(item.end));
  item.version = description.version;
  item.resolution = resolution;
  item.footprint = where;
  item.processing = {draft.mosaic->lineage, draft.mosaic->software};
  for (const MosaicLayer& layer : draft.layers) item.assets.push_back(asset_of(layer, resolution));
  item.assets.push_back(thumbnail_asset());
  item.links = {{"root", "../../catalog.json", stac::kJsonType, description.title},
                {"parent", "../collection.json", stac::kJsonType, collection.title},
                {"collection", "../collection.json", stac::kJsonType, collection.title}};
  made.pictured = *std::max_element(draft.layers.begin(), draft.layers.end(),
                                    [](const auto& a, const auto& b) { return picture_rank(a) < picture_rank(b); });
  return made;
}

/// What all items of a collection may hold, in order of first appearance.
std::vector<Asset> item_assets(const std::vector<PublishedCube::PublishedItem>& items) {
  std::vector<Asset> assets;
  for (const auto& item : items) {
    for (Asset asset : item.item.assets) {
      const bool known =
          std::any_of(assets.begin(), assets.end(), [&](const Asset& other) { return other.key == asset.key; });
      if (known) continue;
      asset.href.clear();
      asset.bytes.reset();
      asset.sha256.clear();
      assets.push_back(std::move(asset));
    }
  }
  return assets;
}

/// Titles of the data files, the first few by name.
std::string listed(const std::vector<Asset>& assets) {
  constexpr std::size_t kNamed = 6;
  std::vector<std::string> titles;
  for (const Asset& asset : assets) {
    if (asset.key != kThumbnailKey) titles.push_back(asset.title);
  }
  if (titles.size() <= kNamed) return join(titles, ", ");
  return fmt::format("{} and {} more layers", join(std::span(titles).first(kNamed), ", "), titles.size() - kNamed);
}

PublishedCube::PublishedCollection collection_of(const CollectionDraft& draft, const CubeDescription& description,
                                                 const stac::Footprint& where, std::optional<double> resolution) {
  PublishedCube::PublishedCollection made;
  stac::Collection& collection = made.collection;
  collection.id = draft.id;
  collection.title = with_capital(draft.id);
  collection.license = description.license;
  collection.version = description.version;
  collection.keywords = description.keywords;
  collection.providers = description.providers;
  collection.box = where.box;
  collection.start = draft.items.front().second.mosaic->start;
  collection.end = collection.start;
  collection.resolution = resolution;
  collection.epsg = where.epsg;
  collection.links = {{"root", "../catalog.json", stac::kJsonType, description.title},
                      {"parent", "../catalog.json", stac::kJsonType, description.title}};
  for (const auto& [id, item] : draft.items) {
    collection.end = std::max(collection.end, item.mosaic->end);
    made.items.push_back(item_of(id, item, collection, description, where, resolution));
    for (const MosaicLayer& layer : item.layers) {
      if (collection.classes.empty()) collection.classes = layer.classes;
    }
    collection.links.push_back(
        {"item", fmt::format("./{0}/{0}.json", id), stac::kGeoJsonType, made.items.back().item.title});
  }
  collection.links.push_back({"license", license_address(description), "", description.license});
  collection.item_assets = item_assets(made.items);
  collection.description =
      fmt::format("{} of {}: {} item{} from {} to {}, each with {}.", collection.title, description.title,
                  made.items.size(), made.items.size() == 1 ? "" : "s", iso_date(collection.start),
                  iso_date(collection.end), listed(collection.item_assets));
  return made;
}

}  // namespace

Result<PublishedCube> arrange_cube(const CubeDescription& description, const std::vector<Mosaic>& mosaics,
                                   const stac::Footprint& where, std::optional<double> resolution) {
  ECOCUBE_TRY_ASSIGN(const auto drafts, draft(mosaics, where));
  PublishedCube cube;
  cube.catalog = {description.id, description.title, description.description, {}};
  cube.catalog.links.push_back({"root", "./catalog.json", stac::kJsonType, description.title});
  for (const auto& [id, collection] : drafts) {
    cube.collections.push_back(collection_of(collection, description, where, resolution));
    cube.catalog.links.push_back(
        {"child", fmt::format("./{}/collection.json", id), stac::kJsonType, cube.collections.back().collection.title});
  }
  return cube;
}

}  // namespace ecocube
