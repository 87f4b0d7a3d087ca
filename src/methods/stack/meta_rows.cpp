// SPDX-License-Identifier: Apache-2.0
#include "methods/stack/meta_rows.h"

#include <algorithm>
#include <numeric>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "data/model/portable_math.h"

namespace ecocube {
namespace {

constexpr std::size_t kBlockRows = 1024;
constexpr double kLeastProbability = 1e-15;

}  // namespace

MetaRows MetaRows::only(std::span<const std::uint32_t> chosen) const {
  MetaRows part{learners, classes, {}, {}, {}, {}};
  part.learned.reserve(chosen.size() * inputs());
  for (const std::uint32_t index : chosen) {
    const auto own = row(index);
    part.learned.insert(part.learned.end(), own.begin(), own.end());
    part.weights.push_back(weights[index]);
    if (classes) {
      part.seen.push_back(seen[index]);
    } else {
      part.responses.push_back(responses[index]);
    }
  }
  return part;
}

Meta smoothing_for(const MetaRows& rows) {
  Meta meta;
  const auto count = static_cast<double>(rows.rows());
  const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
  meta.smoothing = 1 / (count + 1);
  meta.prior.assign(rows.classes, 1.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) meta.prior[rows.seen[i]] += rows.weights[i] * count / total;
  const double sum = std::accumulate(meta.prior.begin(), meta.prior.end(), 0.0);
  for (double& share : meta.prior) share /= sum;
  return meta;
}

std::vector<double> log_probabilities(const Meta& meta, const MetaRows& rows) {
  std::vector<double> logs(rows.learned.size());
  parallel_for(rows.rows(), kBlockRows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * rows.inputs(); i < end * rows.inputs(); ++i) {
      const double prior = meta.smoothing * meta.prior[i % rows.classes];
      logs[i] = portable_log((1 - meta.smoothing) * static_cast<double>(rows.learned[i]) + prior);
    }
  });
  return logs;
}

double loss_of(const Meta& meta, const MetaRows& rows) {
  std::vector<double> losses(rows.rows());
  parallel_for(rows.rows(), kBlockRows, [&](std::size_t begin, std::size_t end) {
    std::vector<double> answer(rows.answers());
    for (std::size_t i = begin; i < end; ++i) {
      combine_learners(meta, rows.row(i), answer);
      if (rows.classes) {
        losses[i] = -rows.weights[i] * portable_log(std::max(kLeastProbability, answer[rows.seen[i]]));
      } else {
        const double apart = answer[0] - static_cast<double>(rows.responses[i]);
        losses[i] = rows.weights[i] * apart * apart;
      }
    }
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace ecocube
