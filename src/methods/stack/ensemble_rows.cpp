// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/ensemble_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "base/text.h"

namespace ecocube {
namespace {

std::string row_name(const EnsembleData& data, std::size_t row) {
  return data.places.empty() ? fmt::format("row {}", row + 1) : fmt::format("row {}", data.places[row].id);
}

/// Rows of weight 0 and rows with a missing or infinite number go.
Result<RowList> usable_rows(const EnsembleData& data, std::vector<std::string>& notes) {
  RowList usable;
  std::size_t weightless = 0, incomplete = 0;
  const TrainingRows& rows = data.rows;
  for (std::uint32_t row = 0; row < rows.rows(); ++row) {
    const double weight = rows.weights[row];
    if (!std::isfinite(weight) || weight < 0)
      return input_error("training: {}: weight {} is no weight", row_name(data, row), weight);
    bool whole = !rows.regression() || std::isfinite(rows.responses[row]);
    for (std::size_t f = 0; f < rows.features; ++f) whole = whole && std::isfinite(rows.column(f)[row]);
    if (weight == 0) {
      ++weightless;
    } else if (!whole) {
      ++incomplete;
    } else {
      usable.push_back(row);
    }
  }
  if (weightless) notes.push_back(fmt::format("{} rows of weight 0 take no part", weightless));
  if (incomplete) notes.push_back(fmt::format("{} rows with a missing or infinite value take no part", incomplete));
  if (!std::isfinite(std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0)))
    return input_error("training: the weights of {} rows are too large to be summed", rows.rows());
  if (usable.empty())
    return input_error("training: none of the {} rows has a weight and a value in every feature", rows.rows());
  return usable;
}

/// Keeps the classes with enough rows; returns their rows.
Result<RowList> drop_rare_classes(EnsembleData& data, std::size_t min_rows, std::vector<std::string>& notes) {
  std::vector<std::size_t> rows_of(data.classes.size());
  for (const std::uint16_t c : data.rows.seen) ++rows_of[c];
  std::vector<LegendClass> kept;
  std::vector<std::uint16_t> place(data.classes.size());
  std::size_t occurring = 0;
  for (std::size_t c = 0; c < data.classes.size(); ++c) {
    occurring += rows_of[c] > 0 ? 1 : 0;
    if (rows_of[c] >= std::max<std::size_t>(1, min_rows)) {
      place[c] = static_cast<std::uint16_t>(kept.size());
      kept.push_back(data.classes[c]);
    } else if (rows_of[c] > 0) {
      notes.push_back(fmt::format("class {} ({}) is left out: {} rows, fewer than {}", data.classes[c].code,
                                  data.classes[c].name, rows_of[c], min_rows));
    }
  }
  if (kept.size() < 2)
    return input_error("training: {} of {} classes have at least {} rows, 2 are needed", kept.size(), occurring,
                       min_rows);
  RowList chosen;
  for (std::uint32_t row = 0; row < data.rows.rows(); ++row) {
    if (rows_of[data.rows.seen[row]] < std::max<std::size_t>(1, min_rows)) continue;
    chosen.push_back(row);
    data.rows.seen[row] = place[data.rows.seen[row]];
  }
  data.rows.classes = kept.size();
  data.classes = std::move(kept);
  return chosen;
}

Result<void> drop_constant_features(EnsembleData& data, std::vector<std::string>& notes) {
  RowList kept;
  std::vector<std::string> constant;
  for (std::uint32_t f = 0; f < data.rows.features; ++f) {
    const auto column = data.rows.column(f);
    const auto [lowest, highest] = std::minmax_element(column.begin(), column.end());
    if (*lowest < *highest) {
      kept.push_back(f);
    } else {
      constant.push_back(data.features[f]);
    }
  }
  if (kept.empty()) return input_error("training: all {} features are constant", data.rows.features);
  if (constant.empty()) return {};
  notes.push_back(fmt::format("{} constant features are left out: {}", constant.size(), join(constant, ", ")));
  keep_features(data, kept);
  return {};
}

/// Groups of the rows with the same features at the same place and time; none where no row repeats another.
std::optional<Groups> duplicates(const EnsembleData& data) {
  std::map<std::vector<std::uint64_t>, std::uint32_t> known;
  Groups same;
  std::map<std::string, std::uint64_t> dates;
  for (std::size_t row = 0; row < data.rows.rows(); ++row) {
    std::vector<std::uint64_t> key;
    for (std::size_t f = 0; f < data.rows.features; ++f)
      key.push_back(std::bit_cast<std::uint32_t>(data.rows.column(f)[row] + 0.0f));
    if (!data.places.empty()) {
      const RowPlace& place = data.places[row];
      key.push_back(std::bit_cast<std::uint64_t>(place.x.value_or(0)));
      key.push_back(std::bit_cast<std::uint64_t>(place.y.value_or(0)));
      key.push_back(dates.try_emplace(place.date, dates.size()).first->second);
    }
    same.of_row.push_back(known.try_emplace(std::move(key), static_cast<std::uint32_t>(known.size())).first->second);
  }
  same.count = known.size();
  return same.count < data.rows.rows() ? std::optional(std::move(same)) : std::nullopt;
}

/// Without places most rows of a table of few categories look alike without being copies.
bool are_categories(const Groups& same, const EnsembleData& data) {
  const bool placed = std::any_of(data.places.begin(), data.places.end(), [](const RowPlace& p) { return p.x && p.y; });
  return !placed && 2 * same.count < data.rows.rows();
}

/// Duplicates would tell each other's answer across a fold.
void keep_duplicates_together(EnsembleData& data, std::vector<std::string>& notes) {
  const std::optional<Groups> same = duplicates(data);
  if (!same) return;
  const std::size_t repeated = data.rows.rows() - same->count;
  if (are_categories(*same, data)) {
    notes.push_back(fmt::format(
        "{} rows repeat the features of another: they are taken for categories, not for duplicates", repeated));
  } else if (!data.folds.empty()) {
    notes.push_back(fmt::format("{} rows repeat the features of another; the given folds may part them", repeated));
  } else {
    notes.push_back(fmt::format("{} rows repeat the features of another and share its fold", repeated));
    data.groups = joined(data.groups, *same);
  }
}

/// What folds are made alike in: the class, or the fifth of the numbers that a row is in.
std::vector<std::uint16_t> strata(const TrainingRows& rows) {
  if (!rows.regression()) return rows.seen;
  RowList order(rows.rows());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rows.responses[a] < rows.responses[b]; });
  std::vector<std::uint16_t> fifth(rows.rows());
  for (std::size_t i = 0; i < order.size(); ++i) fifth[order[i]] = static_cast<std::uint16_t>(5 * i / order.size());
  return fifth;
}

Result<void> check_given_folds(const EnsembleData& data) {
  std::vector<int> fold_of(data.groups.count, -1);
  for (std::size_t row = 0; row < data.folds.size(); ++row) {
    int& fold = fold_of[data.groups.of_row[row]];
    if (fold >= 0 && fold != data.folds[row])
      return input_error("training: {} and others of its group lie in different folds", row_name(data, row));
    fold = data.folds[row];
  }
  return {};
}

Result<int> deal(EnsembleData& data, const EnsembleSettings& settings) {
  if (data.folds.empty()) {
    const std::size_t kinds = data.rows.regression() ? 5 : data.rows.classes;
    ECOCUBE_TRY_ASSIGN(data.folds, deal_folds(data.groups, strata(data.rows), kinds, settings.folds, settings.seed));
    return settings.folds;
  }
  ECOCUBE_TRY(check_given_folds(data));
  // Rows that were left out may have emptied a fold.
  const std::set<std::uint8_t> present(data.folds.begin(), data.folds.end());
  for (std::uint8_t& fold : data.folds)
    fold = static_cast<std::uint8_t>(std::distance(present.begin(), present.find(fold)));
  if (present.size() < 2) return input_error("training: the rows that are left lie in {} fold", present.size());
  return static_cast<int>(present.size());
}

void scale_to_mean_one(std::vector<double>& weights) {
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight /= mean;
}

void balance(TrainingRows& rows) {
  std::vector<double> of_class(rows.classes);
  for (std::size_t row = 0; row < rows.rows(); ++row) of_class[rows.seen[row]] += rows.weights[row];
  for (std::size_t row = 0; row < rows.rows(); ++row) rows.weights[row] /= of_class[rows.seen[row]];
  scale_to_mean_one(rows.weights);
}

void note_lonely_classes(const EnsembleData& data, std::vector<std::string>& notes) {
  std::vector<std::set<std::uint8_t>> folds_of(data.classes.size());
  for (std::size_t row = 0; row < data.rows.seen.size(); ++row) folds_of[data.rows.seen[row]].insert(data.folds[row]);
  for (std::size_t c = 0; c < data.classes.size(); ++c) {
    if (folds_of[c].size() > 1) continue;
    notes.push_back(fmt::format("class {} ({}) lies in one fold alone: no fold could learn it and be scored on it",
                                data.classes[c].code, data.classes[c].name));
  }
}

}  // namespace

void keep_features(EnsembleData& data, const std::vector<std::uint32_t>& chosen) {
  data.rows = with_features(data.rows, chosen);
  std::vector<std::string> names, units;
  for (const std::uint32_t f : chosen) {
    names.push_back(data.features[f]);
    if (!data.units.empty()) units.push_back(data.units[f]);
  }
  data.features = std::move(names);
  data.units = std::move(units);
}

Groups groups_with_duplicates(const EnsembleData& data) {
  const std::optional<Groups> same = duplicates(data);
  return same && !are_categories(*same, data) ? joined(data.groups, *same) : data.groups;
}

void keep_rows(EnsembleData& data, const std::vector<std::uint32_t>& chosen) {
  if (chosen.size() == data.rows.rows()) return;
  data.rows = data.rows.only(chosen);
  data.groups = only(data.groups, chosen);
  std::vector<RowPlace> places;
  std::vector<std::uint8_t> folds;
  for (const std::uint32_t row : chosen) {
    if (!data.places.empty()) places.push_back(std::move(data.places[row]));
    if (!data.folds.empty()) folds.push_back(data.folds[row]);
  }
  data.places = std::move(places);
  data.folds = std::move(folds);
}

Result<PreparedRows> prepare_rows(EnsembleData data, const EnsembleSettings& settings) {
  PreparedRows prepared;
  ECOCUBE_TRY_ASSIGN(prepared.table_rows, usable_rows(data, prepared.notes));
  keep_rows(data, prepared.table_rows);
  if (!data.rows.regression()) {
    ECOCUBE_TRY_ASSIGN(const RowList chosen, drop_rare_classes(data, settings.min_rows, prepared.notes));
    keep_rows(data, chosen);
    RowList left;
    for (const std::uint32_t row : chosen) left.push_back(prepared.table_rows[row]);
    prepared.table_rows = std::move(left);
  } else {
    const auto [lowest, highest] = std::minmax_element(data.rows.responses.begin(), data.rows.responses.end());
    if (*lowest == *highest)
      return input_error("training: the number to learn is {} in all {} rows", *lowest, data.rows.rows());
  }
  ECOCUBE_TRY(drop_constant_features(data, prepared.notes));
  keep_duplicates_together(data, prepared.notes);
  ECOCUBE_TRY_ASSIGN(prepared.folds, deal(data, settings));
  if (!data.rows.regression()) note_lonely_classes(data, prepared.notes);
  scale_to_mean_one(data.rows.weights);
  prepared.own_weights = data.rows.weights;
  if (settings.balanced && !data.rows.regression()) balance(data.rows);
  prepared.data = std::move(data);
  return prepared;
}

}  // namespace ecocube
