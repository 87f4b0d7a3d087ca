// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// A CSV file of any columns, as text.
struct TextColumns {
  std::string file;                               ///< for messages
  std::vector<std::string> names;                 ///< from the first line
  std::vector<std::vector<std::string>> columns;  ///< shape [column][row]; without blanks around
  std::vector<std::size_t> lines;                 ///< of the file, from 1; shape [row]

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
};

/// Reads a CSV file whose first line names the columns, in all the ways of writing one that parse_csv knows. Errors
/// name the file and line: no such file, no rows, a line of another length, a name that comes twice.
Result<TextColumns> read_columns(const std::filesystem::path& file);

/// The number of a column by its name; an unknown name is an error that tells the nearest one.
Result<std::size_t> column_named(const TextColumns& table, const std::string& name);

/// Whether every field of the column is a number or empty, and one at least is a number.
bool is_numeric(const TextColumns& table, std::size_t column);

/// The column as numbers; NaN where the field is empty or says NA, NaN or null. Other text is an error that names file,
/// column, line and the text.
Result<std::vector<double>> numbers_in(const TextColumns& table, std::size_t column);

/// True for what stands for no value: nothing, NA, NaN, null.
bool is_missing(const std::string& field);

}  // namespace ecocube
