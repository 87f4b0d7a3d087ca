// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/period.h"

namespace ecocube {

/// How the numbers of a mask band are to be understood: as codes of classes, or as fields of bits. The words (`cloud`,
/// `shadow`, `snow`) are those of the product's description.
struct MaskWord {
  std::string name;         ///< `cloud`
  std::uint32_t first = 0;  ///< code, or lowest bit of the field
  int bits = 0;             ///< 0: a code; else the width of the field that begins at bit `first`
  std::uint32_t value = 1;  ///< of the field that means this word: 1 for a single bit, 3 for `high confidence`
};

/// A band of a product: the same physical quantity in every scene of it.
struct ProductBand {
  std::string name;  ///< ecocube's name: `red`, `nir`, `surface_temperature`, `ndvi`
  std::string long_name;
  LayerKind kind = LayerKind::continuous;
  Encoding encoding;       ///< of the stored numbers; a scene may shift `offset` (Sentinel-2 baselines)
  double lowest = -1e300;  ///< stored numbers outside lowest..highest are no measurement
  double highest = 1e300;
};

/// A further band of quality marks beside a product's mask band, such as Landsat's saturation. Several words of one
/// name mean a pixel that any of them fits.
struct MaskBand {
  std::string name;
  std::vector<MaskWord> words;
};

/// What a satellite product looks like; read from a file in formats/.
struct Product {
  std::string name;   ///< `landsat-c2-l2`
  std::string title;  ///< for people
  std::vector<ProductBand> bands;
  std::string mask_band;                   ///< name of the band with quality codes or bits; empty: the product has none
  std::vector<MaskWord> words;             ///< what its numbers mean
  std::vector<std::uint32_t> known_codes;  ///< all codes that may occur, for products with codes; others are an error
  std::vector<std::pair<std::string, std::vector<std::string>>> presets;  ///< name and the words it takes out
  std::vector<MaskBand> more_masks = {};  ///< taken into account when one of their words is asked for
  const ProductBand* band_named(std::string_view band) const {
    for (const ProductBand& one : bands) {
      if (one.name == band) return &one;
    }
    return nullptr;
  }
};

/// Where a scene keeps a band.
struct SceneBand {
  std::string name;                     ///< of the product's band, or one of its mask bands
  std::string path;                     ///< file, URL, or /vsi path
  int band = 1;                         ///< from 1
  std::optional<double> scale, offset;  ///< of this scene where they differ from the product's
};

/// One acquisition as a catalogue knows it.
struct Scene {
  std::string id;     ///< unique within its source: `LC08_L2SP_008059_20191201_20200825_02_T1`, `013E_49N/1012`
  std::string frame;  ///< path/row, tile or orbit: scenes of one frame cover the same ground; may be empty
  std::string orbit;  ///< relative orbit or path, where stitching needs it; may be empty
  Day day;            ///< of acquisition (UTC); the middle day for composites of several days
  std::string time;   ///< ISO date-time when known, for the order of scenes of one day
  std::optional<Bounds> extent;       ///< longitude and latitude; none: not known before the file is opened
  std::optional<double> cloud_cover;  ///< 0..100 as its metadata say
  std::vector<SceneBand> bands;
  std::string identity;  ///< changes when the content may have
  const SceneBand* band_named(std::string_view band) const {
    for (const SceneBand& one : bands) {
      if (one.name == band) return &one;
    }
    return nullptr;
  }
};

}  // namespace ecocube
