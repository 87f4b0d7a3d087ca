// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace ecocube {

/// Size and time of last change of a file in one of GDAL's virtual file systems (`/vsizip/…`, `/vsicurl/…`).
Result<std::string> virtual_file_identity(const std::string& path);

}  // namespace ecocube
