// SPDX-License-Identifier: Apache-2.0
#include "methods/series/indices.h"

#include <array>
#include <cassert>
#include <cmath>

#include "base/text.h"

namespace ecocube::series {
namespace {

double normalised_difference(double a, double b) {
  return (a - b) / (a + b);
}

/// Of the first two bands.
double difference_of_two(const double* b) {
  return normalised_difference(b[0], b[1]);
}

double savi(const double* b) {
  return 1.5 * (b[0] - b[1]) / (b[0] + b[1] + 0.5);
}
double msavi(const double* b) {
  const double twice = 2 * b[0] + 1;
  return (twice - std::sqrt(twice * twice - 8 * (b[0] - b[1]))) / 2;
}
double evi(const double* b) {
  return 2.5 * (b[0] - b[1]) / (b[0] + 6 * b[1] - 7.5 * b[2] + 1);
}
double rei(const double* b) {
  return (b[0] - b[1]) / (b[0] + b[1] * b[0]);
}
double bare_soil(const double* b) {
  return normalised_difference(b[0] + b[1], b[2] + b[3]);
}
double nirv(const double* b) {
  return (difference_of_two(b) - 0.08) * b[0];
}
double fapar(const double* b) {
  return (difference_of_two(b) - 0.03) * (0.95 - 0.001) / (0.96 - 0.03) + 0.001;
}
double kernel_ndvi(const double* b) {
  const double ndvi = difference_of_two(b);
  return std::tanh(ndvi * ndvi);
}

constexpr std::size_t most_bands = 6;

double weighted_sum(const double* bands, const std::array<double, most_bands>& weights) {
  double sum = 0;
  for (std::size_t band = 0; band < most_bands; ++band) sum += weights[band] * bands[band];
  return sum;
}
double brightness(const double* b) {
  return weighted_sum(b, {0.2043, 0.4158, 0.5524, 0.5741, 0.3124, 0.2303});
}
double greenness(const double* b) {
  return weighted_sum(b, {-0.1603, -0.2819, -0.4934, 0.7940, -0.0002, -0.1446});
}
double wetness(const double* b) {
  return weighted_sum(b, {0.0315, 0.2021, 0.3102, 0.1594, -0.6806, -0.6109});
}

std::vector<Index> make_indices() {
  const Encoding normal = normalised_encoding(), wide = wide_encoding();
  const std::vector<std::string> all{"blue", "green", "red", "nir", "swir1", "swir2"};
  return {
      {"ndvi", "Normalised difference vegetation index", "(N-R)/(N+R)", {"nir", "red"}, normal, difference_of_two},
      {"savi", "Soil adjusted vegetation index", "1.5(N-R)/(N+R+0.5)", {"nir", "red"}, normal, savi},
      {"msavi", "Modified soil adjusted vegetation index", "(2N+1-√((2N+1)²-8(N-R)))/2", {"nir", "red"}, normal, msavi},
      {"evi", "Enhanced vegetation index", "2.5(N-R)/(N+6R-7.5B+1)", {"nir", "red", "blue"}, wide, evi},
      {"nbr", "Normalised burn ratio", "(N-S2)/(N+S2)", {"nir", "swir2"}, normal, difference_of_two},
      {"nbr2", "Normalised burn ratio 2", "(S1-S2)/(S1+S2)", {"swir1", "swir2"}, normal, difference_of_two},
      {"ndti",
       "Normalised difference tillage index (as nbr2)",
       "(S1-S2)/(S1+S2)",
       {"swir1", "swir2"},
       normal,
       difference_of_two},
      {"ndmi",
       "Normalised difference moisture index (NDWI of Gao 1996)",
       "(N-S1)/(N+S1)",
       {"nir", "swir1"},
       normal,
       difference_of_two},
      {"ndwi",
       "Normalised difference water index (McFeeters 1996)",
       "(G-N)/(G+N)",
       {"green", "nir"},
       normal,
       difference_of_two},
      {"mndwi",
       "Modified normalised difference water index",
       "(G-S1)/(G+S1)",
       {"green", "swir1"},
       normal,
       difference_of_two},
      {"ndsi",
       "Normalised difference snow index (as mndwi)",
       "(G-S1)/(G+S1)",
       {"green", "swir1"},
       normal,
       difference_of_two},
      {"rei", "Ratio of near infrared and blue", "(N-B)/(N+B·N)", {"nir", "blue"}, wide, rei},
      {"bsi", "Bare soil index", "((S1+R)-(N+B))/((S1+R)+(N+B))", {"swir1", "red", "nir", "blue"}, normal, bare_soil},
      {"nirv", "Near infrared reflectance of vegetation", "(NDVI-0.08)·N", {"nir", "red"}, normal, nirv},
      {"fapar",
       "Absorbed share of photosynthetic radiation",
       "(NDVI-0.03)(0.95-0.001)/(0.96-0.03)+0.001",
       {"nir", "red"},
       normal,
       fapar},
      {"kndvi", "Kernel NDVI", "tanh(NDVI²)", {"nir", "red"}, normal, kernel_ndvi},
      {"brightness", "Tasselled cap brightness (Crist 1985)", "0.2043B+0.4158G+0.5524R+0.5741N+0.3124S1+0.2303S2", all,
       wide, brightness},
      {"greenness", "Tasselled cap greenness (Crist 1985)", "-0.1603B-0.2819G-0.4934R+0.7940N-0.0002S1-0.1446S2", all,
       wide, greenness},
      {"wetness", "Tasselled cap wetness (Crist 1985)", "0.0315B+0.2021G+0.3102R+0.1594N-0.6806S1-0.6109S2", all, wide,
       wetness},
  };
}

}  // namespace

Encoding normalised_encoding() {
  return {.type = DataType::uint8, .scale = 1.0 / 125, .offset = -1, .no_data = 255, .unit = {}};
}

Encoding wide_encoding() {
  return {.type = DataType::int16, .scale = 1.0 / 10000, .offset = 0, .no_data = -32768, .unit = {}};
}

std::span<const Index> all_indices() {
  static const std::vector<Index> indices = make_indices();
  return indices;
}

Result<const Index*> find_index(std::string_view name) {
  std::vector<std::string> known;
  for (const Index& index : all_indices()) {
    if (index.name == name) return &index;
    known.push_back(index.name);
  }
  return usage_error("unknown index '{}'{}", name, suggestion(name, known));
}

void compute_index_plain(const Index& index, std::span<const std::span<const float>> bands,
                         std::span<const std::span<const std::uint8_t>> valid, std::span<float> results,
                         std::span<std::uint8_t> results_valid) {
  const std::size_t count = index.bands.size();
  assert(bands.size() == count && valid.size() == count && count <= most_bands);
  std::array<double, most_bands> values{};
  for (std::size_t pixel = 0; pixel < results.size(); ++pixel) {
    bool known = true;
    for (std::size_t band = 0; band < count; ++band) {
      known = known && valid[band][pixel] != 0;
      values[band] = static_cast<double>(bands[band][pixel]);
    }
    const double value = known ? index.value(values.data()) : 0;
    known = known && std::isfinite(value);
    results[pixel] = known ? static_cast<float>(value) : 0.0F;
    results_valid[pixel] = known ? 1 : 0;
  }
}

}  // namespace ecocube::series
