// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "steps/series_engine.h"

namespace ecocube {

/// What the engine holds of a block while it works on it; the rest of the program sees SeriesBlock and SeriesResults.

/// How planes of these layers are held in a block, see SeriesBlock::encoding.
Encoding held_encoding(std::span<const Layer> layers);
/// The type in which planes of an output are held.
DataType held_type(const Encoding& output);
/// Numbers from one plane to the next: whole cache lines, an odd count of them, so that the same pixels of many planes
/// do not fall onto the same lines of a cache.
std::size_t plane_stride(std::size_t pixels);

/// Bytes that begin on a cache line and are kept from block to block.
class PlaneMemory {
 public:
  PlaneMemory() = default;
  ~PlaneMemory() { release(); }
  PlaneMemory(const PlaneMemory&) = delete;
  PlaneMemory& operator=(const PlaneMemory&) = delete;
  /// Room for so many bytes; what it held is lost.
  std::uint8_t* reserve(std::size_t bytes);
  const std::uint8_t* data() const { return bytes_; }
  std::uint8_t* data() { return bytes_; }

 private:
  void release();
  std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

/// The part of a window that a tile's files hold.
struct TilePart {
  std::string tile;
  Window window;
};

/// The tiles that the window touches, row by row, each with its part of it.
std::vector<TilePart> tile_parts(const Cube& cube, const Window& window);

class HeldBlock : public SeriesBlock {
 public:
  /// Bytes that reading takes beside the planes, for a pixel of `around`: one layer that is warped.
  static constexpr std::uint64_t kReadingBytes = 2 * (sizeof(float) + 1) + 2 * sizeof(double) + sizeof(float);

  /// Reads all layers of the group. `where` lies in the tile `tile`.
  Result<void> read(LayerReader& reader, const Cube& cube, const SeriesGroup& group, const std::string& tile,
                    const Window& where);

  const Window& where() const override { return where_; }
  const Window& around() const override { return around_; }
  std::span<const Layer> layers() const override { return group_->inputs; }
  const Encoding& encoding() const override { return encoding_; }
  void decode(series::PixelRange range, std::span<float> values, std::span<std::uint8_t> valid) const override;

 protected:
  const void* data() const override { return memory_.data(); }
  std::size_t stride() const override { return stride_; }

 private:
  template <class T>
  Result<void> read_planes(LayerReader& reader, const Cube& cube, const std::string& tile);
  template <class T>
  Result<void> read_plane(LayerReader& reader, const Layer& layer, const TilePart& part, T* plane);
  template <class T>
  void decode_planes(series::PixelRange range, std::span<float> values, std::span<std::uint8_t> valid) const;

  const SeriesGroup* group_ = nullptr;
  Window where_, around_;
  Encoding encoding_;
  bool mixed_ = false;  ///< layers differ in their encoding
  std::size_t stride_ = 0;
  PlaneMemory memory_;
};

class HeldResults : public SeriesResults {
 public:
  /// All outputs of the group over `where`, all missing.
  void begin(const SeriesGroup& group, const Window& where);
  void put(std::size_t output, series::PixelRange range, std::span<const float> values,
           std::span<const std::uint8_t> valid) override;
  /// Writes one output as band `band` (from 0) of a file.
  Result<void> write(std::size_t output, RasterWriter& writer, std::size_t band) const;

 protected:
  void* data(std::size_t output) override { return memory_.data() + offsets_[output]; }
  double no_data(std::size_t output) const override;
  std::size_t pixels() const override { return static_cast<std::size_t>(where_.pixels()); }
  std::size_t stride() const override { return stride_; }

 private:
  const SeriesGroup* group_ = nullptr;
  Window where_;
  std::size_t stride_ = 0;
  std::vector<std::size_t> offsets_;  ///< of every output's plane, in bytes
  PlaneMemory memory_;
};

}  // namespace ecocube
