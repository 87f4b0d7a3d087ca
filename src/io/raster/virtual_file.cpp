// SPDX-License-Identifier: Apache-2.0
#include "io/raster/virtual_file.h"

#include <cpl_vsi.h>

#include "io/raster/gdal_error.h"

namespace ecocube {

Result<std::string> virtual_file_identity(const std::string& path) {
  GdalErrors errors;
  VSIStatBufL status;
  if (VSIStatL(path.c_str(), &status) != 0) {
    return fail(errors.blame(), "reading {}: {}", path, errors.text("no such file"));
  }
  return fmt::format("{} bytes, changed {}", status.st_size, status.st_mtime);
}

}  // namespace ecocube
