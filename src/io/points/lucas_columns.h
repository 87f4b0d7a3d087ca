// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/points/point_rows.h"

namespace ecocube {

/// Where the columns of a LUCAS file are, whatever the year's layout calls them.
class LucasColumns {
 public:
  /// given   role → column for names that are not known
  /// needed  roles without which the file cannot be read; one that is not there is an error with what was looked for
  static Result<LucasColumns> find(const std::string& path, const std::string& layer,
                                   const std::map<std::string, std::string>& given,
                                   const std::vector<std::string>& needed);

  const ColumnList& wanted() const { return wanted_; }
  bool has(const std::string& role) const { return names_.contains(role); }
  /// The name in the file; the role itself when the file has none.
  std::string name(const std::string& role) const;
  /// The row's text; empty when the file has no such column.
  const std::string& text(const PointRow& row, const std::string& role) const;

 private:
  std::map<std::string, std::string> names_;
  std::map<std::string, std::size_t> places_;
  ColumnList wanted_;
};

}  // namespace ecocube
