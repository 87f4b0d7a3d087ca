// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/dense_engines.h"

#include <algorithm>
#include <vector>

#include "methods/infer/dense_lanes.h"

namespace ecocube {
namespace {

class DenseEngine : public LearnerEngine {
 public:
  bool needs_values() const override { return true; }

 protected:
  struct Planes : Room {
    std::vector<double> exact;
    std::vector<float> in, out;
  };
};

/// Logistic and linear regression: one weighted sum an answer.
class AffineEngine final : public DenseEngine {
 public:
  AffineEngine(const double* intercepts, const double* weights, std::size_t inputs, std::size_t answers, bool softmax)
      : intercepts_(intercepts), weights_(weights), inputs_(inputs), answers_(answers), softmax_(softmax) {}

  std::unique_ptr<Room> make_room(std::size_t) const override {
    auto room = std::make_unique<Planes>();
    room->exact.resize(answers_ * kChunkPixels);
    return room;
  }
  std::size_t bytes_of_room(std::size_t) const override { return answers_ * kChunkPixels * sizeof(double); }
  void answer(const FeatureChunk& features, std::size_t, Room& room, float* answers) const override {
    double* exact = static_cast<Planes&>(room).exact.data();
    affine_planes(intercepts_, weights_, inputs_, answers_, features.values.data(), exact);
    if (softmax_) softmax_planes(exact, answers_);
    to_floats(exact, answers_ * kChunkPixels, answers);
  }

 private:
  const double* intercepts_;
  const double* weights_;
  std::size_t inputs_, answers_;
  bool softmax_;
};

class NetworkEngine final : public DenseEngine {
 public:
  NetworkEngine(const Network& network, std::size_t features, std::size_t answers)
      : network_(network), features_(features), answers_(answers), widest_(features) {
    for (const NetworkLayer& layer : network.layers) widest_ = std::max(widest_, layer.outputs);
  }

  std::unique_ptr<Room> make_room(std::size_t) const override {
    auto room = std::make_unique<Planes>();
    room->exact.resize(answers_ * kChunkPixels);
    room->in.resize(widest_ * kChunkPixels);
    room->out.resize(widest_ * kChunkPixels);
    return room;
  }
  std::size_t bytes_of_room(std::size_t) const override {
    return kChunkPixels * (answers_ * sizeof(double) + 2 * widest_ * sizeof(float));
  }
  void answer(const FeatureChunk& features, std::size_t, Room& room, float* answers) const override {
    auto& own = static_cast<Planes&>(room);
    for (std::size_t f = 0; f < features_; ++f) {
      scaled_plane(features.values.data() + f * kChunkPixels, network_.means[f], network_.scales[f],
                   own.in.data() + f * kChunkPixels);
    }
    for (std::size_t l = 0; l < network_.layers.size(); ++l) {
      layer_planes(network_.layers[l], l + 1 < network_.layers.size(), own.in.data(), own.out.data());
      own.in.swap(own.out);
    }
    if (network_.link != Link::identity) {
      answers_of_score_planes(network_.link, own.in.data(), answers_, answers, own.exact.data());
      return;
    }
    for (std::size_t pixel = 0; pixel < kChunkPixels; ++pixel) {
      const auto output = static_cast<double>(own.in[pixel]);
      answers[pixel] = static_cast<float>(network_.response_mean + network_.response_scale * output);
    }
  }

 private:
  const Network& network_;
  std::size_t features_, answers_, widest_;
};

}  // namespace

std::unique_ptr<LearnerEngine> make_dense_engine(const Logistic& logistic, std::size_t features, std::size_t classes) {
  return std::make_unique<AffineEngine>(logistic.intercepts.data(), logistic.weights.data(), features, classes, true);
}

std::unique_ptr<LearnerEngine> make_dense_engine(const Linear& linear, std::size_t features) {
  return std::make_unique<AffineEngine>(&linear.intercept, linear.weights.data(), features, 1, false);
}

std::unique_ptr<LearnerEngine> make_dense_engine(const Network& network, std::size_t features, std::size_t answers) {
  return std::make_unique<NetworkEngine>(network, features, answers);
}

}  // namespace ecocube
