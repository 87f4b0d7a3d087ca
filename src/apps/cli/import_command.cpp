// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/import_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "base/text.h"
#include "io/model/import.h"
#include "io/model/model_file.h"
#include "run/legend_file.h"

namespace ecocube {
namespace {

/// The classes of the file in its order: as asked, else as the file labels them, looked up in the legend.
Result<std::vector<LegendClass>> classes_of(const ImportOptions& arguments) {
  if (arguments.legend.empty() && arguments.classes.empty()) return std::vector<LegendClass>();
  std::vector<std::string> labels = arguments.classes;
  if (labels.empty()) {
    ECOCUBE_TRY_ASSIGN(const Model plain, import_model(arguments.from, {}));
    for (const LegendClass& entry : plain.classes) labels.push_back(entry.code);
  }
  ECOCUBE_TRY_ASSIGN(const Legend legend, load_legend(arguments.legend.empty() ? "clc" : arguments.legend));
  std::vector<std::string> codes;
  for (const LegendClass& entry : legend.classes) codes.push_back(entry.code);
  std::vector<LegendClass> classes;
  for (const std::string& label : labels) {
    const LegendClass* entry = legend.matching(label);
    if (!entry)
      return usage_error("class '{}' is none of the legend {}{}; name the file's classes in their order with --classes",
                         label, legend.name, suggestion(label, codes));
    classes.push_back(*entry);
  }
  return classes;
}

}  // namespace

Result<std::string> run_import(const ImportOptions& arguments) {
  ImportNames names{arguments.features, {}, arguments.variable};
  ECOCUBE_TRY_ASSIGN(names.classes, classes_of(arguments));
  ECOCUBE_TRY_ASSIGN(const Model model, import_model(arguments.from, names));
  ECOCUBE_TRY(save_model(model, arguments.to));
  std::vector<std::string> codes;
  for (const LegendClass& entry : model.classes) codes.push_back(entry.code);
  return fmt::format(
      "{}: {} of {} features ({}) {}\n", arguments.to, model.learners[0].name, model.features.size(),
      join(model.features, ", "),
      codes.empty() ? "for the number " + model.response->variable : "for the classes " + join(codes, ", "));
}

void add_import_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<ImportOptions>();
  CLI::App* command =
      app.add_subcommand("import", "Make a model file of trees trained by XGBoost, LightGBM or scikit-learn");
  command->footer(
      "Examples:\n  ecocube import booster.json --out booster.ecomodel --legend clc --classes 111,211,311\n"
      "  python3 scripts/export_forest.py forest.joblib forest.json && ecocube import forest.json --out "
      "forest.ecomodel");
  command->add_option("file", arguments->from, "model of XGBoost (JSON, UBJSON), LightGBM (text), or a forest (JSON)")
      ->required();
  command->add_option("--out", arguments->to, "model file to write")->required();
  command->add_option("--features", arguments->features, "names of the features in the file's order")->delimiter(',');
  command->add_option("--classes", arguments->classes, "codes of the classes in the file's order")->delimiter(',');
  command->add_option("--legend", arguments->legend, "clc, or a CSV file, where the classes are looked up");
  command->add_option("--variable", arguments->variable, "what a regression speaks of");
  command->final_callback([&action, arguments] {
    action = [arguments]() -> int {
      const auto done = run_import(*arguments);
      if (!done) return report(done.error());
      fmt::print("{}", *done);
      return exit_done;
    };
  });
}

}  // namespace ecocube
