// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/compare_command.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "apps/cli/compare_gaps.h"
#include "apps/cli/compare_maps.h"
#include "base/options.h"
#include "data/cube/legend.h"
#include "io/file/file.h"

namespace ecocube {
namespace {

/// JSON has no NaN.
Value number_or_null(double number) {
  return std::isnan(number) ? Value() : Value(number);
}

Agreement all_years(const Comparison& comparison) {
  Agreement all;
  for (const YearScore& score : comparison.years) all.add(score.agreement);
  return all;
}

Value as_json(const SquaredError& error) {
  return {{"rmse", number_or_null(error.root_mean())}, {"cells", error.cells}, {"empty", error.empty}};
}

Value as_json(const Comparison& comparison) {
  Value json = Value::object();
  const Agreement all = all_years(comparison);
  json["agreement"] = {{"all_years", number_or_null(all.share())},
                       {"pixels", all.pixels()},
                       {"pixels_of_points_left_out", comparison.points_left_out}};
  json["agreement"]["years"] = Value::object();
  for (const YearScore& score : comparison.years)
    json["agreement"]["years"][std::to_string(score.year)] = number_or_null(score.agreement.share());
  json["agreement"]["classes"] = Value::array();
  for (const LegendClass& entry : clc_legend().classes) {
    const auto value = static_cast<std::size_t>(entry.value);
    if (all.true_pixels(value) + all.mapped_pixels(value) == 0) continue;
    json["agreement"]["classes"].push_back({{"code", entry.code},
                                            {"name", entry.name},
                                            {"true_pixels", all.true_pixels(value)},
                                            {"mapped_pixels", all.mapped_pixels(value)},
                                            {"recall", number_or_null(all.recall(value))},
                                            {"precision", number_or_null(all.precision(value))}});
  }
  json["gaps"] = Value::array();
  for (const BandScore& score : comparison.bands) {
    json["gaps"].push_back({{"band", score.band},
                            {"filled", as_json(score.filled)},
                            {"linear", as_json(score.linear)},
                            {"seasonal_mean", as_json(score.seasonal)},
                            {"moving_median", as_json(score.median)},
                            {"observed_cells", as_json(score.observed)}});
  }
  return json;
}

void print_maps(const Comparison& comparison) {
  const Agreement all = all_years(comparison);
  fmt::print("Dominant class against the truth ({} pixels, {} that hold points left out)\n", all.pixels(),
             comparison.points_left_out);
  for (const YearScore& score : comparison.years)
    fmt::print("  {}       {:6.2f} %\n", score.year, 100 * score.agreement.share());
  fmt::print("  all years  {:6.2f} %\n\n", 100 * all.share());
  fmt::print("  {:<6}{:<46}{:>9}{:>9}{:>11}\n", "class", "", "pixels", "recall", "precision");
  for (const LegendClass& entry : clc_legend().classes) {
    const auto value = static_cast<std::size_t>(entry.value);
    if (all.true_pixels(value) + all.mapped_pixels(value) == 0) continue;
    fmt::print("  {:<6}{:<46.45}{:>9}{:>9.3f}{:>11.3f}\n", entry.code, entry.name, all.true_pixels(value),
               all.recall(value), all.precision(value));
  }
}

void print_gaps(const Comparison& comparison) {
  fmt::print("\nFilled gaps against the truth, root mean square error (reflectance 0..1, temperature in K)\n");
  fmt::print("  {:<12}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>14}\n", "band", "gaps", "empty", "filled", "linear",
             "seasonal", "median", "no gap: error");
  for (const BandScore& score : comparison.bands) {
    fmt::print("  {:<12}{:>10}{:>10}{:>10.4f}{:>10.4f}{:>10.4f}{:>10.4f}{:>14.4f}\n", score.band,
               score.filled.cells + score.filled.empty, score.filled.empty, score.filled.root_mean(),
               score.linear.root_mean(), score.seasonal.root_mean(), score.median.root_mean(),
               score.observed.root_mean());
  }
}

Result<void> compare_and_tell(CompareOptions options) {
  if (options.points.empty()) options.points = {options.world / "points.csv"};
  if (options.json.empty()) options.json = options.run / "compare.json";
  ECOCUBE_TRY_ASSIGN(const Comparison comparison, compare_with_truth(options));
  if (!comparison.years.empty()) print_maps(comparison);
  if (!comparison.bands.empty()) print_gaps(comparison);
  return write_text_atomic(options.json, as_json(comparison).dump(2) + "\n");
}

}  // namespace

Result<Comparison> compare_with_truth(const CompareOptions& options) {
  Comparison comparison;
  ECOCUBE_TRY(compare_maps(options, comparison));
  ECOCUBE_TRY(compare_gaps(options, comparison));
  if (comparison.years.empty() && comparison.bands.empty()) {
    return input_error("comparing {}: no tiles/*/{}/YEAR.tif and no tiles/*/{}/*.tif there", options.run.string(),
                       options.predict, options.fill_gaps);
  }
  return comparison;
}

void add_compare_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command =
      app.add_subcommand("compare", "Hold a run against the truth of the simulated world that it mapped");
  command->footer("Example:\n  ecocube compare out world --points world/points.csv");
  command->add_option("run,--run", options->run, "folder of the finished run")->type_name("DIR")->required();
  command->add_option("world,--world", options->world, "folder that `ecocube simulate` made")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--points", options->points, "points whose pixels are left out; without it the world's points.csv")
      ->type_name("FILE");
  command->add_option("--json", options->json, "where the figures go; without it compare.json in the run's folder")
      ->type_name("FILE");
  command->add_option("--predict", options->predict, "name of the step that made the maps")
      ->type_name("STEP")
      ->capture_default_str();
  command->add_option("--composite", options->composite, "name of the step that made the composites")
      ->type_name("STEP")
      ->capture_default_str();
  command->add_option("--fill-gaps", options->fill_gaps, "name of the step that filled them")
      ->type_name("STEP")
      ->capture_default_str();
  command->final_callback([&action, options] {
    action = [options] {
      const auto outcome = compare_and_tell(*options);
      return outcome ? static_cast<int>(exit_done) : report(outcome.error());
    };
  });
}

}  // namespace ecocube
