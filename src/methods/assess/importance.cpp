// SPDX-License-Identifier: Apache-2.0
#include "methods/assess/importance.h"

#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "base/random.h"

namespace ecocube {

std::vector<FeatureImportance> permutation_importance(std::size_t features, std::span<const std::uint32_t> folds,
                                                      int repeats, std::uint64_t seed, double loss,
                                                      const ShuffledLoss& shuffled_loss) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> rows_of;
  for (std::size_t row = 0; row < folds.size(); ++row) rows_of[folds[row]].push_back(static_cast<std::uint32_t>(row));
  std::vector<FeatureImportance> result;
  std::vector<std::uint32_t> taken_from(folds.size());
  for (std::size_t feature = 0; feature < features; ++feature) {
    std::vector<double> increases;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      Random draw{seed, feature, static_cast<std::uint64_t>(repeat)};
      for (const auto& [fold, rows] : rows_of) {
        std::vector<std::uint32_t> shuffled = rows;
        for (std::size_t left = shuffled.size(); left > 1; --left)
          std::swap(shuffled[left - 1], shuffled[draw.below(static_cast<std::uint32_t>(left))]);
        for (std::size_t i = 0; i < rows.size(); ++i) taken_from[rows[i]] = shuffled[i];
      }
      increases.push_back(shuffled_loss(feature, taken_from) - loss);
    }
    const double mean = std::accumulate(increases.begin(), increases.end(), 0.0) / repeats;
    double squares = 0;
    for (const double increase : increases) squares += (increase - mean) * (increase - mean);
    result.push_back({mean, repeats > 1 ? std::sqrt(squares / (repeats - 1)) : 0});
  }
  return result;
}

}  // namespace ecocube
