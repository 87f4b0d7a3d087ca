// SPDX-License-Identifier: Apache-2.0
#include "map_image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {
namespace fs = std::filesystem;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bool both(double a, double b) {
  return !std::isnan(a) && !std::isnan(b);
}

}  // namespace

MapImage map_image(const fs::path& file, const std::string& band) {
  MapImage image;
  const auto raster = Raster::open(file.string());
  EXPECT_TRUE(raster) << raster.error().message;
  if (!raster) return image;
  const RasterInfo& info = (*raster)->info();
  std::size_t which = 0;
  while (!band.empty() && which < info.bands.size() && info.bands[which].description != band) ++which;
  EXPECT_LT(which, info.bands.size()) << "no band " << band << " in " << file;
  if (which >= info.bands.size()) return image;
  std::vector<float> stored(static_cast<std::size_t>(info.rows * info.cols));
  EXPECT_TRUE((*raster)->read(static_cast<int>(which) + 1, {0, 0, info.rows, info.cols}, stored));
  const Encoding& encoding = info.bands[which].encoding;
  for (const float number : stored) {
    const bool missing = std::isnan(number) || (encoding.no_data && number == static_cast<float>(*encoding.no_data));
    image.values.push_back(missing ? kMissing : encoding.decoded(static_cast<double>(number)));
  }
  image.rows = info.rows, image.cols = info.cols;
  image.crs = info.crs_wkt;
  image.left = info.geo_transform[0], image.top = info.geo_transform[3], image.pixel = info.geo_transform[1];
  return image;
}

std::vector<double> values_at(const MapImage& map, const MapImage& other) {
  std::vector<double> found;
  const auto projection = Projection::between(map.crs, other.crs);
  EXPECT_TRUE(projection) << projection.error().message;
  if (!projection) return found;
  std::vector<double> x(static_cast<std::size_t>(map.cols)), y(x.size());
  for (std::int64_t row = 0; row < map.rows; ++row) {
    for (std::size_t col = 0; col < x.size(); ++col) {
      x[col] = map.left + (static_cast<double>(col) + 0.5) * map.pixel;
      y[col] = map.top - (static_cast<double>(row) + 0.5) * map.pixel;
    }
    (*projection)->transform(x, y);
    for (std::size_t col = 0; col < x.size(); ++col) {
      const double to = std::floor((x[col] - other.left) / other.pixel),
                   down = std::floor((other.top - y[col]) / other.pixel);
      const bool inside =
          to >= 0 && down >= 0 && to < static_cast<double>(other.cols) && down < static_cast<double>(other.rows);
      found.push_back(inside ? other.values[static_cast<std::size_t>(down * static_cast<double>(other.cols) + to)]
                             : kMissing);
    }
  }
  return found;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double pairs = 0, sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!both(a[i], b[i])) continue;
    ++pairs;
    sum_a += a[i], sum_b += b[i];
    aa += a[i] * a[i], bb += b[i] * b[i], ab += a[i] * b[i];
  }
  return (ab - sum_a * sum_b / pairs) / std::sqrt((aa - sum_a * sum_a / pairs) * (bb - sum_b * sum_b / pairs));
}

Agreement agreement(const std::vector<double>& mapped, const std::vector<double>& truth) {
  Agreement found;
  double sum = 0, squares = 0, errors = 0;
  for (std::size_t i = 0; i < mapped.size(); ++i) {
    if (!both(mapped[i], truth[i])) continue;
    ++found.pairs;
    sum += truth[i], squares += truth[i] * truth[i];
    errors += (mapped[i] - truth[i]) * (mapped[i] - truth[i]);
  }
  const auto pairs = static_cast<double>(found.pairs);
  found.rmse = std::sqrt(errors / pairs);
  found.r2 = 1 - errors / (squares - sum * sum / pairs);
  return found;
}

double equal_share(const std::vector<double>& a, const std::vector<double>& b) {
  double pairs = 0, equal = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!both(a[i], b[i])) continue;
    ++pairs;
    equal += a[i] == b[i] ? 1 : 0;
  }
  return equal / pairs;
}

fs::path only_tile(const fs::path& out) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(out / "tiles")) {
    EXPECT_TRUE(found.empty()) << "more than one tile below " << out;
    found = entry.path();
  }
  return found;
}

}  // namespace ecocube
