// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/product_description.h"
#include "io/catalog/product_names.h"
#include "io/catalog/scene_catalog.h"

namespace ecocube {

/// All files in a folder and below it, sorted by path; links to folders are followed, each folder once.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& root);

/// Makes scenes of the files of a folder, one after another.
class SceneFolderScan {
 public:
  SceneFolderScan(const ProductDescription& description, const std::vector<FileNames>& names)
      : description_(description), names_(names) {}

  /// Adds the file to its scene when it is named as the product says. With dates in bands a file that cannot be opened
  /// or a band without a date is an error.
  Result<void> take(const std::filesystem::path& file);
  /// The scenes in order, and notes of what was passed over.
  SceneList finish();

 private:
  struct Building {
    Scene scene;
    std::vector<std::size_t> ranks;  ///< of each band's file among those it may have; lower is better
  };
  Result<void> take_dates(const std::filesystem::path& file, const Building& first,
                          const std::vector<NamedBand>& bands);
  void add(Building& building, const NamedBand& band, const std::string& path, int number);
  void read_metadata(const std::filesystem::path& file, const FileNames& names, const NameTokens& tokens, Scene& scene);

  const ProductDescription& description_;
  const std::vector<FileNames>& names_;
  std::map<std::string, Building> scenes_;                     ///< by id
  std::map<std::string, std::map<std::string, double>> said_;  ///< by metadata file: number of each key
  std::vector<std::string> notes_;
};

}  // namespace ecocube
