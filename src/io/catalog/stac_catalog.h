// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "io/catalog/product_description.h"
#include "io/catalog/product_names.h"
#include "io/catalog/scene_catalog.h"
#include "io/http/http.h"

namespace ecocube {

/// Scenes of one product among the items of a STAC catalogue: a collection of items (file or URL), a static catalogue
/// with its children, or an API, which is searched by area and time. Asks at every `find`.
class StacCatalog : public SceneCatalog {
 public:
  /// `place`: file or URL of an item, an item collection, a catalogue or collection, an API's landing page, or its
  /// `/search` or `/collections/ID/items`, with a query of its own if need be (`?collections=…`).
  static Result<std::unique_ptr<SceneCatalog>> open(ProductDescription description, const std::string& place,
                                                    HttpOptions http);

  const Product& product() const override { return description_.product; }
  Result<SceneList> find(const SceneQuery& query) const override;

 private:
  StacCatalog() = default;
  ProductDescription description_;
  std::vector<FileNames> names_;
  std::string place_;
  HttpOptions http_;
};

}  // namespace ecocube
