// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/nearest_engine.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "methods/infer/dense_lanes.h"
#include "methods/infer/nearest_rows.h"

namespace ecocube {
namespace {

class NearestEngine final : public LearnerEngine {
 public:
  NearestEngine(const NearestNeighbours& neighbours, std::size_t features, std::size_t answers)
      : neighbours_(neighbours),
        features_(features),
        answers_(answers),
        count_(std::min<std::size_t>(neighbours.neighbours, neighbours.weights.size())) {}

  bool needs_values() const override { return true; }
  std::unique_ptr<Room> make_room(std::size_t) const override {
    auto room = std::make_unique<Near>();
    room->scaled.resize(features_ * kChunkPixels);
    room->near.resize(count_ * kChunkPixels);
    room->votes.resize(answers_);
    return room;
  }
  std::size_t bytes_of_room(std::size_t) const override {
    return kChunkPixels * (features_ * sizeof(float) + count_ * sizeof(NearRow));
  }
  void answer(const FeatureChunk& features, std::size_t, Room& room, float* answers) const override {
    auto& own = static_cast<Near&>(room);
    for (std::size_t f = 0; f < features_; ++f) {
      scaled_plane(features.values.data() + f * kChunkPixels, neighbours_.means[f], neighbours_.scales[f],
                   own.scaled.data() + f * kChunkPixels);
    }
    nearest_rows(neighbours_.rows, features_, own.scaled.data(), count_, own.near.data());
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel)
      vote(std::span(own.near).subspan(pixel * count_, count_), own.votes, answers + pixel);
  }

 private:
  struct Near : Room {
    std::vector<float> scaled;
    std::vector<NearRow> near;  ///< shape [kChunkPixels][neighbour]
    std::vector<double> votes;
  };

  void vote(std::span<const NearRow> near, std::vector<double>& votes, float* answers) const {
    std::fill(votes.begin(), votes.end(), 0.0);
    double total = 0, value = 0;
    for (const NearRow& found : near) {
      double weight = static_cast<double>(neighbours_.weights[found.row]);
      if (neighbours_.by_distance) weight /= std::sqrt(static_cast<double>(found.square)) + 1e-6;
      total += weight;
      if (neighbours_.responses.empty()) {
        votes[neighbours_.seen[found.row]] += weight;
      } else {
        value += weight * static_cast<double>(neighbours_.responses[found.row]);
      }
    }
    if (!neighbours_.responses.empty()) votes[0] = value;
    for (std::size_t a = 0; a < votes.size(); ++a) answers[a * kChunkPixels] = static_cast<float>(votes[a] / total);
  }

  const NearestNeighbours& neighbours_;
  std::size_t features_, answers_, count_;
};

}  // namespace

std::unique_ptr<LearnerEngine> make_nearest_engine(const NearestNeighbours& neighbours, std::size_t features,
                                                   std::size_t answers) {
  return std::make_unique<NearestEngine>(neighbours, features, answers);
}

}  // namespace ecocube
