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

/// Words of `select`.
struct SelectionWord {
  const char* word;
  SelectionKind kind;
  const char* variable;  ///< of the only layer; null: a layer for every band
};
constexpr SelectionWord kSelections[] = {
    {"medoid", SelectionKind::medoid, nullptr},
    {"geomedian", SelectionKind::geometric_median, nullptr},
    {"emad", SelectionKind::euclidean_deviation, "geomedian_emad"},
    {"smad", SelectionKind::spectral_deviation, "geomedian_smad"},
    {"bcmad", SelectionKind::bray_curtis_deviation, "geomedian_bcmad"},
    {"best", SelectionKind::best_pixel, nullptr},
    {"best_day", SelectionKind::best_day, "best_day"},
};

Result<const SelectionWord*> find_selection(const std::string& word) {
  std::vector<std::string> known;
  for (const SelectionWord& one : kSelections) {
    if (word == one.word) return &one;
    known.emplace_back(one.word);
  }
  return usage_error("select: unknown selection '{}'{}", word, suggestion(word, known));
}

/// Stored numbers of deviations and of days, which no byte holds.
Encoding own_encoding(SelectionKind kind, const Product& product, DataType type) {
  const bool is_signed = type == DataType::int16;
  Encoding encoding{type, 1, 0, missing_number(type), ""};
  if (kind == SelectionKind::best_day || type == DataType::float32) return encoding;
  if (kind == SelectionKind::spectral_deviation) encoding.scale = is_signed ? 0.00002 : 0.00001;
  if (kind == SelectionKind::bray_curtis_deviation) encoding.scale = is_signed ? 0.00004 : 0.00002;
  if (kind == SelectionKind::euclidean_deviation) {
    const bool small = std::all_of(product.bands.begin(), product.bands.end(), [](const ProductBand& band) {
      const Quantity quantity = quantity_of(band);
      return quantity == Quantity::reflectance || quantity == Quantity::index;
    });
    encoding.scale = small ? 0.0001 : 0.01;
  }
  return encoding;
}

/// Selected layers of all bands or by metrics.
Result<std::vector<CompositeOutput>> selected_outputs(const Product& product, const CompositeWishes& wishes) {
  std::vector<CompositeOutput> outputs;
  for (const std::string& word : wishes.select) {
    ECOCUBE_TRY_ASSIGN(const SelectionWord* selection, find_selection(word));
    const std::size_t layers = selection->variable ? 1 : product.bands.size();
    for (std::size_t band = 0; band < layers; ++band) {
      const std::string name =
          selection->variable ? selection->variable : fmt::format("{}_{}", product.bands[band].name, word);
      CompositeOutput output{name, band, {}, {}, {}};
      output.selection = SelectionOutput{selection->kind, band, {}, {}};
      outputs.push_back(std::move(output));
    }
  }
  for (const std::string& text : wishes.metrics) {
    const auto metric = parse_metric(text, product);
    if (!metric) return within("metrics", metric.error());
    CompositeOutput output{variable_of(*metric, product), metric->band, {}, {}, {}};
    output.selection = *metric;
    outputs.push_back(std::move(output));
  }
  return outputs;
}

bool has_own_encoding(const CompositeOutput& output) {
  return output.selection && !output.selection->is_of_band();
}

/// `auto` as one of the others.
std::string resolved(const std::string& encoding, const Product& product, bool fits_bytes) {
  if (encoding != "auto") return encoding;
  const bool fits = std::all_of(product.bands.begin(), product.bands.end(), [](const ProductBand& band) {
    const Quantity quantity = quantity_of(band);
    return quantity == Quantity::temperature || quantity == Quantity::reflectance;
  });
  if (fits && fits_bytes) return "uint8";
  if (fits) return "uint16";
  // Bytes of a product of indices have no room for days.
  return !fits_bytes && common_type(product) == DataType::uint8 ? "uint16" : "source";
}

DataType type_of(const std::string& encoding, const Product& product) {
  if (encoding == "uint8") return DataType::uint8;
  if (encoding == "uint16") return DataType::uint16;
  return encoding == "float32" ? DataType::float32 : common_type(product);
}

/// How a figure of a band is stored.
Encoding encoding_of(const CompositeOutput& output, const ProductBand& own, const std::string& encoding,
                     DataType type) {
  const bool spread = series::is_spread(output.statistic);
  if (series::is_pure_number(output.statistic)) return pure_number(type);
  const bool fixed = encoding == "uint8" || encoding == "uint16";
  return fixed ? fixed_encoding(own, type, spread) : source_encoding(own, type, spread);
}

}  // namespace

std::string long_name_of(const CompositeOutput& output, const Product& product) {
  if (output.is_count()) return "";
  if (!has_own_encoding(output)) return product.bands[output.band].long_name;
  switch (output.selection->kind) {
    case SelectionKind::euclidean_deviation:
      return "Median Euclidean distance from the geometric median";
    case SelectionKind::spectral_deviation:
      return "Median cosine distance from the geometric median";
    case SelectionKind::bray_curtis_deviation:
      return "Median Bray-Curtis distance from the geometric median";
    default:
      return "Day of the year of the best available pixel";
  }
}

Result<std::vector<CompositeOutput>> composite_outputs(const Product& product, const CompositeWishes& wishes) {
  ECOCUBE_TRY_ASSIGN(const auto selected, selected_outputs(product, wishes));
  const auto large = std::find_if(selected.begin(), selected.end(), has_own_encoding);
  const std::string choice = resolved(wishes.encoding, product, large == selected.end());
  if (choice == "uint8" || choice == "uint16") ECOCUBE_TRY(check_fixed(product, choice));
  const DataType type = type_of(choice, product);
  if (type == DataType::uint8 && large != selected.end()) {
    return usage_error("encoding: {} stores bytes here, which are too small for {}; take encoding: uint16 or float32",
                       choice, large->variable);
  }
  std::vector<CompositeOutput> outputs;
  for (std::size_t band = 0; band < product.bands.size(); ++band) {
    for (const series::Statistic& statistic : wishes.statistics) {
      outputs.push_back(
          {fmt::format("{}_{}", product.bands[band].name, series::name_of(statistic)), band, statistic, {}, {}});
    }
  }
  outputs.insert(outputs.end(), selected.begin(), selected.end());
  for (CompositeOutput& output : outputs) {
    const ProductBand& own = product.bands[output.band];
    output.encoding = has_own_encoding(output) ? own_encoding(output.selection->kind, product, type)
                                               : encoding_of(output, own, choice, type);
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
