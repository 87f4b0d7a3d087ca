// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/options.h"
#include "base/result.h"

namespace ecocube {

/// Reads one YAML document. Unquoted scalars become null, true/false, integers, numbers or text. A key given twice is
/// an error. `origin` names the file in messages, which also tell line and column.
Result<Value> parse_yaml(const std::string& text, const std::string& origin);

/// Writes a value as block-style YAML that `parse_yaml` reads back equal.
std::string write_yaml(const Value& value);

}  // namespace ecocube
