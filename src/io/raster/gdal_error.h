// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace ecocube {

/// Registers GDAL's drivers once and sets what this program relies on: errors are kept, not printed.
void prepare_gdal();

/// Bounds GDAL's own block cache, in bytes.
void set_gdal_cache(std::size_t bytes);

/// Collects GDAL's messages of this thread while it lives, instead of printing them.
class GdalErrors {
 public:
  GdalErrors();
  ~GdalErrors();
  GdalErrors(const GdalErrors&) = delete;
  GdalErrors& operator=(const GdalErrors&) = delete;
  /// The first error's text, or `otherwise` when GDAL said nothing.
  std::string text(const std::string& otherwise = "GDAL gave no reason") const;
  bool any() const { return !first_.empty(); }
  /// The machine's when the disk said no (full, read-only, denied) or files or memory ran out, else the input's.
  Blame blame() const;

 private:
  friend void keep_gdal_error(GdalErrors& errors, int level, const char* text);
  std::string first_;
  int first_errno_ = 0;
};

}  // namespace ecocube
