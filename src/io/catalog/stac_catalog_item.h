// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "data/cube/scene.h"
#include "io/catalog/product_description.h"
#include "io/catalog/product_names.h"

namespace ecocube {

/// The text of a member; empty when there is none. Numbers are given as text.
std::string text_of(const Value& object, const std::string& key);

/// Where `href` leads from the document at `base`: a URL or a path of this machine.
std::string resolved_href(const std::string& base, const std::string& href);

/// Makes a scene of a STAC item. A band is the asset with one of the keys that the product names, else the one whose
/// file has a name of the product, else the one with the band's common name. Assets that nothing can read and bands
/// that the item lacks are left out. Offsets: what the item says was subtracted already is not subtracted again; else
/// that of the processing baseline, else that of the asset.
///
/// location  of the document that the item stands in: relative addresses count from it
/// names     of the product, compiled
/// Errors: no id, no date, no assets.
Result<Scene> scene_of_item(const Value& item, const std::string& location, const ProductDescription& description,
                            const std::vector<FileNames>& names);

}  // namespace ecocube
