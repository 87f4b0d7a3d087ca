// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_selection.h"

#include <algorithm>
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

Result<void> parse_carrier(const std::string& text, const Product& product, SelectionOutput& output) {
  std::string first = text, second;
  if (text == "ndvi" && !product.band_named("ndvi")) {
    first = "nir", second = "red";
  } else if (text.starts_with("nd(") && text.ends_with(")")) {
    const auto parts = split(text.substr(3, text.size() - 4), ',');
    if (parts.size() != 2) return usage_error("'{}' is no normalised difference such as nd(nir, swir1)", text);
    first = trimmed(parts[0]), second = trimmed(parts[1]);
  }
  ECOCUBE_TRY_ASSIGN(output.carrier, band_of(first, product));
  if (second.empty()) return {};
  ECOCUBE_TRY_ASSIGN(output.carrier_subtract, band_of(second, product));
  return {};
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

std::vector<std::uint16_t> best_dates(const SelectionSeries& series) {
  std::vector<int> days, years;
  const auto day_of = [](int days_since) { return Day(std::chrono::days(days_since)); };
  for (const int day : series.days) {
    days.push_back(day_of_year(day_of(day)));
    years.push_back(year_of(day_of(day)));
  }
  const int middle = series.first_day + (series.last_day - series.first_day) / 2;
  series::BestPixelOptions options;
  options.target_day = day_of_year(day_of(middle));
  options.first_day = day_of_year(day_of(series.first_day));
  options.last_day = day_of_year(day_of(series.last_day));
  options.target_year = year_of(day_of(middle));
  std::vector<std::uint16_t> dates(series.pixels, series::kNoDate);
  series::best_pixel({days, years, series.valid, {}, {}, {}, series.pixels}, {0, series.pixels}, options, dates, {});
  return dates;
}

void put_ranked(const SelectionSeries& series, std::size_t number, const SelectionOutput& output,
                const std::function<void(std::size_t, std::size_t, double)>& put) {
  std::vector<float> band(series.times * series.pixels), carrier(band.size());
  std::vector<std::uint8_t> valid = series.valid;
  for (std::size_t time = 0; time < series.times; ++time) {
    const auto value = [&](std::size_t of, std::size_t pixel) {
      return series.values[(time * series.bands + of) * series.pixels + pixel];
    };
    for (std::size_t pixel = 0; pixel < series.pixels; ++pixel) {
      const std::size_t at = time * series.pixels + pixel;
      if (valid[at] == 0) continue;
      band[at] = value(output.band, pixel);
      const float first = value(output.carrier, pixel);
      const float second = output.carrier_subtract ? value(*output.carrier_subtract, pixel) : 0.0F;
      carrier[at] = output.carrier_subtract ? (first - second) / (first + second) : first;
      if (!std::isfinite(carrier[at])) valid[at] = 0;
    }
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
  const auto read = parse_carrier(carrier, product, output);
  if (!read) return within(fmt::format("'{}'", text), read.error());
  return output;
}

std::string variable_of(const SelectionOutput& output, const std::string& text, const Product& product) {
  const std::string& band = product.bands[output.band].name;
  std::string carrier = product.bands[output.carrier].name;
  if (output.carrier_subtract) {
    carrier = text.find("nd(") == std::string::npos
                  ? "ndvi"
                  : fmt::format("nd_{}_{}", carrier, product.bands[*output.carrier_subtract].name);
  }
  return fmt::format("{}_{}_{}", band, carrier, series::name_of(output.part));
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
  if (asks(SelectionKind::best_pixel)) put_dates(series, outputs, SelectionKind::best_pixel, best_dates(series), put);
  if (asks(SelectionKind::geometric_median)) {
    std::vector<float> median(series.bands * series.pixels, std::numeric_limits<float>::quiet_NaN());
    series::geometric_median(bands, all, {}, {median, {}, {}, {}});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      for (std::size_t pixel = 0; outputs[i].kind == SelectionKind::geometric_median && pixel < series.pixels; ++pixel)
        put(i, pixel, static_cast<double>(median[outputs[i].band * series.pixels + pixel]));
    }
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].kind == SelectionKind::rank) put_ranked(series, i, outputs[i], put);
  }
}

}  // namespace ecocube
