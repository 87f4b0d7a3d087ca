// SPDX-License-Identifier: Apache-2.0
#include "steps/predict.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "base/text.h"
#include "io/model/model_file.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "methods/infer/predictor.h"

namespace ecocube {
namespace {

const Encoding kPercent{DataType::uint8, 1, 0, 255, "%"};
const Encoding kClasses{DataType::uint8, 1, 0, 255, ""};

/// A model ready to predict; shared by all tasks of the step.
struct Loaded {
  explicit Loaded(Model loaded) : model(std::move(loaded)), predictor(model) {}
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;
  Model model;
  Predictor predictor;
};

/// One band of the output and where its bytes lie.
struct OutputBand {
  BandSpec spec;
  std::span<const std::uint8_t> (*bytes)(const MappedPixels& mapped, std::size_t class_index, std::size_t pixels);
  std::size_t class_index = 0;
};

class PredictStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "predict",
        "Maps every year with the trained model: class probabilities, dominant class, uncertainty",
        "the model, and the layers that give its features",
        "one raster a tile and year: `class`, `class_probability`, `class_uncertainty`, `probability_<code>` and "
        "`uncertainty_<code>` of every class; bytes, 255 is no data",
        "the model once; features x rows of a block (128 at most) x columns x 5 bytes, and 1 MiB for every open file; "
        "blocks of fewer rows, which a small --memory brings, keep 128 rows of all bands as well",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options
        .add("products", products_,
             "class: dominant class with its probability and uncertainty; probability and uncertainty: those of every "
             "class")
        .choices({"probability", "class", "uncertainty"})
        .rule("a list with class in it, which mosaic finds the map by", [](const Value& value) {
          const Value list = value.is_array() ? value : Value::array({value});
          return std::find(list.begin(), list.end(), Value("class")) != list.end();
        });
    options.add("years", years_, "years to map, such as 2015..2020; left out: all of the cube");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  bool makes(const char* product) const {
    return std::find(products_.begin(), products_.end(), product) != products_.end();
  }
  Result<std::vector<int>> years_to_map(const Cube& cube) const;
  Result<void> find_layers(Planning& planning, const Task& train, int year);
  void put_layers(Planning& planning, int year) const;
  std::uint64_t bytes_of_block(const Window& tile, int year, std::int64_t rows) const;
  std::int64_t rows_per_block(const Window& tile, int year, std::uint64_t memory) const;
  Result<std::shared_ptr<const Loaded>> load(const std::filesystem::path& root) const;
  Result<std::vector<const Layer*>> layers_of(const Model& model, int year) const;
  std::vector<OutputBand> bands_of(const Model& model) const;

  std::vector<std::string> products_{"probability", "class", "uncertainty"};
  Value years_;

  Cube cube_;
  std::string step_name_;
  std::string model_path_;
  std::size_t most_classes_ = 0;              ///< that a model can have which is trained with the recipe's legend
  std::map<int, std::vector<Layer>> layers_;  ///< by year
  std::map<int, std::size_t> open_files_;     ///< at once, read and written; by year
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Loaded> loaded_;
};

Result<std::vector<int>> PredictStep::years_to_map(const Cube& cube) const {
  if (years_.is_null()) return cube.years;
  ECOCUBE_TRY_ASSIGN(auto years, parse_years(years_));
  for (const int year : years) {
    if (!std::binary_search(cube.years.begin(), cube.years.end(), year)) {
      return usage_error("years: {} is not one of the cube's years {}..{}", year, cube.years.front(),
                         cube.years.back());
    }
  }
  return years;
}

/// The layers that give the features of one year: those of the table that the model is trained on.
Result<void> PredictStep::find_layers(Planning& planning, const Task& train, int year) {
  std::vector<std::string> wanted;
  for (const Task& task : planning.tasks()) {
    const bool feeds_training = std::find(train.needs.begin(), train.needs.end(), task.id()) != train.needs.end();
    if (feeds_training && task.facts.contains("features"))
      wanted = task.facts["features"].get<std::vector<std::string>>();
  }
  std::vector<std::string> given;
  for (const Layer& layer : planning.layers().all()) {
    if (layer.period && layer.period->year != year) continue;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), layer.feature_name()) == wanted.end()) continue;
    layers_[year].push_back(layer);
    given.push_back(layer.feature_name());
  }
  std::set<std::string> read;
  for (const Layer& layer : layers_[year]) {
    for (const LayerFile& file : layer.files) read.insert(file.path);
  }
  open_files_[year] = std::min(read.size(), LayerReader::kMostOpen) + 1;
  for (const std::string& feature : wanted) {
    if (std::find(given.begin(), given.end(), feature) == given.end()) {
      return usage_error("no layer gives feature {} in the year {}, though the model is trained on it", feature, year);
    }
  }
  return {};
}

void PredictStep::put_layers(Planning& planning, int year) const {
  if (!makes("class")) return;
  struct Known {
    const char* variable;
    const char* long_name;
    LayerKind kind;
  };
  int band = 0;
  for (const Known& known :
       {Known{"class", "Most probable class", LayerKind::classes},
        Known{"class_probability", "Probability of the most probable class", LayerKind::continuous},
        Known{"class_uncertainty", "Spread of the learners about the most probable class", LayerKind::continuous}}) {
    Layer layer;
    layer.variable = known.variable;
    layer.long_name = known.long_name;
    layer.kind = known.kind;
    layer.encoding = known.kind == LayerKind::classes ? kClasses : kPercent;
    layer.period = PeriodScheme::years().of_year(year).front();
    layer.made_by = step_name_;
    layer.task = fmt::format("{}/{{tile}}/{}", step_name_, year);
    layer.files = {{fmt::format("tiles/{{tile}}/{}/{}.tif", step_name_, year), ++band}};
    planning.layers().put(std::move(layer));
  }
}

Result<void> PredictStep::plan(Planning& planning) {
  cube_ = planning.cube();
  step_name_ = planning.step_name();
  most_classes_ = std::min(planning.legend().classes.size(), kMaximumClasses);
  Task train;
  for (const Task& task : planning.tasks()) {
    for (const std::string& output : task.outputs) {
      if (!output.ends_with("/model.ecomodel")) continue;
      train = task;
      model_path_ = output;
    }
  }
  if (model_path_.empty()) return usage_error("no model to predict with: put the step train before it");
  ECOCUBE_TRY_ASSIGN(const auto years, years_to_map(cube_));
  for (const int year : years) ECOCUBE_TRY(find_layers(planning, train, year));
  for (const Tile& tile : cube_.tiles) {
    for (const int year : years) {
      Task task;
      task.tile = tile.name();
      task.period = fmt::format("{}", year);
      task.needs = {train.id()};
      task.outputs = {fmt::format("tiles/{}/{}/{}.tif", task.tile, step_name_, year)};
      for (const Layer& layer : layers_[year]) ECOCUBE_TRY(planning.reads(task, layer, task.tile));
      const std::int64_t rows = rows_per_block(tile.window, year, planning.memory_per_task());
      task.memory_bytes = bytes_of_block(tile.window, year, rows);
      // Most areas hold fewer classes than their legend.
      const std::size_t likely_classes = std::min<std::size_t>(12, most_classes_);
      task.disk_bytes = static_cast<std::uint64_t>(tile.window.pixels()) * (3 + likely_classes) / 2;
      planning.add(std::move(task));
    }
  }
  for (const int year : years) put_layers(planning, year);
  return {};
}

/// Features with their validity, one layer as it is read, the mapped bytes, one band as floats on its way to the file,
/// what waits in the file, and what open files hold themselves. The model comes on top, once for all tasks.
std::uint64_t PredictStep::bytes_of_block(const Window& tile, int year, std::int64_t rows) const {
  constexpr std::uint64_t kNumber = sizeof(float) + 1, kPlanes = kNumber + 2 * sizeof(double) + sizeof(float);
  const std::uint64_t mapped = 3 + 2 * most_classes_;
  const auto pixels = static_cast<std::uint64_t>(std::min(rows, tile.rows) * tile.cols);
  return pixels * (layers_.at(year).size() * kNumber + kPlanes + mapped) +
         open_files_.at(year) * RasterWriter::kOpenFileBytes +
         RasterWriter::most_waiting_bytes(tile, rows, kClasses.type, mapped);
}

std::int64_t PredictStep::rows_per_block(const Window& tile, int year, std::uint64_t memory) const {
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(tile, year, rows); });
}

Result<std::shared_ptr<const Loaded>> PredictStep::load(const std::filesystem::path& root) const {
  const std::lock_guard lock(mutex_);
  if (!loaded_) {
    ECOCUBE_TRY_ASSIGN(Model model, load_model(root / model_path_));
    loaded_ = std::make_shared<const Loaded>(std::move(model));
  }
  return loaded_;
}

/// Matched by name, in the model's order.
Result<std::vector<const Layer*>> PredictStep::layers_of(const Model& model, int year) const {
  std::vector<const Layer*> found;
  std::vector<std::string> given;
  for (const Layer& layer : layers_.at(year)) given.push_back(layer.feature_name());
  for (const std::string& feature : model.features) {
    const auto place = std::find(given.begin(), given.end(), feature);
    if (place == given.end()) {
      return input_error("model {}: no layer gives its feature {} in the year {}{}", model_path_, feature, year,
                         suggestion(feature, given));
    }
    found.push_back(&layers_.at(year)[static_cast<std::size_t>(place - given.begin())]);
  }
  return found;
}

std::vector<OutputBand> PredictStep::bands_of(const Model& model) const {
  using Bytes = std::span<const std::uint8_t>;
  std::vector<OutputBand> bands;
  if (makes("class")) {
    bands.push_back({{"class", LayerKind::classes, model.classes},
                     [](const MappedPixels& m, std::size_t, std::size_t) { return Bytes(m.dominant); },
                     0});
    bands.push_back({{"class_probability", LayerKind::continuous, {}},
                     [](const MappedPixels& m, std::size_t, std::size_t) { return Bytes(m.dominant_probability); },
                     0});
    bands.push_back({{"class_uncertainty", LayerKind::continuous, {}},
                     [](const MappedPixels& m, std::size_t, std::size_t) { return Bytes(m.dominant_uncertainty); },
                     0});
  }
  for (std::size_t c = 0; makes("probability") && c < model.classes.size(); ++c) {
    bands.push_back({{"probability_" + model.classes[c].code, LayerKind::continuous, {}},
                     [](const MappedPixels& m, std::size_t k, std::size_t pixels) {
                       return Bytes(m.probability).subspan(k * pixels, pixels);
                     },
                     c});
  }
  for (std::size_t c = 0; makes("uncertainty") && c < model.classes.size(); ++c) {
    bands.push_back({{"uncertainty_" + model.classes[c].code, LayerKind::continuous, {}},
                     [](const MappedPixels& m, std::size_t k, std::size_t pixels) {
                       return Bytes(m.uncertainty).subspan(k * pixels, pixels);
                     },
                     c});
  }
  return bands;
}

Result<void> PredictStep::run(const Task& task, TaskRun& run) const {
  const int year = static_cast<int>(parse_integer(task.period).value());
  ECOCUBE_TRY_ASSIGN(const auto loaded, load(run.root()));
  ECOCUBE_TRY_ASSIGN(const auto layers, layers_of(loaded->model, year));
  const std::vector<OutputBand> bands = bands_of(loaded->model);
  std::vector<BandSpec> specs;
  for (const OutputBand& band : bands) specs.push_back(band.spec);

  const Window window = cube_.tile_named(task.tile)->window;
  const std::int64_t block_rows = rows_per_block(window, year, run.memory_bytes());
  ECOCUBE_TRY_ASSIGN(const auto writer,
                     RasterWriter::create(run.stage(task.outputs[0]), cube_.grid, window, kClasses, specs));
  LayerReader reader(cube_.grid, run.root());
  std::vector<float> features, stored;
  std::vector<std::uint8_t> valid;
  MappedPixels mapped;
  for (std::int64_t done = 0; done < window.rows; done += block_rows) {
    const Window part{window.row + done, window.col, std::min(block_rows, window.rows - done), window.cols};
    const auto pixels = static_cast<std::size_t>(part.pixels());
    features.resize(layers.size() * pixels);
    valid.resize(features.size());
    for (std::size_t f = 0; f < layers.size(); ++f) {
      ECOCUBE_TRY(reader.read_decoded(*layers[f], task.tile, part, std::span(features).subspan(f * pixels, pixels),
                                      std::span(valid).subspan(f * pixels, pixels)));
    }
    loaded->predictor.predict(features, valid, pixels, mapped);
    for (std::size_t b = 0; b < bands.size(); ++b) {
      const auto bytes = bands[b].bytes(mapped, bands[b].class_index, pixels);
      stored.assign(bytes.begin(), bytes.end());
      ECOCUBE_TRY(writer->write(b, part, stored, {}));
    }
    run.progress(static_cast<double>(done + part.rows) / static_cast<double>(window.rows));
  }
  return writer->close();
}

}  // namespace

std::unique_ptr<Step> make_predict_step() {
  return std::make_unique<PredictStep>();
}

}  // namespace ecocube
