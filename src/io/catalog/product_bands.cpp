// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/product_bands.h"

#include <algorithm>
#include <string>

namespace ecocube {
namespace {

/// All texts that {band} may read.
std::vector<std::string> band_texts(const ProductDescription& description) {
  std::vector<std::string> texts;
  for (const BandPlace& place : description.places) {
    for (const auto& [kind, some] : place.texts) texts.insert(texts.end(), some.begin(), some.end());
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

}  // namespace

Result<std::vector<FileNames>> compile_names(const ProductDescription& description) {
  std::vector<FileNames> names;
  for (const std::string& pattern : description.names) {
    auto one = FileNames::compile(pattern, description.tokens, band_texts(description));
    if (!one) return within("format " + description.origin, one.error());
    if (!description.dates_in_bands && !one->has("date") && !one->has("year")) {
      return usage_error("format {}: names: '{}' says no date; put {{date}} or {{year}} into it, or set dates: bands",
                         description.origin, pattern);
    }
    names.push_back(std::move(*one));
  }
  return names;
}

std::vector<NamedBand> bands_named(const ProductDescription& description, const NameTokens& tokens) {
  std::vector<NamedBand> found;
  const auto band = tokens.find("band"), sensor = tokens.find("sensor");
  const auto kind = description.sensor_kind(sensor == tokens.end() ? "" : sensor->second);
  if (!kind) return found;
  for (const BandPlace& place : description.places) {
    if (band == tokens.end()) {
      found.push_back({&place, 0});
      continue;
    }
    for (const auto& [for_kind, texts] : place.texts) {
      if (!for_kind.empty() && for_kind != *kind) continue;
      const auto at = std::find(texts.begin(), texts.end(), band->second);
      if (at != texts.end()) found.push_back({&place, static_cast<std::size_t>(at - texts.begin())});
    }
  }
  return found;
}

}  // namespace ecocube
