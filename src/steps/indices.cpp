// SPDX-License-Identifier: Apache-2.0
#include "steps/indices.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "steps/index_kernels.h"
#include "steps/series_engine.h"

namespace ecocube {
namespace {

/// A formula of the recipe and how its results are kept.
struct Formula {
  std::string name, text, long_name;
  Encoding encoding{.type = DataType::float32, .scale = 1, .offset = 0, .no_data = -9999, .unit = {}};
};

/// All that the tasks of one period compute.
struct PeriodWork {
  std::vector<Layer> bands;  ///< read once each
  std::vector<IndexProduct> products;
  std::vector<SeriesOutput> outputs;

  std::size_t place_of(const Layer& layer) {
    const auto known =
        std::find_if(bands.begin(), bands.end(), [&](const Layer& other) { return other.variable == layer.variable; });
    const auto place = static_cast<std::size_t>(known - bands.begin());
    if (known == bands.end()) bands.push_back(layer);
    return place;
  }
};

class IndicesStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{
        "indices",
        "Computes spectral indices such as NDVI, and formulas of one's own, from the bands of each period",
        "the layers that the indices and formulas need (`red_p50`, `nir_p50`)",
        "one layer an index and statistic for every period (`ndvi_p50`); `bare_soil_fraction` once a year",
        "rows of a block x columns x the bytes of all bands and results; the rows follow --memory",
        2};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("names", names_, "indices to compute, such as ndvi, nbr, ndwi");
    options.add("statistics", statistics_,
                "which statistic of the bands to take (p50 reads red_p50); empty text for bands without one");
    options.add("expressions", expressions_,
                "formulas by name, `{gcvi: nir / green - 1}`; instead of the text, {formula, type, scale, offset, "
                "no_data, unit, long_name} says how the result is stored (float32 unless told otherwise)");
    options
        .add("bare_soil", bare_soil_,
             "also bare_soil_fraction: share of a year's periods in which NDVI is at most so much")
        .range(-1, 1);
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override;

 private:
  Result<std::vector<Formula>> formulas() const;
  Result<void> add_index(const LayerSet& layers, const std::string& name, const std::string& suffix);
  Result<void> add_formula(const LayerSet& layers, const Formula& formula, const std::string& suffix);
  Result<void> add_bare_soil(const LayerSet& layers);
  Result<void> put(const Period& period, IndexProduct product, Layer layer, PeriodWork& work);

  std::vector<std::string> names_;
  std::vector<std::string> statistics_{"p50"};
  Value expressions_ = Value::object();
  std::optional<double> bare_soil_;

  std::map<std::string, PeriodWork> work_;  ///< by period id
  std::map<std::string, SeriesJob> jobs_;   ///< by period id
};

std::string with_suffix(const std::string& name, const std::string& suffix) {
  return suffix.empty() ? name : name + "_" + suffix;
}

/// The periods of a variable's layers, oldest first; empty for a static one.
std::vector<Period> periods_of(const LayerSet& layers, const std::string& variable) {
  std::vector<Period> periods;
  for (const Layer& layer : layers.of_variable(variable)) {
    if (layer.period) periods.push_back(*layer.period);
  }
  return periods;
}

/// The periods that all dated ones of `variables` share; an error when they differ or when none is dated.
Result<std::vector<Period>> shared_periods(const LayerSet& layers, const std::vector<std::string>& variables,
                                           const std::string& owner) {
  std::vector<Period> shared;
  std::string first;
  for (const std::string& variable : variables) {
    const std::vector<Period> own = periods_of(layers, variable);
    if (own.empty() && layers.find(variable, std::nullopt)) continue;
    if (first.empty()) {
      first = variable;
      shared = own;
    } else if (own != shared) {
      return input_error("{}: {} and {} have different periods ({} and {})", owner, first, variable, shared.size(),
                         own.size());
    }
  }
  if (first.empty()) return usage_error("{}: none of {} has periods", owner, join(variables, ", "));
  return shared;
}

const Layer& layer_at(const LayerSet& layers, const std::string& variable, const Period& period) {
  const Layer* dated = layers.find(variable, period);
  return dated ? *dated : *layers.find(variable, std::nullopt);
}

Result<void> IndicesStep::put(const Period& period, IndexProduct product, Layer layer, PeriodWork& work) {
  layer.period = period;
  // A file holds one data type; the first keeps the plain name.
  const Encoding first = work.outputs.empty() ? layer.encoding : work.outputs.front().layer.encoding;
  const bool same = layer.encoding.type == first.type && layer.encoding.same_no_data(first);
  std::string file = period.id() + (same ? "" : fmt::format("_{}", name_of(layer.encoding.type)));
  for (const SeriesOutput& other : work.outputs) {
    if (other.layer.variable == layer.variable) return usage_error("names: {} is given twice", layer.variable);
    const bool clash = other.file == file + ".tif" && !other.layer.encoding.same_no_data(layer.encoding);
    if (clash) file = period.id() + "_" + layer.variable;
  }
  work.outputs.push_back({std::move(layer), file + ".tif", {}});
  work.products.push_back(std::move(product));
  return {};
}

Result<void> IndicesStep::add_index(const LayerSet& layers, const std::string& name, const std::string& suffix) {
  const auto found = series::find_index(name);
  if (!found) return within("names", found.error());
  const series::Index& index = **found;
  std::vector<std::string> variables;
  for (const std::string& band : index.bands) {
    variables.push_back(with_suffix(band, suffix));
    if (periods_of(layers, variables.back()).empty())
      return usage_error("index {} needs {}, which no layer is called{}", index.name, variables.back(),
                         suggestion(variables.back(), layers.variables()));
  }
  ECOCUBE_TRY_ASSIGN(const auto periods, shared_periods(layers, variables, "index " + index.name));
  for (const Period& period : periods) {
    PeriodWork& work = work_[period.id()];
    IndexProduct product{.index = &index, .expression = nullptr, .bare_soil = {}, .bands = {}};
    for (const std::string& variable : variables)
      product.bands.push_back(work.place_of(layer_at(layers, variable, period)));
    Layer layer;
    layer.variable = with_suffix(index.name, suffix);
    layer.long_name = index.long_name;
    layer.encoding = index.encoding;
    if (const auto put_in = put(period, std::move(product), std::move(layer), work); !put_in) {
      return usage_error("names: {} is given twice", index.name);
    }
  }
  return {};
}

Result<void> IndicesStep::add_formula(const LayerSet& layers, const Formula& formula, const std::string& suffix) {
  std::vector<std::string> known = layers.variables();
  for (const std::string& variable : layers.variables()) {
    if (!suffix.empty() && variable.ends_with("_" + suffix))
      known.push_back(variable.substr(0, variable.size() - suffix.size() - 1));
  }
  auto parsed = series::Expression::parse(formula.text, known);
  if (!parsed) return within("expressions." + formula.name, parsed.error());
  const auto expression = std::make_shared<const series::Expression>(std::move(*parsed));
  std::vector<std::string> variables;
  bool suffixed = false;
  for (const std::string& name : expression->names()) {
    const std::string of_statistic = with_suffix(name, suffix);
    const bool takes_it = !layers.of_variable(of_statistic).empty();
    suffixed = suffixed || (takes_it && !suffix.empty());
    variables.push_back(takes_it ? of_statistic : name);
  }
  // A formula of whole names says the same for every statistic.
  if (!suffixed && suffix != statistics_.front()) return {};
  ECOCUBE_TRY_ASSIGN(const auto periods, shared_periods(layers, variables, "expressions." + formula.name));
  for (const Period& period : periods) {
    PeriodWork& work = work_[period.id()];
    IndexProduct product{.index = nullptr, .expression = expression, .bare_soil = {}, .bands = {}};
    for (const std::string& variable : variables)
      product.bands.push_back(work.place_of(layer_at(layers, variable, period)));
    Layer layer;
    layer.variable = suffixed ? with_suffix(formula.name, suffix) : formula.name;
    layer.long_name = formula.long_name.empty() ? formula.text : formula.long_name;
    layer.encoding = formula.encoding;
    ECOCUBE_TRY(put(period, std::move(product), std::move(layer), work));
  }
  return {};
}

/// Once a year from all periods of that year.
Result<void> IndicesStep::add_bare_soil(const LayerSet& layers) {
  const std::string nir = with_suffix("nir", statistics_.front()), red = with_suffix("red", statistics_.front());
  for (const std::string& variable : {nir, red}) {
    if (periods_of(layers, variable).empty())
      return usage_error("bare_soil needs {}, which no layer is called{}", variable,
                         suggestion(variable, layers.variables()));
  }
  ECOCUBE_TRY_ASSIGN(const auto periods, shared_periods(layers, {nir, red}, "bare_soil"));
  std::map<int, std::vector<Period>> years;
  for (const Period& period : periods) years[period.year].push_back(period);
  for (const auto& [year, of_year] : years) {
    const Period whole = PeriodScheme::years().of_year(year).front();
    // The year's own bands, if it has any, are other layers than those of its periods.
    PeriodWork& work = work_["bare-soil-" + std::to_string(year)];
    IndexProduct product{.index = nullptr, .expression = nullptr, .bare_soil = bare_soil_, .bands = {}};
    for (const Period& period : of_year) {
      for (const std::string& variable : {nir, red}) {
        product.bands.push_back(work.bands.size());
        work.bands.push_back(*layers.find(variable, period));
      }
    }
    Layer layer;
    layer.variable = "bare_soil_fraction";
    layer.long_name = fmt::format("Share of the year's periods with NDVI of at most {}", *bare_soil_);
    layer.encoding = {.type = DataType::uint8, .scale = 0.01, .offset = 0, .no_data = 255, .unit = {}};
    layer.period = whole;
    work.outputs.push_back({std::move(layer), whole.id() + "_bare_soil.tif", {}});
    work.products.push_back(std::move(product));
  }
  return {};
}

Result<std::vector<Formula>> IndicesStep::formulas() const {
  if (!expressions_.is_object()) return usage_error("expressions: expected a map of names and formulas");
  std::vector<Formula> all;
  for (const auto& [name, value] : expressions_.items()) {
    Formula formula;
    formula.name = name;
    const std::string path = "expressions." + name;
    if (value.is_string()) {
      formula.text = value.get<std::string>();
    } else {
      std::string type = "float32";
      double no_data = *formula.encoding.no_data;
      OptionSet options;
      options.add("formula", formula.text, "the formula").required();
      options.add("type", type, "data type").choices({"uint8", "uint16", "int16", "float32"});
      options.add("scale", formula.encoding.scale, "value = stored × scale + offset")
          .rule("other than 0", [](const Value& one) { return one.is_number() && one.get<double>() != 0; });
      options.add("offset", formula.encoding.offset, "see scale");
      options.add("no_data", no_data, "stored number that means missing");
      options.add("unit", formula.encoding.unit, "unit of the values");
      options.add("long_name", formula.long_name, "name for people");
      ECOCUBE_TRY(options.read(value, path));
      for (const DataType one : {DataType::uint8, DataType::uint16, DataType::int16, DataType::float32}) {
        if (name_of(one) == type) formula.encoding.type = one;
      }
      if (no_data < lowest_of(formula.encoding.type) || no_data > highest_of(formula.encoding.type))
        return usage_error("{}.no_data: {} does not fit into {}", path, no_data, type);
      if (formula.encoding.type != DataType::float32 && no_data != std::floor(no_data))
        return usage_error("{}.no_data: {} is no whole number, as {} holds", path, no_data, type);
      formula.encoding.no_data = no_data;
    }
    all.push_back(std::move(formula));
  }
  return all;
}

Result<void> IndicesStep::plan(Planning& planning) {
  ECOCUBE_TRY_ASSIGN(const std::vector<Formula> own, formulas());
  if (names_.empty() && own.empty() && !bare_soil_)
    return usage_error("nothing to compute: give names, expressions or bare_soil");
  if (statistics_.empty()) return usage_error("statistics: the list is empty");
  const LayerSet before = planning.layers();
  for (const std::string& name : names_) {
    for (const std::string& statistic : statistics_) ECOCUBE_TRY(add_index(before, name, statistic));
  }
  for (const Formula& formula : own) {
    for (const std::string& statistic : statistics_) ECOCUBE_TRY(add_formula(before, formula, statistic));
  }
  if (bare_soil_) ECOCUBE_TRY(add_bare_soil(before));
  for (auto& [id, work] : work_) {
    SeriesJob job;
    job.step = planning.step_name();
    job.period = id;
    job.cube = planning.cube();
    auto kernel = std::make_shared<IndexKernel>(std::move(work.products));
    job.groups.push_back({id, std::move(work.bands), std::move(work.outputs), std::move(kernel)});
    ECOCUBE_TRY(plan_series(planning, job));
    jobs_[id] = std::move(job);
  }
  return {};
}

Result<void> IndicesStep::run(const Task& task, TaskRun& run) const {
  const auto done = run_series(jobs_.at(task.period), task, run);
  if (!done) return Failure(done.error());
  return {};
}

}  // namespace

std::unique_ptr<Step> make_indices_step() {
  return std::make_unique<IndicesStep>();
}

}  // namespace ecocube
