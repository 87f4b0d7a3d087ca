// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/options.h"
#include "data/stac/stac.h"

namespace ecocube::stac {

/// The JSON of a document. The same value gives the same bytes: keys in a fixed order, no time of writing,
/// coordinates rounded to seven decimals.
Value to_json(const Catalog& catalog);
Value to_json(const Collection& collection);
Value to_json(const Item& item);
Value to_json(const Asset& asset);

}  // namespace ecocube::stac
