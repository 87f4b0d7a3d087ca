// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/tiff_check.h"

#include "io/raster/tiff_directory.h"

namespace ecocube {

Result<void> check_tiff_is_whole(const std::string& path) {
  ECOCUBE_TRY_ASSIGN(const auto directory, TiffDirectory::read(path));
  return directory ? directory->check_blocks() : Result<void>();
}

}  // namespace ecocube
