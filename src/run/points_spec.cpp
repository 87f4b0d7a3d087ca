// SPDX-License-Identifier: Apache-2.0
#include "run/points_spec.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/text.h"

namespace ecocube {
namespace {

/// Declares the options of a kind, bound to a source, and reads those that have a shape of their own.
class PointOptions {
 public:
  explicit PointOptions(std::string kind) {
    source.kind = std::move(kind);
    if (source.kind == "lucas") source.confidence = 100;
    if (source.kind == "corine") source.confidence = 85;
    if (source.kind == "soil") source.groups.by = "point";
  }

  void declare(OptionSet& options) {
    options.add("kind", source.kind, "what the points are and how they are read").choices(point_kinds());
    options.add("path", source.paths, "file or shell pattern, or a list of them, read one after the other").required();
    options.add("layer", source.columns.layer, "layer of a vector file that has several");
    if (source.kind != "lucas")
      options.add("crs", source.columns.crs, "coordinate reference system of x and y; when empty the file must say");
    if (source.kind == "plain") declare_plain(options);
    if (source.kind == "lucas") declare_lucas(options);
    if (source.kind == "corine") declare_corine(options);
    if (source.kind == "species") declare_species(options);
    if (source.kind == "soil") declare_soil(options);
    options.add("confidence", source.confidence, "weight of every point without a column for it").range(0, 1e9);
    if (source.kind != "plain") {
      options
          .add("group", source.groups.by,
               "what stays on one side of every fold: squares, all points of one name (survey point, profile), or "
               "nothing")
          .choices({"cell", "point", "none"});
      options.add("cell", source.groups.cell, "side of the squares, in units of the cube's reference system")
          .rule("more than 0", [](const Value& value) { return value.get<double>() > 0; });
    }
    options.add("screen", screen_,
                "other maps that must not contradict the points: a list of {raster, band, keep: {label: [values]}, "
                "missing: keep or drop}");
  }

  /// Takes what needs more than a type. `path`: of the source in the recipe.
  Result<void> finish(const std::string& path) {
    if (year_ != 0) (source.kind == "corine" ? source.corine.year : source.columns.year.emplace()) = year_;
    source.lucas.unlisted_is_error = source.corine.unlisted_is_error = unlisted_ == "error";
    source.lucas.use_gps = location_ == "gps";
    source.species.keep_unknown_uncertainty = unknown_uncertainty_ == "keep";
    source.species.thin_over_years = thin_period_ == "all";
    source.species.dates_from_mask = dates_ == "mask";
    if (source.species.dates_from_mask && source.species.mask.find("{year}") == std::string::npos)
      return usage_error("{}.dates: dates from the mask need a mask with {{year}} in its name", path);
    ECOCUBE_TRY(take_columns(path));
    ECOCUBE_TRY(take_covers(path));
    ECOCUBE_TRY(take_screen(path));
    if (!mask_values_.is_null()) {
      ECOCUBE_TRY_ASSIGN(source.species.mask_values, spans_of(mask_values_, path + ".mask_values"));
    }
    return take_absences(path);
  }

  PointSource source;

 private:
  void declare_rows(OptionSet& options) {
    PointColumns& columns = source.columns;
    options.add("x", columns.x, "column of the longitude or easting (CSV)");
    options.add("y", columns.y, "column of the latitude or northing (CSV)");
    options.add("date", columns.date, "column of the date: 2018-07-01, 20180701, 2018/07/01 or a year");
    options.add("year", year_, "dates every row on the 1 July of this year, and reads no column; 0: the column says")
        .range(0, 9999);
    options.add("weight", columns.weight, "column of the weight; none: every point weighs 1, or its confidence");
    options.add("id", columns.id, "column of the name of a point or profile; none: its row");
  }

  void declare_plain(OptionSet& options) {
    declare_rows(options);
    options.add("label", source.columns.label, "column of the class: a code or a name of the legend");
    options.add("value", source.columns.value,
                "column of a number to predict instead of a class; no label is read then");
    options.add("group", source.columns.group,
                "column of the group; points of one group stay on one side of every fold");
  }

  void declare_table(OptionSet& options, std::string& table) {
    options.add("table", table, "CSV that turns the codes into classes of the legend; none: the codes are the classes");
    options.add("unlisted", unlisted_, "what happens to codes that the table does not list").choices({"drop", "error"});
  }

  void declare_lucas(OptionSet& options) {
    LucasRules& lucas = source.lucas;
    declare_table(options, lucas.table);
    options.add("table_lc1", lucas.table_columns.from[0], "column of the table: the land cover code");
    options.add("table_lu1", lucas.table_columns.from[1], "column of the table: the land use code");
    options.add("table_class", lucas.table_columns.to, "column of the table: the class");
    options.add("table_representative", lucas.table_columns.representative,
                "column of the table: 1 where such points stand for their class, else 0; empty: all do");
    options.add("representative", lucas.representative, "leave out points that the table marks with 0");
    options.add("level", lucas.level, "without a table: how many characters of LC1 are the class").range(1, 3);
    options
        .add("location", location_,
             "where a point stands: at the survey's theoretical place, or where the observer's GPS was")
        .choices({"theoretical", "gps"});
    options.add("gps_precision", lucas.gps_precision, "GPS places told less precisely are not used")
        .unit("m")
        .range(0, 10000);
    options.add("observation", lucas.observations,
                "codes of OBS_TYPE that count (1: in the field within 100 m); none: all");
    options.add("radius", lucas.radii, "codes of OBS_RADIUS that count (1: 1.5 m, 2: 20 m); none: all");
    options.add("cover", covers_,
                "codes of LC1_PCT that count: a list for all years, or {2009: [5], 2012: [5, 6]}; none: all");
    options.add("placeholder", lucas.placeholders, "month and day of dates that stand for none, such as 01-02")
        .rule("such as 01-02", [](const Value& value) { return are_month_days(value); });
    options.add("columns", columns_, "names of columns that are not known: {date: when, lc1: cover}");
  }

  void declare_corine(OptionSet& options) {
    CorineRules& corine = source.corine;
    options.add("year", year_, "the map's year; its points are dated 30 June").required().range(1950, 2100);
    options.add("label", corine.label, "polygons: column of the class; none: the one called code_… or clc…");
    options.add("band", corine.band, "raster: which band holds the classes").range(1, 65535);
    options.add("minimum_area", corine.minimum_area, "polygons and patches that are smaller give no point")
        .unit("ha")
        .range(0, 1e9);
    declare_table(options, corine.table);
    options.add("table_code", corine.table_columns.from[0], "column of the table: the map's code");
    options.add("table_class", corine.table_columns.to, "column of the table: the class");
  }

  void declare_species(OptionSet& options) {
    SpeciesRules& species = source.species;
    declare_rows(options);
    options.add("species", species.species, "name of the species; none: every row is an occurrence of it");
    options.add("species_column", species.species_column, "column of the names, read when species is set");
    options.add("absences", absences_, "other points that become absences: one source of points or a list of them");
    options.add("absence_labels", species.absence_labels,
                "labels of other points that mean absence, as shell patterns; none: all");
    options.add("other_species", species.other_species, "occurrences of other species in the file are absences");
    options
        .add("distance", species.distance,
             "absences nearer than this to a presence are left out; in units of the cube's reference system")
        .range(0, 1e9);
    options.add("thin", species.thin, "one point a square of this side and year; 0: all; in the cube's units")
        .range(0, 1e9);
    options.add("thin_period", thin_period_, "thin within each year, or over all years").choices({"year", "all"});
    options.add("presence", species.presence, "label of presences, a class of the legend");
    options.add("absence", species.absence, "label of absences, a class of the legend");
    options.add("uncertainty", species.uncertainty_column, "column of how far off a place may be; none: not read");
    options.add("most_uncertainty", species.most_uncertainty, "occurrences that may be farther off are left out")
        .unit("m")
        .range(0, 1e7);
    options.add("unknown_uncertainty", unknown_uncertainty_, "what happens to occurrences that do not say it")
        .choices({"keep", "drop"});
    options.add("mask", species.mask,
                "raster of where the species can be, with {year} in its name a yearly series; presences outside are "
                "left out");
    options.add("mask_band", species.mask_band, "band of the mask").range(1, 65535);
    options.add("mask_values", mask_values_,
                "numbers of the mask where the species can be: [23, 24], or 60..100; none: 1");
    options
        .add("dates", dates_,
             "own: a presence counts in the year of its date; mask: in every year in which the mask holds")
        .choices({"own", "mask"});
  }

  void declare_soil(OptionSet& options) {
    declare_rows(options);
    SoilRules& soil = source.soil;
    options
        .add("value", source.columns.value,
             "column of the value; with a * one column a soil layer, the same * as in upper and lower")
        .required();
    options.add("upper", soil.upper, "column of a soil layer's upper depth");
    options.add("lower", soil.lower, "column of a soil layer's lower depth");
    options.add("depth", soil.depth, "which depth of the soil layer is the feature")
        .choices({"middle", "upper", "lower"});
    options.add("least", soil.least, "values below are left out");
    options.add("most", soil.most, "values above are left out");
    options.add("deepest", soil.deepest, "soil layers whose depth lies below are left out");
  }

  static bool are_month_days(const Value& list) {
    return std::all_of(list.begin(), list.end(), [](const Value& entry) {
      const auto text = entry.get<std::string>();
      return parse_date("2000-" + text) && text.size() == 5;
    });
  }

  /// One number, `10..20`, or a list of such.
  static Result<std::vector<ValueSpan>> spans_of(const Value& value, const std::string& path) {
    std::vector<ValueSpan> spans;
    for (const Value& entry : value.is_array() ? value : Value::array({value})) {
      const std::string text = value_text(entry);
      const auto dots = text.find("..");
      const auto least = parse_number(text.substr(0, dots));
      const auto most = dots == std::string::npos ? least : parse_number(text.substr(dots + 2));
      if (!least || !most || !(*least <= *most))
        return usage_error("{}: '{}' is neither a number nor a span such as 10..20", path, text);
      spans.push_back({*least, *most});
    }
    return spans;
  }

  Result<void> take_columns(const std::string& path) {
    if (columns_.is_null()) return {};
    if (!columns_.is_object())
      return usage_error("{}.columns: expected a map such as {{date: when}}, got {}", path, columns_.dump());
    const std::vector<std::string> known = lucas_roles();
    for (const auto& [role, column] : columns_.items()) {
      if (std::find(known.begin(), known.end(), role) == known.end())
        return usage_error("{}.columns.{}: unknown key{}", path, role, suggestion(role, known));
      source.lucas.columns[role] = value_text(column);
    }
    return {};
  }

  Result<void> take_covers(const std::string& path) {
    if (covers_.is_null()) return {};
    const auto codes = [](const Value& list) {
      std::vector<std::string> words;
      for (const Value& code : list.is_array() ? list : Value::array({list})) words.push_back(value_text(code));
      return words;
    };
    if (!covers_.is_object()) {
      source.lucas.covers[0] = codes(covers_);
      return {};
    }
    for (const auto& [year, list] : covers_.items()) {
      const auto number = parse_integer(year);
      if (!number || *number < 1990 || *number > 2100)
        return usage_error("{}.cover: '{}' is no survey year such as 2009", path, year);
      source.lucas.covers[static_cast<int>(*number)] = codes(list);
    }
    return {};
  }

  Result<void> take_screen(const std::string& path) {
    if (screen_.is_null()) return {};
    const Value list = screen_.is_array() ? screen_ : Value::array({screen_});
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string entry_path = fmt::format("{}.screen.{}", path, i);
      ScreenRule rule;
      Value keep;
      std::string missing = "keep";
      OptionSet options;
      options.add("raster", rule.raster, "the other map; {year} stands for the point's year").required();
      options.add("band", rule.band, "its band").range(1, 65535);
      options.add("keep", keep, "label (or shell pattern): the values that the map may have there").required();
      options.add("missing", missing, "what happens to a point where the map has no value").choices({"keep", "drop"});
      ECOCUBE_TRY(options.read(list[i], entry_path));
      if (!keep.is_object() || keep.empty())
        return usage_error("{}.keep: expected a map such as {{311: [1, 2]}}, got {}", entry_path, keep.dump());
      rule.keep_missing = missing == "keep";
      for (const auto& [label, values] : keep.items()) {
        ECOCUBE_TRY_ASSIGN(std::vector<ValueSpan> spans, spans_of(values, entry_path + ".keep." + label));
        rule.keep.emplace_back(label, std::move(spans));
      }
      source.screen.push_back(std::move(rule));
    }
    return {};
  }

  Result<void> take_absences(const std::string& path);

  int year_ = 0;
  std::string unlisted_ = "drop", location_ = "theoretical", unknown_uncertainty_ = "keep", thin_period_ = "year",
              dates_ = "own";
  Value screen_, columns_, covers_, mask_values_, absences_;
};

/// `path`: of the entry, with the numbers of a list's entries.
Result<PointSource> read_source(const Value& map, const std::string& path) {
  if (!map.is_object()) return usage_error("{}: expected a map of options, got {}", path, map.dump());
  const std::string kind = map.contains("kind") ? value_text(map["kind"]) : "plain";
  const auto& known = point_kinds();
  if (std::find(known.begin(), known.end(), kind) == known.end())
    return usage_error("{}.kind: unknown value '{}'{}", path, kind, suggestion(kind, known));
  PointOptions reading(kind);
  OptionSet options;
  reading.declare(options);
  ECOCUBE_TRY(options.read(map, path));
  ECOCUBE_TRY(reading.finish(path));
  return std::move(reading.source);
}

Result<std::vector<PointSource>> read_list(const Value& points, const std::string& path) {
  std::vector<PointSource> sources;
  if (points.is_null()) return sources;
  if (!points.is_array()) {
    ECOCUBE_TRY_ASSIGN(PointSource source, read_source(points, path));
    sources.push_back(std::move(source));
    return sources;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    ECOCUBE_TRY_ASSIGN(PointSource source, read_source(points[i], fmt::format("{}.{}", path, i)));
    sources.push_back(std::move(source));
  }
  return sources;
}

Result<void> PointOptions::take_absences(const std::string& path) {
  ECOCUBE_TRY_ASSIGN(source.absences, read_list(absences_, path + ".absences"));
  return {};
}

/// Calls `change` with the place of every path under a list or map of sources, its rasters and absences.
void each_path(Value& value, std::vector<std::string> key,
               const std::function<void(const std::vector<std::string>&, Value&)>& change) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto deeper = key;
      deeper.push_back(std::to_string(i));
      each_path(value[i], deeper, change);
    }
    return;
  }
  if (!value.is_object()) return;
  for (const auto& [name, entry] : value.items()) {
    auto deeper = key;
    deeper.push_back(name);
    if (name == "screen" || name == "absences") each_path(entry, deeper, change);
    if (name != "path" && name != "table" && name != "mask" && name != "raster") continue;
    if (entry.is_string() && !entry.get<std::string>().empty()) change(deeper, entry);
    if (!entry.is_array()) continue;
    for (std::size_t i = 0; i < entry.size(); ++i) {
      auto place = deeper;
      place.push_back(std::to_string(i));
      if (entry[i].is_string()) change(place, entry[i]);
    }
  }
}

}  // namespace

void resolve_point_paths(Value& points, const ResolvePath& resolve) {
  each_path(points, {"points"},
            [&](const std::vector<std::string>& key, Value& path) { path = resolve(key, path.get<std::string>()); });
}

Result<std::vector<PointSource>> read_point_sources(const Value& points) {
  if (!points.is_null() && points.is_array() && points.empty())
    return usage_error("points: expected a source of points or a list of them, got []");
  return read_list(points, "points");
}

Value point_facts(Value points) {
  each_path(points, {}, [](const std::vector<std::string>&, Value& path) {
    path = std::filesystem::path(path.get<std::string>()).filename().string();
  });
  return points;
}

std::vector<OptionInfo> point_options(const std::string& kind) {
  PointOptions reading(kind);
  OptionSet options;
  reading.declare(options);
  return options.table();
}

Value points_schema() {
  Value kinds = Value::array();
  for (const std::string& kind : point_kinds()) {
    PointOptions reading(kind);
    OptionSet options;
    reading.declare(options);
    Value schema = options.json_schema();
    schema["properties"]["kind"] = {{"const", kind}};
    if (kind != "plain") schema["required"].push_back("kind");
    kinds.push_back(std::move(schema));
  }
  return {{"description", "dated points to learn from, or a list of several kinds of them"},
          {"anyOf", {{{"anyOf", kinds}}, {{"type", "array"}, {"minItems", 1}, {"items", {{"anyOf", kinds}}}}}}};
}

}  // namespace ecocube
