// SPDX-License-Identifier: Apache-2.0
#include "steps/zonal_statistics.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/parallel.h"
#include "base/text.h"
#include "io/file/file.h"
#include "io/raster/layer_reader.h"
#include "io/raster/zones.h"
#include "io/table/csv.h"

namespace ecocube {
namespace {

constexpr std::size_t kTilesAtOnce = 64;

/// What is known of the pixels of a zone in one layer. Sums of tiles are added in the order of the tiles.
struct Summary {
  double count = 0, sum = 0, squares = 0;  ///< squares of the distances from the mean
  double lowest = 0, highest = 0;
  std::map<int, double> classes;  ///< pixels by code

  void add(double value) {
    lowest = count == 0 ? value : std::min(lowest, value);
    highest = count == 0 ? value : std::max(highest, value);
    const double before = count == 0 ? value : sum / count;
    count += 1;
    sum += value;
    squares += (value - before) * (value - sum / count);
  }
  /// Chan, Golub & LeVeque 1979.
  void add(const Summary& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    const double apart = other.sum / other.count - sum / count;
    squares += other.squares + apart * apart * count * other.count / (count + other.count);
    count += other.count;
    sum += other.sum;
    lowest = std::min(lowest, other.lowest);
    highest = std::max(highest, other.highest);
    for (const auto& [code, pixels] : other.classes) classes[code] += pixels;
  }
};

class ZonalStatisticsStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "zonal-statistics",
        "Sums up layers over polygons",
        "polygons of a vector file, and the layers there are at this place of the recipe",
        "`zonal-statistics/statistics.csv`: one row a polygon, variable and period with the number of pixels, mean, "
        "standard deviation, minimum and maximum; `classes.csv`: pixels and share of each class",
        "one layer of one tile a thread, 4 bytes for each pixel of a polygon there, and 60 bytes a polygon and layer",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("zones", path_, "vector file of polygons").required();
    options.add("layer", layer_, "layer of a vector file that has several");
    options.add("name", column_, "column that names a polygon; none: its row's number. Rows of one name are one zone");
    options.add("variables", patterns_,
                "patterns of the variables to sum up; none: all but source codes and expected errors");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  using Summaries = std::vector<std::vector<Summary>>;  ///< [zone][layer]; of a tile, no layers where it lacks the zone
  Result<void> sum_tile(const Tile& tile, const std::filesystem::path& root, Summaries& sums) const;
  std::string statistics_csv(const Zones& zones, const Summaries& sums) const;
  std::string classes_csv(const Zones& zones, const Summaries& sums) const;

  std::string path_, layer_, column_;
  std::vector<std::string> patterns_;

  Cube cube_;
  Legend legend_;
  std::vector<Layer> layers_;
};

Result<void> ZonalStatisticsStep::plan(Planning& planning) {
  cube_ = planning.cube();
  legend_ = planning.legend();
  const LayerSet& all = planning.layers();
  for (const std::string& pattern : patterns_) {
    if (all.variables_matching({pattern}).empty())
      return usage_error("variables: no variable matches '{}'{}", pattern, suggestion(pattern, all.variables()));
  }
  for (const std::string& variable : all.variables_matching(patterns_)) {
    for (const Layer& layer : all.of_variable(variable)) {
      const bool by_name_only = layer.kind == LayerKind::source || layer.kind == LayerKind::error;
      if (!by_name_only || !patterns_.empty()) layers_.push_back(layer);
    }
  }
  if (layers_.empty()) return usage_error("variables: there are no layers to sum up");
  ECOCUBE_TRY_ASSIGN(const auto zones, Zones::read(path_, layer_, column_, cube_.grid));
  const bool meets = std::any_of(zones->all().begin(), zones->all().end(),
                                 [&](const auto& zone) { return !intersection(zone.window, cube_.area).empty(); });
  if (!meets) return input_error("zones {}: none of the {} polygons meets the cube's area", path_, zones->all().size());
  Task task;
  task.outputs = {planning.step_name() + "/statistics.csv", planning.step_name() + "/classes.csv"};
  ECOCUBE_TRY_ASSIGN(TaskInput input, planning.input(path_));
  task.inputs.push_back(std::move(input));
  for (const Tile& tile : cube_.tiles) {
    for (const Layer& layer : layers_) ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
    // Files of the whole area do not tell which tiles of it are taken.
    task.facts["tiles"].push_back(tile.name());
  }
  for (const Layer& layer : layers_)
    task.facts["layers"].push_back({layer.variable, layer.period ? layer.period->id() : "", layer.encoding.scale,
                                    layer.encoding.offset, name_of(layer.kind)});
  const auto tile_pixels =
      static_cast<std::uint64_t>(cube_.grid.tile_pixels) * static_cast<std::uint64_t>(cube_.grid.tile_pixels);
  task.memory_bytes = tile_pixels * 32 + zones->all().size() * layers_.size() * (sizeof(Summary) + 64) + (32U << 20);
  planning.add(std::move(task));
  return {};
}

/// Adds the pixels of one tile. Zones are read anew because a reader of vectors serves one thread.
Result<void> ZonalStatisticsStep::sum_tile(const Tile& tile, const std::filesystem::path& root, Summaries& sums) const {
  ECOCUBE_TRY_ASSIGN(const auto zones, Zones::read(path_, layer_, column_, cube_.grid));
  std::vector<std::vector<std::uint32_t>> pixels(zones->all().size());
  std::vector<std::uint8_t> inside;
  for (std::size_t zone = 0; zone < pixels.size(); ++zone) {
    const Window part = intersection(zones->all()[zone].window, tile.window);
    if (part.empty()) continue;
    inside.resize(static_cast<std::size_t>(part.pixels()));
    ECOCUBE_TRY(zones->cover(zone, part, inside));
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (!inside[i]) continue;
      const auto row = part.row - tile.window.row + static_cast<std::int64_t>(i) / part.cols;
      const auto col = part.col - tile.window.col + static_cast<std::int64_t>(i) % part.cols;
      pixels[zone].push_back(static_cast<std::uint32_t>(row * tile.window.cols + col));
    }
  }
  LayerReader reader(cube_.grid, root);
  std::vector<float> values(static_cast<std::size_t>(tile.window.pixels()));
  std::vector<std::uint8_t> valid(values.size());
  sums.assign(pixels.size(), {});
  for (std::size_t zone = 0; zone < pixels.size(); ++zone) {
    if (!pixels[zone].empty()) sums[zone].resize(layers_.size());
  }
  for (std::size_t number = 0; number < layers_.size(); ++number) {
    ECOCUBE_TRY(reader.read_decoded(layers_[number], tile.name(), tile.window, values, valid));
    const bool classes = layers_[number].kind == LayerKind::classes;
    for (std::size_t zone = 0; zone < pixels.size(); ++zone) {
      if (pixels[zone].empty()) continue;
      Summary& sum = sums[zone][number];
      for (const std::uint32_t pixel : pixels[zone]) {
        if (!valid[pixel]) continue;
        sum.add(static_cast<double>(values[pixel]));
        if (classes) sum.classes[static_cast<int>(values[pixel])] += 1;
      }
    }
  }
  return {};
}

std::string place_of(const Zones::Zone& zone, const Layer& layer) {
  return fmt::format("{},{},{},{}", csv_field(zone.name), layer.variable,
                     layer.period ? iso_date(layer.period->start) : "",
                     layer.period ? iso_date(layer.period->end) : "");
}

std::string ZonalStatisticsStep::statistics_csv(const Zones& zones, const Summaries& sums) const {
  std::string text = "zone,variable,start,end,pixels,mean,sd,min,max\n";
  for (std::size_t zone = 0; zone < sums.size(); ++zone) {
    for (std::size_t number = 0; number < layers_.size(); ++number) {
      if (layers_[number].kind == LayerKind::classes) continue;
      const Summary& sum = sums[zone][number];
      text += fmt::format("{},{}", place_of(zones.all()[zone], layers_[number]), sum.count);
      text += sum.count == 0 ? std::string(",,,,\n")
                             : fmt::format(",{:.9g},{:.9g},{:.9g},{:.9g}\n", sum.sum / sum.count,
                                           std::sqrt(sum.squares / sum.count), sum.lowest, sum.highest);
    }
  }
  return text;
}

std::string ZonalStatisticsStep::classes_csv(const Zones& zones, const Summaries& sums) const {
  std::string text = "zone,variable,start,end,class,name,pixels,share\n";
  for (std::size_t zone = 0; zone < sums.size(); ++zone) {
    for (std::size_t number = 0; number < layers_.size(); ++number) {
      for (const auto& [value, pixels] : sums[zone][number].classes) {
        const LegendClass* known = legend_.with_value(value);
        text += fmt::format("{},{},{},{},{:.9g}\n", place_of(zones.all()[zone], layers_[number]),
                            known ? known->code : std::to_string(value), known ? csv_field(known->name) : "", pixels,
                            pixels / sums[zone][number].count);
      }
    }
  }
  return text;
}

Result<void> ZonalStatisticsStep::run(const Task& task, TaskRun& run) const {
  ECOCUBE_TRY_ASSIGN(const auto zones, Zones::read(path_, layer_, column_, cube_.grid));
  Summaries sums(zones->all().size(), std::vector<Summary>(layers_.size()));
  // Some tiles at a time, so that the sums of few are held; they are added up in the order of the tiles.
  for (std::size_t first = 0; first < cube_.tiles.size(); first += kTilesAtOnce) {
    const std::size_t count = std::min(kTilesAtOnce, cube_.tiles.size() - first);
    std::vector<Summaries> of_tile(count);
    std::vector<Result<void>> outcomes(count);
    parallel_for(count, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) outcomes[i] = sum_tile(cube_.tiles[first + i], run.root(), of_tile[i]);
    });
    for (const Result<void>& outcome : outcomes) ECOCUBE_TRY(outcome);
    for (const Summaries& tile : of_tile) {
      for (std::size_t zone = 0; zone < sums.size(); ++zone) {
        for (std::size_t number = 0; number < tile[zone].size(); ++number) sums[zone][number].add(tile[zone][number]);
      }
    }
    run.progress(static_cast<double>(first + count) / static_cast<double>(cube_.tiles.size()));
  }
  ECOCUBE_TRY(write_text(run.stage(task.outputs[0]), statistics_csv(*zones, sums)));
  return write_text(run.stage(task.outputs[1]), classes_csv(*zones, sums));
}

}  // namespace

std::unique_ptr<Step> make_zonal_statistics_step() {
  return std::make_unique<ZonalStatisticsStep>();
}

}  // namespace ecocube
