// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>

#include "base/text.h"
#include "io/catalog/raster_pattern.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

bool has_dates(const std::string& pattern) {
  return pattern.find("{start}") != std::string::npos || pattern.find("{year}") != std::string::npos;
}

Period period_of(const PatternMatch& match, const PeriodScheme& scheme) {
  if (const auto period = scheme.with_ends(*match.start, *match.end)) return *period;
  const std::string first = compact_date(*match.start).substr(4);
  std::string last = compact_date(*match.end).substr(4);
  if (last == "0229") last = "0228";  // the end of February: one slot in all years
  return {first + "-" + last, year_of(*match.end), *match.start, *match.end};
}

/// The period of the scheme that holds the day; none when the scheme leaves it out.
std::optional<Period> period_holding(Day day, const PeriodScheme& scheme) {
  for (const int year : {year_of(day), year_of(day) + 1}) {  // a winter counts to the year it ends in
    for (const Period& period : scheme.of_year(year)) {
      if (period.holds(day)) return period;
    }
  }
  return std::nullopt;
}

/// Number of the band to read; an error when the file has no such band or leaves a choice.
Result<int> band_of(const RasterSource& source, const Raster& raster) {
  const int count = static_cast<int>(raster.info().bands.size());
  if (count == 0) return input_error("source {}: {} has no bands", source.name, raster.path());
  if (source.band > count)
    return input_error("source {}: {} has {} bands, not {}", source.name, raster.path(), count, source.band);
  if (source.band == 0 && count > 1)
    return input_error("source {}: {} has {} bands where one is expected{}", source.name, raster.path(), count,
                       source.is_static ? "" : " (dates: bands when each of them is a date)");
  return std::max(1, source.band);
}

Encoding encoding_of(const RasterSource& source, const RasterBand& band) {
  Encoding encoding = band.encoding;
  if (source.scale) encoding.scale = *source.scale;
  if (source.offset) encoding.offset = *source.offset;
  if (source.no_data) encoding.no_data = source.no_data;
  if (!source.unit.empty()) encoding.unit = source.unit;
  return encoding;
}

/// The layer of one band of a file, whatever its period.
Layer layer_of(const RasterSource& source, const PatternMatch& match, const RasterBand& band, int number) {
  Layer layer;
  layer.variable = !match.variable.empty() ? match.variable : source.variable.empty() ? source.name : source.variable;
  layer.long_name = band.description.empty() || source.dates_in_bands ? layer.variable : band.description;
  layer.kind = source.kind;
  layer.encoding = encoding_of(source, band);
  layer.resampling = source.resampling;
  layer.made_by = source.name;
  const bool is_file = !match.path.starts_with("/vsi");
  layer.files.push_back(
      {is_file ? std::filesystem::absolute(match.path).lexically_normal().string() : match.path, number});
  return layer;
}

/// A layer for each band of the file, by the date in its description.
Result<std::vector<Layer>> dated_layers(const RasterSource& source, const PatternMatch& match, const Raster& raster) {
  std::vector<Layer> layers;
  std::map<std::string, std::string> dates;  // by the period that they fall into
  const auto& bands = raster.info().bands;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const std::string date(trimmed(bands[i].description));
    const auto day = date.size() < 8 ? std::nullopt : parse_date(date);
    if (!day)
      return input_error("source {}: {}: band {} has the description '{}', which is no date such as 2018-01-31",
                         source.name, raster.path(), i + 1, date);
    const auto period = period_holding(*day, source.periods);
    if (!period)
      return input_error("source {}: {}: {}, band {}, lies in no period of the source", source.name, raster.path(),
                         date, i + 1);
    if (const auto [other, is_new] = dates.try_emplace(period->id(), date); !is_new)
      return input_error(
          "source {}: {}: {} and {} both lie in the period {}..{}; give shorter periods, or "
          "describe the stack as a product, whose dates are composed (\"dates\": \"bands\")",
          source.name, raster.path(), other->second, date, iso_date(period->start), iso_date(period->end));
    layers.push_back(layer_of(source, match, bands[i], static_cast<int>(i) + 1));
    layers.back().period = period;
  }
  return layers;
}

/// The layers that a file holds: one, or one a date.
Result<std::vector<Layer>> layers_in(const RasterSource& source, const PatternMatch& match) {
  const auto raster = Raster::open(match.path);
  if (!raster) return within("source " + source.name, raster.error());
  if (source.dates_in_bands) return dated_layers(source, match, **raster);
  ECOCUBE_TRY_ASSIGN(const int number, band_of(source, **raster));
  Layer layer = layer_of(source, match, (*raster)->info().bands[static_cast<std::size_t>(number) - 1], number);
  if (!source.is_static) layer.period = period_of(match, source.periods);
  return std::vector<Layer>{std::move(layer)};
}

Result<void> check_dates(const RasterSource& source) {
  if (source.dates_in_bands) {
    const char* twice = source.is_static            ? "static: true says that there are none"
                        : has_dates(source.pattern) ? "the path says dates too"
                                                    : nullptr;
    if (twice) return usage_error("source {}: dates: bands, but {}", source.name, twice);
    if (source.band != 0)
      return usage_error("source {}: dates: bands reads all bands; leave out band: {}", source.name, source.band);
    return {};
  }
  if (source.is_static || has_dates(source.pattern)) return {};
  return usage_error(
      "source {}: the path {} says no dates; put {{start}} and {{end}} or {{year}} into it, or set dates: bands or "
      "static: true",
      source.name, source.pattern);
}

}  // namespace

Result<std::vector<Layer>> raster_layers(const RasterSource& source) {
  ECOCUBE_TRY(check_dates(source));
  const auto matches = find_rasters(source.pattern);
  if (!matches) return within("source " + source.name, matches.error());
  std::vector<Layer> layers;
  std::map<std::pair<std::string, std::string>, std::size_t> places;  // of each variable and period
  for (const PatternMatch& match : *matches) {
    ECOCUBE_TRY_ASSIGN(std::vector<Layer> some, layers_in(source, match));
    for (Layer& layer : some) {
      const std::pair key(layer.variable, layer.period ? layer.period->slot + layer.period->id() : std::string());
      const auto [place, is_new] = places.try_emplace(key, layers.size());
      if (is_new) {
        layers.push_back(std::move(layer));
        continue;
      }
      Layer& before = layers[place->second];
      if (!(before.encoding == layer.encoding))
        return input_error("source {}: {} and {} are to be joined but encode their numbers differently", source.name,
                           before.files.front().path, match.path);
      before.files.push_back(layer.files.front());
    }
  }
  std::stable_sort(layers.begin(), layers.end(), [](const Layer& a, const Layer& b) {
    if (a.variable != b.variable || !a.period || !b.period) return a.variable < b.variable;
    return a.period->start < b.period->start;
  });
  return layers;
}

}  // namespace ecocube
