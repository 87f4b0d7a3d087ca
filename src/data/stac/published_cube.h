// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/stac/mosaic.h"
#include "data/stac/stac.h"

namespace ecocube {

/// What people say of a cube when they publish it.
struct CubeDescription {
  std::string id;
  std::string title;
  std::string description;
  std::string license;      ///< SPDX identifier, or `other`
  std::string license_url;  ///< empty: where the identifier leads
  std::string version;      ///< empty: none is stated
  std::vector<std::string> keywords;
  std::vector<stac::Provider> providers;
};

/// The documents of a cube, linked by relative addresses:
///
///   catalog.json → {collection}/collection.json → {collection}/{item}/{item}.json, files beside it
struct PublishedCube {
  struct PublishedItem {
    stac::Item item;
    MosaicLayer pictured;  ///< the layer that the thumbnail shows
  };
  struct PublishedCollection {
    stac::Collection collection;
    std::vector<PublishedItem> items;  ///< in order of time
  };
  stac::Catalog catalog;
  std::vector<PublishedCollection> collections;  ///< in order of first appearance
};

/// Key and file name of an item's small picture.
inline constexpr const char* kThumbnailKey = "thumbnail";
inline constexpr const char* kThumbnailFile = "thumbnail.png";

/// Sorts mosaics into collections and items. They must share one grid and window, those of `where`; `resolution` is
/// the side of a pixel in metres, none for a grid in degrees.
Result<PublishedCube> arrange_cube(const CubeDescription& description, const std::vector<Mosaic>& mosaics,
                                   const stac::Footprint& where, std::optional<double> resolution);

}  // namespace ecocube
