// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/options.h"
#include "base/result.h"

namespace ecocube {

/// Reads one YAML document. Unquoted scalars become null, true/false, integers,
/// numbers or text; a number only when it is written as this program would write it, so that `007` and `1.10` keep
/// their digits (an option that wants a number reads them from the text). A key given twice is
/// an error. `origin` names the file in messages, which also tell line and column.
Result<Value> parse_yaml(const std::string& text, const std::string& origin);

/// A value as it stands on a command line: `[a, b]`, `{a: b}` and quoted text are read as YAML, anything else is one
/// plain scalar, whatever characters it holds.
Result<Value> parse_argument(const std::string& text, const std::string& origin);

/// Writes a value as block-style YAML that `parse_yaml` reads back equal.
std::string write_yaml(const Value& value);

}  // namespace ecocube
