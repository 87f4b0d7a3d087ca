// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/scene_catalog_filter.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr std::size_t kShownScenes = 3;

bool in_time(const Scene& scene, const SceneQuery& query) {
  return query.first <= scene.day && scene.day <= query.last;
}
bool in_area(const Scene& scene, const SceneQuery& query) {
  return !scene.extent || scene.extent->intersects(query.area);
}
bool clear_enough(const Scene& scene, const SceneQuery& query) {
  return !scene.cloud_cover || *scene.cloud_cover <= query.most_cloud_cover;
}

}  // namespace

void sort_scenes(std::vector<Scene>& scenes) {
  std::sort(scenes.begin(), scenes.end(), [](const Scene& a, const Scene& b) {
    return std::tie(a.day, a.time, a.id) < std::tie(b.day, b.time, b.id);
  });
}

bool fits(const Scene& scene, const SceneQuery& query) {
  return in_time(scene, query) && clear_enough(scene, query) && in_area(scene, query);
}

std::vector<std::string> missing_band_notes(const std::vector<Scene>& scenes, const Product& product) {
  std::vector<std::string> expected;
  for (const ProductBand& band : product.bands) expected.push_back(band.name);
  if (!product.mask_band.empty()) expected.push_back(product.mask_band);
  std::map<std::string, std::vector<std::string>> lacking;
  for (const Scene& scene : scenes) {
    std::vector<std::string> missing;
    for (const std::string& band : expected) {
      if (!scene.band_named(band)) missing.push_back(band);
    }
    if (!missing.empty()) lacking[join(missing, ", ")].push_back(scene.id);
  }
  std::vector<std::string> notes;
  for (const auto& [bands, ids] : lacking) {
    const std::vector<std::string> shown(ids.begin(),
                                         ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), kShownScenes)));
    notes.push_back(fmt::format("{} of {} scenes lack {}: {}{}", ids.size(), scenes.size(), bands, join(shown, ", "),
                                ids.size() > kShownScenes ? " …" : ""));
  }
  return notes;
}

Failure none_fits(const std::string& place, const std::vector<Scene>& all, const SceneQuery& query) {
  const auto [first, last] =
      std::minmax_element(all.begin(), all.end(), [](const Scene& a, const Scene& b) { return a.day < b.day; });
  const std::string has = fmt::format("{} scene{} of {}..{}", all.size(), all.size() == 1 ? "" : "s",
                                      iso_date(first->day), iso_date(last->day));
  const auto count = [&](auto holds) {
    return std::count_if(all.begin(), all.end(), [&](const Scene& scene) { return holds(scene, query); });
  };
  if (count(in_time) == 0)
    return input_error("{} has {}, none within {}..{}", place, has, iso_date(query.first), iso_date(query.last));
  if (count(in_area) == 0)
    return input_error("{} has {}, none in the area {:.6g} {:.6g} {:.6g} {:.6g} (longitude and latitude)", place, has,
                       query.area.min_x, query.area.min_y, query.area.max_x, query.area.max_y);
  return input_error("{} has {}, none within {}..{} in the area with at most {} % of clouds", place, has,
                     iso_date(query.first), iso_date(query.last), query.most_cloud_cover);
}

}  // namespace ecocube
