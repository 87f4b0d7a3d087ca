// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "data/cube/period.h"

namespace ecocube {

/// What a layer's variable stands for when it is published.
struct ProductName {
  std::string collection;  ///< the product: `ndvi`, `landcover`; holds all statistics of it
  std::string variable;    ///< first field of the file's name: `ndvi`, `landcover`, `landcover.211`
  std::string type;        ///< third field: `p50`, `m` mean, `c` class, `p` probability, `md` model deviation …
  std::string depth = "";  ///< fifth field where the variable tells one: `b30cm`
  bool operator==(const ProductName&) const = default;
};

/// `ndvi_p50` is the 50th percentile of `ndvi`. All layers of a class map are one product, published as `map_name`:
/// `class` (c), `class_probability` (p), `class_uncertainty` (md), `probability_CODE` (p), `uncertainty_CODE` (md),
/// `set_CODE` (set), the dominant classes of levels and years, the change between them, and the trends of
/// probabilities. So are all layers of a number: `carbon_b30cm` is `carbon` (m) at the depth `b30cm`,
/// `carbon_b30cm_spread` its deviation (d), `carbon_b30cm_q05` its quantile (p.05), `carbon_b30cm_lower90` and
/// `carbon_b30cm_upper90` the ends of its intervals (lower.90, upper.90).
ProductName product_of(std::string_view variable, LayerKind kind, std::string_view map_name);

/// What people call a layer: `red_p25` is `Red, 25th percentile`; with a legend, `probability_211` is
/// `Probability of 211 Non-irrigated arable land`. `long_name` is the layer's own name, which may lack the statistic.
std::string layer_title(std::string_view variable, const Legend& legend, const std::string& long_name = "");

/// A file's name by the OpenLandMap convention: ten fields joined by `_`, in lower case, `.` within a field.
struct LayerFileName {
  std::string variable, method, type;
  std::string resolution;  ///< `30m`
  std::string depth;       ///< `s` surface, `b0cm..30cm`
  Day start, end;
  std::string area;     ///< `eu`
  std::string crs;      ///< `epsg.3035`
  std::string version;  ///< `v1`, `v20260301`
  /// Without folder and extension: `ndvi_tmwm_p50_30m_s_20150321_20150624_eu_epsg.3035_v1`.
  std::string text() const;
};

/// Lower case; everything but letters, digits, `-` and `.` becomes a single `.`.
std::string name_field(std::string_view text);

}  // namespace ecocube
