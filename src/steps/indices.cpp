// SPDX-License-Identifier: Apache-2.0
#include "steps/indices.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "methods/series/indices.h"

namespace ecocube {
namespace {

/// One layer to compute: an index of one statistic in one period.
struct Product {
  const series::Index* index = nullptr;
  std::vector<std::size_t> bands;  ///< places among the period's bands
  std::size_t file = 0, band = 0;  ///< file of the period, and band of it from 0
};

/// All that one task computes.
struct PeriodWork {
  std::vector<Layer> bands;  ///< read once each
  std::vector<Product> products;
  std::vector<std::string> files;            ///< without folder
  std::vector<Encoding> encodings;           ///< one a file
  std::vector<std::vector<BandSpec>> specs;  ///< bands of each file
};

class IndicesStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "indices",
        "Computes spectral indices such as NDVI from the bands of each period",
        "the reflectance layers that the indices need (`red_p50`, `nir_p50`)",
        "one layer an index and statistic for every period (`ndvi_p50`)",
        "rows of a block (128 at most) x columns x 5 bytes for each band and one result, and 1 MiB for every open "
        "file; the rows follow --memory",
        1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("names", names_, "indices to compute, such as ndvi, nbr, ndwi").required();
    options.add("statistics", statistics_,
                "which statistic of the bands to take (p50 reads red_p50); empty text for bands without one");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<std::vector<Period>> periods_of(const LayerSet& layers, const series::Index& index,
                                         const std::string& suffix) const;
  Result<void> add_product(PeriodWork& work, const LayerSet& layers, const series::Index& index,
                           const std::string& suffix, const Period& period);
  Result<void> add_task(Planning& planning, const Tile& tile, const std::string& period, const PeriodWork& work) const;
  std::string path_of(const std::string& file) const { return fmt::format("tiles/{{tile}}/{}/{}", step_name_, file); }

  std::vector<std::string> names_;
  std::vector<std::string> statistics_{"p50"};

  std::string step_name_;
  Cube cube_;
  std::map<std::string, PeriodWork> work_;  ///< by period id
  std::vector<Layer> made_;
};

/// All bands of the block and one result, one layer as it is read, and what waits in the files.
std::uint64_t bytes_of_block(const PeriodWork& work, const Window& tile, std::int64_t rows) {
  constexpr std::uint64_t kNumber = sizeof(float) + 1;
  const auto pixels = static_cast<std::uint64_t>(std::min(rows, tile.rows) * tile.cols);
  std::set<std::string> read;
  for (const Layer& layer : work.bands) {
    for (const LayerFile& file : layer.files) read.insert(file.path);
  }
  std::uint64_t bytes = pixels * ((work.bands.size() + 2) * kNumber + 2 * sizeof(double)) +
                        (read.size() + work.files.size()) * RasterWriter::kOpenFileBytes;
  for (std::size_t file = 0; file < work.files.size(); ++file)
    bytes += RasterWriter::most_waiting_bytes(tile, rows, work.encodings[file].type, work.specs[file].size());
  return bytes;
}

std::int64_t rows_per_block(const PeriodWork& work, const Window& tile, std::uint64_t memory) {
  return RasterWriter::rows_within(memory, tile, [&](std::int64_t rows) { return bytes_of_block(work, tile, rows); });
}

/// The periods of the first band; every other band must have the same.
Result<std::vector<Period>> IndicesStep::periods_of(const LayerSet& layers, const series::Index& index,
                                                    const std::string& suffix) const {
  std::vector<Period> periods;
  for (const std::string& band : index.bands) {
    std::vector<Period> own;
    for (const Layer& layer : layers.of_variable(band + suffix)) {
      if (layer.period) own.push_back(*layer.period);
    }
    if (own.empty())
      return usage_error("index {} needs {}, which no layer is called{}", index.name, band + suffix,
                         suggestion(band + suffix, layers.variables()));
    if (&band == &index.bands.front()) periods = own;
    if (own != periods) {
      return input_error("index {}: {} and {} have different periods ({} and {})", index.name,
                         index.bands.front() + suffix, band + suffix, periods.size(), own.size());
    }
  }
  return periods;
}

Result<void> IndicesStep::add_product(PeriodWork& work, const LayerSet& layers, const series::Index& index,
                                      const std::string& suffix, const Period& period) {
  Product product{&index, {}, 0, 0};
  for (const std::string& band : index.bands) {
    const std::string variable = band + suffix;
    const auto known = std::find_if(work.bands.begin(), work.bands.end(),
                                    [&](const Layer& layer) { return layer.variable == variable; });
    product.bands.push_back(static_cast<std::size_t>(known - work.bands.begin()));
    if (known == work.bands.end()) work.bands.push_back(*layers.find(variable, period));
  }
  // A file holds one data type; the wide indices of a mixed list get a file of their own.
  const auto file = std::find(work.encodings.begin(), work.encodings.end(), index.encoding);
  product.file = static_cast<std::size_t>(file - work.encodings.begin());
  if (file == work.encodings.end()) {
    const std::string kind = work.files.empty() ? "" : fmt::format("_{}", name_of(index.encoding.type));
    work.files.push_back(period.id() + kind + ".tif");
    work.encodings.push_back(index.encoding);
    work.specs.emplace_back();
  }
  std::vector<BandSpec>& specs = work.specs[product.file];
  product.band = specs.size();
  specs.push_back({.name = index.name + suffix, .kind = LayerKind::continuous, .classes = {}, .encoding = {}});

  Layer layer;
  layer.variable = index.name + suffix;
  layer.long_name = index.long_name;
  layer.encoding = index.encoding;
  layer.period = period;
  layer.made_by = step_name_;
  layer.task = step_name_ + "/{tile}/" + period.id();
  layer.files = {{path_of(work.files[product.file]), static_cast<int>(product.band) + 1}};
  const auto twice = std::find_if(made_.begin(), made_.end(), [&](const Layer& other) {
    return other.variable == layer.variable && other.period == period;
  });
  if (twice != made_.end()) return usage_error("names: {} is given twice", index.name);
  made_.push_back(std::move(layer));
  work.products.push_back(std::move(product));
  return {};
}

Result<void> IndicesStep::add_task(Planning& planning, const Tile& tile, const std::string& period,
                                   const PeriodWork& work) const {
  Task task;
  task.step = step_name_;
  task.tile = tile.name();
  task.period = period;
  for (const Layer& layer : work.bands) {
    ECOCUBE_TRY(planning.reads(task, layer, tile.name()));
    const Encoding& encoding = layer.encoding;
    Value numbers = Value::array();
    for (const LayerFile& file : layer.files) numbers.push_back(file.band);
    task.facts["bands"][layer.variable] = {{"type", name_of(encoding.type)},
                                           {"scale", encoding.scale},
                                           {"offset", encoding.offset},
                                           {"no_data", encoding.no_data ? Value(*encoding.no_data) : Value(nullptr)},
                                           {"files", std::move(numbers)}};
  }
  for (std::size_t file = 0; file < work.files.size(); ++file) {
    task.outputs.push_back(replace_all(path_of(work.files[file]), "{tile}", tile.name()));
    task.disk_bytes += static_cast<std::uint64_t>(tile.window.pixels()) * work.specs[file].size() *
                       bytes_of(work.encodings[file].type);
    for (const BandSpec& spec : work.specs[file]) task.facts["indices"].push_back(spec.name);
  }
  const std::int64_t rows = rows_per_block(work, tile.window, planning.memory_per_task());
  task.memory_bytes = bytes_of_block(work, tile.window, rows);
  planning.add(std::move(task));
  return {};
}

Result<void> IndicesStep::plan(Planning& planning) {
  step_name_ = planning.step_name();
  cube_ = planning.cube();
  if (names_.empty() || statistics_.empty())
    return usage_error("{}: the list is empty", names_.empty() ? "names" : "statistics");
  for (const std::string& name : names_) {
    auto index = series::find_index(name);
    if (!index) return within("names", index.error());
    for (const std::string& statistic : statistics_) {
      const std::string suffix = statistic.empty() ? "" : "_" + statistic;
      ECOCUBE_TRY_ASSIGN(const auto periods, periods_of(planning.layers(), **index, suffix));
      for (const Period& period : periods)
        ECOCUBE_TRY(add_product(work_[period.id()], planning.layers(), **index, suffix, period));
    }
  }
  for (const Tile& tile : cube_.tiles) {
    for (const auto& [period, work] : work_) ECOCUBE_TRY(add_task(planning, tile, period, work));
  }
  for (const Layer& layer : made_) planning.layers().put(layer);
  return {};
}

Result<void> IndicesStep::run(const Task& task, TaskRun& run) const {
  const PeriodWork& work = work_.at(task.period);
  const Window window = cube_.tile_named(task.tile)->window;
  LayerReader reader(cube_.grid, run.root());
  std::vector<std::unique_ptr<RasterWriter>> writers;
  for (std::size_t file = 0; file < work.files.size(); ++file) {
    ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(run.stage(task.outputs[file]), cube_.grid, window,
                                                         work.encodings[file], work.specs[file]));
    writers.push_back(std::move(writer));
  }
  const std::int64_t block_rows = rows_per_block(work, window, run.memory_bytes());
  for (std::int64_t row = 0; row < window.rows; row += block_rows) {
    const Window block{window.row + row, window.col, std::min(block_rows, window.rows - row), window.cols};
    const auto pixels = static_cast<std::size_t>(block.pixels());
    std::vector<float> values(work.bands.size() * pixels), results(pixels);
    std::vector<std::uint8_t> valid(values.size()), results_valid(pixels);
    for (std::size_t band = 0; band < work.bands.size(); ++band) {
      ECOCUBE_TRY(reader.read_decoded(work.bands[band], task.tile, block, {values.data() + band * pixels, pixels},
                                      {valid.data() + band * pixels, pixels}));
    }
    for (const Product& product : work.products) {
      constexpr std::size_t kGrain = 16384;
      parallel_for(pixels, kGrain, [&](std::size_t begin, std::size_t end) {
        const std::size_t count = end - begin;
        std::vector<std::span<const float>> bands;
        std::vector<std::span<const std::uint8_t>> bands_valid;
        for (const std::size_t band : product.bands) {
          bands.emplace_back(values.data() + band * pixels + begin, count);
          bands_valid.emplace_back(valid.data() + band * pixels + begin, count);
        }
        series::compute_index(*product.index, bands, bands_valid, {results.data() + begin, count},
                              {results_valid.data() + begin, count});
        for (std::size_t i = begin; i < end; ++i)
          results[i] = static_cast<float>(product.index->encoding.encoded(static_cast<double>(results[i])));
      });
      ECOCUBE_TRY(writers[product.file]->write(product.band, block, results, results_valid));
    }
    run.progress(static_cast<double>(row + block.rows) / static_cast<double>(window.rows));
  }
  for (const auto& writer : writers) ECOCUBE_TRY(writer->close());
  return {};
}

}  // namespace

std::unique_ptr<Step> make_indices_step() {
  return std::make_unique<IndicesStep>();
}

}  // namespace ecocube
