// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/fold_importance.h"

#include <algorithm>
#include <numeric>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/assess/importance.h"
#include "methods/stack/meta_rows.h"
#include "base/random.h"

namespace ecocube {
namespace {

RowList drawn_rows(std::size_t count, std::uint64_t seed) {
  RowList drawn(count);
  std::iota(drawn.begin(), drawn.end(), 0u);
  if (count <= kMostPermutedRows) return drawn;
  Random random{seed, 0x9e2dULL};
  for (std::size_t i = 0; i < kMostPermutedRows; ++i) std::swap(drawn[i], drawn[i + random.below(count - i)]);
  drawn.resize(kMostPermutedRows);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

/// The drawn rows, answered by learners that have not seen their fold.
struct Asked {
  TrainingRows rows;
  std::vector<std::uint32_t> fold;
  std::vector<double> weights;
  const std::vector<std::vector<FittedLearner>>& fitted;
  const Meta& meta;

  double loss_with(std::span<const float> column, std::size_t feature) const;
};

/// The loss when `column` stands in the place of a feature; a feature beyond the last: as the rows are.
double Asked::loss_with(std::span<const float> column, std::size_t feature) const {
  MetaRows answers{fitted.front().size(), rows.classes, {}, rows.seen, rows.responses, weights};
  const std::size_t count = rows.answers();
  answers.learned.resize(rows.rows() * answers.inputs());
  parallel_for(rows.rows(), 32, [&](std::size_t begin, std::size_t end) {
    std::vector<float> features(rows.features);
    for (std::size_t row = begin; row < end; ++row) {
      rows.copy_row(row, features);
      if (feature < features.size()) features[feature] = column[row];
      for (std::size_t l = 0; l < answers.learners; ++l)
        plain_answer(fitted[fold[row]][l].learner, features,
                     std::span(answers.learned).subspan(row * answers.inputs() + l * count, count));
    }
  });
  const double weight = std::accumulate(weights.begin(), weights.end(), 0.0);
  return mean_loss(rows.regression(), loss_of(meta, answers), weight);
}

}  // namespace

std::vector<RankedFeature> fold_importance(const TrainingRows& rows, const std::vector<std::string>& names,
                                           std::span<const std::uint8_t> fold,
                                           const std::vector<std::vector<FittedLearner>>& fitted, const Meta& meta,
                                           std::span<const double> weights, int repeats, std::uint64_t seed) {
  const RowList drawn = drawn_rows(rows.rows(), seed);
  Asked asked{rows.only(drawn), {}, {}, fitted, meta};
  for (const std::uint32_t row : drawn) {
    asked.fold.push_back(fold[row]);
    asked.weights.push_back(weights[row]);
  }
  const double loss = asked.loss_with({}, rows.features);
  const auto found = permutation_importance(rows.features, asked.fold, repeats, seed, loss,
                                            [&](std::size_t feature, std::span<const std::uint32_t> from) {
                                              const auto column = asked.rows.column(feature);
                                              std::vector<float> shuffled;
                                              for (const std::uint32_t row : from) shuffled.push_back(column[row]);
                                              return asked.loss_with(shuffled, feature);
                                            });
  std::vector<RankedFeature> ranked;
  for (std::size_t f = 0; f < found.size(); ++f)
    ranked.push_back({names[f], found[f].loss_increase, found[f].deviation});
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.importance > b.importance; });
  return ranked;
}

}  // namespace ecocube
