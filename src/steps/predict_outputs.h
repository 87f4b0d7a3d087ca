// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"
#include "io/raster/raster.h"
#include "methods/infer/mapped_pixels.h"

namespace ecocube {

/// What the person asked to be mapped.
struct Products {
  std::vector<std::string> names;    ///< see product_names
  std::vector<std::string> classes;  ///< codes of classes whose probability and uncertainty become layers
  std::vector<int> levels;           ///< of CORINE-like codes: 1 and 2 digits
  double coverage = 0.9;             ///< of sets and intervals
  std::vector<double> quantiles{0.05, 0.5, 0.95};
  double scale = 0;  ///< of numbers stored as int16; 0: float32

  bool has(const char* name) const;
};

/// The words that products may hold, for models of classes and of a number.
std::vector<std::string> product_names(bool regression);

/// One band of a file and where its numbers come from.
struct OutputBand {
  Layer layer;       ///< variable, long name, kind and encoding; period, maker and file are the step's
  std::string file;  ///< suffix of the file that it lies in: "", `_classes`, `_values`, `_applicability`
  bool put = false;  ///< whether steps after this one may take it as a layer
  std::vector<LegendClass> classes;  ///< colours and names of a layer of classes
  /// The stored bytes of the pixels, missing ones as in MappedPixels; where there is none, `physical` is asked.
  std::function<std::span<const std::uint8_t>(const MappedPixels& mapped, std::size_t pixels)> bytes = nullptr;
  /// Adds the physical numbers of the pixels, NaN where missing.
  std::function<void(const MappedPixels& mapped, std::size_t pixels, std::vector<float>& numbers)> physical;
};

/// The bands that a model is asked for, in the order in which they are written. For planning the model may still be
/// unknown in part: of a model that is yet to be trained, `classes` are the legend's.
///
/// depth  suffix of the variable: empty, or `b30cm`
std::vector<OutputBand> output_bands(const Model& model, const Products& products, const std::string& depth);

/// What the predictor has to compute for them. Errors: a coverage that the model was not calibrated for, a class asked
/// for that is none of the legend.
Result<WantedOutputs> wanted_outputs(const Model& model, const Products& products);

}  // namespace ecocube
