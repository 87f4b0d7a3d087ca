// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"

namespace ecocube {

/// Where the files, or the assets of STAC items, hold one band of a product.
struct BandPlace {
  std::string band;  ///< of the product, or one of its mask bands
  /// What `{band}` reads in the names of its files, best first, by kind of sensor; an empty kind: all of them.
  std::vector<std::pair<std::string, std::vector<std::string>>> texts;
  std::vector<std::string> assets;  ///< keys of STAC assets, best first
  std::string common_name;          ///< of the bands of STAC items
  int number = 1;                   ///< band of the file, from 1
};

/// An offset that holds from some processing baseline on.
struct BaselineOffset {
  std::string from;   ///< `0400`, digits only
  double offset = 0;  ///< of the value, instead of the product's
};

/// A text file beside a scene's bands, and the keys of what it says. The number after a key is taken, written as
/// `KEY = 1.5`, `"KEY": "1.5"` or `<KEY …>1.5</KEY>`; an empty key says nothing.
struct SceneMetadata {
  std::string file;         ///< below the folder that the first part of the pattern names; may hold tokens and {id}
  std::string cloud_cover;  ///< key of the share of clouds, 0..100
  std::string offset;       ///< key of what is added to stored numbers before they are scaled
};

/// A product and how its files and STAC items are laid out: what a file of formats/ says.
struct ProductDescription {
  std::string origin;  ///< where it was read, for messages
  Product product;
  std::vector<std::string> names;             ///< patterns of file paths, see FileNames
  std::map<std::string, std::string> tokens;  ///< regular expressions of tokens of its own
  std::string id, frame, orbit;               ///< with tokens; an empty id: the file's name up to its band
  bool dates_in_bands = false;                ///< each band of a file is a date, told by its description
  std::vector<std::pair<std::string, std::vector<std::string>>> sensors;  ///< kind and what `{sensor}` reads
  std::optional<BaselineOffset> baseline;
  std::optional<SceneMetadata> metadata;
  std::vector<BandPlace> places;         ///< of all bands, those of masks last
  std::vector<std::string> collections;  ///< ids of STAC collections
  std::vector<std::string> id_endings;   ///< of STAC items that hold parts of one scene

  const BandPlace* place_of(std::string_view band) const;
  /// The offset of values when the scene was processed with this baseline (`04.00`, `0400`); nothing when the product's
  /// own holds.
  std::optional<double> offset_of_baseline(std::string_view number) const;
  /// The kind of sensor that `{sensor}` names; empty when the product does not tell them apart, nothing when it is
  /// none of the product's.
  std::optional<std::string> sensor_kind(std::string_view sensor) const;
};

/// Reads a description. Errors name the file, the key and the value.
Result<ProductDescription> parse_product(const std::string& json, const std::string& origin);

/// A product of formats/ by its name, or a description file by its path. The error for an unknown name gives the
/// nearest one.
Result<ProductDescription> load_product(const std::string& name_or_path);

/// Names of the products that are built in, sorted.
std::vector<std::string> built_in_products();
/// The description file that is built in under this name, as it stands in formats/; nothing when there is none.
std::optional<std::string_view> built_in_description(std::string_view name);

}  // namespace ecocube
