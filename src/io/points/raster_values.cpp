// SPDX-License-Identifier: Apache-2.0
#include "io/points/raster_values.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "io/raster/projection.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

constexpr std::int64_t kBlock = 256;

struct Pixel {
  std::int64_t row = 0, col = 0;
};

/// The pixel of the file's own grid, which may be rotated; nothing outside.
std::optional<Pixel> pixel_at(const RasterInfo& info, double x, double y) {
  const double* t = info.geo_transform;
  const double determinant = t[1] * t[5] - t[2] * t[4];
  if (determinant == 0 || !std::isfinite(x) || !std::isfinite(y)) return std::nullopt;
  const double col = std::floor(((x - t[0]) * t[5] - (y - t[3]) * t[2]) / determinant);
  const double row = std::floor(((y - t[3]) * t[1] - (x - t[0]) * t[4]) / determinant);
  if (row < 0 || col < 0 || row >= static_cast<double>(info.rows) || col >= static_cast<double>(info.cols))
    return std::nullopt;
  return Pixel{static_cast<std::int64_t>(row), static_cast<std::int64_t>(col)};
}

double decoded(const Encoding& encoding, float stored) {
  const auto number = static_cast<double>(stored);
  if (encoding.no_data && (number == *encoding.no_data || (std::isnan(number) && std::isnan(*encoding.no_data))))
    return std::numeric_limits<double>::quiet_NaN();
  return encoding.decoded(number);
}

}  // namespace

bool lies_within(double value, std::span<const ValueSpan> spans) {
  return std::any_of(spans.begin(), spans.end(),
                     [&](const ValueSpan& span) { return span.least <= value && value <= span.most; });
}

Result<std::vector<double>> raster_values_at(const std::string& path, int band, const std::string& crs,
                                             const std::vector<MapPoint>& places) {
  ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(path));
  const RasterInfo& info = raster->info();
  if (band < 1 || static_cast<std::size_t>(band) > info.bands.size())
    return usage_error("raster {}: no band {}; it has {}", path, band, info.bands.size());
  const auto projection = Projection::between(crs, info.crs_wkt);
  if (!projection) return within("raster " + path, projection.error());
  std::vector<double> x, y;
  for (const MapPoint& place : places) {
    x.push_back(place.x);
    y.push_back(place.y);
  }
  (*projection)->transform(x, y);
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::pair<std::size_t, Pixel>>> blocks;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (const auto pixel = pixel_at(info, x[i], y[i]))
      blocks[{pixel->row / kBlock, pixel->col / kBlock}].emplace_back(i, *pixel);
  }
  std::vector<double> values(places.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<float> stored;
  for (const auto& [block, pixels] : blocks) {
    const Window window =
        intersection({block.first * kBlock, block.second * kBlock, kBlock, kBlock}, {0, 0, info.rows, info.cols});
    stored.resize(static_cast<std::size_t>(window.pixels()));
    ECOCUBE_TRY(raster->read(band, window, std::span<float>(stored)));
    for (const auto& [which, pixel] : pixels) {
      const auto at = static_cast<std::size_t>((pixel.row - window.row) * window.cols + pixel.col - window.col);
      values[which] = decoded(info.bands[static_cast<std::size_t>(band) - 1].encoding, stored[at]);
    }
  }
  return values;
}

}  // namespace ecocube
