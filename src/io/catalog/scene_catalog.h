// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "io/http/http.h"

namespace ecocube {

/// What is wanted of a catalogue.
struct SceneQuery {
  Bounds area;  ///< longitude and latitude
  Day first, last;
  double most_cloud_cover = 100;
};

struct SceneList {
  std::vector<Scene> scenes;       ///< by day, then time, then id
  std::vector<std::string> notes;  ///< files passed over and why, for the run log
};

/// A place that holds scenes of one product. May be used by several threads at once.
class SceneCatalog {
 public:
  virtual ~SceneCatalog() = default;
  virtual const Product& product() const = 0;
  /// The scenes that may meet the area within the days, both ends counted. A catalogue with none of them is an error
  /// that says what it has instead.
  virtual Result<SceneList> find(const SceneQuery& query) const = 0;
};

/// `format`: name of a product of formats/ or path of a description file. `path`: folder, file-name pattern, STAC item
/// collection or catalogue (file or URL), or the address of a STAC API's search. Nothing far away is asked yet.
Result<std::unique_ptr<SceneCatalog>> open_catalog(const std::string& format, const std::string& path,
                                                   HttpOptions http = {});

}  // namespace ecocube
