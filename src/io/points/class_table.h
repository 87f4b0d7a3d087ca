// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// The columns of a table that turns codes of a survey or map into classes of a legend.
struct ClassTableColumns {
  std::vector<std::string> from;  ///< one or two: `LC1`, `LU1`
  std::string to;                 ///< the class
  std::string representative;     ///< 1 or 0: whether such places stand for their class; empty: all do
};

/// A table of classes given by a person.
class ClassTable {
 public:
  struct Entry {
    std::string label;  ///< empty: none
    bool representative = true;
    std::size_t line = 0;
  };

  /// Reads CSV. A missing column, a mark that is neither 1 nor 0, and codes that stand twice with other classes are
  /// errors that name the file and the line.
  static Result<ClassTable> read(const std::string& path, const ClassTableColumns& columns);

  /// Nothing when the table does not list the codes.
  const Entry* find(const std::vector<std::string>& codes) const;
  /// ` - did you mean …?` for codes that are not listed: of their first part, or of their second one.
  std::string nearest(const std::vector<std::string>& codes) const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::map<std::vector<std::string>, Entry> entries_;
};

}  // namespace ecocube
