// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/points_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/text.h"
#include "io/file/file.h"
#include "io/points/points_file.h"
#include "run/cube.h"

namespace ecocube {
namespace {

Result<Legend> legend_of(const Recipe& recipe) {
  if (recipe.legend == "clc") return clc_legend();
  auto text = read_text(recipe.legend);
  if (!text) return within("legend", text.error());
  return parse_legend(*text, recipe.legend);
}

bool is_inside(const Cube& cube, const FieldPoint& point) {
  return cube.tile_holding(cube.grid.row_of(point.y), cube.grid.col_of(point.x)) &&
         std::binary_search(cube.years.begin(), cube.years.end(), year_of(point.date));
}

/// How many points each label has, with the legend's name for it.
std::string labels_text(const std::vector<FieldPoint>& points, const Legend& legend) {
  std::map<std::string, std::size_t> labels;
  for (const FieldPoint& point : points) {
    if (!point.has_value()) ++labels[point.label];
  }
  std::string text;
  for (const auto& [label, count] : labels) {
    const LegendClass* known = legend.matching(label);
    text += fmt::format("  {:<12} {:>8}  {}\n", label, count,
                        known ? known->name : fmt::format("no class of the legend {}", legend.name));
  }
  return text.empty() ? text : "label           points\n" + text;
}

template <class Number>
std::string span_text(const std::vector<FieldPoint>& points, const std::string& name, Number&& number) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  std::size_t count = 0;
  for (const FieldPoint& point : points) {
    const double value = number(point);
    if (std::isnan(value)) continue;
    least = std::min(least, value), most = std::max(most, value);
    ++count;
  }
  return count == 0 ? std::string() : fmt::format("{} of {} points: {} to {}\n", name, count, least, most);
}

std::string facts_text(const std::vector<FieldPoint>& points) {
  std::map<int, std::size_t> years;
  std::set<std::string> groups;
  for (const FieldPoint& point : points) {
    ++years[year_of(point.date)];
    if (!point.group.empty()) groups.insert(point.group);
  }
  std::vector<std::string> words;
  for (const auto& [year, count] : years) words.push_back(fmt::format("{} in {}", count, year));
  std::string text = fmt::format("dates: {}\n", join(words, ", "));
  text += span_text(points, "values", [](const FieldPoint& point) { return point.value; });
  text += span_text(points, "depths", [](const FieldPoint& point) { return point.depth; });
  text += span_text(points, "weights", [](const FieldPoint& point) { return point.weight; });
  return text + (groups.empty() ? std::string("groups: none\n") : fmt::format("groups: {}\n", groups.size()));
}

}  // namespace

Result<std::string> write_prepared_points(const Recipe& recipe, const std::string& out, bool inside) {
  if (recipe.points.empty()) return usage_error("{}: the recipe has no points", recipe.origin);
  auto cube = make_cube(recipe.cube);
  if (!cube) return within(recipe.origin, cube.error());
  ECOCUBE_TRY_ASSIGN(const Legend legend, legend_of(recipe));
  ECOCUBE_TRY_ASSIGN(PreparedPoints prepared, prepare_points(recipe.points, cube->grid.crs));
  std::vector<FieldPoint>& points = prepared.set.points;
  const auto held = static_cast<std::size_t>(
      std::count_if(points.begin(), points.end(), [&](const FieldPoint& point) { return is_inside(*cube, point); }));
  std::string text;
  for (const std::string& note : prepared.set.notes()) text += "note: " + note + "\n";
  for (const PointPart& part : prepared.parts)
    text += fmt::format("{:<8} {:>8} rows read, {:>8} points\n", part.kind, part.rows, part.end - part.begin);
  text += fmt::format("{} of {} points lie within the cube's area and years\n", held, points.size());
  if (inside) {
    points.erase(
        std::remove_if(points.begin(), points.end(), [&](const FieldPoint& point) { return !is_inside(*cube, point); }),
        points.end());
    if (points.empty())
      return input_error("{}: none of the points lies within the cube's area and years", recipe.origin);
  }
  text += facts_text(points) + labels_text(points, legend);
  ECOCUBE_TRY(write_points(out, points, cube->grid.crs));
  return text + fmt::format("{} points written to {}\n", points.size(), out);
}

void add_points_command(CLI::App& app, Action& action) {
  struct Arguments {
    std::string recipe, out;
    std::vector<std::string> sets;
    bool inside = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* points = app.add_subcommand("points", "Prepare a recipe's points, write them to look at, and count them");
  points->footer("Example:\n  ecocube points recipe.yaml --out points.gpkg");
  points->add_option("recipe", arguments->recipe, "recipe file (YAML)")->type_name("FILE")->required();
  points->add_option("--out", arguments->out, "file to write, .csv or .gpkg")->type_name("FILE")->required();
  points->add_option("--set", arguments->sets, "fill ${key} of the recipe, or override a key by its path")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  points->add_flag("--inside", arguments->inside, "write only the points within the cube's area and years");
  points->final_callback([&action, arguments] {
    action = [arguments]() -> int {
      Settings settings;
      for (const std::string& set : arguments->sets) {
        const auto at = set.find('=');
        if (at == std::string::npos || at == 0)
          return report({Blame::usage, fmt::format("--set {}: expected key=value", set)});
        settings[set.substr(0, at)] = set.substr(at + 1);
      }
      const auto recipe = read_recipe(arguments->recipe, settings);
      if (!recipe) return report(recipe.error());
      const auto text = write_prepared_points(*recipe, arguments->out, arguments->inside);
      if (!text) return report(text.error());
      fmt::print("{}", *text);
      return exit_done;
    };
  });
}

}  // namespace ecocube
