// SPDX-License-Identifier: Apache-2.0
#include "io/raster/thumbnail.h"

#include <gdal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>

#include "io/raster/gdal_error.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

struct CloseDataset {
  void operator()(void* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<void, CloseDataset>;

/// Nine stops of viridis, dark to light: even to the eye, and to one that sees few colours.
constexpr std::array<Color, 9> kRamp{{{68, 1, 84},
                                      {71, 44, 122},
                                      {59, 81, 139},
                                      {44, 113, 142},
                                      {33, 144, 141},
                                      {39, 173, 129},
                                      {92, 200, 99},
                                      {170, 220, 50},
                                      {253, 231, 37}}};

/// A raster shrunk, NaN where it has no data.
struct Picture {
  int rows = 0, cols = 0;
  std::vector<double> values;
};

Result<Picture> read_small(const fs::path& path, bool codes, int longest_side) {
  GdalErrors errors;
  const Dataset raster(GDALOpen(path.c_str(), GA_ReadOnly));
  if (!raster) return fail(errors.blame(), "opening raster {}: {}", path.string(), errors.text());
  const int cols = GDALGetRasterXSize(raster.get()), rows = GDALGetRasterYSize(raster.get());
  const double shrink = std::min(1.0, static_cast<double>(longest_side) / std::max(rows, cols));
  Picture picture;
  picture.rows = std::max(1, static_cast<int>(std::lround(rows * shrink)));
  picture.cols = std::max(1, static_cast<int>(std::lround(cols * shrink)));
  picture.values.resize(static_cast<std::size_t>(picture.rows) * static_cast<std::size_t>(picture.cols));
  GDALRasterBandH band = GDALGetRasterBand(raster.get(), 1);
  GDALRasterIOExtraArg extra;
  INIT_RASTERIO_EXTRA_ARG(extra);
  extra.eResampleAlg = codes ? GRIORA_Mode : GRIORA_Average;
  const CPLErr outcome = GDALRasterIOEx(band, GF_Read, 0, 0, cols, rows, picture.values.data(), picture.cols,
                                        picture.rows, GDT_Float64, 0, 0, &extra);
  if (outcome != CE_None || errors.any())
    return fail(errors.blame(), "reading raster {}: {}", path.string(), errors.text());
  int has_no_data = 0;
  const double no_data = GDALGetRasterNoDataValue(band, &has_no_data);
  if (has_no_data) std::replace(picture.values.begin(), picture.values.end(), no_data, std::nan(""));
  return picture;
}

/// The value below which a share of the valid values lies; the list must be sorted and hold one at least.
double percentile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Color ramp_color(double share) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(kRamp.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), kRamp.size() - 2);
  const double t = place - static_cast<double>(below);
  const auto mix = [t](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + t * (b - a)));
  };
  const Color &a = kRamp[below], &b = kRamp[below + 1];
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

using Paint = std::function<std::optional<Color>(double)>;

Paint class_paint(const std::vector<LegendClass>& classes) {
  return [&classes](double value) -> std::optional<Color> {
    for (const LegendClass& entry : classes) {
      if (entry.value == value) return entry.color;
    }
    return std::nullopt;
  };
}

Paint ramp_paint(const Picture& picture) {
  std::vector<double> sorted;
  std::copy_if(picture.values.begin(), picture.values.end(), std::back_inserter(sorted),
               [](double value) { return !std::isnan(value); });
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted.empty() ? 0 : percentile(sorted, 0.02);
  const double high = sorted.empty() ? 1 : percentile(sorted, 0.98);
  return [low, high](double value) -> std::optional<Color> {
    if (std::isnan(value)) return std::nullopt;
    return ramp_color(high > low ? (value - low) / (high - low) : 0.5);
  };
}

Result<void> write_png(const fs::path& path, const Picture& picture, const Paint& paint) {
  const std::size_t pixels = picture.values.size();
  std::vector<std::uint8_t> planes(pixels * 4);
  for (std::size_t i = 0; i < pixels; ++i) {
    const auto color = paint(picture.values[i]);
    if (!color) continue;
    planes[i] = color->red;
    planes[pixels + i] = color->green;
    planes[2 * pixels + i] = color->blue;
    planes[3 * pixels + i] = 255;
  }
  GdalErrors errors;
  const Dataset memory(GDALCreate(GDALGetDriverByName("MEM"), "", picture.cols, picture.rows, 4, GDT_Byte, nullptr));
  bool done = memory && GDALDatasetRasterIO(memory.get(), GF_Write, 0, 0, picture.cols, picture.rows, planes.data(),
                                            picture.cols, picture.rows, GDT_Byte, 4, nullptr, 0, 0, 0) == CE_None;
  Dataset png(
      done ? GDALCreateCopy(GDALGetDriverByName("PNG"), path.c_str(), memory.get(), FALSE, nullptr, nullptr, nullptr)
           : nullptr);
  done = png != nullptr;
  png.reset();
  if (done && !errors.any()) return {};
  std::error_code ignored;
  fs::remove(path, ignored);
  return fail(errors.blame(), "writing picture {}: {}", path.string(), errors.text());
}

}  // namespace

Result<void> write_thumbnail(const fs::path& png, const fs::path& raster, LayerKind kind,
                             const std::vector<LegendClass>& classes, int longest_side) {
  const bool codes = kind == LayerKind::classes || kind == LayerKind::source;
  ECOCUBE_TRY_ASSIGN(const Picture picture, read_small(raster, codes, longest_side));
  return write_png(png, picture, classes.empty() ? ramp_paint(picture) : class_paint(classes));
}

}  // namespace ecocube
