// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/scene_folder_scan.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "io/catalog/scene_catalog_filter.h"
#include "io/catalog/scene_folder.h"
#include "io/file/file.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

void add_files(const fs::path& folder, std::set<fs::path>& visited, std::vector<fs::path>& files) {
  std::error_code code;
  const fs::path real = fs::canonical(folder, code);
  if (code || !visited.insert(real).second) return;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    if (at->is_directory(code)) {
      add_files(at->path(), visited, files);
    } else {
      files.push_back(at->path());
    }
  }
}

/// The file's name up to its band.
std::string default_id(const fs::path& file, const NameTokens& tokens) {
  const auto band = tokens.find("band");
  if (band == tokens.end()) return file.stem().string();
  const std::string name = file.filename().string();
  std::string id = name.substr(0, name.rfind(band->second));
  while (!id.empty() && std::string_view("_.-").find(id.back()) != std::string_view::npos) id.pop_back();
  return id.empty() ? file.parent_path().filename().string() : id;
}

std::string text_of(const NameTokens& tokens, std::string_view token) {
  const auto at = tokens.find(token);
  return at == tokens.end() ? std::string() : at->second;
}

/// The folder that the first part of the pattern names, or that holds the file when the pattern is a name only.
fs::path scene_root(const fs::path& file, const FileNames& names) {
  fs::path root = file.parent_path();
  for (std::size_t part = 2; part < names.parts(); ++part) root = root.parent_path();
  return root;
}

}  // namespace

std::vector<fs::path> files_below(const fs::path& root) {
  std::set<fs::path> visited;
  std::vector<fs::path> files;
  add_files(root, visited, files);
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<double> number_after(const std::string& text, const std::string& key) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    auto from = at + key.size();
    if ((at > 0 && is_word(text[at - 1])) || (from < text.size() && is_word(text[from]))) continue;
    const bool is_tag = at > 0 && text[at - 1] == '<';
    if (is_tag) from = text.find('>', from);
    from = text.find_first_not_of(is_tag ? "> \t\r\n" : " \t\"=:", from);
    if (from == std::string::npos) return std::nullopt;
    const auto to = text.find_first_not_of("0123456789+-.eE", from);
    return parse_number(text.substr(from, to == std::string::npos ? to : to - from));
  }
  return std::nullopt;
}

Result<void> SceneFolderScan::take(const fs::path& file) {
  for (const FileNames& names : names_) {
    auto tokens = names.match(file);
    if (!tokens) continue;
    const auto bands = bands_named(description_, *tokens);
    if (bands.empty()) return {};
    Building first;
    Scene& scene = first.scene;
    scene.id = description_.id.empty() ? default_id(file, *tokens) : filled(description_.id, *tokens);
    (*tokens)["id"] = scene.id;
    scene.frame = filled(description_.frame, *tokens);
    scene.orbit = filled(description_.orbit, *tokens);
    if (description_.dates_in_bands) return take_dates(file, first, bands);
    const auto day = day_of(*tokens);
    if (!day) {
      notes_.push_back(fmt::format("{}: its name says no day of the calendar", file.string()));
      return {};
    }
    scene.day = *day;
    scene.time = time_of(*tokens);
    Building& building = scenes_.try_emplace(scene.id, first).first->second;
    for (const NamedBand& band : bands) add(building, band, file.string(), band.place->number);
    read_metadata(file, names, *tokens, building.scene);
    return {};
  }
  return {};
}

Result<void> SceneFolderScan::take_dates(const fs::path& file, const Building& first,
                                         const std::vector<NamedBand>& bands) {
  ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(file.string()));
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < raster->info().bands.size(); ++i) {
    const std::string date(trimmed(raster->info().bands[i].description));
    const auto day = parse_date(date);
    if (!day || date.size() < 8)
      return input_error("{}: band {} has the description '{}', which is no date such as 2018-01-31", file.string(),
                         i + 1, date);
    if (const auto [at, is_new] = seen.try_emplace(date, i); !is_new)
      return input_error("{}: bands {} and {} are both of {}", file.string(), at->second + 1, i + 1, date);
    // The dates, not the names of the files, bind the bands of a scene together.
    Building building = first;
    building.scene.day = *day;
    building.scene.time = date.find('T') == std::string::npos ? "" : date;
    building.scene.id = building.scene.frame.empty() ? date : building.scene.frame + "_" + date;
    Building& kept = scenes_.try_emplace(building.scene.id, building).first->second;
    for (const NamedBand& band : bands) add(kept, band, file.string(), static_cast<int>(i) + 1);
  }
  return {};
}

void SceneFolderScan::add(Building& building, const NamedBand& band, const std::string& path, int number) {
  const std::string full = fs::absolute(path).lexically_normal().string();
  for (std::size_t i = 0; i < building.scene.bands.size(); ++i) {
    SceneBand& other = building.scene.bands[i];
    if (other.name != band.place->band) continue;
    if (band.rank < building.ranks[i]) {
      other.path = full;
      other.band = number;
      building.ranks[i] = band.rank;
    } else if (band.rank == building.ranks[i]) {
      notes_.push_back(
          fmt::format("{}: passed over, band {} of {} is {}", full, other.name, building.scene.id, other.path));
    }
    return;
  }
  building.scene.bands.push_back({band.place->band, full, number, {}, {}});
  building.ranks.push_back(band.rank);
}

void SceneFolderScan::read_metadata(const fs::path& file, const FileNames& names, const NameTokens& tokens,
                                    Scene& scene) {
  std::map<std::string, double> said;
  if (description_.metadata) {
    const SceneMetadata& metadata = *description_.metadata;
    const fs::path path = scene_root(file, names) / filled(metadata.file, tokens);
    const auto [known, is_new] = said_.try_emplace(path.string());
    if (is_new) {
      const auto text = read_text(path);
      for (const std::string& key : {metadata.cloud_cover, metadata.offset}) {
        const auto number = text && !key.empty() ? number_after(*text, key) : std::nullopt;
        if (number) known->second[key] = *number;
      }
    }
    said = known->second;
    if (said.contains(metadata.cloud_cover)) scene.cloud_cover = said[metadata.cloud_cover];
  }
  const auto of_baseline = description_.offset_of_baseline(text_of(tokens, "baseline"));
  for (SceneBand& band : scene.bands) {
    const ProductBand* product = description_.product.band_named(band.name);
    if (!product) continue;
    const std::string key = description_.metadata ? description_.metadata->offset : "";
    if (!key.empty() && said.contains(key)) {
      band.offset = product->encoding.offset + said[key] * product->encoding.scale;
    } else if (of_baseline) {
      band.offset = *of_baseline;
    }
  }
}

SceneList SceneFolderScan::finish() {
  SceneList list;
  for (auto& [id, building] : scenes_) {
    Scene& scene = building.scene;
    // In the product's order, whatever the files are called.
    std::sort(scene.bands.begin(), scene.bands.end(), [&](const SceneBand& a, const SceneBand& b) {
      return description_.place_of(a.name) < description_.place_of(b.name);
    });
    list.scenes.push_back(std::move(scene));
  }
  sort_scenes(list.scenes);
  list.notes = std::move(notes_);
  return list;
}

}  // namespace ecocube
