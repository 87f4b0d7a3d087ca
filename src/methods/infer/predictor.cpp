// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/predictor.h"

#include <algorithm>
#include <cassert>

#include "base/parallel.h"
#include "methods/infer/chunk_outputs.h"
#include "methods/infer/dense_lanes.h"
#include "methods/infer/meta_lanes.h"
#include "methods/infer/output_lanes.h"

namespace ecocube {

/// What one thread works with.
struct Predictor::Scratch {
  std::vector<std::unique_ptr<LearnerEngine::Room>> rooms;  ///< shape [learner]
  FeatureChunk chunk;
  std::vector<std::uint8_t> missing;  ///< shape [pixel of the block]
  std::vector<std::uint32_t> whole;   ///< places of the block's pixels that miss nothing
  std::vector<float> learned;         ///< shape [learner][answer][kChunkPixels]
  std::vector<double> answers;        ///< shape [answer][kChunkPixels]
  std::vector<double> logs;
  std::vector<float> quantiles;
  ChunkOutputs::Room outputs;
};

/// Neighbouring pixels that are worked on together.
struct Predictor::Block {
  std::span<const FeaturePlane> features;
  std::size_t begin, end;
  std::span<const std::uint32_t> whole;
  const ChunkOutputs& outputs;
  std::span<const std::uint32_t> places(std::size_t chunk) const {
    const std::size_t first = chunk * kChunkPixels;
    return whole.subspan(first, std::min(kChunkPixels, whole.size() - first));
  }
};

Predictor::Predictor(const Model& model, std::vector<std::optional<StoredBytes>> stored)
    : model_(model), stored_(std::move(stored)), features_(model.features.size()), answers_(model.answers()) {
  stored_.resize(features_);
  const std::optional<std::size_t> quantiles = quantile_learner(model);
  for (std::size_t l = 0; l < model.learners.size(); ++l) {
    engines_.push_back(make_engine(model.learners[l].learner, features_, answers_, stored_, l == quantiles));
    chunks_ = std::max(chunks_, engines_.back()->wanted_chunks());
    needs_values_ = needs_values_ || engines_.back()->needs_values();
  }
}

Predictor::~Predictor() = default;

std::unique_ptr<Predictor::Scratch> Predictor::make_scratch() const {
  auto scratch = std::make_unique<Scratch>();
  for (const auto& engine : engines_) scratch->rooms.push_back(engine->make_room(chunks_));
  scratch->chunk.values.resize(features_ * kChunkPixels);
  scratch->chunk.stored.resize(features_ * kChunkPixels);
  scratch->learned.resize(engines_.size() * answers_ * kChunkPixels);
  scratch->answers.resize(answers_ * kChunkPixels);
  return scratch;
}

std::size_t Predictor::bytes_per_thread() const {
  std::size_t bytes = chunks_ * kChunkPixels * (1 + sizeof(std::uint32_t));
  for (const auto& engine : engines_) bytes += engine->bytes_of_room(chunks_);
  const std::size_t answers = engines_.size() * answers_;
  bytes += kChunkPixels * features_ * (2 * sizeof(float) + 1);
  bytes += kChunkPixels * (answers * (sizeof(float) + sizeof(double)) + answers_ * (sizeof(double) + 2));
  return bytes;
}

/// Chunks of a block through all learners: those that take a whole block first, then chunk after chunk to the end.
template <class Load, class Take>
void Predictor::run_block(std::size_t chunks, Scratch& scratch, const Load& load, const Take& take) const {
  for (std::size_t chunk = 0; chunks_ > 1 && chunk < chunks; ++chunk) {
    load(chunk, false);
    for (std::size_t l = 0; l < engines_.size(); ++l) engines_[l]->take(scratch.chunk, chunk, *scratch.rooms[l]);
  }
  for (std::size_t l = 0; l < engines_.size(); ++l) engines_[l]->work(chunks, *scratch.rooms[l]);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    load(chunk, true);
    for (std::size_t l = 0; l < engines_.size(); ++l) {
      engines_[l]->answer(scratch.chunk, chunk, *scratch.rooms[l],
                          scratch.learned.data() + l * answers_ * kChunkPixels);
    }
    combine_planes(model_.meta, scratch.learned.data(), engines_.size(), answers_, scratch.answers.data(),
                   scratch.logs);
    take(chunk);
  }
}

/// values  whether physical values are needed of features that come as bytes
void Predictor::load_chunk(const Block& block, std::size_t index, bool values, FeatureChunk& chunk) const {
  const auto places = block.places(index);
  chunk.pixels = places.size();
  const bool together = places.back() - places.front() + 1 == places.size();
  const auto gather = [&](const auto* from, auto* to) {
    if (together) {
      std::copy_n(from + places.front(), places.size(), to);
    } else {
      for (std::size_t i = 0; i < places.size(); ++i) to[i] = from[places[i]];
    }
    std::fill(to + places.size(), to + kChunkPixels, to[0]);
  };
  for (std::size_t f = 0; f < features_; ++f) {
    float* own = chunk.values.data() + f * kChunkPixels;
    if (!stored_[f]) {
      gather(block.features[f].values, own);
      continue;
    }
    std::uint8_t* bytes = chunk.stored.data() + f * kChunkPixels;
    gather(block.features[f].bytes, bytes);
    if (values) decoded_plane(bytes, *stored_[f], own);
  }
}

void Predictor::predict_block(const Block& given, Scratch& scratch) const {
  const std::size_t pixels = given.end - given.begin;
  scratch.missing.assign(pixels, 0);
  for (std::size_t f = 0; f < features_; ++f) {
    const FeaturePlane& plane = given.features[f];
    if (plane.valid) mark_invalid(plane.valid + given.begin, pixels, scratch.missing.data());
    if (!stored_[f]) {
      mark_values(plane.values + given.begin, pixels, scratch.missing.data());
    } else if (stored_[f]->no_data) {
      mark_bytes(plane.bytes + given.begin, pixels, *stored_[f]->no_data, scratch.missing.data());
    }
  }
  scratch.whole.clear();
  for (std::size_t i = 0; i < pixels; ++i) {
    if (!scratch.missing[i]) scratch.whole.push_back(static_cast<std::uint32_t>(given.begin + i));
  }
  const Block block{given.features, given.begin, given.end, scratch.whole, given.outputs};
  const std::vector<double>& levels = block.outputs.quantile_levels();
  scratch.quantiles.resize(levels.size() * kChunkPixels);
  const bool needs_values = needs_values_ || block.outputs.needs_values();
  run_block((scratch.whole.size() + kChunkPixels - 1) / kChunkPixels, scratch,
            [&](std::size_t chunk, bool last) { load_chunk(block, chunk, last && needs_values, scratch.chunk); },
            [&](std::size_t chunk) {
              if (!levels.empty()) {
                const std::size_t forest = *quantile_learner(model_);
                engines_[forest]->quantiles(chunk, *scratch.rooms[forest], levels, scratch.quantiles.data());
              }
              block.outputs.write(block.places(chunk), scratch.chunk, scratch.learned.data(), scratch.answers.data(),
                                  scratch.quantiles.data(), scratch.outputs);
            });
}

void Predictor::predict(std::span<const FeaturePlane> features, std::size_t pixels, const WantedOutputs& wanted,
                        MappedPixels& mapped) const {
  assert(features.size() == features_ && pixels < std::size_t{1} << 32 && check_wanted(model_, wanted));
  const ChunkOutputs outputs(model_, wanted, pixels, mapped);
  Spares<Scratch> scratches([this] { return make_scratch(); });
  const std::size_t of_block = chunks_ * kChunkPixels, blocks = (pixels + of_block - 1) / of_block;
  parallel_for(blocks, std::max<std::size_t>(1, 4096 / of_block), [&](std::size_t first, std::size_t last) {
    auto scratch = scratches.take();
    for (std::size_t block = first; block < last; ++block) {
      predict_block({features, block * of_block, std::min(pixels, (block + 1) * of_block), {}, outputs}, *scratch);
    }
    scratches.give_back(std::move(scratch));
  });
}

void Predictor::predict(std::span<const float> features, std::span<const std::uint8_t> valid, std::size_t pixels,
                        MappedPixels& mapped) const {
  assert(features.size() == features_ * pixels && valid.size() == features.size());
  std::vector<FeaturePlane> planes(features_);
  for (std::size_t f = 0; f < features_; ++f)
    planes[f] = {features.data() + f * pixels, nullptr, valid.data() + f * pixels};
  predict(planes, pixels, {}, mapped);
}

void Predictor::predict_rows(std::span<const float> rows, std::span<float> learned, std::span<double> answers) const {
  const std::size_t count = rows.size() / features_, inputs = engines_.size() * answers_;
  const auto scratch = make_scratch();
  const std::size_t of_block = chunks_ * kChunkPixels;
  for (std::size_t begin = 0; begin < count; begin += of_block) {
    const std::size_t length = std::min(of_block, count - begin);
    const auto load = [&](std::size_t chunk, bool) {
      const std::size_t first = begin + chunk * kChunkPixels;
      scratch->chunk.pixels = std::min(kChunkPixels, count - first);
      for (std::size_t i = 0; i < kChunkPixels; ++i) {
        const float* row = rows.data() + (i < scratch->chunk.pixels ? first + i : first) * features_;
        for (std::size_t f = 0; f < features_; ++f) scratch->chunk.values[f * kChunkPixels + i] = row[f];
      }
    };
    run_block((length + kChunkPixels - 1) / kChunkPixels, *scratch, load, [&](std::size_t chunk) {
      const std::size_t first = begin + chunk * kChunkPixels;
      for (std::size_t i = 0; i < scratch->chunk.pixels; ++i) {
        for (std::size_t a = 0; a < inputs; ++a)
          learned[(first + i) * inputs + a] = scratch->learned[a * kChunkPixels + i];
        for (std::size_t a = 0; a < answers_; ++a)
          answers[(first + i) * answers_ + a] = scratch->answers[a * kChunkPixels + i];
      }
    });
  }
}

}  // namespace ecocube
