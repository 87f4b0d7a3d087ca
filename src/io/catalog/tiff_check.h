// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace ecocube {

/// Looks whether every stored block of a TIFF's first image lies inside the file, without decoding any: finds a file
/// that was cut short. Files of other formats pass. The error says where the file ends; the caller names the file.
Result<void> check_tiff_is_whole(const std::string& path);

}  // namespace ecocube
