// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ecocube {

/// 0.8423 as `84.2 %` with a no-break space; a dash when there is no number.
std::string percent_text(double share);
/// 0.84234 as `0.842`; a dash when there is no number.
std::string score_text(double value);
/// 12345.6 as `12 346`, thousands apart by a narrow space; a dash when there is no number.
std::string count_text(double value);
/// A number of any size with three to four figures that matter; a dash when there is no number.
std::string value_text_of(double value);
/// A number for CSS and SVG: at most two decimals, no trailing zeros; 0 when there is no number.
std::string length_text(double value);

}  // namespace ecocube
