// SPDX-License-Identifier: Apache-2.0
#include "steps/index_kernels.h"

#include <algorithm>

namespace ecocube {
namespace {

/// Pixels at a time: all bands of so many stay in the first caches.
constexpr std::size_t kPixels = 1024;

/// Physical values of a few pixels, all layers.
struct Values {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  std::size_t pixels = 0;

  std::span<const float> plane(std::size_t layer) const { return {values.data() + layer * pixels, pixels}; }
  std::span<const std::uint8_t> plane_valid(std::size_t layer) const { return {valid.data() + layer * pixels, pixels}; }
};

/// Share of the periods that are bare among those seen; a period whose NDVI is not known does not count.
void bare_soil_share(const Values& in, const std::vector<std::size_t>& bands, double most, std::span<float> results,
                     std::span<std::uint8_t> valid) {
  for (std::size_t pixel = 0; pixel < in.pixels; ++pixel) {
    int seen = 0, bare = 0;
    for (std::size_t i = 0; i + 1 < bands.size(); i += 2) {
      if (!in.plane_valid(bands[i])[pixel] || !in.plane_valid(bands[i + 1])[pixel]) continue;
      const auto nir = static_cast<double>(in.plane(bands[i])[pixel]);
      const auto red = static_cast<double>(in.plane(bands[i + 1])[pixel]);
      if (nir + red == 0) continue;
      ++seen;
      bare += (nir - red) / (nir + red) <= most ? 1 : 0;
    }
    results[pixel] = seen == 0 ? 0.0F : static_cast<float>(bare) / static_cast<float>(seen);
    valid[pixel] = seen == 0 ? 0 : 1;
  }
}

void compute(const IndexProduct& product, const Values& in, std::span<float> results, std::span<std::uint8_t> valid) {
  if (product.bare_soil) return bare_soil_share(in, product.bands, *product.bare_soil, results, valid);
  std::vector<std::span<const float>> bands;
  std::vector<std::span<const std::uint8_t>> bands_valid;
  for (const std::size_t band : product.bands) {
    bands.push_back(in.plane(band));
    bands_valid.push_back(in.plane_valid(band));
  }
  if (product.index) {
    series::compute_index(*product.index, bands, bands_valid, results, valid);
  } else {
    product.expression->evaluate(bands, bands_valid, results, valid);
  }
}

}  // namespace

std::uint64_t IndexKernel::bytes_per_thread() const {
  std::size_t layers = 0;
  for (const IndexProduct& product : products_) {
    for (const std::size_t band : product.bands) layers = std::max(layers, band + 1);
  }
  return (layers + 1) * kPixels * (sizeof(float) + 1);
}

std::size_t IndexKernel::run(const SeriesBlock& block, const void* /*prepared*/, series::PixelRange range,
                             SeriesResults& results) const {
  const std::size_t layers = block.layers().size();
  Values in;
  std::vector<float> made(kPixels);
  std::vector<std::uint8_t> made_valid(kPixels);
  for (std::size_t first = range.begin; first < range.end; first += kPixels) {
    const series::PixelRange part{first, std::min(first + kPixels, range.end)};
    in.pixels = part.end - part.begin;
    in.values.resize(layers * in.pixels);
    in.valid.resize(in.values.size());
    block.decode(part, in.values, in.valid);
    for (std::size_t i = 0; i < products_.size(); ++i) {
      compute(products_[i], in, {made.data(), in.pixels}, {made_valid.data(), in.pixels});
      results.put(i, part, {made.data(), in.pixels}, {made_valid.data(), in.pixels});
    }
  }
  return 0;
}

}  // namespace ecocube
