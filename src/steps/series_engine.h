// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "data/cube/stack.h"
#include "methods/series/pixel_range.h"
#include "run/step.h"

namespace ecocube {

/// What steps over the pixels of layers share: planning a task a tile, reading row blocks with a halo (over the borders
/// of tiles) while the block before is worked on, running a kernel over pixel ranges on all threads, and writing what
/// it makes. Decoding, kernel and encoding run fused on one block after another; what a task holds follows --memory.

/// Calls `body` with a number of the C++ type that holds planes of `type`: bytes and words as they are, else float.
template <class Body>
auto with_held_type(DataType type, const Body& body) {
  switch (type) {
    case DataType::uint8:
      return body(std::uint8_t{});
    case DataType::uint16:
      return body(std::uint16_t{});
    case DataType::int16:
      return body(std::int16_t{});
    default:
      return body(float{});
  }
}

/// The layers that a kernel reads of one block. All planes cover `around`; what their numbers mean is told by
/// `encoding`.
class SeriesBlock {
 public:
  virtual ~SeriesBlock() = default;
  /// Grid pixels to be worked on: whole rows of the tile.
  virtual const Window& where() const = 0;
  /// Grid pixels that were read: `where` and the kernel's halo, cut to the cube's area. Without a halo both are one.
  virtual const Window& around() const = 0;
  std::size_t pixels() const { return static_cast<std::size_t>(around().pixels()); }
  /// The layers, in the group's order.
  virtual std::span<const Layer> layers() const = 0;
  /// How the numbers of all planes are to be understood. When all layers of the group are encoded alike, the planes
  /// hold stored numbers with the layers' scale and offset: in the layers' own type if that is uint8, uint16 or int16
  /// and has a number for missing values, else in float32 with NaN where missing. Layers that are not encoded alike
  /// are held as physical values in float32 (scale 1, offset 0), NaN where missing.
  virtual const Encoding& encoding() const = 0;
  /// uint8, uint16, int16 or float32.
  DataType type() const { return encoding().type; }
  /// The planes as they are held, shape [layer][pixel of around]. T must be that of `type`.
  template <class T>
  Stack<T> stored() const {
    return {static_cast<const T*>(data()), layers().size(), pixels(), stride(), static_cast<T>(*encoding().no_data)};
  }
  /// Physical values of the pixels `range` of `around`, shapes [layer][pixel of the range]; missing ones are 0 with
  /// valid 0.
  virtual void decode(series::PixelRange range, std::span<float> values, std::span<std::uint8_t> valid) const = 0;
  /// The number among the pixels of `around` of a pixel of `where`.
  std::size_t place_of(std::size_t pixel) const;

 protected:
  virtual const void* data() const = 0;
  virtual std::size_t stride() const = 0;  ///< numbers from one plane to the next; padded against cache conflicts
};

/// Where a kernel puts what it makes of the pixels of `where`. Ranges that do not overlap may be written at once.
class SeriesResults {
 public:
  virtual ~SeriesResults() = default;
  /// Physical values of output `output` (its place in the group), shapes [pixel of the range]; they are encoded as the
  /// output's layer says. NaN is missing, and so is what is never put (0 where the layer has no number for it).
  virtual void put(std::size_t output, series::PixelRange range, std::span<const float> values,
                   std::span<const std::uint8_t> valid) = 0;
  /// The planes of `count` outputs from `first` on, which must share one encoding of type T; numbers as stored. Outputs
  /// of 32-bit integers and float64 are held as float32, NaN where missing.
  template <class T>
  Planes<T> stored(std::size_t first, std::size_t count) {
    return {static_cast<T*>(data(first)), count, pixels(), stride(), static_cast<T>(no_data(first))};
  }

 protected:
  virtual void* data(std::size_t output) = 0;
  virtual double no_data(std::size_t output) const = 0;
  virtual std::size_t pixels() const = 0;
  virtual std::size_t stride() const = 0;
};

/// What a step does to a group of layers. Serves all tasks at once, so it holds nothing that changes.
class SeriesKernel {
 public:
  virtual ~SeriesKernel() = default;
  /// Rows and columns that it looks at beyond a pixel.
  virtual int halo_pixels() const { return 0; }
  /// Bytes it holds for a pixel of `around` beside inputs and outputs, and for a thread.
  virtual std::uint64_t bytes_per_pixel() const { return 0; }
  virtual std::uint64_t bytes_per_thread() const { return 0; }
  /// Called once a block before all else; what it returns is given to all calls below for this block. May loop in
  /// parallel. When it is not null, `prepare_range` is called for all pixels of `around` before the first `run`.
  virtual std::shared_ptr<const void> prepare(const SeriesBlock& /*block*/) const { return nullptr; }
  /// Fills in what `prepare` made room for, for the pixels `range` of `around`. Ranges that do not overlap may be
  /// worked on at once.
  virtual void prepare_range(const SeriesBlock& /*block*/, const void* /*prepared*/,
                             series::PixelRange /*range*/) const {}
  /// Works on the pixels `range` of `where` (numbered row by row). Returns a count for the run log (values filled).
  /// Ranges are cut so that their planes fit the second-level cache; results must not depend on the cuts.
  virtual std::size_t run(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                          SeriesResults& results) const = 0;
};

/// One layer to write: outputs that name the same file become its bands, in order. They must share data type and number
/// for missing values.
struct SeriesOutput {
  Layer layer;                       ///< made_by, task and files are set when planning
  std::string file;                  ///< below the tile's folder of the step: `20150321_20150624_source.tif`
  std::vector<LegendClass> classes;  ///< colours and names for a layer of classes
};

/// Layers that are read together, and what is made of them. Groups follow each other, so that only one is in memory.
struct SeriesGroup {
  std::string name;  ///< for messages: the variable
  std::vector<Layer> inputs;
  std::vector<SeriesOutput> outputs;
  std::shared_ptr<const SeriesKernel> kernel;
};

/// The same work on every tile.
struct SeriesJob {
  std::string step;    ///< as in the recipe
  std::string period;  ///< empty: one task a tile; else one a tile and period
  Cube cube;
  std::vector<SeriesGroup> groups;
  std::vector<std::string> needs;  ///< ids of further tasks to wait for (one over the whole area)
  Value facts = Value::object();   ///< what decides the bytes beside options and inputs
};

/// Plans a task a tile and puts the layers of all outputs; fills in what the outputs' layers lack. Errors: outputs of
/// one file that do not fit together.
Result<void> plan_series(Planning& planning, SeriesJob& job);

/// What a task did.
struct SeriesOutcome {
  std::vector<std::size_t> counts;  ///< sum of the kernel's counts, a group
  std::size_t cells = 0;            ///< pixels × layers read
};

/// Runs one task of the job. The run log gets the shares of time that reading, kernels and writing took.
Result<SeriesOutcome> run_series(const SeriesJob& job, const Task& task, TaskRun& run);

/// The variables of `layers` that match one of the patterns (none: all), are continuous, have periods and a number for
/// missing values; each with its layers, oldest first. A pattern that matches nothing is an error naming the nearest;
/// so is the name of a variable that is no such one.
struct SeriesVariable {
  std::string name;
  std::vector<Layer> layers;
};
Result<std::vector<SeriesVariable>> choose_series(const LayerSet& layers, const std::vector<std::string>& patterns);

}  // namespace ecocube
