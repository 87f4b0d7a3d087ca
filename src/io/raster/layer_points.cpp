// SPDX-License-Identifier: Apache-2.0
#include "io/raster/layer_points.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>

namespace ecocube {
namespace {

std::int64_t block_of(std::int64_t pixel) {
  const std::int64_t block = pixel / PlacesByBlock::kBlock;
  return pixel % PlacesByBlock::kBlock < 0 ? block - 1 : block;
}

/// The smallest window around some places.
Window around(const std::vector<PixelPlace>& places, const std::vector<std::size_t>& which) {
  std::int64_t top = std::numeric_limits<std::int64_t>::max(), left = top;
  std::int64_t bottom = std::numeric_limits<std::int64_t>::min(), right = bottom;
  for (const std::size_t place : which) {
    top = std::min(top, places[place].row), bottom = std::max(bottom, places[place].row);
    left = std::min(left, places[place].col), right = std::max(right, places[place].col);
  }
  return {top, left, bottom - top + 1, right - left + 1};
}

}  // namespace

PlacesByBlock::PlacesByBlock(std::vector<PixelPlace> places) : places_(std::move(places)) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> known;
  for (std::size_t place = 0; place < places_.size(); ++place) {
    const auto key = std::pair(block_of(places_[place].row), block_of(places_[place].col));
    const auto number = known.emplace(key, blocks_.size()).first->second;
    if (number == blocks_.size()) blocks_.emplace_back();
    blocks_[number].which.push_back(place);
  }
  for (Block& block : blocks_) block.window = around(places_, block.which);
}

namespace {

/// Whether a whole number of the layer's type means missing; files of bytes may say -9999, which no byte is.
bool has_missing_number(const Encoding& encoding) {
  if (!encoding.no_data) return false;
  const double number = *encoding.no_data;
  return number >= lowest_of(encoding.type) && number <= highest_of(encoding.type) && number == std::floor(number);
}

/// One block's places that are wanted, from numbers as they are stored.
template <class T>
Result<void> read_block(LayerReader& reader, const Layer& layer, const std::string& tile, const Window& window,
                        const std::vector<PixelPlace>& places, const std::vector<std::size_t>& which,
                        std::vector<T>& stored, std::span<float> values) {
  stored.resize(static_cast<std::size_t>(window.pixels()));
  ECOCUBE_TRY(reader.read_stored(layer, tile, window, stored.data(), static_cast<std::size_t>(window.cols)));
  const auto missing = static_cast<T>(*layer.encoding.no_data);
  for (const std::size_t place : which) {
    const T number = stored[static_cast<std::size_t>((places[place].row - window.row) * window.cols +
                                                     places[place].col - window.col)];
    values[place] = number == missing ? std::numeric_limits<float>::quiet_NaN()
                                      : static_cast<float>(layer.encoding.decoded(static_cast<double>(number)));
  }
  return {};
}

/// The same of any layer, by way of physical values.
Result<void> read_block_decoded(LayerReader& reader, const Layer& layer, const std::string& tile, const Window& window,
                                const std::vector<PixelPlace>& places, const std::vector<std::size_t>& which,
                                std::span<float> values) {
  std::vector<float> decoded(static_cast<std::size_t>(window.pixels()));
  std::vector<std::uint8_t> valid(decoded.size());
  ECOCUBE_TRY(reader.read_decoded(layer, tile, window, decoded, valid));
  for (const std::size_t place : which) {
    const auto pixel =
        static_cast<std::size_t>((places[place].row - window.row) * window.cols + places[place].col - window.col);
    values[place] = valid[pixel] ? decoded[pixel] : std::numeric_limits<float>::quiet_NaN();
  }
  return {};
}

}  // namespace

Result<void> read_points(LayerReader& reader, const Layer& layer, const std::string& tile, const PlacesByBlock& points,
                         std::span<const std::uint8_t> wanted, std::span<float> values) {
  assert(values.size() == points.places().size() && (wanted.empty() || wanted.size() == values.size()));
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> words;
  const std::vector<PixelPlace>& places = points.places();
  for (const PlacesByBlock::Block& block : points.blocks()) {
    std::vector<std::size_t> which;
    for (const std::size_t place : block.which) {
      if (wanted.empty() || wanted[place] != 0) which.push_back(place);
    }
    if (which.empty()) continue;
    const Window window = which.size() == block.which.size() ? block.window : around(places, which);
    // The straight way for what composites and classes are stored as; other layers are rarer and smaller.
    const DataType type = layer.encoding.type;
    if (type == DataType::uint8 && has_missing_number(layer.encoding)) {
      ECOCUBE_TRY(read_block(reader, layer, tile, window, places, which, bytes, values));
    } else if (type == DataType::uint16 && has_missing_number(layer.encoding)) {
      ECOCUBE_TRY(read_block(reader, layer, tile, window, places, which, words, values));
    } else {
      ECOCUBE_TRY(read_block_decoded(reader, layer, tile, window, places, which, values));
    }
  }
  return {};
}

}  // namespace ecocube
