// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/legend.h"
#include "data/cube/period.h"

namespace ecocube {

/// One layer joined over the whole area into one file.
struct MosaicLayer {
  std::string variable;
  std::string long_name;
  LayerKind kind = LayerKind::continuous;
  Encoding encoding;
  std::vector<LegendClass> classes;  ///< of a class map
  std::string collection;            ///< folder and id of the product it belongs to
  std::string item;                  ///< folder and id of its place in time
  std::string file;                  ///< path in the run's folder
  std::uint64_t bytes = 0;
  std::string sha256;
  bool operator==(const MosaicLayer&) const = default;
};

/// What one task of the step mosaic wrote; all that publishing needs to know.
struct Mosaic {
  std::string made_by;  ///< step that made the layers
  std::string lineage;  ///< how they came about, in a sentence
  Day start, end;       ///< both included
  Grid grid;
  Window window;
  std::vector<std::pair<std::string, std::string>> software;
  std::vector<MosaicLayer> layers;
  bool operator==(const Mosaic&) const = default;
};

Value to_json(const Mosaic& mosaic);
/// `origin` names the file in messages.
Result<Mosaic> parse_mosaic(const std::string& text, const std::string& origin);

Value to_json(const Encoding& encoding);
Value to_json(const std::vector<LegendClass>& classes);
Value to_json(const Grid& grid);
Value to_json(const Window& window);

}  // namespace ecocube
