// SPDX-License-Identifier: Apache-2.0
#include "steps/series_engine_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "steps/series_engine_block.h"

namespace ecocube {
namespace {

std::uint64_t bytes_of_inputs(const SeriesGroup& group) {
  return group.inputs.size() * bytes_of(held_encoding(group.inputs).type);
}

std::uint64_t bytes_of_outputs(const SeriesGroup& group) {
  std::uint64_t bytes = 0;
  for (const SeriesOutput& output : group.outputs) bytes += bytes_of(held_type(output.layer.encoding));
  return bytes;
}

/// Whether the numbers of this type can be the one for missing values at all.
bool can_be_missing(const Encoding& encoding) {
  if (!encoding.no_data) return false;
  const bool floating = encoding.type == DataType::float32 || encoding.type == DataType::float64;
  const double number = *encoding.no_data;
  return floating ||
         (number >= lowest_of(encoding.type) && number <= highest_of(encoding.type) && number == std::floor(number));
}

/// What keeps a variable from being a series; empty: nothing.
std::string why_no_series(const std::vector<Layer>& layers) {
  for (const Layer& layer : layers) {
    if (layer.kind != LayerKind::continuous) return fmt::format("is of kind {}, not continuous", name_of(layer.kind));
    if (!layer.period) return "has no periods";
    if (!can_be_missing(layer.encoding)) return "has no number for missing values";
  }
  return {};
}

Value encoding_fact(const Encoding& encoding) {
  // JSON has no NaN.
  Value no_data = nullptr;
  if (encoding.no_data) no_data = std::isnan(*encoding.no_data) ? Value("nan") : Value(*encoding.no_data);
  return {name_of(encoding.type), encoding.scale, encoding.offset, std::move(no_data), encoding.unit};
}

/// Remembers encodings, so that a fact tells each of them once.
class EncodingFacts {
 public:
  std::size_t number_of(const Encoding& encoding) {
    const auto known = std::find(known_.begin(), known_.end(), encoding);
    const auto number = static_cast<std::size_t>(known - known_.begin());
    if (known == known_.end()) {
      known_.push_back(encoding);
      facts_.push_back(encoding_fact(encoding));
    }
    return number;
  }
  Value take() { return std::move(facts_); }

 private:
  std::vector<Encoding> known_;
  Value facts_ = Value::array();
};

Value layer_fact(const Layer& layer, EncodingFacts& encodings) {
  Value fact = {layer.variable, name_of(layer.kind), encodings.number_of(layer.encoding)};
  if (layer.period) {
    fact.push_back(layer.period->id());
    fact.push_back(layer.period->slot);
    fact.push_back(layer.period->year);
  }
  return fact;
}

std::string short_hash(const Value& value) {
  return sha256_hex(value.dump()).substr(0, 32);
}

/// All that decides the bytes beside options, inputs and grid.
Value facts_of(const SeriesJob& job) {
  Value facts = job.facts;
  for (const SeriesGroup& group : job.groups) {
    EncodingFacts encodings;
    Value inputs = Value::array(), outputs = Value::array();
    for (const Layer& layer : group.inputs) {
      Value fact = layer_fact(layer, encodings);
      for (const LayerFile& file : layer.files) fact.push_back(file.band);
      inputs.push_back(std::move(fact));
    }
    for (const SeriesOutput& output : group.outputs) {
      Value fact = layer_fact(output.layer, encodings);
      fact.push_back(output.file);
      outputs.push_back(std::move(fact));
    }
    // A plan holds them for every tile of a continent, so long lists are told by their hashes.
    facts["groups"][group.name] = {{"encodings", encodings.take()},
                                   {"inputs", fmt::format("{} layers {}", inputs.size(), short_hash(inputs))},
                                   {"outputs", fmt::format("{} layers {}", outputs.size(), short_hash(outputs))}};
  }
  return facts;
}

/// The tile and the halo around it, cut to the cube's area.
Window window_around(const SeriesJob& job, const SeriesGroup& group, const Window& tile) {
  const int halo = group.kernel->halo_pixels();
  return intersection({tile.row - halo, tile.col - halo, tile.rows + 2 * halo, tile.cols + 2 * halo}, job.cube.area);
}

void put_layers(Planning& planning, SeriesJob& job, const SeriesLayout& layout) {
  for (std::size_t g = 0; g < job.groups.size(); ++g) {
    for (std::size_t i = 0; i < job.groups[g].outputs.size(); ++i) {
      Layer& layer = job.groups[g].outputs[i].layer;
      const SeriesPlace& place = layout.places[g][i];
      layer.made_by = job.step;
      layer.task = job.step + "/{tile}" + (job.period.empty() ? "" : "/" + job.period);
      layer.files = {
          {SeriesLayout::path_of(job, layout.files[place.file].name, "{tile}"), static_cast<int>(place.band) + 1}};
      planning.layers().put(layer);
    }
  }
}

}  // namespace

Result<SeriesLayout> SeriesLayout::of(const SeriesJob& job) {
  SeriesLayout layout;
  std::map<std::string, std::size_t> known;
  std::set<std::string> read;
  for (const SeriesGroup& group : job.groups) {
    auto& places = layout.places.emplace_back();
    for (const SeriesOutput& output : group.outputs) {
      const Encoding& encoding = output.layer.encoding;
      const std::size_t number = known.emplace(output.file, layout.files.size()).first->second;
      if (number == layout.files.size()) layout.files.push_back({output.file, encoding, {}});
      SeriesFile& file = layout.files[number];
      if (file.encoding.type != encoding.type || !file.encoding.same_no_data(encoding)) {
        return input_error("file {}: {} cannot join {}, for they differ in type or in the number for missing values",
                           output.file, output.layer.variable, file.bands.front().name);
      }
      places.push_back({number, file.bands.size()});
      file.bands.push_back({output.layer.variable, output.layer.kind, output.classes, encoding});
    }
    const auto side = static_cast<std::size_t>(group.kernel->halo_pixels() > 0 ? 3 : 1);
    for (const Layer& layer : group.inputs) {
      for (const LayerFile& file : layer.files) {
        const bool tiled = file.path.find("{tile}") != std::string::npos;
        for (std::size_t i = 0; i < (tiled ? side * side : 1); ++i) read.insert(fmt::format("{}#{}", file.path, i));
      }
    }
  }
  layout.open_files = layout.files.size() + std::min(read.size(), kMostRead);
  return layout;
}

std::string SeriesLayout::path_of(const SeriesJob& job, const std::string& file, const std::string& tile) {
  return fmt::format("tiles/{}/{}/{}", tile, job.step, file);
}

std::uint64_t SeriesLayout::bytes_of_block(const SeriesJob& job, const Window& tile, std::int64_t rows) const {
  std::uint64_t inputs = 0, worked_on = 0;
  const std::int64_t some = std::min(rows, tile.rows);
  const std::size_t where = plane_stride(static_cast<std::size_t>(some * tile.cols));
  for (const SeriesGroup& group : job.groups) {
    const std::int64_t halo = 2 * std::int64_t{group.kernel->halo_pixels()};
    const std::int64_t most_rows = std::min(some + halo, job.cube.area.rows),
                       most_cols = std::min(tile.cols + halo, job.cube.area.cols);
    const std::size_t around = plane_stride(static_cast<std::size_t>(most_rows * most_cols));
    inputs = std::max(inputs, around * (bytes_of_inputs(group) + HeldBlock::kReadingBytes));
    worked_on = std::max(worked_on, where * bytes_of_outputs(group) + around * group.kernel->bytes_per_pixel() +
                                        group.kernel->bytes_per_thread());
  }
  std::uint64_t bytes = 2 * inputs + worked_on + open_files * RasterWriter::kOpenFileBytes;
  for (const SeriesFile& file : files)
    bytes += RasterWriter::most_waiting_bytes(tile, rows, file.encoding.type, file.bands.size());
  return bytes;
}

std::int64_t SeriesLayout::rows_per_block(const SeriesJob& job, const Window& tile, std::uint64_t memory) const {
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(job, tile, rows); });
}

std::size_t pixels_per_range(const SeriesGroup& group) {
  constexpr std::size_t kFewest = 256;
  const std::uint64_t bytes = bytes_of_inputs(group) + bytes_of_outputs(group);
  const std::size_t pixels = SeriesLayout::kCacheBytes / std::max<std::uint64_t>(1, bytes);
  return std::max(kFewest, pixels / kFewest * kFewest);
}

Result<void> plan_series(Planning& planning, SeriesJob& job) {
  ECOCUBE_TRY_ASSIGN(const SeriesLayout layout, SeriesLayout::of(job));
  const Value facts = facts_of(job);
  for (const Tile& tile : job.cube.tiles) {
    Task task;
    task.step = job.step;
    task.tile = tile.name();
    task.period = job.period;
    task.facts = facts;
    task.needs = job.needs;
    for (const SeriesGroup& group : job.groups) {
      const Window window = window_around(job, group, tile.window);
      const auto around = tile_parts(job.cube, window);
      // A file of the whole area is the same one when the area grows, but more of it is read.
      if (window != tile.window) task.facts["around"][group.name] = {window.row, window.col, window.rows, window.cols};
      for (const Layer& layer : group.inputs) {
        for (const TilePart& part : around) ECOCUBE_TRY(planning.reads(task, layer, part.tile));
      }
    }
    for (const SeriesFile& file : layout.files) {
      task.outputs.push_back(SeriesLayout::path_of(job, file.name, task.tile));
      task.disk_bytes +=
          static_cast<std::uint64_t>(tile.window.pixels()) * file.bands.size() * bytes_of(file.encoding.type);
    }
    const std::int64_t rows = layout.rows_per_block(job, tile.window, planning.memory_per_task());
    task.memory_bytes = layout.bytes_of_block(job, tile.window, rows);
    planning.add(std::move(task));
  }
  put_layers(planning, job, layout);
  return {};
}

Result<std::vector<SeriesVariable>> choose_series(const LayerSet& layers, const std::vector<std::string>& patterns) {
  const std::vector<std::string> known = layers.variables();
  for (const std::string& pattern : patterns) {
    if (layers.variables_matching({pattern}).empty())
      return usage_error("variables: nothing is called '{}'{}", pattern, suggestion(pattern, known));
  }
  std::vector<SeriesVariable> chosen;
  for (const std::string& name : layers.variables_matching(patterns)) {
    std::vector<Layer> all = layers.of_variable(name);
    const std::string fault = why_no_series(all);
    if (fault.empty()) {
      chosen.push_back({name, std::move(all)});
    } else if (std::find(patterns.begin(), patterns.end(), name) != patterns.end()) {
      return usage_error("variables: {} {}", name, fault);
    }
  }
  if (chosen.empty()) return usage_error("no variable is continuous, has periods and a number for missing values");
  return chosen;
}

}  // namespace ecocube
