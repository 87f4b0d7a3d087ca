// SPDX-License-Identifier: Apache-2.0
#include "steps/fill_gaps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "methods/series/fill_gaps.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

const Encoding kSourceEncoding{.type = DataType::uint8, .scale = 1, .offset = 0, .no_data = series::kEmpty, .unit = {}};

/// A variable whose gaps are filled.
struct Variable {
  std::string name;
  std::vector<Layer> layers;  ///< oldest first
  series::TimeAxis axis;
  Encoding encoding;  ///< of all its layers
  std::size_t file_group = 0;
};

/// Where one variable of one period goes: a file of the task and a band (from 0) of it.
struct Place {
  std::size_t file = 0, band = 0;
};

/// One file that a task writes.
struct File {
  std::string name;  ///< without folder: `20150321_20150624_source.tif`
  Encoding encoding;
  std::vector<BandSpec> bands;
};

class FillGapsStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "fill-gaps",
        "Fills the gaps of every pixel's series from the same pixel's other years and seasons",
        "the continuous layers of each variable over all periods",
        "the same layers without gaps, and for each a layer that tells how every value came about (`red_p50_source`)",
        "one variable at a time: periods x rows of a block (128 at most) x columns x 6 bytes, and 1 MiB for every open "
        "file; blocks of fewer rows, which a small --memory brings, keep 128 rows of all that is written as well",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options
        .add("method", method_,
             "how gaps are filled: moving window median, linear in time, or the mean of the same season")
        .choices({"tmwm", "linear", "seasonal-mean"});
    options.add("mode", mode_, "of tmwm: corrected, or the published definition with its faults")
        .choices({"corrected", "reference"});
    options.add("window", window_, "of tmwm: narrowest window; its multiples follow until one holds a value")
        .unit("years")
        .range(1, 99)
        .rule("odd",
              [](const Value& value) { return value.is_number() && static_cast<int>(value.get<double>()) % 2 == 1; });
    options
        .add("reach", reach_,
             "how far a value still missing is taken from the nearest pixels of the same layer; 0: it stays empty")
        .unit("pixels")
        .range(0, 100);
    options.add("variables", variables_,
                "patterns of the variables to fill; none: all continuous ones that have periods");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  class Work;

  Result<void> choose_variables(const LayerSet& layers);
  Result<void> add_variable(const std::string& name, std::vector<Layer> layers);
  void lay_out_files();
  void count_open_files();
  void put_layers(Planning& planning) const;
  Value facts() const;
  std::uint64_t bytes_of_block(const Window& tile, std::int64_t rows) const;
  std::int64_t rows_per_block(const Window& tile, std::uint64_t memory) const;
  std::size_t fill(const series::GapSeries& gaps, series::PixelRange range, const series::TimeAxis& axis) const;
  std::string path_of(const std::string& file) const { return fmt::format("tiles/{{tile}}/{}/{}", step_name_, file); }

  std::string method_ = "tmwm", mode_ = "corrected";
  int window_ = 9;
  std::int64_t reach_ = 0;
  std::vector<std::string> variables_;

  std::string step_name_;
  Cube cube_;
  std::vector<Variable> chosen_;
  std::vector<File> files_;
  std::uint64_t open_files_ = 0;                                  ///< at once, written and read
  std::vector<std::vector<Place>> value_places_, source_places_;  ///< shape [variable][time]
};

Result<void> FillGapsStep::add_variable(const std::string& name, std::vector<Layer> layers) {
  auto axis = time_axis_of(layers);
  if (!axis) return within(fmt::format("variable {}", name), axis.error());
  if (method_ == "tmwm" && mode_ == "reference" && 3 * axis->years > series::kEmpty) {
    return usage_error("mode: the flags of reference hold at most 85 years, variable {} has {}", name, axis->years);
  }
  for (const Layer& layer : layers) {
    if (!(layer.encoding == layers.front().encoding)) {
      return input_error("variable {}: layers {} and {} are stored in different ways", name,
                         layers.front().period->id(), layer.period->id());
    }
  }
  Variable variable{name, std::move(layers), std::move(*axis), {}, 0};
  variable.encoding = variable.layers.front().encoding;
  chosen_.push_back(std::move(variable));
  return {};
}

Result<void> FillGapsStep::choose_variables(const LayerSet& layers) {
  const std::vector<std::string> known = layers.variables();
  for (const std::string& pattern : variables_) {
    if (layers.variables_matching({pattern}).empty()) {
      return usage_error("variables: nothing is called '{}'{}", pattern, suggestion(pattern, known));
    }
  }
  for (const std::string& name : layers.variables_matching(variables_)) {
    std::vector<Layer> all = layers.of_variable(name);
    const bool fits = std::all_of(all.begin(), all.end(), [](const Layer& layer) {
      return layer.kind == LayerKind::continuous && layer.period && layer.encoding.no_data;
    });
    if (fits) ECOCUBE_TRY(add_variable(name, std::move(all)));
  }
  if (chosen_.empty())
    return usage_error("no variable to fill: none is continuous, has periods and a number for missing values");
  return {};
}

/// One file a period for the values, another for the source codes. A file holds one data type and one number for
/// missing values, so variables that differ in them get files of their own.
void FillGapsStep::lay_out_files() {
  std::vector<std::string> suffixes;
  std::vector<Encoding> groups;
  for (Variable& variable : chosen_) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Encoding& group) {
      return group.type == variable.encoding.type && group.same_no_data(variable.encoding);
    });
    variable.file_group = static_cast<std::size_t>(same - groups.begin());
    if (same != groups.end()) continue;
    groups.push_back(variable.encoding);
    std::string suffix = groups.size() == 1 ? "" : fmt::format("_{}", name_of(variable.encoding.type));
    if (std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end())
      suffix += fmt::format("_{}", groups.size());
    suffixes.push_back(std::move(suffix));
  }
  std::map<std::string, std::size_t> known;
  const auto place = [&](const std::string& name, const Encoding& encoding, BandSpec band) {
    const std::size_t file = known.emplace(name, files_.size()).first->second;
    if (file == files_.size()) files_.push_back({name, encoding, {}});
    files_[file].bands.push_back(std::move(band));
    return Place{file, files_[file].bands.size() - 1};
  };
  for (const Variable& variable : chosen_) {
    auto& values = value_places_.emplace_back();
    auto& sources = source_places_.emplace_back();
    for (const Layer& layer : variable.layers) {
      const std::string id = layer.period->id();
      values.push_back(
          place(id + suffixes[variable.file_group] + ".tif", variable.encoding,
                {.name = variable.name, .kind = layer.kind, .classes = {}, .encoding = variable.encoding}));
      sources.push_back(
          place(id + "_source.tif", kSourceEncoding,
                {.name = variable.name + "_source", .kind = LayerKind::source, .classes = {}, .encoding = {}}));
    }
  }
}

void FillGapsStep::count_open_files() {
  std::set<std::string> read;
  for (const Variable& variable : chosen_) {
    for (const Layer& layer : variable.layers) {
      for (const LayerFile& file : layer.files) read.insert(file.path);
    }
  }
  open_files_ = files_.size() + std::min(read.size(), LayerReader::kMostOpen);
}

void FillGapsStep::put_layers(Planning& planning) const {
  const auto made = [&](Layer layer, const Place& place) {
    layer.made_by = step_name_;
    layer.task = step_name_ + "/{tile}";
    layer.files = {{path_of(files_[place.file].name), static_cast<int>(place.band) + 1}};
    planning.layers().put(std::move(layer));
  };
  for (std::size_t v = 0; v < chosen_.size(); ++v) {
    for (std::size_t time = 0; time < chosen_[v].layers.size(); ++time) {
      const Layer& layer = chosen_[v].layers[time];
      made(layer, value_places_[v][time]);
      Layer source = layer;
      source.variable += "_source";
      source.long_name =
          "How the value of " + (layer.long_name.empty() ? layer.variable : layer.long_name) + " came about";
      source.kind = LayerKind::source;
      source.encoding = kSourceEncoding;
      made(std::move(source), source_places_[v][time]);
    }
  }
}

Value FillGapsStep::facts() const {
  Value all = Value::object();
  for (const Variable& variable : chosen_) {
    const Encoding& encoding = variable.encoding;
    // JSON has no NaN.
    const Value no_data = std::isnan(*encoding.no_data) ? Value("nan") : Value(*encoding.no_data);
    Value layers = Value::array();
    for (const Layer& layer : variable.layers) {
      Value bands = Value::array();
      for (const LayerFile& file : layer.files) bands.push_back(file.band);
      layers.push_back({layer.period->id(), layer.period->slot, layer.period->year, std::move(bands)});
    }
    all[variable.name] = {{"type", name_of(encoding.type)}, {"scale", encoding.scale},
                          {"offset", encoding.offset},      {"no_data", no_data},
                          {"unit", encoding.unit},          {"layers", std::move(layers)}};
  }
  return all;
}

/// One variable over the block and `reach` rows more on both sides, what waits in the files that are written, and what
/// open files hold themselves.
std::uint64_t FillGapsStep::bytes_of_block(const Window& tile, std::int64_t rows) const {
  std::size_t times = 0;
  for (const Variable& variable : chosen_) times = std::max(times, variable.layers.size());
  constexpr std::uint64_t kCell = sizeof(float) + 2;
  // One layer as it is read (numbers, validity, where its pixels lie in the file) and one as codes on their way out.
  constexpr std::uint64_t kPlanes = sizeof(float) + 1 + 2 * sizeof(double) + sizeof(float);
  const auto pixels = static_cast<std::uint64_t>(std::min(rows + 2 * reach_, tile.rows) * tile.cols);
  std::uint64_t bytes = pixels * (times * kCell + kPlanes) + open_files_ * RasterWriter::kOpenFileBytes;
  for (const File& file : files_)
    bytes += RasterWriter::most_waiting_bytes(tile, rows, file.encoding.type, file.bands.size());
  return bytes;
}

std::int64_t FillGapsStep::rows_per_block(const Window& tile, std::uint64_t memory) const {
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(tile, rows); });
}

Result<void> FillGapsStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  cube_ = planning.cube();
  if (reach_ > 0 && method_ == "tmwm" && mode_ == "reference") {
    return usage_error("reach: the published definition (mode: reference) takes nothing from other pixels");
  }
  ECOCUBE_TRY(choose_variables(planning.layers()));
  lay_out_files();
  count_open_files();
  const Value layers = facts();
  for (const Tile& tile : cube_.tiles) {
    Task task;
    task.step = step_name_;
    task.tile = tile.name();
    task.facts["variables"] = layers;
    for (const Variable& variable : chosen_) {
      for (const Layer& layer : variable.layers) ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
    }
    for (const File& file : files_) {
      task.outputs.push_back(replace_all(path_of(file.name), "{tile}", tile.name()));
      task.disk_bytes +=
          static_cast<std::uint64_t>(tile.window.pixels()) * file.bands.size() * bytes_of(file.encoding.type);
    }
    const std::int64_t rows = rows_per_block(tile.window, planning.memory_per_task());
    task.memory_bytes = bytes_of_block(tile.window, rows);
    planning.add(std::move(task));
  }
  put_layers(planning);
  return {};
}

std::size_t FillGapsStep::fill(const series::GapSeries& gaps, series::PixelRange range,
                               const series::TimeAxis& axis) const {
  if (method_ == "linear") return series::fill_linear(gaps, range, axis);
  if (method_ == "seasonal-mean") return series::fill_seasonal_mean(gaps, range, axis);
  const auto mode = mode_ == "reference" ? series::TmwmMode::reference : series::TmwmMode::corrected;
  return series::fill_tmwm(gaps, range, axis, {.window_years = window_, .mode = mode});
}

/// One task while it runs.
class FillGapsStep::Work {
 public:
  Work(const FillGapsStep& step, const Task& task, TaskRun& run)
      : step_(step),
        task_(task),
        run_(run),
        window_(step.cube_.tile_named(task.tile)->window),
        reader_(step.cube_.grid, run.root()) {}

  Result<void> go() {
    for (const File& file : step_.files_) {
      const auto path = run_.stage(replace_all(step_.path_of(file.name), "{tile}", task_.tile));
      ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(path, step_.cube_.grid, window_, file.encoding, file.bands));
      writers_.push_back(std::move(writer));
    }
    const std::int64_t block_rows = step_.rows_per_block(window_, run_.memory_bytes());
    for (std::int64_t row = 0; row < window_.rows; row += block_rows) {
      const Window block{window_.row + row, window_.col, std::min(block_rows, window_.rows - row), window_.cols};
      for (std::size_t v = 0; v < step_.chosen_.size(); ++v) {
        ECOCUBE_TRY(read(step_.chosen_[v], block));
        fill(step_.chosen_[v]);
        ECOCUBE_TRY(write(v, block));
        const double done = static_cast<double>(row) + static_cast<double>(block.rows) * static_cast<double>(v + 1) /
                                                           static_cast<double>(step_.chosen_.size());
        run_.progress(done / static_cast<double>(window_.rows));
      }
    }
    for (const auto& writer : writers_) ECOCUBE_TRY(writer->close());
    run_.note(fmt::format("{} of {} cells were gaps, {} of them stay empty", gaps_, cells_, empty_));
    return {};
  }

 private:
  /// Reads the block and `reach` rows more on both sides, as far as the tile goes.
  Result<void> read(const Variable& variable, const Window& block) {
    around_ = intersection({block.row - step_.reach_, block.col, block.rows + 2 * step_.reach_, block.cols}, window_);
    const auto pixels = static_cast<std::size_t>(around_.pixels());
    values_.resize(variable.layers.size() * pixels);
    valid_.resize(values_.size());
    source_.resize(values_.size());
    for (std::size_t time = 0; time < variable.layers.size(); ++time) {
      ECOCUBE_TRY(reader_.read(variable.layers[time], task_.tile, around_, {values_.data() + time * pixels, pixels},
                               {valid_.data() + time * pixels, pixels}));
    }
    return {};
  }

  void fill(const Variable& variable) {
    constexpr std::size_t kGrain = 4096;
    const auto rows = static_cast<std::size_t>(around_.rows), cols = static_cast<std::size_t>(around_.cols);
    const series::GapSeries gaps{values_, valid_, source_, rows * cols};
    parallel_for(gaps.pixels, kGrain, [&](std::size_t begin, std::size_t end) {
      step_.fill(gaps, {begin, end}, variable.axis);
    });
    if (step_.reach_ == 0) return;
    parallel_for(variable.layers.size(), 1, [&](std::size_t begin, std::size_t end) {
      series::fill_from_nearby(gaps, rows, cols, begin, end, static_cast<int>(step_.reach_));
    });
  }

  /// Writes the block's rows, rounded to stored numbers, which leaves observed ones of the cube's own grid as they are.
  Result<void> write(std::size_t v, const Window& block) {
    const Variable& variable = step_.chosen_[v];
    const Encoding stored{variable.encoding.type, 1, 0, variable.encoding.no_data, {}};
    const auto plane = static_cast<std::size_t>(around_.pixels()), count = static_cast<std::size_t>(block.pixels());
    const auto skipped = static_cast<std::size_t>((block.row - around_.row) * around_.cols);
    codes_.resize(count);
    for (std::size_t time = 0; time < variable.layers.size(); ++time) {
      const std::size_t first = time * plane + skipped;
      for (std::size_t i = 0; i < count; ++i) {
        float& value = values_[first + i];
        const bool empty = valid_[first + i] == 0, observed = !empty && source_[first + i] == series::kObserved;
        if (!empty) value = static_cast<float>(stored.encoded(static_cast<double>(value)));
        codes_[i] = static_cast<float>(source_[first + i]);
        gaps_ += observed ? 0 : 1;
        empty_ += empty ? 1 : 0;
      }
      cells_ += count;
      const Place& values = step_.value_places_[v][time];
      const Place& sources = step_.source_places_[v][time];
      ECOCUBE_TRY(writers_[values.file]->write(values.band, block, {values_.data() + first, count},
                                               {valid_.data() + first, count}));
      ECOCUBE_TRY(writers_[sources.file]->write(sources.band, block, codes_, {}));
    }
    return {};
  }

  const FillGapsStep& step_;
  const Task& task_;
  TaskRun& run_;
  const Window window_;
  LayerReader reader_;
  std::vector<std::unique_ptr<RasterWriter>> writers_;
  Window around_;                      ///< pixels of the arrays below, shapes [time][row][col]
  std::vector<float> values_, codes_;  ///< stored numbers
  std::vector<std::uint8_t> valid_, source_;
  std::uint64_t cells_ = 0, gaps_ = 0, empty_ = 0;
};

Result<void> FillGapsStep::run(const Task& task, TaskRun& run) const {
  return Work(*this, task, run).go();
}

}  // namespace

std::unique_ptr<Step> make_fill_gaps_step() {
  return std::make_unique<FillGapsStep>();
}

}  // namespace ecocube
