// SPDX-License-Identifier: Apache-2.0
#include "steps/predict_outputs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"
#include "steps/class_layers.h"

namespace ecocube {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kNoClass = static_cast<std::size_t>(-1);

/// A plane of `planes` with one for every class (or level).
template <class T>
std::span<const T> plane_of(const std::vector<T>& planes, std::size_t index, std::size_t pixels) {
  return std::span(planes).subspan(index * pixels, pixels);
}

OutputBand band_of(const std::string& variable, const std::string& what, LayerKind kind, const Encoding& encoding,
                   const std::string& file, bool put) {
  OutputBand band;
  band.layer.variable = variable;
  band.layer.long_name = what;
  band.layer.kind = kind;
  band.layer.encoding = encoding;
  band.file = file;
  band.put = put;
  return band;
}

/// Takes one of the byte planes of a map.
OutputBand byte_band(const std::string& variable, const std::string& what,
                     std::vector<std::uint8_t> MappedPixels::*planes, std::size_t index, const std::string& file,
                     bool put) {
  OutputBand band = band_of(variable, what, LayerKind::continuous, kPercentBytes, file, put);
  if (index != kNoClass) {
    band.bytes = [planes, index](const MappedPixels& mapped, std::size_t pixels) {
      return plane_of(mapped.*planes, index, pixels);
    };
    return band;
  }
  band.physical = [](const MappedPixels& mapped, std::size_t, std::vector<float>& numbers) {
    for (const std::uint8_t byte : mapped.dominant) numbers.push_back(byte == MappedPixels::kNoData ? kMissing : 0.0F);
  };
  return band;
}

OutputBand number_band(const std::string& variable, const std::string& what, const Encoding& encoding,
                       std::vector<float> MappedPixels::*planes, std::size_t index, const std::string& file) {
  OutputBand band = band_of(variable, what, LayerKind::continuous, encoding, file, true);
  band.physical = [planes, index](const MappedPixels& mapped, std::size_t pixels, std::vector<float>& numbers) {
    const auto plane = plane_of(mapped.*planes, index, pixels);
    numbers.insert(numbers.end(), plane.begin(), plane.end());
  };
  return band;
}

OutputBand level_band(const Model& model, int level) {
  const std::vector<CodeGroup> groups = groups_of_level(model.classes, level);
  OutputBand band = band_of(fmt::format("class_level{}", level), fmt::format("Most probable class of level {}", level),
                            LayerKind::classes, kClassBytes, "", true);
  for (const CodeGroup& group : groups) band.classes.push_back(group.entry);
  band.physical = [groups](const MappedPixels& mapped, std::size_t pixels, std::vector<float>& numbers) {
    for (std::size_t i = 0; i < pixels; ++i) {
      if (mapped.dominant[i] == MappedPixels::kNoData) {
        numbers.push_back(kMissing);
        continue;
      }
      int most = -1, value = 0;
      for (const CodeGroup& group : groups) {
        int sum = 0;
        for (const std::size_t member : group.members) sum += mapped.probability[member * pixels + i];
        if (sum > most) most = sum, value = group.entry.value;
      }
      numbers.push_back(static_cast<float>(value));
    }
  };
  return band;
}

void add_map(const Model& model, const Products& products, std::vector<OutputBand>& bands) {
  OutputBand map = band_of("class", "Most probable class", LayerKind::classes, kClassBytes, "", true);
  map.classes = model.classes;
  map.bytes = [](const MappedPixels& mapped, std::size_t) { return std::span(mapped.dominant); };
  bands.push_back(std::move(map));
  bands.push_back(byte_band("class_probability", "Probability of the most probable class",
                            &MappedPixels::dominant_probability, 0, "", true));
  bands.push_back(byte_band("class_uncertainty", "Spread of the learners about the most probable class",
                            &MappedPixels::dominant_uncertainty, 0, "", true));
  for (const int level : products.levels) bands.push_back(level_band(model, level));
}

void add_classes(const Model& model, const Products& products, std::vector<OutputBand>& bands) {
  for (std::size_t c = 0; products.has("probability") && c < model.classes.size(); ++c)
    bands.push_back(byte_band(probability_variable(model.classes[c]), "Probability of " + model.classes[c].name,
                              &MappedPixels::probability, c, "", false));
  for (std::size_t c = 0; products.has("uncertainty") && c < model.classes.size(); ++c)
    bands.push_back(byte_band(uncertainty_variable(model.classes[c]),
                              "Spread of the learners, " + model.classes[c].name, &MappedPixels::uncertainty, c, "",
                              false));
  for (std::size_t c = 0; products.has("sets") && c < model.classes.size(); ++c) {
    OutputBand band = byte_band("set_" + model.classes[c].code, "Whether the class set holds " + model.classes[c].name,
                                &MappedPixels::set_member, c, "", false);
    band.layer.kind = LayerKind::source;
    band.layer.encoding = kClassBytes;
    bands.push_back(std::move(band));
  }
}

/// A file of their own for the classes that steps after this one may use: its bands are known before the model is.
void add_class_layers(const Model& model, const Products& products, std::vector<OutputBand>& bands) {
  for (const bool spread : {false, true}) {
    if (spread && !products.has("uncertainty")) continue;
    for (const std::string& code : products.classes) {
      const auto found =
          std::find_if(model.classes.begin(), model.classes.end(), [&](const auto& c) { return c.code == code; });
      const std::size_t index =
          found == model.classes.end() ? kNoClass : static_cast<std::size_t>(found - model.classes.begin());
      const LegendClass entry = found == model.classes.end() ? LegendClass{code, code, 0, {}} : *found;
      bands.push_back(spread ? byte_band(uncertainty_variable(entry), "Spread of the learners, " + entry.name,
                                         &MappedPixels::uncertainty, index, "_classes", true)
                             : byte_band(probability_variable(entry), "Probability of " + entry.name,
                                         &MappedPixels::probability, index, "_classes", true));
    }
  }
}

/// Digits behind the point, two at least: 05 of .05, 90 of .9, 025 of .025; 100 of 1.
std::string digits_of(double share) {
  if (share >= 1) return "100";
  std::string digits = fmt::format("{:.6f}", share).substr(2);
  while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
  return digits;
}

void add_numbers(const Model& model, const Products& products, const std::string& depth,
                 std::vector<OutputBand>& bands) {
  const Response& response = *model.response;
  const std::string name = response.variable + (depth.empty() ? "" : "_" + depth), file = "_values";
  Encoding encoding{DataType::float32, 1, 0, std::numeric_limits<double>::quiet_NaN(), response.unit};
  if (products.scale > 0) encoding = {DataType::int16, products.scale, 0, -32768.0, response.unit};
  const std::string of = response.variable + (depth.empty() ? "" : " at " + depth);
  if (products.has("value"))
    bands.push_back(number_band(name, "Predicted " + of, encoding, &MappedPixels::value, 0, file));
  if (products.has("spread"))
    bands.push_back(number_band(name + "_spread", "Standard deviation of the learners, " + of, encoding,
                                &MappedPixels::spread, 0, file));
  for (std::size_t q = 0; products.has("quantiles") && q < products.quantiles.size(); ++q) {
    const double level = products.quantiles[q];
    bands.push_back(number_band(fmt::format("{}_q{}", name, digits_of(level)),
                                fmt::format("Quantile {} of {}", level, of), encoding, &MappedPixels::quantile, q,
                                file));
  }
  if (!products.has("intervals")) return;
  const std::string asked = digits_of(products.coverage);
  const std::string interval = fmt::format("end of the {} % interval, {}", 100 * products.coverage, of);
  bands.push_back(number_band(name + "_lower" + asked, "Lower " + interval, encoding, &MappedPixels::lower, 0, file));
  bands.push_back(number_band(name + "_upper" + asked, "Upper " + interval, encoding, &MappedPixels::upper, 0, file));
}

}  // namespace

bool Products::has(const char* name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> product_names(bool regression) {
  if (regression) return {"value", "spread", "quantiles", "intervals", "applicability"};
  return {"probability", "class", "uncertainty", "margin", "entropy", "sets", "applicability"};
}

std::vector<OutputBand> output_bands(const Model& model, const Products& products, const std::string& depth) {
  std::vector<OutputBand> bands;
  if (model.response) {
    add_numbers(model, products, depth, bands);
  } else {
    if (products.has("class")) add_map(model, products, bands);
    const auto add = [&](const char* product, const char* variable, const char* what,
                         std::vector<std::uint8_t> MappedPixels::*planes, const Encoding& encoding) {
      if (!products.has(product)) return;
      OutputBand band = byte_band(variable, what, planes, 0, "", true);
      band.layer.encoding = encoding;
      bands.push_back(std::move(band));
    };
    add("margin", "class_margin", "Probability of the first class less that of the second", &MappedPixels::margin,
        kPercentBytes);
    add("entropy", "class_entropy", "Entropy of the class probabilities, 100: all are as likely",
        &MappedPixels::entropy, kPercentBytes);
    add("sets", "class_set_size", "Classes in the class set", &MappedPixels::set_size, kClassBytes);
    add_classes(model, products, bands);
    add_class_layers(model, products, bands);
  }
  if (products.has("applicability")) {
    const std::string suffix = depth.empty() ? "" : "_" + depth;
    const Encoding index{DataType::uint16, 0.001, 0, 65535.0, ""};
    bands.push_back(number_band("dissimilarity" + suffix, "Dissimilarity to the training rows (Meyer and Pebesma 2021)",
                                index, &MappedPixels::dissimilarity, 0, "_applicability"));
    OutputBand outside = byte_band("outside" + suffix, "1: beyond the area of applicability", &MappedPixels::outside, 0,
                                   "_applicability", true);
    outside.layer.encoding = {DataType::uint16, 1, 0, 65535.0, ""};
    outside.layer.kind = LayerKind::source;
    outside.bytes = nullptr;
    outside.physical = [](const MappedPixels& mapped, std::size_t, std::vector<float>& numbers) {
      for (const std::uint8_t byte : mapped.outside)
        numbers.push_back(byte == MappedPixels::kNoData ? kMissing : static_cast<float>(byte));
    };
    bands.push_back(std::move(outside));
  }
  return bands;
}

Result<WantedOutputs> wanted_outputs(const Model& model, const Products& products) {
  WantedOutputs wanted;
  wanted.dominant = products.has("class") || !products.classes.empty();
  wanted.probability = products.has("probability") || !products.classes.empty() || !products.levels.empty();
  wanted.uncertainty = products.has("uncertainty");
  wanted.margin = products.has("margin");
  wanted.entropy = products.has("entropy");
  wanted.value = products.has("value");
  wanted.spread = products.has("spread");
  if (products.has("quantiles")) wanted.quantiles = products.quantiles;
  wanted.dissimilarity = products.has("applicability");
  const auto level_of = [&](const auto& levels, const char* what) -> Result<std::size_t> {
    std::string known;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (std::abs(levels[i].coverage - products.coverage) < 1e-9) return i;
      known += fmt::format("{}{}", known.empty() ? "" : ", ", levels[i].coverage);
    }
    return input_error("coverage: {} of {} was not calibrated for the model (known: {})", products.coverage, what,
                       known.empty() ? "none" : known);
  };
  if (products.has("sets") && !model.response) {
    if (!model.sets) return input_error("products: the model has no class sets; train it with the option sets");
    ECOCUBE_TRY_ASSIGN(const std::size_t level, level_of(model.sets->levels, "class sets"));
    wanted.set_levels = {level};
    wanted.set_members = true;
  }
  if (products.has("intervals") && model.response) {
    if (!model.intervals)
      return input_error("products: the model has no intervals; train it with the option intervals");
    ECOCUBE_TRY_ASSIGN(const std::size_t level, level_of(model.intervals->levels, "intervals"));
    wanted.interval_levels = {level};
  }
  ECOCUBE_TRY(check_wanted(model, wanted));
  return wanted;
}

}  // namespace ecocube
