// SPDX-License-Identifier: Apache-2.0
#include "run/plan_recipe.h"

#include <algorithm>

#include "io/catalog/product_description.h"
#include "io/catalog/raster_pattern.h"
#include "io/file/file.h"
#include "io/raster/projection.h"
#include "io/raster/raster.h"
#include "io/raster/virtual_file.h"
#include "run/cube.h"
#include "run/legend_file.h"
#include "run/points_spec.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

/// A file on the wrong side of the world would give a cube without a single value and no error.
Result<void> check_place(const std::vector<Layer>& layers, const Cube& cube, const std::string& source) {
  const Bounds area = cube.grid.bounds(cube.area);
  for (const Layer& layer : layers) {
    for (const LayerFile& file : layer.files) {
      if (file.path.find("{tile}") != std::string::npos) return {};
      ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(file.path));
      const RasterInfo& info = raster->info();
      const double* t = info.geo_transform;
      const double right = t[0] + t[1] * static_cast<double>(info.cols) + t[2] * static_cast<double>(info.rows);
      const double bottom = t[3] + t[4] * static_cast<double>(info.cols) + t[5] * static_cast<double>(info.rows);
      ECOCUBE_TRY_ASSIGN(const auto projection, Projection::between(info.crs_wkt, cube.grid.crs));
      const auto box = projection->transform_bounds(
          {std::min(t[0], right), std::min(t[3], bottom), std::max(t[0], right), std::max(t[3], bottom)});
      if (box && box->intersects(area)) return {};
    }
  }
  return input_error("source {}: none of its files meets the cube's area, {} {} {} {} in {}", source, area.min_x,
                     area.min_y, area.max_x, area.max_y, cube.grid.crs);
}

/// Tells a misspelt format at once, also of a source that no step reads.
Result<void> check_formats(const Recipe& recipe) {
  for (const SourceSpec& source : recipe.sources) {
    if (source.format == "glad" || source.format == "rasters") continue;
    const auto description = load_product(source.format);
    if (!description) return within(fmt::format("sources.{}.format", source.name), description.error());
  }
  return {};
}

Result<LayerSet> source_layers(const Recipe& recipe, const Cube& cube) {
  LayerSet layers;
  for (const SourceSpec& source : recipe.sources) {
    if (source.format != "rasters") continue;
    RasterSource wanted;
    wanted.name = source.name;
    wanted.pattern = source.path;
    wanted.variable = source.variable;
    wanted.kind = source.kind == "classes" ? LayerKind::classes : LayerKind::continuous;
    auto periods = PeriodScheme::parse(source.periods);
    if (!periods) return within(fmt::format("{}: sources.{}.periods", recipe.origin, source.name), periods.error());
    wanted.periods = std::move(*periods);
    wanted.band = source.band;
    wanted.unit = source.unit;
    wanted.scale = source.scale;
    wanted.offset = source.offset;
    wanted.no_data = source.no_data;
    wanted.is_static = source.is_static;
    wanted.dates_in_bands = source.dates == "bands";
    wanted.resampling = source.resampling;
    auto found = raster_layers(wanted);
    if (!found) return Failure(found.error());
    ECOCUBE_TRY(check_place(*found, cube, source.name));
    for (Layer& layer : *found) {
      if (layer.period && !std::binary_search(cube.years.begin(), cube.years.end(), layer.period->year)) continue;
      const Layer* other = layers.find(layer.variable, layer.period);
      if (other) {
        return usage_error(
            "{}: sources.{}: variable '{}' is given by the source {} as well; name one of them otherwise (variable: …)",
            recipe.origin, source.name, layer.variable, other->made_by);
      }
      layers.put(std::move(layer));
    }
  }
  return layers;
}

Value described(const OptionSet& options, std::string_view meaning) {
  Value schema = options.json_schema();
  schema["description"] = meaning;
  return schema;
}

}  // namespace

Result<Plan> plan_recipe(const Recipe& recipe, const StepList& steps, const RunSettings& settings) {
  auto cube = make_cube(recipe.cube);
  if (!cube) return within(recipe.origin, cube.error());
  auto legend = load_legend(recipe.legend);
  if (!legend) return within(recipe.origin, legend.error());
  if (auto known = check_formats(recipe); !known) return within(recipe.origin, known.error());
  auto sources = source_layers(recipe, *cube);
  if (!sources) return within(recipe.origin, sources.error());
  return make_plan(recipe, steps, *cube, *legend, *sources, settings, [](const std::string& path) {
    return path.starts_with("/vsi") ? virtual_file_identity(path) : file_identity(path);
  });
}

Value resolved_recipe(const Recipe& recipe, const Plan& plan) {
  Value document = recipe.resolved;
  document["steps"] = Value::array();
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    Value options = Value::object();
    for (const auto& [key, value] : plan.steps[i].options.items()) {
      if (!value.is_null()) options[key] = value;
    }
    document["steps"].push_back({{recipe.steps[i].kind, options}});
  }
  return document;
}

Value recipe_schema(const StepList& steps) {
  SourceSpec source;
  CubeSpec cube;
  OptionSet source_options, cube_options;
  source.declare(source_options);
  cube.declare(cube_options);

  Value one_step = Value::array();
  for (const StepMaker& make : steps) {
    const auto step = make();
    OptionSet options;
    step->declare(options);
    Value body = options.json_schema();
    body["description"] = step->info().summary;
    body["type"] = Value::array({"object", "null"});
    one_step.push_back({{"type", "object"},
                        {"properties", {{step->info().name, body}}},
                        {"required", {step->info().name}},
                        {"additionalProperties", false}});
    one_step.push_back({{"const", step->info().name}});
  }
  Value schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"title", "ecocube recipe"},
                  {"type", "object"},
                  {"additionalProperties", false},
                  {"required", {"cube", "steps"}}};
  schema["properties"]["cube"] = described(cube_options, "grid, area and years");
  schema["properties"]["sources"] = {
      {"type", "object"}, {"additionalProperties", described(source_options, "a satellite archive or rasters")}};
  schema["properties"]["points"] = points_schema();
  schema["properties"]["steps"] = {{"type", "array"}, {"items", {{"oneOf", one_step}}}};
  schema["properties"]["legend"] = {{"type", "string"}, {"default", "clc"}, {"description", "clc, or a CSV file"}};
  return schema;
}

SizeOf sizes_in(const fs::path& root) {
  return [root](const std::string& output) -> std::optional<std::uint64_t> {
    std::error_code code;
    const auto size = fs::file_size(root / output, code);
    if (code) return std::nullopt;
    return size;
  };
}

}  // namespace ecocube
