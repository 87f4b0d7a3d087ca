// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

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

/// Number of the band to read; an error when the file has no such band or leaves a choice.
Result<int> band_of(const RasterSource& source, const Raster& raster) {
  const int count = static_cast<int>(raster.info().bands.size());
  if (count == 0) return input_error("source {}: {} has no bands", source.name, raster.path());
  if (source.band > count)
    return input_error("source {}: {} has {} bands, not {}", source.name, raster.path(), count, source.band);
  if (source.band == 0 && count > 1)
    return input_error("source {}: {} has {} bands where one is expected", source.name, raster.path(), count);
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

Result<Layer> layer_of(const RasterSource& source, const PatternMatch& match) {
  const auto raster = Raster::open(match.path);
  if (!raster) return within("source " + source.name, raster.error());
  ECOCUBE_TRY_ASSIGN(const int number, band_of(source, **raster));
  const RasterBand& band = (*raster)->info().bands[static_cast<std::size_t>(number) - 1];
  Layer layer;
  layer.variable = !match.variable.empty() ? match.variable : source.variable.empty() ? source.name : source.variable;
  layer.long_name = band.description.empty() ? layer.variable : band.description;
  layer.kind = source.kind;
  layer.encoding = encoding_of(source, band);
  if (!source.is_static) layer.period = period_of(match, source.periods);
  layer.made_by = source.name;
  const bool is_file = !match.path.starts_with("/vsi") && match.path.find("://") == std::string::npos;
  layer.files.push_back(
      {is_file ? std::filesystem::absolute(match.path).lexically_normal().string() : match.path, number});
  return layer;
}

}  // namespace

Result<std::vector<Layer>> raster_layers(const RasterSource& source) {
  if (!source.is_static && !has_dates(source.pattern)) {
    return usage_error(
        "source {}: the path {} says no dates; put {{start}} and {{end}} or {{year}} into it, or set static: true",
        source.name, source.pattern);
  }
  const auto matches = find_rasters(source.pattern);
  if (!matches) return within("source " + source.name, matches.error());
  std::vector<Layer> layers;
  for (const PatternMatch& match : *matches) {
    auto layer = layer_of(source, match);
    if (!layer) return Failure(layer.error());
    Layer* before = layers.empty() ? nullptr : &layers.back();
    if (!before || before->variable != layer->variable || before->period != layer->period) {
      layers.push_back(std::move(*layer));
    } else if (!(before->encoding == layer->encoding)) {
      return input_error("source {}: {} and {} are to be joined but encode their numbers differently", source.name,
                         before->files.front().path, match.path);
    } else {
      before->files.push_back(layer->files.front());
    }
  }
  return layers;
}

}  // namespace ecocube
