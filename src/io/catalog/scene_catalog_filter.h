// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "io/catalog/scene_catalog.h"

namespace ecocube {

/// Puts scenes in order: by day, then time, then id.
void sort_scenes(std::vector<Scene>& scenes);

/// Whether the scene may be wanted: its day, its cover of clouds and its extent, each as far as it is known.
bool fits(const Scene& scene, const SceneQuery& query);

/// `2 of 3 scenes lack surface_temperature: A, B`, a line for every set of bands that is missing.
std::vector<std::string> missing_band_notes(const std::vector<Scene>& scenes, const Product& product);

/// The error for a place whose scenes do not fit the query: says how many there are, of which days, and what rules them
/// out. `all` is not empty.
Failure none_fits(const std::string& place, const std::vector<Scene>& all, const SceneQuery& query);

}  // namespace ecocube
