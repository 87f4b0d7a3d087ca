// SPDX-License-Identifier: Apache-2.0
#include "steps/terrain.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/text.h"
#include "io/raster/layer_reader.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"
#include "methods/terrain/wetness.h"
#include "steps/series_engine.h"

namespace ecocube {
namespace {

enum class Measure { slope, aspect, hillshade, position, wetness };

struct MeasureInfo {
  Measure measure;
  const char* name;
  const char* long_name;
  Encoding encoding;
};

const std::vector<MeasureInfo>& all_measures() {
  const auto number = [](double scale, const char* unit) {
    return Encoding{.type = DataType::int16, .scale = scale, .offset = 0, .no_data = -32768, .unit = unit};
  };
  static const std::vector<MeasureInfo> all{
      {Measure::slope, "slope", "Slope (Horn 1981)", number(0.01, "degree")},
      {Measure::aspect, "aspect", "Direction of the fall, clockwise from north; -1 where flat", number(0.1, "degree")},
      {Measure::hillshade,
       "hillshade",
       "Share of the sun's light thrown back",
       {.type = DataType::uint8, .scale = 1.0 / 254, .offset = 0, .no_data = 255, .unit = {}}},
      {Measure::position, "position_index", "Height above the mean of the surroundings (Weiss 2001)", number(0.1, "m")},
      {Measure::wetness, "wetness_index", "Topographic wetness index ln(a / tan β)", number(0.001, "")}};
  return all;
}

/// Side of a pixel in metres; in degrees a row has a width of its own.
struct PixelSize {
  Grid grid;
  bool in_degrees = false;
  double north() const { return in_degrees ? grid.pixel * kMetresPerDegree : grid.pixel; }
  double east(std::int64_t row) const {
    if (!in_degrees) return grid.pixel;
    return grid.pixel * kMetresPerDegree * std::cos(grid.centre(row, 0).y * std::numbers::pi / 180);
  }
  static constexpr double kMetresPerDegree = 111195;  // of a sphere of 6,371 km
};

/// Elevations of a block, NaN where missing.
std::vector<float> elevations_of(const SeriesBlock& block) {
  std::vector<float> metres(block.pixels());
  std::vector<std::uint8_t> valid(metres.size());
  block.decode({0, metres.size()}, metres, valid);
  for (std::size_t i = 0; i < metres.size(); ++i) {
    if (!valid[i]) metres[i] = std::numeric_limits<float>::quiet_NaN();
  }
  return metres;
}

class ReliefKernel : public SeriesKernel {
 public:
  ReliefKernel(std::vector<Measure> measures, PixelSize size, terrain::Sun sun, int radius)
      : measures_(std::move(measures)), size_(std::move(size)), sun_(sun), radius_(radius) {}

  int halo_pixels() const override { return has(Measure::position) ? std::max(1, radius_) : 1; }
  std::uint64_t bytes_per_pixel() const override { return 2 * sizeof(float) + 2 * sizeof(double) + 1; }

  std::shared_ptr<const void> prepare(const SeriesBlock& block) const override {
    auto ground = std::make_shared<Prepared>();
    ground->metres = elevations_of(block);
    if (has(Measure::position)) {
      const Window& around = block.around();
      const auto rows = static_cast<std::size_t>(around.rows), cols = static_cast<std::size_t>(around.cols);
      ground->position.resize(ground->metres.size());
      terrain::position_index({ground->metres, rows, cols, 1}, radius_, 0, rows, ground->position);
    }
    return ground;
  }

  std::size_t run(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                  SeriesResults& results) const override {
    const auto& ground = *static_cast<const Prepared*>(prepared);
    const std::size_t count = range.end - range.begin;
    std::vector<float> values(count);
    std::vector<std::uint8_t> valid(count);
    for (std::size_t output = 0; output < measures_.size(); ++output) {
      measure(measures_[output], block, ground, range, values);
      for (std::size_t i = 0; i < count; ++i) {
        valid[i] = std::isnan(values[i]) ? 0 : 1;
        if (valid[i] == 0) values[i] = 0;
      }
      results.put(output, range, values, valid);
    }
    return 0;
  }

 private:
  struct Prepared {
    std::vector<float> metres, position;
  };
  bool has(Measure measure) const { return std::find(measures_.begin(), measures_.end(), measure) != measures_.end(); }

  /// One measure of the pixels of a range, row after row.
  void measure(Measure wanted, const SeriesBlock& block, const Prepared& ground, series::PixelRange range,
               std::span<float> values) const {
    const Window& around = block.around();
    const auto rows = static_cast<std::size_t>(around.rows), cols = static_cast<std::size_t>(around.cols),
               own_cols = static_cast<std::size_t>(block.where().cols);
    for (std::size_t pixel = range.begin; pixel < range.end;) {
      const std::size_t end = std::min(range.end, (pixel / own_cols + 1) * own_cols), place = block.place_of(pixel);
      const std::span<float> to = values.subspan(pixel - range.begin, end - pixel);
      if (wanted == Measure::position) {
        std::copy_n(ground.position.begin() + static_cast<std::ptrdiff_t>(place), to.size(), to.begin());
      } else {
        const terrain::ReliefScale scale{size_.east(around.row + static_cast<std::int64_t>(place / cols)),
                                         size_.north()};
        terrain::ReliefRow row;
        (wanted == Measure::slope ? row.slope : wanted == Measure::aspect ? row.aspect : row.hillshade) = to;
        terrain::relief_of_row({ground.metres, rows, cols, 1}, place / cols, place % cols, scale, sun_, row);
      }
      pixel = end;
    }
  }

  std::vector<Measure> measures_;
  PixelSize size_;
  terrain::Sun sun_;
  int radius_;
};

class TerrainStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "terrain",
        "Computes slope, aspect, hillshade, position and wetness from elevation",
        "one static layer of elevations in metres",
        "one static layer a measure (`slope`, `aspect`, `hillshade`, `position_index`, `wetness_index`)",
        "rows of a block and of the radius around it x columns x 30 bytes; wetness holds the whole area, 45 bytes a "
        "pixel, because water comes from afar",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("elevation", elevation_, "variable that holds the elevations");
    options.add("measures", measures_, "what to compute: slope, aspect, hillshade, position, wetness");
    options.add("radius", radius_, "of position: how far the surroundings reach").unit("pixels").range(1, 500);
    options.add("azimuth", sun_.azimuth, "of hillshade: where the sun stands, clockwise from north")
        .unit("degrees")
        .range(0, 360);
    options.add("altitude", sun_.altitude, "of hillshade: how high the sun stands").unit("degrees").range(0, 90);
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<std::vector<const MeasureInfo*>> chosen() const;
  Result<void> plan_relief(Planning& planning, const std::vector<const MeasureInfo*>& measures);
  Result<void> plan_wetness(Planning& planning);
  std::string wetness_file(const std::string& tile) const {
    return fmt::format("tiles/{}/{}/wetness.tif", tile, step_name_);
  }
  static Layer layer_of(const MeasureInfo& info);

  std::string elevation_ = "elevation";
  std::vector<std::string> measures_{"slope", "aspect", "hillshade", "position"};
  int radius_ = 10;
  terrain::Sun sun_;

  std::string step_name_;
  Cube cube_;
  Layer ground_;
  std::optional<SeriesJob> relief_;
};

Result<std::vector<const MeasureInfo*>> TerrainStep::chosen() const {
  std::vector<const MeasureInfo*> found;
  const std::vector<std::string> known{"slope", "aspect", "hillshade", "position", "wetness"};
  for (const std::string& name : measures_) {
    const auto place = std::find(known.begin(), known.end(), name);
    if (place == known.end()) return usage_error("measures: unknown measure '{}'{}", name, suggestion(name, known));
    const MeasureInfo* info = &all_measures()[static_cast<std::size_t>(place - known.begin())];
    if (std::find(found.begin(), found.end(), info) != found.end())
      return usage_error("measures: {} is given twice", name);
    found.push_back(info);
  }
  if (found.empty()) return usage_error("measures: the list is empty");
  return found;
}

Layer TerrainStep::layer_of(const MeasureInfo& info) {
  Layer layer;
  layer.variable = info.name;
  layer.long_name = info.long_name;
  layer.encoding = info.encoding;
  return layer;
}

Result<void> TerrainStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  cube_ = planning.cube();
  ECOCUBE_TRY_ASSIGN(const auto measures, chosen());
  const Layer* ground = planning.layers().find(elevation_, std::nullopt);
  if (!ground)
    return usage_error("elevation: no static layer is called '{}'{}", elevation_,
                       suggestion(elevation_, planning.layers().variables()));
  ground_ = *ground;
  std::vector<const MeasureInfo*> relief;
  bool wet = false;
  for (const MeasureInfo* info : measures) {
    if (info->measure == Measure::wetness) wet = true;
    if (info->measure != Measure::wetness) relief.push_back(info);
  }
  if (!relief.empty()) ECOCUBE_TRY(plan_relief(planning, relief));
  if (wet) ECOCUBE_TRY(plan_wetness(planning));
  return {};
}

Result<void> TerrainStep::plan_relief(Planning& planning, const std::vector<const MeasureInfo*>& measures) {
  SeriesGroup group;
  group.name = elevation_;
  group.inputs = {ground_};
  std::vector<Measure> wanted;
  for (const MeasureInfo* info : measures) {
    wanted.push_back(info->measure);
    // A file holds one data type.
    group.outputs.push_back(
        {layer_of(*info), info->encoding.type == DataType::uint8 ? "hillshade.tif" : "terrain.tif", {}});
  }
  const PixelSize size{cube_.grid, is_geographic(cube_.grid.crs)};
  group.kernel = std::make_shared<ReliefKernel>(std::move(wanted), size, sun_, radius_);
  SeriesJob job;
  job.step = step_name_;
  job.cube = cube_;
  job.groups.push_back(std::move(group));
  ECOCUBE_TRY(plan_series(planning, job));
  relief_ = std::move(job);
  return {};
}

/// One task over the whole area.
Result<void> TerrainStep::plan_wetness(Planning& planning) {
  if (is_geographic(cube_.grid.crs))
    return usage_error("measures: wetness needs a grid in metres, {} is in degrees", cube_.grid.crs);
  const MeasureInfo& info = all_measures().back();
  Task task;
  task.step = step_name_;
  for (const Tile& tile : cube_.tiles) {
    ECOCUBE_TRY(planning.reads(task, ground_, tile.name()));
    task.outputs.push_back(wetness_file(tile.name()));
    // A file of the whole area does not tell which tiles of it are taken.
    task.facts["tiles"].push_back(tile.name());
  }
  constexpr std::uint64_t kBytesPerPixel = 45;
  task.memory_bytes = static_cast<std::uint64_t>(cube_.area.pixels()) * kBytesPerPixel;
  task.disk_bytes = static_cast<std::uint64_t>(cube_.area.pixels()) * bytes_of(info.encoding.type);
  Layer layer = layer_of(info);
  layer.made_by = step_name_;
  layer.task = task.id();
  layer.files = {{wetness_file("{tile}"), 1}};
  planning.add(std::move(task));
  planning.layers().put(std::move(layer));
  return {};
}

Result<void> TerrainStep::run(const Task& task, TaskRun& run) const {
  if (!task.tile.empty()) {
    const auto done = run_series(*relief_, task, run);
    if (!done) return Failure(done.error());
    return {};
  }
  const Window& area = cube_.area;
  const auto cols = static_cast<std::size_t>(area.cols);
  std::vector<float> metres(static_cast<std::size_t>(area.pixels()), std::numeric_limits<float>::quiet_NaN());
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  LayerReader reader(cube_.grid, run.root());
  for (const Tile& tile : cube_.tiles) {
    values.resize(static_cast<std::size_t>(tile.window.pixels()));
    valid.resize(values.size());
    ECOCUBE_TRY(reader.read_decoded(ground_, tile.name(), tile.window, values, valid));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto row = tile.window.row - area.row + static_cast<std::int64_t>(i) / tile.window.cols;
      const auto col = tile.window.col - area.col + static_cast<std::int64_t>(i) % tile.window.cols;
      if (valid[i]) metres[static_cast<std::size_t>(row) * cols + static_cast<std::size_t>(col)] = values[i];
    }
  }
  run.progress(0.2);
  std::vector<float> wetness(metres.size());
  terrain::wetness_index({metres, static_cast<std::size_t>(area.rows), cols, cube_.grid.pixel}, wetness);
  const MeasureInfo& info = all_measures().back();
  for (std::size_t number = 0; number < cube_.tiles.size(); ++number) {
    const Window& window = cube_.tiles[number].window;
    values.assign(static_cast<std::size_t>(window.pixels()), 0);
    valid.assign(values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto row = window.row - area.row + static_cast<std::int64_t>(i) / window.cols;
      const auto col = window.col - area.col + static_cast<std::int64_t>(i) % window.cols;
      const float value = wetness[static_cast<std::size_t>(row) * cols + static_cast<std::size_t>(col)];
      if (std::isnan(value)) continue;
      values[i] = static_cast<float>(info.encoding.encoded(static_cast<double>(value)));
      valid[i] = 1;
    }
    ECOCUBE_TRY_ASSIGN(auto writer,
                       RasterWriter::create(run.stage(task.outputs[number]), cube_.grid, window, info.encoding,
                                            {{.name = info.name, .classes = {}, .encoding = {}}}));
    ECOCUBE_TRY(writer->write(0, window, values, valid));
    ECOCUBE_TRY(writer->close());
  }
  return {};
}

}  // namespace

std::unique_ptr<Step> make_terrain_step() {
  return std::make_unique<TerrainStep>();
}

}  // namespace ecocube
