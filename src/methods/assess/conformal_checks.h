// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// Rows are there, groups and weights fit them, coverages lie between 0 and 1. `what` begins the messages.
Result<void> check_calibration(std::string_view what, std::size_t rows, std::span<const std::uint32_t> groups,
                               std::span<const double> weights, std::span<const double> coverages);

/// Sorted, each once.
std::vector<double> ascending(std::vector<double> coverages);

}  // namespace ecocube
