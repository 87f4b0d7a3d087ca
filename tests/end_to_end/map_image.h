// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ecocube {

/// Physical values of a raster's band, NaN where missing; shape [row][col].
struct MapImage {
  std::int64_t rows = 0, cols = 0;
  std::vector<double> values;
  std::string crs;
  double left = 0, top = 0, pixel = 0;  ///< in units of the CRS
};

/// The band of that name; of a file with a single band that one, whatever it is called. A failure of the test, and an
/// empty image, where there is none.
MapImage map_image(const std::filesystem::path& file, const std::string& band = "");

/// The values of another map at the centres of the pixels of `map`, by the nearest pixel; NaN beyond it.
std::vector<double> values_at(const MapImage& map, const MapImage& other);

/// Pearson's correlation of the pairs that hold no NaN.
double correlation(const std::vector<double>& a, const std::vector<double>& b);

/// How far numbers are from the true ones; pairs with a NaN are left out.
struct Agreement {
  std::size_t pairs = 0;
  double rmse = 0, r2 = 0;  ///< R² = 1 - squared errors / squared deviations of the truth from its mean
};
Agreement agreement(const std::vector<double>& mapped, const std::vector<double>& truth);

/// The share of pairs that are equal; pairs with a NaN are left out.
double equal_share(const std::vector<double>& a, const std::vector<double>& b);

/// The only folder below `out`/tiles; a failure of the test where there are several.
std::filesystem::path only_tile(const std::filesystem::path& out);

}  // namespace ecocube
