// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "data/cube/period.h"

/// The documents of a SpatioTemporal Asset Catalog, version 1.1.0, as plain values. An empty text or list and an unset
/// optional are left out of the JSON; an extension is declared when one of its fields is there.
namespace ecocube::stac {

struct Link {
  std::string rel;
  std::string href;
  std::string type;
  std::string title;
};

struct Provider {
  std::string name;
  std::string description;
  std::vector<std::string> roles;  ///< `producer`, `licensor`, `processor`, `host`
  std::string url;
};

/// One band of an asset (common metadata, raster 2.0.0).
struct Band {
  std::string name;
  std::string description;
  Encoding encoding;
  std::optional<double> resolution;  ///< metres; none when the CRS is in degrees
};

/// A file of an item; without `href` the definition of one, for a collection's `item_assets`.
struct Asset {
  std::string key;
  std::string href;
  std::string title;
  std::string description;
  std::string type;
  std::vector<std::string> roles;
  std::vector<Band> bands;
  std::vector<LegendClass> classes;  ///< of its one band (classification 2.0.0)
  std::optional<std::uint64_t> bytes;
  std::string sha256;  ///< 64 hexadecimal digits; published as a multihash
};

/// Where an item's pixels lie (projection 1.2.0).
struct Footprint {
  std::vector<LonLat> outline;  ///< closed, counter-clockwise, edges densified
  Bounds box;                   ///< degrees: x longitude, y latitude
  int epsg = 0;                 ///< 0: no code; `wkt2` says it then
  std::string wkt2;
  Grid grid;
  Window window;
};

struct Processing {
  std::string lineage;
  std::vector<std::pair<std::string, std::string>> software;  ///< name and version
};

/// What was published of one collection for one span of days.
struct Item {
  std::string id;
  std::string collection;
  std::string title;
  std::string version;
  Day start, end;  ///< both included
  std::optional<double> resolution;
  Footprint footprint;
  Processing processing;
  std::vector<Asset> assets;
  std::vector<Link> links;
};

struct Collection {
  std::string id;
  std::string title;
  std::string description;
  std::string license;
  std::string version;
  std::vector<std::string> keywords;
  std::vector<Provider> providers;
  Bounds box;      ///< degrees
  Day start, end;  ///< both included
  std::optional<double> resolution;
  int epsg = 0;
  std::vector<LegendClass> classes;
  std::vector<Asset> item_assets;
  std::vector<Link> links;
};

struct Catalog {
  std::string id;
  std::string title;
  std::string description;
  std::vector<Link> links;
};

inline constexpr const char* kCogType = "image/tiff; application=geotiff; profile=cloud-optimized";
inline constexpr const char* kPngType = "image/png";
inline constexpr const char* kJsonType = "application/json";
inline constexpr const char* kGeoJsonType = "application/geo+json";

}  // namespace ecocube::stac
