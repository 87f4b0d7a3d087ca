// SPDX-License-Identifier: Apache-2.0
#include "methods/series/geometric_median.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace ecocube::series {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The valid dates of one pixel.
struct PixelBands {
  std::size_t bands = 0;
  std::vector<double> values;  ///< shape [valid date][band]
  std::size_t dates() const { return bands == 0 ? 0 : values.size() / bands; }
};

void gather(const BandSeries& series, std::size_t pixel, PixelBands& gathered) {
  gathered.bands = series.bands;
  gathered.values.clear();
  for (std::size_t time = 0; time < series.times; ++time) {
    if (!series.seen(time, pixel)) continue;
    for (std::size_t band = 0; band < series.bands; ++band) {
      gathered.values.push_back(static_cast<double>(series.value(time, band, pixel)));
    }
  }
}

double length_between(const double* a, const double* b, std::size_t bands) {
  double sum = 0;
  for (std::size_t band = 0; band < bands; ++band) sum += (a[band] - b[band]) * (a[band] - b[band]);
  return std::sqrt(sum);
}

void mean_of(const PixelBands& pixel, std::vector<double>& mean) {
  mean.assign(pixel.bands, 0);
  for (std::size_t date = 0; date < pixel.dates(); ++date) {
    for (std::size_t band = 0; band < pixel.bands; ++band) mean[band] += pixel.values[date * pixel.bands + band];
  }
  for (double& value : mean) value /= static_cast<double>(pixel.dates());
}

/// One step of Vardi & Zhang from `from`; false when every date lies there already.
bool step_from(const PixelBands& pixel, const std::vector<double>& from, std::vector<double>& to) {
  double weights = 0, on_point = 0;
  to.assign(pixel.bands, 0);
  for (std::size_t date = 0; date < pixel.dates(); ++date) {
    const double* values = pixel.values.data() + date * pixel.bands;
    const double apart = length_between(values, from.data(), pixel.bands);
    if (apart == 0) {
      on_point += 1;
      continue;
    }
    weights += 1 / apart;
    for (std::size_t band = 0; band < pixel.bands; ++band) to[band] += 1 / apart * values[band];
  }
  if (weights == 0) return false;
  double pull = 0;
  for (std::size_t band = 0; band < pixel.bands; ++band) {
    to[band] /= weights;
    const double force = (to[band] - from[band]) * weights;
    pull += force * force;
  }
  pull = std::sqrt(pull);
  const double hold = on_point == 0 || pull == 0 ? 0 : std::min(1.0, on_point / pull);
  for (std::size_t band = 0; band < pixel.bands; ++band) to[band] = (1 - hold) * to[band] + hold * from[band];
  return true;
}

void sort_distances(std::vector<double>& distances) {
  constexpr std::size_t few = 24;
  if (distances.size() > few) return std::sort(distances.begin(), distances.end());
  for (std::size_t next = 1; next < distances.size(); ++next) {
    const double distance = distances[next];
    std::size_t place = next;
    for (; place > 0 && distances[place - 1] > distance; --place) distances[place] = distances[place - 1];
    distances[place] = distance;
  }
}

void write_median(std::vector<double>& distances, std::size_t pixel, std::span<float> results) {
  if (results.empty()) return;
  sort_distances(distances);
  const std::size_t middle = distances.size() / 2;
  double median = kNone;
  if (distances.size() % 2 == 1) median = distances[middle];
  if (distances.size() % 2 == 0 && middle > 0) median = (distances[middle - 1] + distances[middle]) / 2;
  results[pixel] = static_cast<float>(median);
}

}  // namespace

void Deviations::write(std::span<const double> values, std::span<const double> median, std::size_t pixel,
                       const GeometricMedianResults& results) {
  if (results.euclidean.empty() && results.spectral.empty() && results.bray_curtis.empty()) return;
  euclidean_.clear(), spectral_.clear(), bray_curtis_.clear();
  double centre_square = 0;
  for (const double centre : median) centre_square += centre * centre;
  const double centre_length = std::sqrt(centre_square);
  for (std::size_t first = 0; first < values.size(); first += median.size()) {
    double square = 0, product = 0, own = 0, apart = 0, together = 0;
    for (std::size_t band = 0; band < median.size(); ++band) {
      const double value = values[first + band], centre = median[band];
      square += (value - centre) * (value - centre);
      product += value * centre, own += value * value;
      apart += std::abs(value - centre), together += std::abs(value + centre);
    }
    const double lengths = std::sqrt(own) * centre_length;
    euclidean_.push_back(std::sqrt(square));
    if (lengths > 0) spectral_.push_back(std::max(0.0, 1 - product / lengths));
    if (together > 0) bray_curtis_.push_back(apart / together);
  }
  write_median(euclidean_, pixel, results.euclidean);
  write_median(spectral_, pixel, results.spectral);
  write_median(bray_curtis_, pixel, results.bray_curtis);
}

void geometric_median_plain(const BandSeries& series, PixelRange range, const GeometricMedianOptions& options,
                            const GeometricMedianResults& results) {
  assert(series.values.size() == series.times * series.bands * series.pixels && range.end <= series.pixels);
  PixelBands gathered;
  Deviations deviations;
  std::vector<double> here, next;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    gather(series, pixel, gathered);
    mean_of(gathered, here);
    for (int iteration = 0; iteration < options.most_iterations && gathered.dates() > 0; ++iteration) {
      if (!step_from(gathered, here, next)) break;
      const double moved = length_between(here.data(), next.data(), series.bands);
      here.swap(next);
      if (moved < options.tolerance) break;
    }
    for (std::size_t band = 0; band < series.bands && !results.median.empty(); ++band) {
      results.median[band * series.pixels + pixel] = static_cast<float>(gathered.dates() > 0 ? here[band] : kNone);
    }
    deviations.write(gathered.values, here, pixel, results);
  }
}

}  // namespace ecocube::series
