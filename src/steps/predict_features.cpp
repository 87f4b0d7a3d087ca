// SPDX-License-Identifier: Apache-2.0
#include "steps/predict_features.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "data/table/table.h"

namespace ecocube {
namespace {

Result<MappedSpan> span_of(const Cube& cube, std::vector<int> years, std::string name) {
  for (const int year : years) {
    if (!std::binary_search(cube.years.begin(), cube.years.end(), year))
      return usage_error("{} is not one of the cube's years {}..{}", year, cube.years.front(), cube.years.back());
  }
  MappedSpan span;
  span.name = std::move(name);
  const Period first = PeriodScheme::years().of_year(years.front()).front(),
               last = PeriodScheme::years().of_year(years.back()).front();
  span.period = {years.size() == 1 ? first.slot : span.name, years.back(), first.start, last.end};
  span.years = std::move(years);
  return span;
}

/// Same meaning: the unit where both tell one, scale and offset unless they may differ.
Result<void> check_same(const std::string& feature, const Layer& layer, const FeatureFacts& facts, bool any_scale) {
  const Encoding& encoding = layer.encoding;
  if (!facts.unit.empty() && !encoding.unit.empty() && facts.unit != encoding.unit) {
    return input_error("feature {}: the model was trained on '{}', the layer of {} holds '{}'", feature, facts.unit,
                       layer.made_by, encoding.unit);
  }
  const bool unknown = facts.scale == 0;
  if (any_scale || unknown || (facts.scale == encoding.scale && facts.offset == encoding.offset)) return {};
  return input_error(
      "feature {}: the model was trained on numbers stored as value = stored x {} + {}, the layer of {} stores them as "
      "stored x {} + {}; if both mean the same physical values, set any_scale: true",
      feature, facts.scale, facts.offset, layer.made_by, encoding.scale, encoding.offset);
}

}  // namespace

std::vector<Layer> MappedSpan::of_feature(const std::string& feature) const {
  std::vector<Layer> found;
  for (const Layer& layer : layers) {
    if (layer.feature_name() == feature) found.push_back(layer);
  }
  return found;
}

std::vector<std::string> MappedSpan::feature_names() const {
  std::vector<std::string> names;
  for (const Layer& layer : layers) {
    if (std::find(names.begin(), names.end(), layer.feature_name()) == names.end())
      names.push_back(layer.feature_name());
  }
  return names;
}

Result<std::vector<MappedSpan>> spans_to_map(const Cube& cube, const Value& years,
                                             const std::vector<std::string>& spans) {
  std::vector<MappedSpan> found;
  if (!spans.empty()) {
    if (!years.is_null()) return usage_error("years and periods are both given: one of them says what is mapped");
    for (const std::string& text : spans) {
      auto listed = parse_years(Value(text));
      if (!listed) return within("periods", listed.error());
      const std::string name = listed->size() == 1 ? text : fmt::format("{}_{}", listed->front(), listed->back());
      auto span = span_of(cube, *listed, name);
      if (!span) return within("periods", span.error());
      found.push_back(std::move(*span));
    }
    return found;
  }
  std::vector<int> single = cube.years;
  if (!years.is_null()) {
    ECOCUBE_TRY_ASSIGN(single, parse_years(years));
  }
  for (const int year : single) {
    auto span = span_of(cube, {year}, fmt::format("{}", year));
    if (!span) return within("years", span.error());
    found.push_back(std::move(*span));
  }
  return found;
}

void find_layers(const LayerSet& layers, const std::vector<std::string>& wanted, MappedSpan& span) {
  std::set<std::string> files;
  for (const Layer& layer : layers.all()) {
    const bool in_time =
        !layer.period || std::find(span.years.begin(), span.years.end(), layer.period->year) != span.years.end();
    const bool asked = wanted.empty() || std::find(wanted.begin(), wanted.end(), layer.feature_name()) != wanted.end();
    if (!in_time || !asked) continue;
    for (const LayerFile& file : layer.files) files.insert(file.path);
    span.layers.push_back(layer);
  }
  span.open_files = std::min(files.size(), LayerReader::kMostOpen) + 1;
}

Result<PixelFeatures> PixelFeatures::of(const Model& model, const MappedSpan& span, bool any_scale) {
  PixelFeatures features;
  for (std::size_t f = 0; f < model.features.size(); ++f) {
    const std::string& name = model.features[f];
    Source source;
    if (name == kDepthFeature) {
      features.sources_.push_back(source);
      continue;
    }
    source.layers = span.of_feature(name);
    const bool yearly = !source.layers.empty() && source.layers.front().period;
    if (source.layers.empty() || (yearly && source.layers.size() != span.years.size())) {
      return input_error(
          "no layer gives the model's feature {} in {}{}", name, span.name,
          source.layers.empty() ? suggestion(name, span.feature_names()) : ": some of its years lack it");
    }
    if (!model.facts.empty()) {
      for (const Layer& layer : source.layers) ECOCUBE_TRY(check_same(name, layer, model.facts[f], any_scale));
    }
    const Encoding& encoding = source.layers.front().encoding;
    source.bytes = source.layers.size() == 1 && encoding.type == DataType::uint8 && encoding.no_data;
    features.sources_.push_back(std::move(source));
  }
  const std::size_t count = features.sources_.size();
  features.values_.resize(count);
  features.bytes_.resize(count);
  features.valid_.resize(count);
  features.planes_.resize(count);
  return features;
}

std::vector<std::optional<StoredBytes>> PixelFeatures::stored() const {
  std::vector<std::optional<StoredBytes>> stored;
  for (const Source& source : sources_) {
    stored.emplace_back();
    if (!source.bytes) continue;
    const Encoding& encoding = source.layers.front().encoding;
    stored.back() = StoredBytes{encoding.scale, encoding.offset, static_cast<std::uint8_t>(*encoding.no_data)};
  }
  return stored;
}

Result<void> PixelFeatures::read_mean(LayerReader& reader, const std::string& tile, const Window& part,
                                      std::size_t feature) {
  const auto pixels = static_cast<std::size_t>(part.pixels());
  std::vector<float>& values = values_[feature];
  std::vector<std::uint8_t>& count = valid_[feature];
  const std::vector<Layer>& layers = sources_[feature].layers;
  values.resize(pixels);
  count.resize(pixels);
  ECOCUBE_TRY(reader.read_decoded(layers.front(), tile, part, values, count));
  year_values_.resize(pixels);
  year_valid_.resize(pixels);
  for (std::size_t year = 1; year < layers.size(); ++year) {
    ECOCUBE_TRY(reader.read_decoded(layers[year], tile, part, year_values_, year_valid_));
    for (std::size_t i = 0; i < pixels; ++i) {
      if (!year_valid_[i]) continue;
      values[i] = count[i] ? values[i] + year_values_[i] : year_values_[i];
      count[i] = static_cast<std::uint8_t>(count[i] + 1);
    }
  }
  for (std::size_t i = 0; layers.size() > 1 && i < pixels; ++i) {
    if (count[i] > 1) values[i] /= static_cast<float>(count[i]);
  }
  return {};
}

Result<void> PixelFeatures::read(LayerReader& reader, const std::string& tile, const Window& part) {
  const auto pixels = static_cast<std::size_t>(part.pixels());
  for (std::size_t f = 0; f < sources_.size(); ++f) {
    const Source& source = sources_[f];
    if (source.layers.empty()) continue;
    if (source.bytes) {
      bytes_[f].resize(pixels);
      ECOCUBE_TRY(reader.read_stored<std::uint8_t>(source.layers.front(), tile, part, bytes_[f].data(),
                                                   static_cast<std::size_t>(part.cols)));
      planes_[f] = {nullptr, bytes_[f].data(), nullptr};
    } else {
      ECOCUBE_TRY(read_mean(reader, tile, part, f));
      planes_[f] = {values_[f].data(), nullptr, valid_[f].data()};
    }
  }
  return {};
}

void PixelFeatures::set_depth(const Window& part, double depth) {
  for (std::size_t f = 0; f < sources_.size(); ++f) {
    if (!sources_[f].layers.empty()) continue;
    values_[f].assign(static_cast<std::size_t>(part.pixels()), static_cast<float>(depth));
    planes_[f] = {values_[f].data(), nullptr, nullptr};
  }
}

bool PixelFeatures::has_depth() const {
  return std::any_of(sources_.begin(), sources_.end(), [](const Source& source) { return source.layers.empty(); });
}

std::uint64_t PixelFeatures::bytes_per_pixel(std::size_t features) {
  constexpr std::uint64_t kNumber = sizeof(float) + 1;
  return features * kNumber + 2 * kNumber + 2 * sizeof(double) + sizeof(float);
}

}  // namespace ecocube
