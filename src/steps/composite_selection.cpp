// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_selection.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "data/cube/period.h"
#include "methods/series/best_pixel.h"
#include "methods/series/geometric_median.h"
#include "methods/series/medoid.h"

namespace ecocube {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Result<std::size_t> band_of(const std::string& name, const Product& product) {
  std::vector<std::string> known;
  for (std::size_t band = 0; band < product.bands.size(); ++band) {
    if (product.bands[band].name == name) return band;
    known.push_back(product.bands[band].name);
  }
  return usage_error("no band '{}'{}", name, suggestion(name, known));
}

/// The names of indices whose bands the product has.
std::vector<std::string> indices_of(const Product& product) {
  std::vector<std::string> names;
  for (const series::Index& index : series::all_indices()) {
    const bool has_all = std::all_of(index.bands.begin(), index.bands.end(),
                                     [&](const std::string& band) { return product.band_named(band) != nullptr; });
    if (has_all) names.push_back(index.name);
  }
  return names;
}

Result<SelectionCarrier> difference_carrier(const std::string& text, const Product& product) {
  const auto parts = split(text.substr(3, text.size() - 4), ',');
  if (parts.size() != 2) return usage_error("'{}' is no normalised difference such as nd(nir, swir1)", text);
  SelectionCarrier carrier;
  for (const auto& part : parts) {
    ECOCUBE_TRY_ASSIGN(const std::size_t band, band_of(std::string(trimmed(part)), product));
    carrier.bands.push_back(band);
  }
  if (carrier.bands[0] == carrier.bands[1]) return usage_error("'{}' is 0 on every date", text);
  carrier.name = fmt::format("nd_{}_{}", product.bands[carrier.bands[0]].name, product.bands[carrier.bands[1]].name);
  return carrier;
}

/// A band goes before an index of the same name.
Result<SelectionCarrier> parse_carrier(const std::string& text, const Product& product) {
  if (text.starts_with("nd(") && text.ends_with(")")) return difference_carrier(text, product);
  SelectionCarrier carrier;
  carrier.name = text;
  if (const auto band = band_of(text, product)) {
    carrier.bands = {*band};
    return carrier;
  }
  const auto index = series::find_index(text);
  if (!index) {
    std::vector<std::string> known = indices_of(product);
    for (const ProductBand& band : product.bands) known.push_back(band.name);
    return usage_error("no band or index '{}'{}", text, suggestion(text, known));
  }
  carrier.index = *index;
  for (const std::string& name : (*index)->bands) {
    const auto band = band_of(name, product);
    if (!band) return usage_error("the index {} needs the band '{}', which {} lacks here", text, name, product.name);
    carrier.bands.push_back(*band);
  }
  return carrier;
}

/// One call for all outputs that the same dates serve.
void put_dates(const SelectionSeries& series, std::span<const SelectionOutput> outputs, SelectionKind kind,
               std::span<const std::uint16_t> dates, const std::function<void(std::size_t, std::size_t, double)>& put) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].kind != kind) continue;
    for (std::size_t pixel = 0; pixel < series.pixels; ++pixel) {
      const std::size_t at = (dates[pixel] * series.bands + outputs[i].band) * series.pixels + pixel;
      put(i, pixel, dates[pixel] == series::kNoDate ? kNone : static_cast<double>(series.values[at]));
    }
  }
}

Day day_from(int days_since_1970) {
  return Day(std::chrono::days(days_since_1970));
}

std::vector<std::uint16_t> best_dates(const SelectionSeries& series) {
  std::vector<int> days, years;
  for (const int day : series.days) {
    days.push_back(day_of_year(day_from(day)));
    years.push_back(year_of(day_from(day)));
  }
  std::vector<std::uint16_t> dates(series.pixels, series::kNoDate);
  series::best_pixel({days, years, series.valid, series.cloud_metres, series.haze, {}, series.pixels},
                     {0, series.pixels}, series.best, dates, {});
  return dates;
}

void put_days(const SelectionSeries& series, std::span<const SelectionOutput> outputs,
              std::span<const std::uint16_t> dates, const std::function<void(std::size_t, std::size_t, double)>& put) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].kind != SelectionKind::best_day) continue;
    for (std::size_t pixel = 0; pixel < series.pixels; ++pixel)
      put(i, pixel, dates[pixel] == series::kNoDate ? kNone : day_of_year(day_from(series.days[dates[pixel]])));
  }
}

/// The geometric median of all bands and its deviations.
void put_geometric(const SelectionSeries& series, std::span<const SelectionOutput> outputs,
                   const std::function<void(std::size_t, std::size_t, double)>& put) {
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> median(series.bands * series.pixels, none);
  std::vector<float> euclidean(series.pixels, none), spectral(euclidean), bray_curtis(euclidean);
  const auto wanted = [&](SelectionKind kind, std::vector<float>& plane) {
    const bool is = std::any_of(outputs.begin(), outputs.end(), [&](const auto& one) { return one.kind == kind; });
    return is ? std::span<float>(plane) : std::span<float>();
  };
  const series::BandSeries bands{series.values, series.valid, series.times, series.bands, series.pixels};
  // The median of values whose spread is wanted must be finer than the spread: steps of 1e-6 of reflectance.
  series::geometric_median(
      bands, {0, series.pixels}, {.tolerance = 1e-6, .most_iterations = 1000},
      {median, wanted(SelectionKind::euclidean_deviation, euclidean),
       wanted(SelectionKind::spectral_deviation, spectral), wanted(SelectionKind::bray_curtis_deviation, bray_curtis)});
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const float* plane = nullptr;
    if (outputs[i].kind == SelectionKind::geometric_median) plane = median.data() + outputs[i].band * series.pixels;
    if (outputs[i].kind == SelectionKind::euclidean_deviation) plane = euclidean.data();
    if (outputs[i].kind == SelectionKind::spectral_deviation) plane = spectral.data();
    if (outputs[i].kind == SelectionKind::bray_curtis_deviation) plane = bray_curtis.data();
    for (std::size_t pixel = 0; plane && pixel < series.pixels; ++pixel)
      put(i, pixel, static_cast<double>(plane[pixel]));
  }
}

/// The carrier of all observations, shape [time][pixel]; what is no number is not valid.
void put_carrier(const SelectionSeries& series, const SelectionCarrier& carrier, std::vector<float>& values,
                 std::vector<std::uint8_t>& valid) {
  // A normalised difference of any two bands is that of the vegetation index.
  static const series::Index& difference = **series::find_index("ndvi");
  const series::Index& index = carrier.index ? *carrier.index : difference;
  for (std::size_t time = 0; time < series.times; ++time) {
    const std::size_t at = time * series.pixels;
    const std::span<float> results = std::span(values).subspan(at, series.pixels);
    const std::span<std::uint8_t> known = std::span(valid).subspan(at, series.pixels);
    std::vector<std::span<const float>> bands;
    for (const std::size_t band : carrier.bands)
      bands.push_back(std::span(series.values).subspan((time * series.bands + band) * series.pixels, series.pixels));
    if (bands.size() == 1) {
      std::copy(bands[0].begin(), bands[0].end(), results.begin());
    } else {
      const auto all = std::span(series.valid).subspan(at, series.pixels);
      series::compute_index(index, bands, std::vector<std::span<const std::uint8_t>>(bands.size(), all), results,
                            known);
    }
    for (std::size_t pixel = 0; pixel < series.pixels; ++pixel) {
      if (!std::isfinite(results[pixel])) known[pixel] = 0;
    }
  }
}

void put_ranked(const SelectionSeries& series, std::size_t number, const SelectionOutput& output,
                const std::function<void(std::size_t, std::size_t, double)>& put) {
  std::vector<float> band(series.times * series.pixels), carrier(band.size());
  std::vector<std::uint8_t> valid = series.valid;
  put_carrier(series, output.carrier, carrier, valid);
  for (std::size_t time = 0; time < series.times; ++time) {
    const float* from = series.values.data() + (time * series.bands + output.band) * series.pixels;
    std::copy_n(from, series.pixels, band.data() + time * series.pixels);
  }
  std::vector<float> results(series.pixels);
  std::vector<std::uint8_t> known(series.pixels);
  series::rank_carrier(band, carrier, valid, series.pixels, {0, series.pixels}, output.part, results, known);
  for (std::size_t pixel = 0; pixel < series.pixels; ++pixel)
    put(number, pixel, known[pixel] != 0 ? static_cast<double>(results[pixel]) : kNone);
}

}  // namespace

Result<SelectionOutput> parse_metric(const std::string& text, const Product& product) {
  SelectionOutput output;
  output.kind = SelectionKind::rank;
  const auto where = text.find(" where "), is = text.rfind(" is ");
  const auto mean = text.find(" mean over "), of = text.rfind(" of ");
  std::string band, part, carrier;
  if (where != std::string::npos && is != std::string::npos && is > where) {
    band = text.substr(0, where), carrier = text.substr(where + 7, is - where - 7), part = text.substr(is + 4);
  } else if (mean != std::string::npos && of != std::string::npos && of > mean) {
    band = text.substr(0, mean), part = text.substr(mean + 11, of - mean - 11), carrier = text.substr(of + 4);
  } else {
    return usage_error("'{}' is no metric such as 'red where ndvi is highest' or 'nir mean over upper_quarter of ndvi'",
                       text);
  }
  const auto parsed = series::parse_rank_part(part);
  if (!parsed) return within(fmt::format("'{}'", text), parsed.error());
  output.part = *parsed;
  const auto number = band_of(band, product);
  if (!number) return within(fmt::format("'{}'", text), number.error());
  output.band = *number;
  auto read = parse_carrier(carrier, product);
  if (!read) return within(fmt::format("'{}'", text), read.error());
  output.carrier = std::move(*read);
  return output;
}

std::string variable_of(const SelectionOutput& metric, const Product& product) {
  return fmt::format("{}_{}_{}", product.bands[metric.band].name, metric.carrier.name, series::name_of(metric.part));
}

std::uint64_t SelectionSeries::bytes_per_pixel(std::size_t times, std::size_t bands) {
  // Values; validity twice; distance, haze, a band and its carrier; the medians and deviations; dates.
  return times * (bands * sizeof(float) + 2 + 4 * sizeof(float)) + bands * sizeof(float) + 3 * sizeof(float) + 16;
}

void add_haze(SelectionSeries& series, std::size_t blue, std::size_t red) {
  series.haze.assign(series.times * series.pixels, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t time = 0; time < series.times; ++time) {
    const float* const of_blue = series.values.data() + (time * series.bands + blue) * series.pixels;
    const float* const of_red = series.values.data() + (time * series.bands + red) * series.pixels;
    for (std::size_t pixel = 0; pixel < series.pixels; ++pixel) {
      const std::size_t at = time * series.pixels + pixel;
      if (series.valid[at] != 0) series.haze[at] = of_blue[pixel] - 0.5F * of_red[pixel] - 0.08F;
    }
  }
}

void select(const SelectionSeries& series, std::span<const SelectionOutput> outputs,
            const std::function<void(std::size_t output, std::size_t pixel, double value)>& put) {
  const auto asks = [&](SelectionKind kind) {
    return std::any_of(outputs.begin(), outputs.end(), [&](const auto& output) { return output.kind == kind; });
  };
  const series::BandSeries bands{series.values, series.valid, series.times, series.bands, series.pixels};
  const series::PixelRange all{0, series.pixels};
  if (asks(SelectionKind::medoid)) {
    std::vector<std::uint16_t> dates(series.pixels, series::kNoDate);
    series::medoid(bands, all, dates);
    put_dates(series, outputs, SelectionKind::medoid, dates, put);
  }
  if (asks(SelectionKind::best_pixel) || asks(SelectionKind::best_day)) {
    const std::vector<std::uint16_t> dates = best_dates(series);
    put_dates(series, outputs, SelectionKind::best_pixel, dates, put);
    put_days(series, outputs, dates, put);
  }
  if (asks(SelectionKind::geometric_median) || asks(SelectionKind::euclidean_deviation) ||
      asks(SelectionKind::spectral_deviation) || asks(SelectionKind::bray_curtis_deviation)) {
    put_geometric(series, outputs, put);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].kind == SelectionKind::rank) put_ranked(series, i, outputs[i], put);
  }
}

}  // namespace ecocube
