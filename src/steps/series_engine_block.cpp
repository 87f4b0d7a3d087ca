// SPDX-License-Identifier: Apache-2.0
#include "steps/series_engine_block.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <new>

namespace ecocube {
namespace {

constexpr std::size_t kLine = 64;
const double kNaN = std::numeric_limits<double>::quiet_NaN();

bool is_short(DataType type) {
  return type == DataType::uint8 || type == DataType::uint16 || type == DataType::int16;
}

template <class T>
bool is_missing(T stored, T no_data) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(stored) || stored == no_data;
  return stored == no_data;
}

template <class T>
T missing_number(const Encoding& held) {
  if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::quiet_NaN();
  return static_cast<T>(*held.no_data);
}

bool in_tiles(const Layer& layer) {
  return std::any_of(layer.files.begin(), layer.files.end(),
                     [](const LayerFile& file) { return file.path.find("{tile}") != std::string::npos; });
}

/// As Encoding::encoded, for many numbers.
template <class T>
void encode(const Encoding& encoding, std::span<const float> values, std::span<const std::uint8_t> valid, T missing,
            T* stored) {
  const bool rounds = encoding.type != DataType::float32 && encoding.type != DataType::float64;
  const double low = lowest_of(encoding.type), high = highest_of(encoding.type);
  const double avoided = encoding.no_data.value_or(kNaN), scale = encoding.scale, offset = encoding.offset;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (valid[i] == 0 || std::isnan(values[i])) {
      stored[i] = missing;
      continue;
    }
    double number = (static_cast<double>(values[i]) - offset) / scale;
    if (rounds) {
      number = std::clamp(std::floor(number + 0.5), low, high);
      if (number == avoided) number += number > low ? -1 : 1;
    }
    stored[i] = static_cast<T>(number);
  }
}

}  // namespace

Encoding held_encoding(std::span<const Layer> layers) {
  if (layers.empty()) return {DataType::float32, 1, 0, kNaN, {}};
  const Encoding& first = layers.front().encoding;
  const bool alike =
      std::all_of(layers.begin(), layers.end(), [&](const Layer& layer) { return layer.encoding == first; });
  if (!alike) return {DataType::float32, 1, 0, kNaN, {}};
  const bool has_number = first.no_data && *first.no_data >= lowest_of(first.type) &&
                          *first.no_data <= highest_of(first.type) && *first.no_data == std::floor(*first.no_data);
  if (is_short(first.type) && has_number) return first;
  return {DataType::float32, first.scale, first.offset, kNaN, first.unit};
}

DataType held_type(const Encoding& output) {
  return is_short(output.type) ? output.type : DataType::float32;
}

std::size_t plane_stride(std::size_t pixels) {
  const std::size_t lines = (pixels + kLine - 1) / kLine;
  return (lines | 1) * kLine;
}

std::uint8_t* PlaneMemory::reserve(std::size_t bytes) {
  if (bytes <= size_) return bytes_;
  release();
  bytes_ = static_cast<std::uint8_t*>(::operator new (bytes, std::align_val_t{kLine}));
  size_ = bytes;
  return bytes_;
}

void PlaneMemory::release() {
  if (bytes_) ::operator delete (bytes_, std::align_val_t{kLine});
  bytes_ = nullptr;
  size_ = 0;
}

std::vector<TilePart> tile_parts(const Cube& cube, const Window& window) {
  const auto tile_at = [&](std::int64_t pixel) {
    const std::int64_t side = cube.grid.tile_pixels;
    return pixel >= 0 ? pixel / side : -((side - 1 - pixel) / side);
  };
  std::vector<TilePart> parts;
  for (std::int64_t row = tile_at(window.row); row <= tile_at(window.row + window.rows - 1); ++row) {
    for (std::int64_t col = tile_at(window.col); col <= tile_at(window.col + window.cols - 1); ++col) {
      std::string name = Tile{row, col, {}}.name();
      const Tile* tile = cube.tile_named(name);
      if (!tile) continue;
      const Window part = intersection(tile->window, window);
      if (!part.empty()) parts.push_back({std::move(name), part});
    }
  }
  return parts;
}

std::size_t SeriesBlock::place_of(std::size_t pixel) const {
  const auto cols = static_cast<std::size_t>(where().cols);
  const auto row = static_cast<std::size_t>(where().row - around().row) + pixel / cols,
             col = static_cast<std::size_t>(where().col - around().col) + pixel % cols;
  return row * static_cast<std::size_t>(around().cols) + col;
}

Result<void> HeldBlock::read(LayerReader& reader, const Cube& cube, const SeriesGroup& group, const std::string& tile,
                             const Window& where) {
  group_ = &group;
  where_ = where;
  const int halo = group.kernel->halo_pixels();
  around_ = intersection({where.row - halo, where.col - halo, where.rows + 2 * halo, where.cols + 2 * halo}, cube.area);
  encoding_ = held_encoding(group.inputs);
  mixed_ = std::any_of(group.inputs.begin(), group.inputs.end(),
                       [&](const Layer& layer) { return !(layer.encoding == group.inputs.front().encoding); });
  stride_ = plane_stride(pixels());
  memory_.reserve(group.inputs.size() * stride_ * bytes_of(encoding_.type));
  return with_held_type(encoding_.type, [&]<class T>(T) -> Result<void> { return read_planes<T>(reader, cube, tile); });
}

template <class T>
Result<void> HeldBlock::read_planes(LayerReader& reader, const Cube& cube, const std::string& tile) {
  const std::vector<TilePart> whole{{tile, around_}}, parts = tile_parts(cube, around_);
  std::int64_t held_by_tiles = 0;
  for (const TilePart& part : parts) held_by_tiles += part.window.pixels();
  T* plane = static_cast<T*>(static_cast<void*>(memory_.data()));
  for (const Layer& layer : group_->inputs) {
    // An area of chosen tiles has holes, in which nobody writes.
    if (in_tiles(layer) && held_by_tiles < around_.pixels()) std::fill_n(plane, pixels(), missing_number<T>(encoding_));
    for (const TilePart& part : in_tiles(layer) ? parts : whole) {
      ECOCUBE_TRY(read_plane<T>(reader, layer, part, plane));
    }
    plane += stride_;
  }
  return {};
}

template <class T>
Result<void> HeldBlock::read_plane(LayerReader& reader, const Layer& layer, const TilePart& part, T* plane) {
  const auto width = static_cast<std::size_t>(around_.cols), cols = static_cast<std::size_t>(part.window.cols);
  T* first = plane + static_cast<std::size_t>(part.window.row - around_.row) * width +
             static_cast<std::size_t>(part.window.col - around_.col);
  if constexpr (!std::is_same_v<T, float>) {
    return reader.read_stored(layer, part.tile, part.window, first, width);
  } else {
    std::vector<float> values(static_cast<std::size_t>(part.window.pixels()));
    std::vector<std::uint8_t> valid(values.size());
    ECOCUBE_TRY(mixed_ ? reader.read_decoded(layer, part.tile, part.window, values, valid)
                       : reader.read(layer, part.tile, part.window, values, valid));
    for (std::size_t i = 0; i < values.size(); ++i)
      first[i / cols * width + i % cols] = valid[i] != 0 ? values[i] : std::numeric_limits<float>::quiet_NaN();
    return {};
  }
}

void HeldBlock::decode(series::PixelRange range, std::span<float> values, std::span<std::uint8_t> valid) const {
  with_held_type(encoding_.type, [&]<class T>(T) { decode_planes<T>(range, values, valid); });
}

template <class T>
void HeldBlock::decode_planes(series::PixelRange range, std::span<float> values, std::span<std::uint8_t> valid) const {
  const Stack<T> stack = stored<T>();
  const std::size_t count = range.end - range.begin;
  assert(values.size() == stack.times * count && valid.size() == values.size());
  const bool plain = encoding_.scale == 1 && encoding_.offset == 0;
  for (std::size_t layer = 0; layer < stack.times; ++layer) {
    const T* from = stack.plane(layer) + range.begin;
    float* to = values.data() + layer * count;
    std::uint8_t* good = valid.data() + layer * count;
    for (std::size_t i = 0; i < count; ++i) {
      const bool missing = is_missing(from[i], stack.no_data);
      const double number = static_cast<double>(from[i]);
      good[i] = missing ? 0 : 1;
      to[i] = missing ? 0.0F : static_cast<float>(plain ? number : number * encoding_.scale + encoding_.offset);
    }
  }
}

void HeldResults::begin(const SeriesGroup& group, const Window& where) {
  group_ = &group;
  where_ = where;
  stride_ = plane_stride(pixels());
  offsets_.clear();
  std::size_t bytes = 0;
  for (const SeriesOutput& output : group.outputs) {
    offsets_.push_back(bytes);
    bytes += stride_ * bytes_of(held_type(output.layer.encoding));
  }
  memory_.reserve(bytes);
  for (std::size_t output = 0; output < group.outputs.size(); ++output) {
    with_held_type(held_type(group.outputs[output].layer.encoding), [&]<class T>(T) {
      const Planes<T> plane = stored<T>(output, 1);
      std::fill_n(plane.data, stride_, plane.no_data);
    });
  }
}

double HeldResults::no_data(std::size_t output) const {
  const Encoding& encoding = group_->outputs[output].layer.encoding;
  const bool own = is_short(encoding.type) || encoding.type == DataType::float32;
  return own ? encoding.no_data.value_or(0) : kNaN;
}

void HeldResults::put(std::size_t output, series::PixelRange range, std::span<const float> values,
                      std::span<const std::uint8_t> valid) {
  const Encoding& encoding = group_->outputs[output].layer.encoding;
  with_held_type(held_type(encoding), [&]<class T>(T) {
    const Planes<T> plane = stored<T>(output, 1);
    encode<T>(encoding, values.first(range.end - range.begin), valid, plane.no_data, plane.data + range.begin);
  });
}

Result<void> HeldResults::write(std::size_t output, RasterWriter& writer, std::size_t band) const {
  const Encoding& encoding = group_->outputs[output].layer.encoding;
  const void* plane = memory_.data() + offsets_[output];
  return with_held_type(held_type(encoding), [&]<class T>(T) -> Result<void> {
    const std::span<const T> numbers{static_cast<const T*>(plane), pixels()};
    if (encoding.type == held_type(encoding)) return writer.write_stored<T>(band, where_, numbers);
    if constexpr (std::is_same_v<T, float>) {
      std::vector<std::uint8_t> valid(numbers.size());
      for (std::size_t i = 0; i < numbers.size(); ++i) valid[i] = std::isnan(numbers[i]) ? 0 : 1;
      return writer.write(band, where_, numbers, valid);
    }
    return {};
  });
}

}  // namespace ecocube
