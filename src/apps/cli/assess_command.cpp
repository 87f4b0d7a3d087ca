// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/assess_command.h"

#include <fmt/format.h>

#include <memory>

#include "apps/cli/assess_report.h"
#include "apps/cli/assess_sample.h"
#include "base/text.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

/// Classes that are on the map without a row of the sample: told, or taken out as asked.
Result<void> check_unsampled(const AssessOptions& options, const std::vector<std::string>& classes,
                             const std::vector<double>& counts, std::vector<double>& areas,
                             std::vector<std::string>& notes) {
  double total = 0;
  for (const double area : areas) total += area;
  std::vector<std::string> unsampled;
  const std::size_t count = classes.size();
  for (std::size_t i = 0; i < count; ++i) {
    double mapped = 0, seen = 0;
    for (std::size_t j = 0; j < count; ++j) mapped += counts[i * count + j], seen += counts[j * count + i];
    const double share = 100 * areas[i] / total;
    if (areas[i] > 0 && mapped == 0) {
      unsampled.push_back(fmt::format("'{}' ({:.3g} % of the map)", classes[i], share));
      if (options.leave_out_unsampled) areas[i] = 0;
    }
    if (areas[i] == 0 && seen > 0 && mapped == 0)
      notes.push_back(fmt::format("class '{}' is in the sample but not among what is mapped", classes[i]));
    if (mapped > 0 && seen == 0)
      notes.push_back(fmt::format("class '{}' is on the map but was nowhere seen", classes[i]));
    if (mapped == 1)
      notes.push_back(fmt::format("class '{}' has a single row: what rests on it has no standard error", classes[i]));
  }
  if (unsampled.empty()) return {};
  const std::string what = join(unsampled, ", ");
  if (!options.leave_out_unsampled)
    return input_error(
        "no row of the sample lies where the map says {}: nothing is known of it; sample it, merge the class, or say "
        "--leave-out-unsampled to speak of the rest of the map alone",
        what);
  notes.push_back(fmt::format("left out of the estimates, without a row of the sample: {}", what));
  return {};
}

Result<MapAssessment> assess_matrix(const AssessOptions& options) {
  ECOCUBE_TRY_ASSIGN(ConfusionMatrix matrix, read_confusion_matrix(options.matrix, options.matrix_rows));
  MapAssessment assessment;
  assessment.title = options.matrix.stem().string();
  if (!matrix.passed_over.empty())
    assessment.notes.push_back(fmt::format("of the matrix, not both a row and a column and therefore passed over: {}",
                                           join(matrix.passed_over, ", ")));
  const std::size_t classes = matrix.classes.size();
  std::vector<double> areas(classes);
  if (options.areas.empty()) {
    for (std::size_t i = 0; i < classes; ++i) {
      for (std::size_t j = 0; j < classes; ++j) areas[i] += matrix.counts[i * classes + j];
    }
    assessment.unit = "rows";
    assessment.notes.push_back(
        "no areas are given: mapped classes weigh as many rows of the sample as they hold, as in a simple random "
        "sample");
  } else {
    ECOCUBE_TRY_ASSIGN(areas, areas_of(options.areas, matrix.classes));
  }
  ECOCUBE_TRY(check_unsampled(options, matrix.classes, matrix.counts, areas, assessment.notes));
  ECOCUBE_TRY_ASSIGN(assessment.estimates, estimate_areas(matrix.counts, areas));
  assessment.classes = std::move(matrix.classes);
  assessment.counts = std::move(matrix.counts);
  return assessment;
}

Result<MapAssessment> assess_raster(const AssessOptions& options) {
  ECOCUBE_TRY_ASSIGN(MapSample sample, sample_map(options));
  MapAssessment assessment;
  assessment.title = std::filesystem::path(options.map).filename().string();
  assessment.classes = sample.classes;
  assessment.unit = sample.unit;
  assessment.notes = std::move(sample.notes);
  const std::size_t classes = sample.classes.size();
  assessment.counts.resize(classes * classes);
  for (const SampledRow& row : sample.rows) assessment.counts[row.mapped * classes + row.seen] += 1;
  if (sample.strata.empty()) {
    if (!options.areas.empty()) {
      ECOCUBE_TRY_ASSIGN(sample.areas, areas_of(options.areas, sample.classes));
      assessment.unit.clear();
    }
    ECOCUBE_TRY(check_unsampled(options, sample.classes, assessment.counts, sample.areas, assessment.notes));
    ECOCUBE_TRY_ASSIGN(assessment.estimates, estimate_areas(assessment.counts, sample.areas));
    return assessment;
  }
  if (options.areas.empty())
    return usage_error("--strata {}: the strata are not the map's classes, so --areas must give the area of each",
                       options.strata);
  ECOCUBE_TRY_ASSIGN(const auto areas, areas_of(options.areas, sample.strata));
  ECOCUBE_TRY_ASSIGN(assessment.estimates, estimate_areas(sample.rows, areas, sample.areas));
  assessment.notes.push_back("estimated areas are in the unit of " + options.areas.filename().string());
  return assessment;
}

Result<void> assess_and_tell(const AssessOptions& options) {
  ECOCUBE_TRY_ASSIGN(const MapAssessment assessment, assess_map(options));
  fmt::print("{}", assessment_text(assessment));
  if (!options.json.empty()) ECOCUBE_TRY(write_text_atomic(options.json, assessment_json(assessment)));
  if (!options.csv.empty()) ECOCUBE_TRY(write_text_atomic(options.csv, assessment_csv(assessment)));
  if (!options.html.empty()) ECOCUBE_TRY(write_text_atomic(options.html, assessment_html(assessment)));
  return {};
}

void add_options(CLI::App& command, AssessOptions& options) {
  command.add_option("map", options.map, "raster of classes: GeoTIFF, VRT, anything GDAL reads")->type_name("RASTER");
  command.add_option("points", options.points, "the sample: CSV or any vector file, one row a point")
      ->type_name("FILE");
  command.add_option("--label", options.label, "column of the class seen")->type_name("COLUMN")->capture_default_str();
  command.add_option("--x", options.x, "column of x in a CSV file")->type_name("COLUMN")->capture_default_str();
  command.add_option("--y", options.y, "column of y in a CSV file")->type_name("COLUMN")->capture_default_str();
  command.add_option("--crs", options.crs, "of the points; without it what their file says")->type_name("CRS");
  command.add_option("--layer", options.layer, "of a vector file with several")->type_name("NAME");
  command.add_option("--legend", options.legend,
                     "clc or a CSV file (code, name, raster_value, …); without it labels are the map's numbers");
  command.add_option("--band", options.band, "of the map, from 1")->capture_default_str();
  command.add_option("--no-data", options.no_data, "number of the map that means no data, if the file does not say");
  command
      .add_option("--strata", options.strata,
                  "column of the stratum that a point was drawn in; without it the map's class")
      ->type_name("COLUMN");
  command.add_option("--areas", options.areas, "CSV of class or stratum and area; without it counted from the map")
      ->type_name("FILE");
  command.add_option("--matrix", options.matrix, "CSV of a confusion matrix, instead of map and points")
      ->type_name("FILE");
  command.add_option("--matrix-rows", options.matrix_rows, "seen or mapped: what the matrix's rows are");
  command.add_flag("--leave-out-unsampled", options.leave_out_unsampled,
                   "leave mapped classes without a point out of the estimates instead of stopping");
  command.add_option("--json", options.json, "where to write all numbers")->type_name("FILE");
  command.add_option("--csv", options.csv, "where to write one row a class")->type_name("FILE");
  command.add_option("--html", options.html, "where to write a page to read")->type_name("FILE");
}

}  // namespace

Result<MapAssessment> assess_map(const AssessOptions& options) {
  if (!options.matrix.empty()) {
    if (!options.map.empty()) return usage_error("assess: --matrix stands instead of MAP and POINTS, not beside them");
    return assess_matrix(options);
  }
  if (options.map.empty() || options.points.empty())
    return usage_error("assess: give MAP and POINTS, or --matrix FILE");
  return assess_raster(options);
}

void add_assess_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<AssessOptions>();
  CLI::App* command =
      app.add_subcommand("assess", "Accuracy and areas of a map, with standard errors, from an independent sample");
  command->footer(
      "Examples:\n  ecocube assess landcover.tif sample.csv --crs EPSG:4326 --label class --legend clc --html "
      "page.html\n"
      "  ecocube assess --matrix confusion.csv --areas areas.csv");
  add_options(*command, *options);
  command->final_callback([&action, options] {
    action = [options] {
      const auto outcome = assess_and_tell(*options);
      return outcome ? static_cast<int>(exit_done) : report(outcome.error());
    };
  });
}

}  // namespace ecocube
