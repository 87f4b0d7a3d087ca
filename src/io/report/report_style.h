// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ecocube {

/// The style sheet of the training report; light and dark by the reader's preference.
std::string_view report_style();

}  // namespace ecocube
