// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// One row of a CSV text, with the columns asked for only.
struct CsvRow {
  std::size_t line = 0;             ///< where it begins, from 1; the header is line 1
  std::vector<std::string> fields;  ///< in the order asked for, without spaces around
};

/// Reads CSV text with a header line: fields parted by comma, semicolon or tab (whichever the header has most of),
/// double quotes around fields that hold separators or line ends, a doubled quote for one, any line ends, an optional
/// UTF-8 mark. Empty lines are passed over.
///
/// origin   names the text in messages
/// wanted   names of columns; one that is missing or there twice is an error
/// A row with another number of fields than the header and a quote without end are errors that name the line.
Result<std::vector<CsvRow>> parse_csv(std::string_view text, std::string_view origin,
                                      const std::vector<std::string>& wanted);

/// Text as one field of a CSV line: in quotes where a comma, a quote or a line end asks for them.
std::string csv_field(const std::string& text);

/// The names in the header line of CSV text.
Result<std::vector<std::string>> csv_header(std::string_view text, std::string_view origin);

}  // namespace ecocube
