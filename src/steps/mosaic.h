// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "run/step.h"

namespace ecocube {

std::unique_ptr<Step> make_mosaic_step();

/// End of the name of the record that each task of the step leaves beside its files (see data/stac/mosaic.h).
inline constexpr std::string_view kMosaicRecordEnd = ".mosaic.json";

}  // namespace ecocube
