// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_rules.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "steps/composite_selection.h"

namespace ecocube {
namespace {

/// What a band measures, as far as its stored numbers depend on it.
enum class Quantity { reflectance, temperature, index, other };

constexpr double kIceInKelvin = 273.15;

Quantity quantity_of(const ProductBand& band) {
  static constexpr std::array<std::string_view, 16> kSpectral{
      "coastal",           "blue",      "green",     "yellow", "red",       "red_edge",
      "red_edge1",         "red_edge2", "red_edge3", "nir",    "nir_broad", "nir_narrow",
      "water_vapour_band", "swir1",     "swir2",     "pan"};
  if (band.encoding.unit == "K" || band.encoding.unit == "°C") return Quantity::temperature;
  if (!band.encoding.unit.empty()) return Quantity::other;
  if (std::find(kSpectral.begin(), kSpectral.end(), band.name) != kSpectral.end()) return Quantity::reflectance;
  const double lowest = band.encoding.decoded(band.lowest), highest = band.encoding.decoded(band.highest);
  return lowest >= -1.0001 && highest <= 1.0001 ? Quantity::index : Quantity::other;
}

double missing_number(DataType type) {
  if (type == DataType::float32) return std::numeric_limits<double>::quiet_NaN();
  return type == DataType::int16 ? lowest_of(type) : highest_of(type);
}

/// For figures without a unit: tenths from -12.5, or thousandths.
Encoding pure_number(DataType type) {
  if (type == DataType::uint8) return {type, 0.1, -12.5, missing_number(type), ""};
  if (type == DataType::uint16) return {type, 0.001, -32.5, missing_number(type), ""};
  if (type == DataType::int16) return {type, 0.001, 0, missing_number(type), ""};
  return {type, 1, 0, missing_number(type), ""};
}

/// The stored numbers of `uint8` and `uint16`.
Encoding fixed_encoding(const ProductBand& band, DataType type, bool spread) {
  const bool fine = type == DataType::uint16;
  const double missing = missing_number(type);
  switch (quantity_of(band)) {
    case Quantity::temperature: {
      const double zero = band.encoding.unit == "K" ? 0 : -kIceInKelvin;
      if (fine) return {type, 0.01, spread ? 0 : zero, missing, band.encoding.unit};
      return {type, 0.5, spread ? 0 : 200 + zero, missing, band.encoding.unit};
    }
    case Quantity::index:
      if (fine) return {type, 1.0 / 20000, spread ? 0.0 : -1.0, missing, ""};
      return {type, 0.008, spread ? 0.0 : -1.0, missing, ""};
    default:
      if (fine) return {type, 1.0 / 40000, 0, missing, ""};
      return {type, 0.004, 0, missing, ""};
  }
}

/// The type that holds the stored numbers of all bands.
DataType common_type(const Product& product) {
  const auto all = [&](DataType type) {
    return std::all_of(product.bands.begin(), product.bands.end(),
                       [&](const ProductBand& band) { return band.encoding.type == type; });
  };
  for (const DataType type : {DataType::uint8, DataType::uint16, DataType::int16}) {
    if (all(type)) return type;
  }
  return DataType::float32;
}

Encoding source_encoding(const ProductBand& band, DataType type, bool spread) {
  if (type == DataType::float32) return {type, 1, 0, missing_number(type), band.encoding.unit};
  return {type, band.encoding.scale, spread ? 0 : band.encoding.offset, missing_number(type), band.encoding.unit};
}

Result<void> check_fixed(const Product& product, const std::string& encoding) {
  for (const ProductBand& band : product.bands) {
    if (quantity_of(band) == Quantity::other) {
      return usage_error(
          "encoding: {} holds reflectance, temperature and indices within -1..1, and band '{}' of {} is none; take "
          "encoding: source",
          encoding, band.name, product.name);
    }
  }
  return {};
}

/// `auto` as one of the others.
std::string resolved(const std::string& encoding, const Product& product) {
  if (encoding != "auto") return encoding;
  const bool fits = std::all_of(product.bands.begin(), product.bands.end(), [](const ProductBand& band) {
    const Quantity quantity = quantity_of(band);
    return quantity == Quantity::temperature || quantity == Quantity::reflectance;
  });
  return fits ? "uint8" : "source";
}

/// Selected layers of all bands or by metrics; values of the bands, so no statistic of their own.
Result<std::vector<CompositeOutput>> selected_outputs(const Product& product, const CompositeWishes& wishes) {
  static constexpr std::pair<const char*, SelectionKind> kKinds[] = {{"medoid", SelectionKind::medoid},
                                                                     {"geomedian", SelectionKind::geometric_median},
                                                                     {"best", SelectionKind::best_pixel}};
  std::vector<CompositeOutput> outputs;
  for (const std::string& word : wishes.select) {
    const auto* const kind =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& one) { return word == one.first; });
    if (kind == std::end(kKinds)) {
      const std::vector<std::string> known{"medoid", "geomedian", "best"};
      return usage_error("select: unknown selection '{}'{}", word, suggestion(word, known));
    }
    for (std::size_t band = 0; band < product.bands.size(); ++band) {
      CompositeOutput output{fmt::format("{}_{}", product.bands[band].name, word), band, {}, {}, {}};
      output.selection = SelectionOutput{kind->second, band, {}, 0, {}};
      outputs.push_back(std::move(output));
    }
  }
  for (const std::string& text : wishes.metrics) {
    const auto metric = parse_metric(text, product);
    if (!metric) return within("metrics", metric.error());
    CompositeOutput output{variable_of(*metric, text, product), metric->band, {}, {}, {}};
    output.selection = *metric;
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace

Result<std::vector<CompositeOutput>> composite_outputs(const Product& product, const CompositeWishes& wishes) {
  const std::string choice = resolved(wishes.encoding, product);
  if (choice != "source") ECOCUBE_TRY(check_fixed(product, choice));
  const DataType type = choice == "uint8"    ? DataType::uint8
                        : choice == "uint16" ? DataType::uint16
                                             : common_type(product);
  std::vector<CompositeOutput> outputs;
  for (std::size_t band = 0; band < product.bands.size(); ++band) {
    for (const series::Statistic& statistic : wishes.statistics) {
      outputs.push_back(
          {fmt::format("{}_{}", product.bands[band].name, series::name_of(statistic)), band, statistic, {}, {}});
    }
  }
  ECOCUBE_TRY_ASSIGN(const auto selected, selected_outputs(product, wishes));
  outputs.insert(outputs.end(), selected.begin(), selected.end());
  for (CompositeOutput& output : outputs) {
    const ProductBand& own = product.bands[output.band];
    const bool spread = series::is_spread(output.statistic);
    output.encoding = series::is_pure_number(output.statistic) ? pure_number(type)
                      : choice == "source"                     ? source_encoding(own, type, spread)
                                                               : fixed_encoding(own, type, spread);
    output.recoding = series::Recoding::between(own.encoding, output.encoding, output.statistic);
  }
  if (wishes.count) {
    const Encoding counts{type, 1, 0, missing_number(type), ""};
    outputs.push_back({kCountVariable, 0, {series::Statistic::Kind::count, 0}, counts, {}});
  }
  if (outputs.empty()) return usage_error("there is nothing to write: no statistics, selections, metrics or count");
  return outputs;
}

}  // namespace ecocube
