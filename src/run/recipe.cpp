// SPDX-License-Identifier: Apache-2.0
#include "run/recipe.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "io/file/file.h"
#include "run/points_spec.h"
#include "run/yaml.h"

namespace ecocube {
namespace fs = std::filesystem;

void SourceSpec::declare(OptionSet& options) {
  options
      .add("format", format,
           "how the files are laid out: glad, rasters, a product such as landsat-c2-l2 or sentinel-2-l2a (`ecocube "
           "formats` lists them), or the path of a description file")
      .required();
  options
      .add("path", path,
           "glad: folder or http(s) prefix of the archive; rasters: file pattern with {variable}, {start}, {end}, "
           "{year}, * and ?; products: a folder of scenes, a STAC item collection or catalogue (file or URL), or the "
           "address of a STAC API")
      .required();
  options.add("variable", variable, "rasters: name of the variable when the pattern has no {variable}");
  options.add(
      "mask", mask,
      "glad: what counts as clear, all else is taken out: presets (strict, default, relaxed, eumap, no-snow) and codes "
      "of its quality flag. Products: what is taken out, all else is clear: presets, words and codes of the mask bands "
      "(`ecocube formats NAME` lists them). None: default");
  options.add("erode", erode, "scenes: masked ground shrinks by so much first, which removes specks")
      .unit("m")
      .range(0, 10000);
  options.add("dilate", dilate, "scenes: masked ground then grows by so much").unit("m").range(0, 10000);
  options.add("bands", bands, "scenes: names of the bands to use; none: all continuous ones of the product");
  options.add("most_cloud_cover", most_cloud_cover, "scenes: those whose metadata say more are left out")
      .unit("%")
      .range(0, 100);
  options
      .add("resampling", resampling,
           "how numbers come onto the cube's grid: auto interpolates bilinearly, or averages pixels much smaller than "
           "the cube's; classes always take the nearest")
      .choices({"auto", "nearest", "bilinear", "average"});
  options
      .add("bad_scene", bad_scene,
           "scenes: what a damaged scene or an unknown quality code does: fail the task, or skip the scene with a line "
           "in the run log")
      .choices({"fail", "skip"});
  options
      .add("dates", dates,
           "rasters: where the dates are: in the names of the files, or one band a date, told by its description")
      .choices({"names", "bands"});
  options.add("kind", kind, "rasters: what the numbers are, which decides how they are resampled")
      .choices({"continuous", "classes"});
  options.add("periods", periods,
              "rasters: how a year is divided: seasons, glad-seasons (the same in whole intervals of GLAD's), months, "
              "bimonths, "
              "quarters, years, 16 days, or a list of spans");
  options.add("band", band, "rasters: which band to read; 0: the only one").range(0, 65535);
  options.add("unit", unit, "rasters: unit of the values, when the files do not say");
  options.add("scale", scale, "rasters: value = stored * scale + offset, when the files do not say");
  options.add("offset", offset, "rasters: see scale");
  options.add("no_data", no_data, "rasters: stored number that means missing, when the files do not say");
  options.add("static", is_static, "rasters: true when the layers hold for all times");
}

bool Recipe::points_have_groups() const {
  return std::any_of(points.begin(), points.end(), [](const PointSource& source) {
    return source.kind == "plain" ? !source.columns.group.empty() : source.groups.by != "none";
  });
}

void CubeSpec::declare(OptionSet& options) {
  options.add("name", name, "short name of the area, used in file names");
  options.add("grid", grid, "{crs, pixel, origin: [x, y] of the upper left corner, tile: pixels}").required();
  options.add("area", area, "{bbox: [min x, min y, max x, max y]}, {file: polygons} or {tiles: [r000_c000, …]}")
      .required();
  options.add("years", years, "2015..2020, or a list of years").required();
}

namespace {

/// Replaces ${name} in every text; remembers which names were used.
class Substitution {
 public:
  Substitution(const Settings& settings, std::string origin) : settings_(settings), origin_(std::move(origin)) {}

  Result<void> apply(Value& value, const std::string& path) {
    if (value.is_structured()) {
      for (const auto& [key, element] : value.items()) {
        ECOCUBE_TRY(apply(element, path.empty() ? key : path + "." + key));
      }
    } else if (value.is_string()) {
      ECOCUBE_TRY_ASSIGN(value, replaced(value.get<std::string>(), path));
    }
    return {};
  }
  const std::set<std::string>& used() const { return used_; }

 private:
  Result<Value> replaced(std::string text, const std::string& path) {
    const bool whole = text.starts_with("${") && text.find('}') + 1 == text.size();
    for (auto begin = text.find("${"); begin != std::string::npos; begin = text.find("${", begin)) {
      const auto end = text.find('}', begin);
      if (end == std::string::npos) return usage_error("{}: {}: '${{' without '}}' in '{}'", origin_, path, text);
      const std::string name = text.substr(begin + 2, end - begin - 2);
      const auto setting = settings_.find(name);
      if (setting == settings_.end())
        return usage_error("{}: {}: ${{{}}} is not set; add --set {}=…", origin_, path, name, name);
      used_.insert(name);
      text.replace(begin, end - begin + 1, setting->second);
      begin += setting->second.size();
    }
    // A place that fills the whole value takes the setting's type, one inside a text stays text.
    if (whole) return parse_argument(text, origin_);
    return Value(std::move(text));
  }

  const Settings& settings_;
  std::string origin_;
  std::set<std::string> used_;
};

/// The recipe's list of steps as {name: options} pairs; `- mosaic` and `- mosaic:` mean no options.
Result<std::vector<StepSpec>> read_steps(const Value& list) {
  if (!list.is_array() || list.empty()) return usage_error("steps: expected a list of steps");
  std::vector<StepSpec> steps;
  std::map<std::string, int> seen;
  for (const Value& entry : list) {
    StepSpec step;
    if (entry.is_string()) {
      step.kind = entry.get<std::string>();
      step.options = Value::object();
    } else if (entry.is_object() && entry.size() == 1) {
      step.kind = entry.begin().key();
      step.options = entry.begin().value().is_null() ? Value::object() : entry.begin().value();
    } else {
      return usage_error("steps: each entry is one step with its options, such as '- fill-gaps: {{window: 9}}', got {}",
                         entry.dump());
    }
    const int number = ++seen[step.kind];
    step.name = number == 1 ? step.kind : fmt::format("{}-{}", step.kind, number);
    steps.push_back(std::move(step));
  }
  return steps;
}

/// Where `key.path` stands in the recipe; steps and their options are found by the step's name.
Value* place_of(Value& recipe, const std::vector<std::string>& path) {
  Value* at = &recipe;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (at->is_array() && i == 1 && path[0] == "steps") {
      std::map<std::string, int> seen;
      Value* found = nullptr;
      for (Value& entry : *at) {
        const std::string kind = entry.is_string() ? entry.get<std::string>() : entry.begin().key();
        const int number = ++seen[kind];
        if (path[1] != (number == 1 ? kind : fmt::format("{}-{}", kind, number))) continue;
        if (entry.is_string()) entry = Value{{kind, Value::object()}};
        found = &entry.begin().value();
      }
      if (!found) return nullptr;
      if (found->is_null()) *found = Value::object();
      at = found;
    } else if (at->is_object() && (at->contains(path[i]) || i + 1 == path.size())) {
      at = &(*at)[path[i]];
    } else {
      return nullptr;
    }
  }
  return at;
}

/// A name that stands as ${name} in the recipe fills that place, also when a key is called so.
Result<void> override_keys(Value& document, const Settings& settings, const std::set<std::string>& places,
                           std::set<std::string>& used) {
  for (const auto& [key, text] : settings) {
    if (places.contains(key)) continue;
    const auto path = split(key, '.');
    if (path.size() < 2 && !document.contains(key)) continue;
    Value* place = place_of(document, path);
    if (!place) continue;
    ECOCUBE_TRY_ASSIGN(*place, parse_argument(text, fmt::format("--set {}", key)));
    used.insert(key);
  }
  return {};
}

void collect_names(const Value& value, std::set<std::string>& names) {
  if (value.is_structured()) {
    for (const Value& element : value) collect_names(element, names);
  } else if (value.is_string()) {
    const auto text = value.get<std::string>();
    for (auto begin = text.find("${"); begin != std::string::npos; begin = text.find("${", begin + 2)) {
      const auto end = text.find('}', begin);
      if (end != std::string::npos) names.insert(text.substr(begin + 2, end - begin - 2));
    }
  }
}

/// A relative path counts from the recipe's folder, one that came in through --set from the current folder.
class Paths {
 public:
  /// `raw`: the recipe before its ${name} places were filled.
  Paths(const Value& raw, const Settings& settings, const fs::path& folder)
      : raw_(raw), settings_(settings), folder_(folder) {}

  /// `key`: where `path` stands, such as sources, landsat, path.
  std::string resolved(const std::vector<std::string>& key, const std::string& path) const {
    if (path.find("://") != std::string::npos || path.starts_with("/vsi") || fs::path(path).is_absolute()) return path;
    return ((from_command_line(key) ? fs::current_path() : fs::absolute(folder_)) / path).lexically_normal().string();
  }

 private:
  bool from_command_line(const std::vector<std::string>& key) const {
    const Value* at = &raw_;
    std::string dotted;
    for (const std::string& part : key) {
      dotted += (dotted.empty() ? "" : ".") + part;
      if (settings_.contains(dotted)) return true;
      if (at->is_array()) {
        const auto number = parse_integer(part);
        if (!number || *number < 0 || static_cast<std::size_t>(*number) >= at->size()) return false;
        at = &at->at(static_cast<std::size_t>(*number));
        continue;
      }
      if (!at->is_object() || !at->contains(part)) return false;
      at = &at->at(part);
    }
    return at->is_string() && at->get<std::string>().starts_with("${");
  }

  const Value& raw_;
  const Settings& settings_;
  const fs::path& folder_;
};

/// A format that is a file of the user's own, not the name of a known one.
bool is_description(const std::string& format) {
  return format.ends_with(".json") || format.find('/') != std::string::npos;
}

Result<std::vector<SourceSpec>> read_sources(const Value& map, const Paths& paths) {
  std::vector<SourceSpec> sources;
  if (map.is_null()) return sources;
  if (!map.is_object()) return usage_error("sources: expected a map of named sources, got {}", map.dump());
  for (const auto& [name, value] : map.items()) {
    SourceSpec source;
    source.name = name;
    OptionSet options;
    source.declare(options);
    ECOCUBE_TRY(options.read(value, "sources." + name));
    source.path = paths.resolved({"sources", name, "path"}, source.path);
    if (is_description(source.format)) source.format = paths.resolved({"sources", name, "format"}, source.format);
    sources.push_back(std::move(source));
  }
  return sources;
}

/// The saved recipe must read the same from any folder.
void put_resolved_paths(Recipe& recipe) {
  for (const SourceSpec& source : recipe.sources) {
    Value& saved = recipe.resolved["sources"][source.name];
    saved["path"] = source.path;
    saved["format"] = source.format;
  }
  recipe.resolved["cube"]["area"] = recipe.cube.area;
  recipe.resolved["legend"] = recipe.legend;
}

}  // namespace

Result<Recipe> parse_recipe(const std::string& yaml, const std::string& origin, const fs::path& folder,
                            const Settings& settings) {
  ECOCUBE_TRY_ASSIGN(Value document, parse_yaml(yaml, origin));
  if (!document.is_object())
    return usage_error("{}: a recipe is a map with the keys cube, sources, points, steps, legend", origin);
  const auto in_file = [&](Error error) { return within(origin, std::move(error)); };

  std::set<std::string> names, used;
  collect_names(document, names);
  if (document.contains("steps")) {
    if (auto shape = read_steps(document["steps"]); !shape) return in_file(shape.error());
  }
  if (auto done = override_keys(document, settings, names, used); !done) return in_file(done.error());
  const Value raw = document;
  const Paths paths(raw, settings, folder);
  Substitution substitution(settings, origin);
  ECOCUBE_TRY(substitution.apply(document, ""));
  used.insert(substitution.used().begin(), substitution.used().end());
  for (const auto& [key, text] : settings) {
    if (used.contains(key) || names.contains(key)) continue;
    const std::vector<std::string> known(names.begin(), names.end());
    return usage_error("--set {}: {} has no ${{{}}} and no such key{}", key, origin, key, suggestion(key, known));
  }

  Recipe recipe;
  recipe.origin = origin;
  Value cube, sources, points, steps, legend = "clc";
  OptionSet keys;
  keys.add("cube", cube, "grid, area and years").required();
  keys.add("sources", sources, "satellite archives and rasters, by name");
  keys.add("points", points, "dated points to learn from");
  keys.add("steps", steps, "what is done, in order").required();
  keys.add("legend", legend, "clc, or a CSV file with the columns code, name, raster_value, red, green, blue");
  if (auto done = keys.read(document, ""); !done) return in_file(done.error());

  OptionSet cube_keys;
  recipe.cube.declare(cube_keys);
  if (auto done = cube_keys.read(cube, "cube"); !done) return in_file(done.error());
  if (recipe.cube.area.is_object() && recipe.cube.area.contains("file")) {
    Value& file = recipe.cube.area["file"];
    file = paths.resolved({"cube", "area", "file"}, value_text(file));
  }
  auto source_list = read_sources(sources, paths);
  if (!source_list) return in_file(source_list.error());
  recipe.sources = std::move(*source_list);
  resolve_point_paths(points, [&](const auto& key, const auto& path) { return paths.resolved(key, path); });
  auto point_sources = read_point_sources(points);
  if (!point_sources) return in_file(point_sources.error());
  recipe.points = std::move(*point_sources);
  if (!points.is_null()) document["points"] = points;
  auto step_list = read_steps(steps);
  if (!step_list) return in_file(step_list.error());
  recipe.steps = std::move(*step_list);
  if (!legend.is_string()) return usage_error("{}: legend: expected clc or a CSV file, got {}", origin, legend.dump());
  recipe.legend = value_text(legend);
  if (recipe.legend != "clc") recipe.legend = paths.resolved({"legend"}, recipe.legend);
  recipe.resolved = std::move(document);
  put_resolved_paths(recipe);
  return recipe;
}

Result<Recipe> read_recipe(const fs::path& file, const Settings& settings) {
  ECOCUBE_TRY_ASSIGN(const std::string text, read_text(file));
  return parse_recipe(text, file.filename().string(), file.parent_path().empty() ? fs::path(".") : file.parent_path(),
                      settings);
}

}  // namespace ecocube
