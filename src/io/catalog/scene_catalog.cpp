// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/scene_catalog.h"

#include "base/text.h"
#include "io/catalog/product_description.h"
#include "io/catalog/scene_folder.h"
#include "io/catalog/stac_catalog.h"

namespace ecocube {

Result<std::unique_ptr<SceneCatalog>> open_catalog(const std::string& format, const std::string& path,
                                                   HttpOptions http) {
  ECOCUBE_TRY_ASSIGN(ProductDescription description, load_product(format));
  const std::string ending = lower_case(path);
  if (is_url(path) || ending.ends_with(".json") || ending.ends_with(".geojson"))
    return StacCatalog::open(std::move(description), path, std::move(http));
  if (path.starts_with("/vsi") || path.find("://") != std::string::npos)
    return usage_error("{}: scenes are looked for in a folder of this machine or in a STAC catalogue", path);
  return SceneFolder::open(std::move(description), path);
}

}  // namespace ecocube
