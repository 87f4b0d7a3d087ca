// SPDX-License-Identifier: Apache-2.0
#include "steps/predict.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "base/text.h"
#include "data/table/table.h"
#include "io/model/model_file.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "methods/infer/predictor.h"
#include "steps/class_layers.h"
#include "steps/predict_features.h"
#include "steps/predict_outputs.h"

namespace ecocube {
namespace {

/// A model ready to predict; shared by all tasks of a span.
struct Loaded {
  Loaded(std::shared_ptr<const Model> loaded, const PixelFeatures& features)
      : model(std::move(loaded)), predictor(*model, features.stored()) {}
  std::shared_ptr<const Model> model;
  Predictor predictor;
};

/// The bands of one file of a task, and its writer.
struct OutputFile {
  std::unique_ptr<RasterWriter> writer;
  std::size_t next = 0;  ///< band that is written next
};

/// Bytes go to the file as they are; numbers are encoded as the band's layer says.
Result<void> write_band(const OutputBand& band, const MappedPixels& mapped, const Window& part, RasterWriter& writer,
                        std::size_t number) {
  const auto pixels = static_cast<std::size_t>(part.pixels());
  if (band.bytes) return writer.write_stored<std::uint8_t>(number, part, band.bytes(mapped, pixels));
  std::vector<float> stored;
  stored.reserve(pixels);
  band.physical(mapped, pixels, stored);
  std::vector<std::uint8_t> valid(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    valid[i] = std::isnan(stored[i]) ? 0 : 1;
    if (valid[i]) stored[i] = static_cast<float>(band.layer.encoding.encoded(static_cast<double>(stored[i])));
  }
  return writer.write(number, part, stored, valid);
}

class PredictStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "predict",
        "Maps every year with a model: class probabilities, dominant class, a number at its depths, their uncertainty",
        "the model that train made or a model file, and the layers that give its features",
        "a raster a tile and year: `class`, `class_probability`, `class_uncertainty`, `probability_<code>` and "
        "`uncertainty_<code>` of every class as bytes; or `<variable>_values` of a regression",
        "the model once; features x rows of a block (128 at most) x columns x 5 bytes, the outputs of the block, and 1 "
        "MiB for every open file; blocks of fewer rows, which a small --memory brings, keep 128 rows of all bands as "
        "well",
        2};
    return info;
  }

  void declare(OptionSet& options) override;
  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<void> find_model(Planning& planning, Task& train);
  Result<void> check_products() const;
  Result<void> check_classes(const Legend& legend) const;
  Result<void> check_features(const LayerSet& layers, const std::vector<std::string>& wanted, MappedSpan span) const;
  Result<void> add_task(Planning& planning, const Tile& tile, const MappedSpan& span, const Task& train) const;
  void put_layers(Planning& planning, const MappedSpan& span) const;
  std::vector<std::string> depth_names() const;
  std::vector<OutputBand> all_bands(const Model& model) const;
  std::vector<std::string> outputs_of(const std::string& tile, const MappedSpan& span) const;
  std::uint64_t bytes_of_block(const Window& tile, const MappedSpan& span, std::int64_t rows) const;
  std::int64_t rows_per_block(const Window& tile, const MappedSpan& span, std::uint64_t memory) const;
  Result<std::shared_ptr<const Loaded>> load(const std::filesystem::path& root, const MappedSpan& span,
                                             const PixelFeatures& features) const;
  Result<std::shared_ptr<const Model>> model_at(const std::filesystem::path& root) const;
  Result<std::map<std::string, OutputFile>> create_files(const std::vector<OutputBand>& bands, const Window& window,
                                                         const std::string& tile, const MappedSpan& span,
                                                         TaskRun& run) const;

  Products products_;
  std::vector<double> levels_;
  Value years_;
  std::vector<std::string> periods_;
  std::vector<double> depths_;
  std::optional<std::string> model_option_;
  bool any_scale_ = false;

  Cube cube_;
  std::string step_name_;
  std::string model_path_;  ///< in the run's folder, or as given
  Model planned_;           ///< as far as it is known while planning: classes (the legend's) or response
  bool trained_here_ = true;
  std::map<std::string, MappedSpan> spans_;  ///< by name
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Model> model_;
  mutable std::map<std::string, std::shared_ptr<const Loaded>> loaded_;  ///< by span
};

void PredictStep::declare(OptionSet& options) {
  options.add(
      "products", products_.names,
      "of classes: probability and uncertainty of every class, class (the dominant one with its probability and "
      "uncertainty), margin, entropy, sets; of a number: value, spread, quantiles, intervals; of both: "
      "applicability; none: probability, class, uncertainty, or value, spread");
  options.add("years", years_, "years to map, such as 2015..2020; left out: all of the cube");
  options.add("periods", periods_,
              "spans of several years to map instead, such as 2000..2002: a feature is its mean over the years");
  options.add("depths", depths_, "depths to map, in the unit of the points' depth; needed when they have one");
  options.add("classes", products_.classes,
              "codes of classes whose probability becomes the layer probability_<code> for the steps after this one");
  options.add("levels", levels_,
              "also map the dominant class of 1 or 2 digits of the codes: class_level1, class_level2");
  options.add("coverage", products_.coverage, "that class sets and intervals ask for").range(0.01, 0.999);
  options.add("quantiles", products_.quantiles, "of the quantile forest, 0..1");
  options.add("scale", products_.scale, "store numbers as whole multiples of it; 0: as 32-bit floats").range(0, 1e6);
  options.add("model", model_option_, "a model file made before or elsewhere, instead of that of the step train");
  options.add("any_scale", any_scale_,
              "take layers that store their numbers with another scale than those that the model was trained on");
}

/// From the step train before it, or from a file, which is read at once.
Result<void> PredictStep::find_model(Planning& planning, Task& train) {
  if (model_option_) {
    ECOCUBE_TRY_ASSIGN(Model model, load_model(*model_option_));
    model_path_ = *model_option_;
    trained_here_ = false;
    planned_ = std::move(model);
    return {};
  }
  for (const Task& task : planning.tasks()) {
    for (const std::string& output : task.outputs) {
      if (!output.ends_with("/model.ecomodel")) continue;
      train = task;
      model_path_ = output;
    }
  }
  if (model_path_.empty())
    return usage_error("no model to predict with: put the step train before it, or name a file with the option model");
  const Value options = train.facts.contains("options") ? train.facts["options"] : Value::object();
  const Value response = options.contains("response") ? options["response"] : Value(nullptr);
  if (response.is_object()) {
    planned_.response =
        Response{response.value("variable", "value"), response.value("unit", ""), Transform::none, 0, 0};
  } else {
    planned_.classes = planning.legend().classes;
    if (planned_.classes.size() > kMaximumClasses) planned_.classes.resize(kMaximumClasses);
  }
  return {};
}

Result<void> PredictStep::check_products() const {
  const bool regression = planned_.response.has_value();
  const std::vector<std::string> known = product_names(regression);
  for (const std::string& name : products_.names) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return usage_error("products: '{}' is none of a model of {}{}", name, regression ? "a number" : "classes",
                         suggestion(name, known));
  }
  for (const double level : products_.quantiles) {
    if (!(level >= 0 && level <= 1)) return usage_error("quantiles: {} is not within 0..1", level);
  }
  for (const int level : products_.levels) ECOCUBE_TRY(check_level(planned_.classes, level));
  if (regression && (!products_.classes.empty() || !products_.levels.empty()))
    return usage_error("classes and levels: the model is of a number");
  return {};
}

/// What the recipe calls a class must be what the model learnt under that code.
Result<void> PredictStep::check_classes(const Legend& legend) const {
  std::vector<std::string> codes;
  for (const LegendClass& entry : planned_.classes) codes.push_back(entry.code);
  for (const std::string& code : products_.classes) {
    if (std::find(codes.begin(), codes.end(), code) == codes.end())
      return usage_error("classes: '{}' is no class of {}{}", code, trained_here_ ? "the legend" : "the model",
                         suggestion(code, codes));
  }
  for (const LegendClass& entry : trained_here_ ? std::vector<LegendClass>() : planned_.classes) {
    const LegendClass* own = legend.with_code(entry.code);
    if (own && own->value == entry.value) continue;
    return input_error("model {}: its class {} ({}) has the raster value {}, {} in the legend {}", model_path_,
                       entry.code, entry.name, entry.value,
                       own ? fmt::format("it has {}", own->value) : "there is no such class", legend.name);
  }
  return {};
}

/// Every feature that the model is known to want has a layer in the span.
Result<void> PredictStep::check_features(const LayerSet& layers, const std::vector<std::string>& wanted,
                                         MappedSpan span) const {
  find_layers(layers, {}, span);
  const std::vector<std::string> given = span.feature_names();
  for (const std::string& feature : wanted) {
    if (feature == kDepthFeature && depths_.empty())
      return usage_error("depths: the model is trained on points with a depth; say which depths to map");
    if (feature == kDepthFeature || std::find(given.begin(), given.end(), feature) != given.end()) continue;
    return usage_error("no layer gives feature {} in {}, though the model is trained on it{}", feature, span.name,
                       suggestion(feature, given));
  }
  return {};
}

std::vector<std::string> PredictStep::depth_names() const {
  if (depths_.empty()) return {""};
  std::vector<std::string> names;
  for (const double depth : depths_) names.push_back(fmt::format("b{}cm", depth));
  return names;
}

std::vector<OutputBand> PredictStep::all_bands(const Model& model) const {
  std::vector<OutputBand> bands;
  for (const std::string& depth : depth_names()) {
    for (OutputBand& band : output_bands(model, products_, depth)) bands.push_back(std::move(band));
  }
  return bands;
}

std::vector<std::string> PredictStep::outputs_of(const std::string& tile, const MappedSpan& span) const {
  std::vector<std::string> outputs;
  for (const OutputBand& band : all_bands(planned_)) {
    const std::string path = fmt::format("tiles/{}/{}/{}{}.tif", tile, step_name_, span.name, band.file);
    if (std::find(outputs.begin(), outputs.end(), path) == outputs.end()) outputs.push_back(path);
  }
  return outputs;
}

void PredictStep::put_layers(Planning& planning, const MappedSpan& span) const {
  std::map<std::string, int> bands_of;
  for (OutputBand& band : all_bands(planned_)) {
    const int number = ++bands_of[band.file];
    if (!band.put) continue;
    Layer layer = std::move(band.layer);
    layer.period = span.period;
    layer.made_by = step_name_;
    layer.task = fmt::format("{}/{{tile}}/{}", step_name_, span.name);
    layer.files = {{fmt::format("tiles/{{tile}}/{}/{}{}.tif", step_name_, span.name, band.file), number}};
    planning.layers().put(std::move(layer));
  }
}

Result<void> PredictStep::add_task(Planning& planning, const Tile& tile, const MappedSpan& span,
                                   const Task& train) const {
  Task task;
  task.tile = tile.name();
  task.period = span.name;
  task.outputs = outputs_of(task.tile, span);
  if (trained_here_) {
    task.needs = {train.id()};
  } else {
    ECOCUBE_TRY_ASSIGN(TaskInput input, planning.input(model_path_));
    task.inputs.push_back(std::move(input));
  }
  for (const Layer& layer : span.layers) ECOCUBE_TRY(planning.reads(task, layer, task.tile));
  const std::int64_t rows = rows_per_block(tile.window, span, planning.memory_per_task());
  task.memory_bytes = bytes_of_block(tile.window, span, rows);
  // Most areas hold fewer classes than their legend.
  const std::size_t likely =
      planned_.response ? 4 * all_bands(planned_).size() : 3 + std::min<std::size_t>(12, planned_.classes.size());
  task.disk_bytes = static_cast<std::uint64_t>(tile.window.pixels()) * likely / 2;
  planning.add(std::move(task));
  return {};
}

Result<void> PredictStep::plan(Planning& planning) {
  cube_ = planning.cube();
  step_name_ = planning.step_name();
  for (const double level : levels_) {
    if (level != 1 && level != 2) return usage_error("levels: {} is neither 1 nor 2", level);
    products_.levels.push_back(static_cast<int>(level));
  }
  Task train;
  ECOCUBE_TRY(find_model(planning, train));
  if (products_.names.empty())
    products_.names = planned_.response ? std::vector<std::string>{"value", "spread"}
                                        : std::vector<std::string>{"probability", "class", "uncertainty"};
  ECOCUBE_TRY(check_products());
  ECOCUBE_TRY(check_classes(planning.legend()));
  if (!trained_here_) ECOCUBE_TRY(wanted_outputs(planned_, products_));
  std::vector<std::string> wanted = planned_.features;
  for (const Task& task : planning.tasks()) {
    const bool feeds_training = std::find(train.needs.begin(), train.needs.end(), task.id()) != train.needs.end();
    if (feeds_training && task.facts.contains("features"))
      wanted = task.facts["features"].get<std::vector<std::string>>();
  }
  ECOCUBE_TRY_ASSIGN(auto spans, spans_to_map(cube_, years_, periods_));
  for (MappedSpan& span : spans) {
    ECOCUBE_TRY(check_features(planning.layers(), wanted, span));
    find_layers(planning.layers(), wanted, span);
    spans_.emplace(span.name, span);
  }
  for (const Tile& tile : cube_.tiles) {
    for (const auto& [name, span] : spans_) ECOCUBE_TRY(add_task(planning, tile, span, train));
  }
  for (const auto& [name, span] : spans_) put_layers(planning, span);
  return {};
}

/// Features as they are read, the mapped planes, one band as floats on its way to the file, what waits in the files,
/// and what open files hold themselves. The model comes on top, once for all tasks.
std::uint64_t PredictStep::bytes_of_block(const Window& tile, const MappedSpan& span, std::int64_t rows) const {
  const std::vector<OutputBand> bands = all_bands(planned_);
  std::uint64_t mapped = 0;
  for (const OutputBand& band : bands) mapped += bytes_of(band.layer.encoding.type) == 1 ? 1 : 4;
  const auto pixels = static_cast<std::uint64_t>(std::min(rows, tile.rows) * tile.cols);
  return pixels * (PixelFeatures::bytes_per_pixel(span.layers.size()) + mapped + sizeof(float)) +
         (span.open_files + 3) * RasterWriter::kOpenFileBytes +
         RasterWriter::most_waiting_bytes(tile, rows, planned_.response ? DataType::float32 : DataType::uint8,
                                          bands.size());
}

std::int64_t PredictStep::rows_per_block(const Window& tile, const MappedSpan& span, std::uint64_t memory) const {
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(tile, span, rows); });
}

Result<std::shared_ptr<const Model>> PredictStep::model_at(const std::filesystem::path& root) const {
  const std::lock_guard lock(mutex_);
  if (!model_) {
    ECOCUBE_TRY_ASSIGN(Model model,
                       load_model(trained_here_ ? root / model_path_ : std::filesystem::path(model_path_)));
    model_ = std::make_shared<const Model>(std::move(model));
  }
  return model_;
}

Result<std::shared_ptr<const Loaded>> PredictStep::load(const std::filesystem::path& root, const MappedSpan& span,
                                                        const PixelFeatures& features) const {
  ECOCUBE_TRY_ASSIGN(auto model, model_at(root));
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const Loaded>& loaded = loaded_[span.name];
  if (!loaded) loaded = std::make_shared<const Loaded>(std::move(model), features);
  return loaded;
}

Result<std::map<std::string, OutputFile>> PredictStep::create_files(const std::vector<OutputBand>& bands,
                                                                    const Window& window, const std::string& tile,
                                                                    const MappedSpan& span, TaskRun& run) const {
  std::map<std::string, std::vector<BandSpec>> specs;
  std::map<std::string, Encoding> encodings;
  for (const OutputBand& band : bands) {
    specs[band.file].push_back({band.layer.variable, band.layer.kind, band.classes, band.layer.encoding});
    encodings.emplace(band.file, band.layer.encoding);
  }
  std::map<std::string, OutputFile> files;
  for (const auto& [file, list] : specs) {
    const std::string path = fmt::format("tiles/{}/{}/{}{}.tif", tile, step_name_, span.name, file);
    ECOCUBE_TRY_ASSIGN(files[file].writer,
                       RasterWriter::create(run.stage(path), cube_.grid, window, encodings.at(file), list));
  }
  return files;
}

Result<void> PredictStep::run(const Task& task, TaskRun& run) const {
  const MappedSpan& span = spans_.at(task.period);
  ECOCUBE_TRY_ASSIGN(const auto model, model_at(run.root()));
  if (model->response.has_value() != planned_.response.has_value()) {
    return usage_error(
        "model {}: it is of {}: say so with the option response of train, so that its maps can be planned", model_path_,
        model->response ? "a number" : "classes");
  }
  auto features = PixelFeatures::of(*model, span, any_scale_);
  if (!features) return within(fmt::format("model {}", model_path_), features.error());
  ECOCUBE_TRY_ASSIGN(const auto loaded, load(run.root(), span, *features));
  ECOCUBE_TRY_ASSIGN(const WantedOutputs wanted, wanted_outputs(*model, products_));
  for (const std::string& code : products_.classes) {
    if (std::none_of(model->classes.begin(), model->classes.end(), [&](const auto& c) { return c.code == code; }))
      run.note(fmt::format("the model has no class {}: its probability is 0 everywhere", code));
  }
  const Window window = cube_.tile_named(task.tile)->window;
  const std::vector<OutputBand> bands = all_bands(*model);
  ECOCUBE_TRY_ASSIGN(auto files, create_files(bands, window, task.tile, span, run));
  const std::int64_t block_rows = rows_per_block(window, span, run.memory_bytes());
  const std::size_t depths = depth_names().size(), bands_per_depth = bands.size() / depths;
  LayerReader reader(cube_.grid, run.root());
  MappedPixels mapped;
  for (std::int64_t done = 0; done < window.rows; done += block_rows) {
    const Window part{window.row + done, window.col, std::min(block_rows, window.rows - done), window.cols};
    const auto pixels = static_cast<std::size_t>(part.pixels());
    ECOCUBE_TRY(features->read(reader, task.tile, part));
    for (auto& [name, file] : files) file.next = 0;
    for (std::size_t depth = 0; depth < depths; ++depth) {
      if (!depths_.empty()) features->set_depth(part, depths_[depth]);
      loaded->predictor.predict(features->planes(), pixels, wanted, mapped);
      for (std::size_t b = depth * bands_per_depth; b < (depth + 1) * bands_per_depth; ++b) {
        OutputFile& file = files.at(bands[b].file);
        ECOCUBE_TRY(write_band(bands[b], mapped, part, *file.writer, file.next++));
      }
    }
    run.progress(static_cast<double>(done + part.rows) / static_cast<double>(window.rows));
  }
  for (auto& [name, file] : files) ECOCUBE_TRY(file.writer->close());
  return {};
}

}  // namespace

std::unique_ptr<Step> make_predict_step() {
  return std::make_unique<PredictStep>();
}

}  // namespace ecocube
