// SPDX-License-Identifier: Apache-2.0
#include "steps/mosaic.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "data/stac/layer_name.h"
#include "data/stac/mosaic.h"
#include "io/file/file.h"
#include "io/raster/cog.h"
#include "io/raster/projection.h"
#include "steps/class_layers.h"
#include "steps/mosaic_layers.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "cube";
constexpr const char* kMapVariable = "class";
constexpr const char* kShareVariable = "class_probability";

/// What one task joins: the layers of one maker and one period.
struct Job {
  std::string made_by;
  std::optional<Period> period;  ///< none: static
  Day start, end;
  std::vector<Layer> layers;           ///< chosen ones
  std::vector<std::string> map_files;  ///< where bands of single classes may lie, with {tile}; empty: not a class map
  std::optional<Encoding> shares;      ///< how a class map's probabilities are stored, where that is known
  std::string lineage;
  std::string name() const { return made_by + "/" + (period ? period->id() : "static"); }
};

class MosaicStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "mosaic",
        "Joins the tiles of each layer into one cloud-optimised GeoTIFF",
        "the layers that steps before it have made, in their last state",
        "one file a layer and period under cube/, and a record of them for publish",
        "at most 160 MiB and a row of 512-pixel blocks across the whole area, beside GDAL's block cache",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("layers", patterns_,
                "which layers, by shell patterns over their names; layers of a source, and codes that tell where a "
                "value comes from, only when a pattern other than * names them");
    options.add("compress", compress_, "zstd, or deflate for readers that know no zstd").choices({"zstd", "deflate"});
    options.add("product", product_, "what the class map is called in the catalogue and in file names");
    options.add("methods", methods_,
                "method field of file names by the step that made the layer: {predict: lucas.ensemble}; else the "
                "step's own name");
    options.add("depth", depth_,
                "depth field of file names where the variable tells none: s for the surface, or such as b0cm..30cm");
    options.add("version", version_, "version field of file names");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<void> check_options(Planning& planning) const;
  bool wanted(const Layer& layer) const;
  bool wanted_band(const std::string& variable) const;
  std::vector<Job> find_jobs(Planning& planning) const;
  std::vector<std::string> class_bands(const Job& job) const;
  std::vector<LegendClass> classes_of(const std::string& variable, const std::vector<LegendClass>& mapped) const;
  Result<void> add_task(Planning& planning, const Job& job);
  std::string folder_of(const Layer& layer, const Job& job) const;
  std::string file_of(const Layer& layer, const Job& job) const;
  Result<MosaicLayer> write_layer(const Layer& layer, const Job& job, TaskRun& run,
                                  const std::vector<LegendClass>& classes,
                                  const std::function<void(double)>& share_done) const;

  std::vector<std::string> patterns_{"*"};
  std::string compress_ = "zstd";
  std::string product_ = "landcover";
  Value methods_ = Value::object();
  std::string depth_ = "s";
  std::string version_ = "v1";

  std::string step_name_;
  Cube cube_;
  Legend legend_;
  std::vector<LegendClass> shown_;  ///< classes with layers of their own; all of the legend where none has
  std::string resolution_;
  std::string crs_field_;
  std::map<std::string, Job> jobs_;           ///< by the task's period
  std::map<std::string, std::string> files_;  ///< planned path and the layer it is for
};

std::vector<std::string> step_names(const Recipe& recipe) {
  std::vector<std::string> names;
  for (const StepSpec& step : recipe.steps) names.push_back(step.name);
  return names;
}

/// `Steps composite, fill-gaps of ecocube, from the sources landsat, terrain.`
std::string lineage_of(const Recipe& recipe, const std::string& made_by) {
  std::vector<std::string> steps = step_names(recipe), sources;
  for (const SourceSpec& source : recipe.sources) sources.push_back(source.name);
  const auto last = std::find(steps.begin(), steps.end(), made_by);
  if (last == steps.end()) return fmt::format("As in the source {}, on the cube's grid.", made_by);
  steps.erase(last + 1, steps.end());
  const std::string from =
      sources.empty() ? "" : fmt::format(", from the source{} {}", sources.size() == 1 ? "" : "s", join(sources, ", "));
  return fmt::format("ecocube step{} {}{}.", steps.size() == 1 ? "" : "s", join(steps, ", "), from);
}

/// The files that the layers' tasks write, with {tile}.
std::vector<std::string> made_files(const Planning& planning, const std::vector<Layer>& layers) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& path) {
    if (path.ends_with(".tif") && std::find(files.begin(), files.end(), path) == files.end()) files.push_back(path);
  };
  const std::string tile = planning.cube().tiles.empty() ? "" : planning.cube().tiles.front().name();
  for (const Layer& layer : layers) {
    for (const LayerFile& file : layer.files) add(file.path);
    const std::string id = replace_all(layer.task, "{tile}", tile);
    for (const Task& task : planning.tasks()) {
      if (task.tile != tile || task.id() != id) continue;
      for (const std::string& output : task.outputs) add(replace_all(output, tile, "{tile}"));
    }
  }
  return files;
}

/// What GDAL's driver holds beside its block cache, as measured: it grows with the raster at first, then only with a
/// row of its blocks.
std::uint64_t memory_needed(const Window& area, std::uint64_t bytes_per_pixel) {
  constexpr std::uint64_t kBase = std::uint64_t{8} << 20, kMost = std::uint64_t{160} << 20, kBlock = 512;
  const std::uint64_t whole = static_cast<std::uint64_t>(area.pixels()) * bytes_per_pixel * 4;
  return std::min(kMost, kBase + whole) + static_cast<std::uint64_t>(area.cols) * kBlock * bytes_per_pixel;
}

bool from_step(const Layer& layer) {
  return !layer.task.empty();
}

/// Of a single class; whether a class set holds it is asked for by name only.
bool MosaicStep::wanted_band(const std::string& variable) const {
  const bool by_name_only = variable.starts_with(kSetPrefix);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
    return !(by_name_only && pattern == "*") && matches_glob(pattern, variable);
  });
}

bool MosaicStep::wanted(const Layer& layer) const {
  const bool by_name_only = !from_step(layer) || layer.kind == LayerKind::source || layer.kind == LayerKind::error;
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
    return !(by_name_only && pattern == "*") && matches_glob(pattern, layer.variable);
  });
}

std::vector<Job> MosaicStep::find_jobs(Planning& planning) const {
  std::vector<Job> jobs;
  std::vector<std::vector<Layer>> groups;
  const auto& years = planning.cube().years;
  for (const Layer& layer : planning.layers().all()) {
    const auto same = std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) {
      return job.made_by == layer.made_by && job.period == layer.period;
    });
    const auto place = static_cast<std::size_t>(same - jobs.begin());
    if (same == jobs.end()) {
      jobs.push_back({layer.made_by, layer.period, {}, {}, {}, {}, {}, lineage_of(planning.recipe(), layer.made_by)});
      groups.emplace_back();
      jobs.back().start = layer.period ? layer.period->start : make_day(years.front(), 1, 1);
      jobs.back().end = layer.period ? layer.period->end : make_day(years.back(), 12, 31);
    }
    groups[place].push_back(layer);
    if (layer.variable == kShareVariable) jobs[place].shares = layer.encoding;
    if (wanted(layer)) jobs[place].layers.push_back(layer);
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const bool is_map = std::any_of(groups[i].begin(), groups[i].end(), [](const Layer& layer) {
      return from_step(layer) && layer.variable == kMapVariable;
    });
    if (is_map) jobs[i].map_files = made_files(planning, groups[i]);
    // Bands of single classes are known at run time; what they need is known through the map's own layers.
    if (is_map && jobs[i].layers.empty() && class_bands(jobs[i]).empty()) jobs[i].map_files.clear();
  }
  std::erase_if(jobs, [](const Job& job) { return job.layers.empty() && job.map_files.empty(); });
  return jobs;
}

/// Names that bands of single classes may have and that are asked for.
std::vector<std::string> MosaicStep::class_bands(const Job& job) const {
  std::vector<std::string> names;
  if (job.map_files.empty()) return names;
  for (const LegendClass& entry : legend_.classes) {
    for (const std::string_view prefix : kClassBandPrefixes) {
      const std::string name = fmt::format("{}{}", prefix, entry.code);
      if (wanted_band(name)) names.push_back(name);
    }
  }
  return names;
}

Result<void> MosaicStep::check_options(Planning& planning) const {
  const std::vector<std::string> steps = step_names(planning.recipe());
  if (!methods_.is_object()) return usage_error("methods: expected a map of steps, got {}", methods_.dump());
  for (const auto& [name, method] : methods_.items()) {
    if (std::find(steps.begin(), steps.end(), name) == steps.end())
      return usage_error("methods.{}: unknown step{}", name, suggestion(name, steps));
    if (!method.is_string() || name_field(method.get<std::string>()).empty())
      return usage_error("methods.{}: expected text, got {}", name, method.dump());
  }
  for (const auto& [name, text] :
       {std::pair{"product", product_}, std::pair{"depth", depth_}, std::pair{"version", version_}}) {
    if (name_field(text).empty()) return usage_error("{}: '{}' leaves nothing for the file names", name, text);
  }
  std::vector<std::string> known = planning.layers().variables();
  const std::vector<std::string> variables = known;
  const bool has_map = std::find(known.begin(), known.end(), kMapVariable) != known.end();
  for (const LegendClass& entry : legend_.classes) {
    if (!has_map) break;
    for (const std::string_view prefix : kClassBandPrefixes) known.push_back(fmt::format("{}{}", prefix, entry.code));
  }
  for (const std::string& pattern : patterns_) {
    const bool found =
        std::any_of(known.begin(), known.end(), [&](const std::string& name) { return matches_glob(pattern, name); });
    if (!found) return usage_error("layers: '{}' names no layer{}", pattern, suggestion(pattern, variables));
  }
  return {};
}

std::string MosaicStep::folder_of(const Layer& layer, const Job& job) const {
  const std::string collection = product_of(layer.variable, layer.kind, product_).collection;
  return fmt::format("{}_{}_{}", collection, compact_date(job.start), compact_date(job.end));
}

std::string MosaicStep::file_of(const Layer& layer, const Job& job) const {
  const ProductName product = product_of(layer.variable, layer.kind, product_);
  const std::string method =
      methods_.contains(job.made_by) ? methods_[job.made_by].get<std::string>() : replace_all(job.made_by, "-", ".");
  const std::string& depth = product.depth.empty() ? depth_ : product.depth;
  const LayerFileName name{product.variable, method,  product.type, resolution_, depth,
                           job.start,        job.end, cube_.name,   crs_field_,  version_};
  return fmt::format("{}/{}/{}/{}.tif", kFolder, product.collection, folder_of(layer, job), name.text());
}

Result<void> MosaicStep::add_task(Planning& planning, const Job& job) {
  Task task;
  task.step = step_name_;
  task.period = job.name();
  Value facts = {{"compress", compress_},
                 {"lineage", job.lineage},
                 {"grid", to_json(cube_.grid)},
                 {"window", to_json(cube_.area)}};
  facts["tiles"] = Value::array();
  for (const Tile& tile : cube_.tiles) facts["tiles"].push_back(tile.name());
  facts["layers"] = Value::array();
  for (const Layer& layer : job.layers) {
    const std::string file = file_of(layer, job);
    const auto [place, fresh] = files_.emplace(file, layer.variable);
    if (!fresh)
      return usage_error("layers {} and {} would both be written to {}; name fewer under layers", place->second,
                         layer.variable, file);
    task.outputs.push_back(file);
    Value fact = {{"variable", layer.variable},
                  {"name", layer.long_name},
                  {"kind", std::string(name_of(layer.kind))},
                  {"encoding", to_json(layer.encoding)},
                  {"file", file}};
    for (const LayerFile& from : layer.files)
      fact["from"].push_back(fmt::format("{}:{}", fs::path(from.path).filename().string(), from.band));
    if (layer.kind == LayerKind::classes) fact["classes"] = to_json(classes_of(layer.variable, shown_));
    facts["layers"].push_back(std::move(fact));
    for (const Tile& tile : cube_.tiles) ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
  }
  if (!job.map_files.empty()) {
    facts["classes"] = to_json(legend_.classes);
    facts["patterns"] = patterns_;
    facts["names"] = Value::array({product_, methods_, depth_, version_, cube_.name});
    for (const Layer& layer : planning.layers().all()) {
      if (layer.made_by != job.made_by || layer.period != job.period) continue;
      for (const Tile& tile : cube_.tiles) ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
    }
  }
  task.facts = std::move(facts);
  task.outputs.push_back(fmt::format("{}/{}{}", step_name_, job.name(), kMosaicRecordEnd));
  std::uint64_t widest = 1;
  for (const Layer& layer : job.layers) widest = std::max<std::uint64_t>(widest, bytes_of(layer.encoding.type));
  task.memory_bytes = memory_needed(cube_.area, widest);
  const std::uint64_t bands = job.layers.size() + class_bands(job).size();
  task.disk_bytes = bands * static_cast<std::uint64_t>(cube_.area.pixels()) * widest;
  planning.add(std::move(task));
  return {};
}

Result<void> MosaicStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  cube_ = planning.cube();
  legend_ = planning.legend();
  shown_ = classes_with_layers(planning.layers(), legend_);
  if (shown_.empty()) shown_ = legend_.classes;
  ECOCUBE_TRY(check_options(planning));
  const int epsg = epsg_code(cube_.grid.crs);
  crs_field_ = epsg ? fmt::format("epsg.{}", epsg) : "crs.local";
  resolution_ = fmt::format("{}{}", cube_.grid.pixel, is_geographic(cube_.grid.crs) ? "d" : "m");
  const std::vector<Job> jobs = find_jobs(planning);
  if (jobs.empty())
    return usage_error("layers: no step before this one makes a layer of {}", value_text(Value(patterns_)));
  for (const Job& job : jobs) {
    ECOCUBE_TRY(add_task(planning, job));
    jobs_.emplace(job.name(), job);
  }
  return {};
}

/// The classes that a layer of classes may hold; none where it is no map of this cube's legend.
std::vector<LegendClass> MosaicStep::classes_of(const std::string& variable,
                                                const std::vector<LegendClass>& mapped) const {
  if (variable == kMapVariable) return mapped;
  // The classes before and after a change are those with layers of their own; those of a map that has none, all.
  if (variable == "class_before" || variable == "class_after") return shown_;
  std::vector<LegendClass> classes;
  for (const int level : {1, 2}) {
    if (variable != fmt::format("class_level{}", level) || !check_level(mapped, level)) continue;
    for (const CodeGroup& group : groups_of_level(mapped, level)) classes.push_back(group.entry);
  }
  return classes;
}

Result<MosaicLayer> MosaicStep::write_layer(const Layer& layer, const Job& job, TaskRun& run,
                                            const std::vector<LegendClass>& classes,
                                            const std::function<void(double)>& share_done) const {
  const ProductName product = product_of(layer.variable, layer.kind, product_);
  MosaicLayer made{.variable = layer.variable,
                   .long_name = layer.long_name,
                   .kind = layer.kind,
                   .encoding = layer.encoding,
                   .classes = {},
                   .collection = product.collection,
                   .item = folder_of(layer, job),
                   .file = file_of(layer, job),
                   .sha256 = {}};
  made.long_name = layer_title(layer.variable, legend_, layer.long_name);
  if (layer.kind == LayerKind::classes) made.classes = classes_of(layer.variable, classes);
  const fs::path staged = run.stage(made.file);
  ECOCUBE_TRY(make_folders(staged.parent_path()));
  clear_leftovers(staged, fs::path(made.file).filename().string());
  CogSpec spec{cube_.grid, cube_.area, layer.encoding, layer.kind, made.classes, layer.variable, compress_};
  ECOCUBE_TRY_ASSIGN(const auto parts, LayerParts::of(layer, cube_, run.root(), staged));
  spec.encoding = made.encoding = parts->encoding();
  ECOCUBE_TRY(write_cog(staged, spec, parts->list(), share_done));
  ECOCUBE_TRY_ASSIGN(made.bytes, size_of_file(staged));
  ECOCUBE_TRY_ASSIGN(made.sha256, file_sha256(staged));
  return made;
}

Result<void> MosaicStep::run(const Task& task, TaskRun& run) const {
  const Job& job = jobs_.at(task.period);
  std::vector<Layer> layers = job.layers;
  ECOCUBE_TRY_ASSIGN(const auto class_bands, find_class_bands(job.map_files, cube_, run.root()));
  for (Layer layer : class_bands) {
    const bool known =
        std::any_of(layers.begin(), layers.end(), [&](const Layer& other) { return other.variable == layer.variable; });
    if (known || !wanted_band(layer.variable)) continue;
    if (job.shares && layer.kind != LayerKind::source) layer.encoding = *job.shares;
    layers.push_back(std::move(layer));
  }
  if (layers.empty())
    return input_error("no band of the tiles of {} is called like {}", job.made_by, value_text(Value(patterns_)));
  Mosaic mosaic{job.made_by,
                job.lineage,
                job.start,
                job.end,
                cube_.grid,
                cube_.area,
                {{"ecocube", ECOCUBE_VERSION}, {"GDAL", gdal_version()}},
                {}};
  std::set<std::string> files;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!files.insert(file_of(layers[i], job)).second)
      return input_error("layer {}: another one is already called {}", layers[i].variable, file_of(layers[i], job));
    const auto share_done = [&](double share) {
      run.progress((static_cast<double>(i) + share) / static_cast<double>(layers.size()));
    };
    auto made = write_layer(layers[i], job, run, mapped_classes(legend_, class_bands), share_done);
    if (!made) return within(layers[i].variable, made.error());
    mosaic.layers.push_back(std::move(*made));
  }
  const fs::path record = run.stage(task.outputs.back());
  ECOCUBE_TRY(make_folders(record.parent_path()));
  return write_text(record, to_json(mosaic).dump(1) + "\n");
}

}  // namespace

std::unique_ptr<Step> make_mosaic_step() {
  return std::make_unique<MosaicStep>();
}

}  // namespace ecocube
