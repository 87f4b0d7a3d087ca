// SPDX-License-Identifier: Apache-2.0
// The example recipes of products on real points and real maps.
#include <gtest/gtest.h>

#include "map_image.h"
#include "program.h"

namespace ecocube {
namespace {}  // namespace
}  // namespace ecocube
