// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "data/table/table.h"

namespace ecocube {

/// The table as CSV: id, x, y, date, label, weight, group, value, then one column a feature; a missing value is an
/// empty field. Numbers are written with the fewest digits that read back equal. A point's depth stands in the feature
/// `depth`.
std::string table_csv(const Table& table);

/// Reads what `table_csv` wrote, also without the column value. Errors name the file, line and column.
Result<Table> read_table(const std::filesystem::path& file);

}  // namespace ecocube
