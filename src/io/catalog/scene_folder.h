// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/catalog/product_description.h"
#include "io/catalog/product_names.h"
#include "io/catalog/scene_catalog.h"

namespace ecocube {

/// Scenes of one product in the files of a folder and all folders below it. Looks at the folder at the first `find` and
/// keeps what it saw; links to folders are followed, each folder once.
class SceneFolder : public SceneCatalog {
 public:
  /// `path`: a folder, where files are named as the product names them; or a pattern (with `*`, `?` or `{tokens}`) that
  /// says so itself. Errors: no such folder; a pattern that makes no sense.
  static Result<std::unique_ptr<SceneCatalog>> open(ProductDescription description, const std::string& path);

  const Product& product() const override { return description_.product; }
  Result<SceneList> find(const SceneQuery& query) const override;

 private:
  SceneFolder() = default;
  Result<void> look() const;
  std::optional<Bounds> extent_of(const Scene& scene) const;

  ProductDescription description_;
  std::string root_;
  std::vector<FileNames> names_;
  mutable std::mutex mutex_;  ///< guards what follows
  mutable bool looked_ = false;
  mutable SceneList seen_;
  mutable std::map<std::string, std::optional<Bounds>> extents_;  ///< by file
};

/// The number that a text gives after a key, as SceneMetadata says; nothing when the key is not there.
std::optional<double> number_after(const std::string& text, const std::string& key);

}  // namespace ecocube
