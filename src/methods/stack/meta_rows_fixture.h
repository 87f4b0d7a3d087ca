// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "data/model/plain_prediction.h"
#include "methods/stack/meta_rows.h"
#include "base/random.h"

namespace ecocube {

inline double uniform(Random& random) {
  return (static_cast<double>(random.next() >> 11) + 0.5) / 9007199254740992.0;
}

/// Rows with a true class and learners that see it through noise: learner l is surer and more wrong with l.
inline MetaRows drawn_meta_rows(std::size_t count, std::size_t learners, std::size_t classes, std::uint64_t seed) {
  Random random{seed};
  MetaRows rows{learners, classes, {}, {}, {}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const auto seen = static_cast<std::uint16_t>(random.below(classes));
    rows.seen.push_back(seen);
    rows.weights.push_back(0.5 + uniform(random));
    for (std::size_t l = 0; l < learners; ++l) {
      std::vector<double> scores(classes);
      const double sharpness = 1 + static_cast<double>(l), noise = 1 + static_cast<double>(l) / 2;
      for (std::size_t c = 0; c < classes; ++c)
        scores[c] = sharpness * ((c == seen ? 1.5 : 0) + noise * (uniform(random) + uniform(random) - 1));
      softmax(scores);
      for (const double score : scores) rows.learned.push_back(static_cast<float>(score));
    }
  }
  return rows;
}

/// Numbers and learners that see them with noise and bias of their own.
inline MetaRows drawn_numbers(std::size_t count, const std::vector<double>& noises, std::uint64_t seed) {
  Random random{seed};
  MetaRows rows{noises.size(), 0, {}, {}, {}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const double seen = 10 * uniform(random);
    rows.responses.push_back(static_cast<float>(seen));
    rows.weights.push_back(0.5 + uniform(random));
    for (const double noise : noises)
      rows.learned.push_back(static_cast<float>(seen + noise * (uniform(random) + uniform(random) - 1)));
  }
  return rows;
}

}  // namespace ecocube
