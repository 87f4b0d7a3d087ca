// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/glad.h"
#include "io/http/http.h"

namespace ecocube {

/// What an archive has for one tile and interval.
struct GladRecord {
  GladTile tile;
  int interval_id = 0;
  bool present = false;
  std::string location;  ///< path or URL
  std::string identity;  ///< changes when the content may have; empty when absent
};

/// What an archive has of the tiles and intervals that a cube needs.
struct GladSurvey {
  std::vector<GladRecord> records;  ///< tile by tile in the order asked for, intervals ascending
  std::size_t missing() const;
  /// `2 of 46 scenes are missing: 013E_49N 1001, 1007`; empty when none is.
  std::string missing_text() const;
};

/// Scenes in GLAD's layout, `{latitude part}/{tile}/{interval id}.tif`, below a folder or an http(s) prefix. May be
/// used by several threads at once.
class GladArchive {
 public:
  /// `place`: folder or URL prefix; `cache`: where scenes from a URL are kept, below a folder of the server's name.
  /// A folder that is not there or holds no tiles in GLAD's layout is an error. A URL is not contacted yet.
  static Result<GladArchive> open(const std::string& place, const std::filesystem::path& cache, HttpOptions http = {});

  const std::string& place() const { return place_; }
  bool is_remote() const { return is_remote_; }

  /// Finds out which scenes exist and what identifies them, by the file system or HEAD requests (a 404 is a missing
  /// interval). An archive that has none of the scenes asked for is an error.
  Result<GladSurvey> survey(std::span<const GladTile> tiles, std::span<const int> interval_ids) const;

  /// The scene as a local file, downloaded into the cache when it is not there yet; nothing when the archive has no
  /// such scene. With the identity from a survey, a cached copy of something else is fetched anew, and a scene that
  /// has changed since the survey is an error.
  Result<std::optional<std::string>> find(const GladTile& tile, int interval_id,
                                          const std::string& identity = {}) const;

 private:
  GladArchive() = default;
  Result<GladRecord> look(const GladTile& tile, int interval_id) const;
  std::string location_of(const GladTile& tile, int interval_id) const;

  std::string place_;
  std::filesystem::path cache_;
  HttpOptions http_;
  bool is_remote_ = false;
};

}  // namespace ecocube
