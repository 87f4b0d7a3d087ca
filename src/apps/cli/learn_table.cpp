// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/learn_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr std::size_t kFewNumbers = 10;

/// Columns that have a part of their own and are no features.
Result<std::set<std::size_t>> taken_columns(const TextColumns& table, const LearnOptions& options) {
  std::set<std::size_t> taken;
  for (const std::string& name :
       {options.target, options.x, options.y, options.group, options.year, options.date, options.id, options.weight}) {
    if (name.empty()) continue;
    ECOCUBE_TRY_ASSIGN(const std::size_t column, column_named(table, name));
    taken.insert(column);
  }
  const auto folds = std::find(table.names.begin(), table.names.end(), options.folds);
  if (folds != table.names.end()) taken.insert(static_cast<std::size_t>(folds - table.names.begin()));
  return taken;
}

/// A column of which no field is a number holds words and is no feature.
bool is_words(const std::vector<std::string>& column) {
  return std::none_of(column.begin(), column.end(),
                      [](const std::string& field) { return !is_missing(field) && parse_number(field); });
}

Result<std::vector<std::string>> feature_names(const TextColumns& table, const LearnOptions& options,
                                               std::vector<std::string>& notes) {
  if (std::find(options.features.begin(), options.features.end(), options.target) != options.features.end())
    return usage_error("--features: {} is the target, which a model cannot learn from", options.target);
  if (!options.features.empty()) return options.features;
  ECOCUBE_TRY_ASSIGN(const auto taken, taken_columns(table, options));
  std::vector<std::string> names, words;
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    if (!taken.contains(c)) (is_words(table.columns[c]) ? words : names).push_back(table.names[c]);
  }
  if (!words.empty()) notes.push_back(fmt::format("columns without numbers are no features: {}", join(words, ", ")));
  if (names.empty()) return input_error("{} has no column of numbers beside {}", table.file, options.target);
  return names;
}

Result<void> take_classes(const TextColumns& table, std::size_t target, LearnTable& made) {
  const auto& labels = table.columns[target];
  std::map<std::pair<double, std::string>, std::uint16_t> known;
  const bool numbers = is_numeric(table, target);
  const auto key = [&](const std::string& field) {
    return numbers ? std::pair(*parse_number(field), std::string()) : std::pair(0.0, field);
  };
  std::size_t unlabelled = 0;
  for (const std::string& label : labels) {
    if (is_missing(label)) {
      ++unlabelled;
    } else {
      known.try_emplace(key(label), std::uint16_t{0});
    }
  }
  if (known.empty())
    return input_error("{}: the column {} holds neither a label nor a number", table.file, table.names[target]);
  if (known.size() > kMaximumClasses)
    return input_error(
        "{}: the column {} holds {} different labels, {} are the most; numbers are learnt without "
        "--classes",
        table.file, table.names[target], known.size(), kMaximumClasses);
  for (auto& [label, place] : known) {
    place = static_cast<std::uint16_t>(made.data.classes.size());
    const std::string text = numbers ? fmt::format("{}", label.first) : label.second;
    made.data.classes.push_back({text, text, static_cast<int>(place) + 1, {}});
  }
  made.data.rows.classes = made.data.classes.size();
  if (unlabelled) made.notes.push_back(fmt::format("{} rows without a label take no part", unlabelled));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const bool missing = is_missing(labels[row]);
    made.data.rows.seen.push_back(missing ? std::uint16_t{0} : known.at(key(labels[row])));
    if (missing) made.data.rows.weights[row] = 0;
  }
  return {};
}

Result<void> take_numbers(const TextColumns& table, std::size_t target, const LearnOptions& options, LearnTable& made) {
  const auto transform = transform_named(options.transform);
  if (!transform) {
    const std::vector<std::string> known{"none", "log1p", "square-root", "logit"};
    return usage_error("--transform: unknown '{}'{}", options.transform, suggestion(options.transform, known));
  }
  ECOCUBE_TRY_ASSIGN(const auto numbers, numbers_in(table, target));
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    const double value = transformed(*transform, numbers[row]);
    if (std::isfinite(numbers[row]) && !std::isfinite(value))
      return input_error("{}, line {}: {} {} has no transform {}", table.file, table.lines[row], options.target,
                         numbers[row], options.transform);
    made.data.rows.responses.push_back(static_cast<float>(value));
  }
  std::set<float> distinct;
  for (const float response : made.data.rows.responses) {
    if (std::isfinite(response)) distinct.insert(response);
  }
  if (distinct.size() <= kFewNumbers)
    made.notes.push_back(
        fmt::format("{} holds {} different numbers and is learnt as a number; --classes makes it "
                    "classes",
                    options.target, distinct.size()));
  made.data.response = Response{options.target, options.unit, *transform, 0, 0};
  return {};
}

/// Where every row is, when the columns are named.
Result<void> take_places(const TextColumns& table, const LearnOptions& options, LearnTable& made) {
  if (options.x.empty() != options.y.empty()) return usage_error("--x and --y belong together");
  const std::vector<double> none(table.rows(), std::nan(""));
  std::vector<double> x = none, y = none;
  if (!options.x.empty()) {
    ECOCUBE_TRY_ASSIGN(const std::size_t of_x, column_named(table, options.x));
    ECOCUBE_TRY_ASSIGN(const std::size_t of_y, column_named(table, options.y));
    ECOCUBE_TRY_ASSIGN(x, numbers_in(table, of_x));
    ECOCUBE_TRY_ASSIGN(y, numbers_in(table, of_y));
  }
  std::size_t of_id = table.names.size(), of_date = table.names.size();
  if (!options.id.empty()) {
    ECOCUBE_TRY_ASSIGN(of_id, column_named(table, options.id));
  }
  if (!options.date.empty()) {
    ECOCUBE_TRY_ASSIGN(of_date, column_named(table, options.date));
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    RowPlace place{fmt::format("{}", row), std::nullopt, std::nullopt, ""};
    if (std::isfinite(x[row])) place.x = x[row];
    if (std::isfinite(y[row])) place.y = y[row];
    if (of_id < table.names.size()) place.id = table.columns[of_id][row];
    if (of_date < table.names.size()) place.date = table.columns[of_date][row];
    made.data.places.push_back(std::move(place));
  }
  return {};
}

Result<std::vector<double>> coordinate(const LearnTable& made, bool x, const std::string& asked_by) {
  std::vector<double> numbers;
  for (const RowPlace& place : made.data.places) {
    const auto& own = x ? place.x : place.y;
    if (!own)
      return usage_error("{} needs the columns --x and --y, and both in every row: row {} has none", asked_by,
                         place.id);
    numbers.push_back(*own);
  }
  return numbers;
}

/// Folds of a column, or of a file with a line a row.
Result<void> take_given_folds(const TextColumns& table, const LearnOptions& options, LearnTable& made) {
  const bool own = std::find(table.names.begin(), table.names.end(), options.folds) != table.names.end();
  if (!own && !std::filesystem::exists(options.folds))
    return usage_error("--folds: neither a file nor a column of {} is called '{}'{}", table.file, options.folds,
                       suggestion(options.folds, table.names));
  TextColumns read;
  if (!own) {
    ECOCUBE_TRY_ASSIGN(read, read_columns(options.folds));
  }
  const TextColumns& from = own ? table : read;
  if (from.rows() != table.rows())
    return input_error("{} has {} rows, {} has {}", from.file, from.rows(), table.file, table.rows());
  ECOCUBE_TRY_ASSIGN(const std::size_t column, column_named(from, own ? options.folds : "fold"));
  const auto& names_of_folds = from.columns[column];
  const auto none = std::find_if(names_of_folds.begin(), names_of_folds.end(), is_missing);
  if (none != names_of_folds.end())
    return input_error("{}, line {}: no fold in the column {}", from.file,
                       from.lines[static_cast<std::size_t>(none - names_of_folds.begin())], from.names[column]);
  const auto folds = folds_by_name(names_of_folds);
  if (!folds) return within(from.file, folds.error());
  made.data.folds = *folds;
  made.grouping = own ? fmt::format("folds of the column {}", options.folds)
                      : fmt::format("folds of {}", std::filesystem::path(options.folds).filename().string());
  const auto group = std::find(from.names.begin(), from.names.end(), "group");
  if (own || group == from.names.end() || !options.group.empty()) return {};
  // Folds that were drawn on places may cut a group of the same file: its parts count as groups of their own.
  std::vector<std::string> names = from.columns[static_cast<std::size_t>(group - from.names.begin())];
  for (std::size_t row = 0; row < names.size(); ++row) names[row] += "/" + from.columns[column][row];
  made.data.groups = groups_by_name(names);
  return {};
}

/// The group of every row, nothing where the column has none: such a row is a group of its own.
Result<std::vector<std::string>> group_names(const TextColumns& table, const std::string& name, bool years) {
  ECOCUBE_TRY_ASSIGN(const std::size_t column, column_named(table, name));
  std::vector<std::string> names = table.columns[column];
  for (std::size_t row = 0; row < names.size(); ++row) {
    if (is_missing(names[row])) names[row].clear();
    if (!years || names[row].empty()) continue;
    const std::string year = names[row].substr(0, 4);
    if (year.size() < 4 || year.find_first_not_of("0123456789") != std::string::npos)
      return input_error("{}, line {}: '{}' in the column {} does not begin with the four digits of a year", table.file,
                         table.lines[row], names[row], name);
    names[row] = year;
  }
  return names;
}

Result<void> take_groups(const TextColumns& table, const LearnOptions& options, std::uint64_t seed, LearnTable& made) {
  made.data.groups = groups_by_name(std::vector<std::string>(table.rows()));
  const int asked = (options.block > 0) + (options.regions > 0) + !options.year.empty() + !options.group.empty();
  if (asked > 1) return usage_error("one of --block, --regions, --year and --group is enough");
  if (!options.folds.empty()) ECOCUBE_TRY(take_given_folds(table, options, made));
  if (options.block > 0 || options.regions > 0) {
    const char* name = options.block > 0 ? "--block" : "--regions";
    ECOCUBE_TRY_ASSIGN(const auto x, coordinate(made, true, name));
    ECOCUBE_TRY_ASSIGN(const auto y, coordinate(made, false, name));
    if (options.block > 0) {
      made.data.groups = groups_by_block(x, y, options.block);
      made.grouping = fmt::format("squares of {}", options.block);
    } else {
      ECOCUBE_TRY_ASSIGN(made.data.groups, groups_by_region(x, y, options.regions, seed));
      made.grouping = fmt::format("{} regions", options.regions);
    }
  } else if (!options.year.empty() || !options.group.empty()) {
    const std::string& name = options.year.empty() ? options.group : options.year;
    ECOCUBE_TRY_ASSIGN(const auto names, group_names(table, name, !options.year.empty()));
    made.data.groups = groups_by_name(names);
    if (made.grouping.empty()) made.grouping = options.year.empty() ? fmt::format("column {}", name) : "years";
  }
  // Of folds that are given nobody knows whether they keep near rows together.
  made.spatial = options.folds.empty() && !made.grouping.empty() && options.year.empty();
  if (made.grouping.empty()) made.grouping = "random folds";
  return {};
}

Result<std::vector<double>> weights_of(const TextColumns& table, const std::string& name) {
  ECOCUBE_TRY_ASSIGN(const std::size_t column, column_named(table, name));
  ECOCUBE_TRY_ASSIGN(auto weights, numbers_in(table, column));
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!(weights[row] >= 0 && std::isfinite(weights[row])))
      return input_error("{}, line {}: '{}' in the column {} is no weight", table.file, table.lines[row],
                         table.columns[column][row], name);
  }
  return weights;
}

}  // namespace

Result<bool> learns_numbers(const TextColumns& table, const LearnOptions& options) {
  ECOCUBE_TRY_ASSIGN(const std::size_t target, column_named(table, options.target));
  if (options.classes || is_numeric(table, target) || is_words(table.columns[target])) {
    return !options.classes && is_numeric(table, target);
  }
  const auto& fields = table.columns[target];
  const auto word = std::find_if(fields.begin(), fields.end(),
                                 [](const std::string& field) { return !is_missing(field) && !parse_number(field); });
  return input_error("{}, line {}: '{}' in the column {} is no number, though others are; --classes learns labels",
                     table.file, table.lines[static_cast<std::size_t>(word - fields.begin())], *word, options.target);
}

Result<std::vector<std::vector<double>>> features_of(const TextColumns& table, const std::vector<std::string>& names) {
  std::vector<std::vector<double>> features;
  for (const std::string& name : names) {
    ECOCUBE_TRY_ASSIGN(const std::size_t column, column_named(table, name));
    ECOCUBE_TRY_ASSIGN(auto numbers, numbers_in(table, column));
    features.push_back(std::move(numbers));
  }
  return features;
}

Result<LearnTable> learn_table(const TextColumns& table, const LearnOptions& options, std::uint64_t seed) {
  LearnTable made;
  ECOCUBE_TRY_ASSIGN(const std::size_t target, column_named(table, options.target));
  ECOCUBE_TRY_ASSIGN(made.data.features, feature_names(table, options, made.notes));
  ECOCUBE_TRY_ASSIGN(const auto features, features_of(table, made.data.features));
  TrainingRows& rows = made.data.rows;
  rows.features = features.size();
  for (const std::vector<double>& column : features) {
    for (const double value : column) rows.values.push_back(static_cast<float>(value));
  }
  rows.weights.assign(table.rows(), 1.0);
  if (!options.weight.empty()) {
    ECOCUBE_TRY_ASSIGN(rows.weights, weights_of(table, options.weight));
  }
  ECOCUBE_TRY_ASSIGN(const bool numbers, learns_numbers(table, options));
  if (!numbers && (options.transform != "none" || !options.unit.empty()))
    return usage_error("--{} is of numbers, but {} holds classes", options.unit.empty() ? "transform" : "unit",
                       options.target);
  if (numbers) {
    ECOCUBE_TRY(take_numbers(table, target, options, made));
  } else {
    ECOCUBE_TRY(take_classes(table, target, made));
  }
  ECOCUBE_TRY(take_places(table, options, made));
  ECOCUBE_TRY(take_groups(table, options, seed, made));
  return made;
}

}  // namespace ecocube
