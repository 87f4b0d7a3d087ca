// SPDX-License-Identifier: Apache-2.0
#include "methods/infer/chunk_outputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/model/plain_uncertainty.h"
#include "methods/infer/dense_lanes.h"
#include "methods/infer/output_lanes.h"
#include "methods/infer/rounding.h"

namespace ecocube {

ChunkOutputs::ChunkOutputs(const Model& model, const WantedOutputs& wanted, std::size_t pixels, MappedPixels& mapped)
    : model_(model), wanted_(wanted), pixels_(pixels), mapped_(mapped) {
  mapped = {};
  const std::size_t classes = model.classes.size();
  const auto size_bytes = [&](bool asked, std::size_t bands, std::vector<std::uint8_t>& plane) {
    if (asked) plane.assign(bands * pixels, MappedPixels::kNoData);
  };
  const auto size_numbers = [&](bool asked, std::size_t bands, std::vector<float>& plane) {
    if (asked) plane.assign(bands * pixels, std::numeric_limits<float>::quiet_NaN());
  };
  size_numbers(wanted.dissimilarity, 1, mapped.dissimilarity);
  size_bytes(wanted.dissimilarity, 1, mapped.outside);
  if (classes) {
    size_bytes(wanted.dominant, 1, mapped.dominant);
    size_bytes(wanted.dominant, 1, mapped.dominant_probability);
    size_bytes(wanted.dominant, 1, mapped.dominant_uncertainty);
    size_bytes(wanted.probability, classes, mapped.probability);
    size_bytes(wanted.uncertainty, classes, mapped.uncertainty);
    size_bytes(wanted.margin, 1, mapped.margin);
    size_bytes(wanted.entropy, 1, mapped.entropy);
    size_bytes(true, wanted.set_levels.size(), mapped.set_size);
    size_bytes(wanted.set_members, wanted.set_levels.size() * classes, mapped.set_member);
    return;
  }
  size_numbers(wanted.value, 1, mapped.value);
  size_numbers(wanted.spread, 1, mapped.spread);
  size_numbers(true, wanted.quantiles.size(), mapped.quantile);
  size_numbers(true, wanted.interval_levels.size(), mapped.lower);
  size_numbers(true, wanted.interval_levels.size(), mapped.upper);
  quantile_levels_ = wanted.quantiles;
  for (const std::size_t level : wanted.interval_levels) {
    if (model.intervals->method != IntervalMethod::quantile) continue;
    quantile_levels_.push_back(model.intervals->levels[level].lower_quantile);
    quantile_levels_.push_back(model.intervals->levels[level].upper_quantile);
  }
}

void ChunkOutputs::put_bytes(std::span<const std::uint32_t> places, const std::uint8_t* plane,
                             std::vector<std::uint8_t>& to, std::size_t band) const {
  std::uint8_t* start = to.data() + band * pixels_;
  if (places.back() - places.front() + 1 == places.size()) {
    std::copy_n(plane, places.size(), start + places.front());
    return;
  }
  for (std::size_t i = 0; i < places.size(); ++i) start[places[i]] = plane[i];
}

/// number  of a pixel of the chunk
template <class Number>
void ChunkOutputs::put_numbers(std::span<const std::uint32_t> places, const Number& number, std::vector<float>& to,
                               std::size_t band) const {
  float* start = to.data() + band * pixels_;
  for (std::size_t i = 0; i < places.size(); ++i) start[places[i]] = static_cast<float>(number(i));
}

void ChunkOutputs::write_classes(std::span<const std::uint32_t> places, const float* learned,
                                 const double* probabilities, Room& room) const {
  const std::size_t classes = model_.classes.size(), learners = model_.learners.size();
  room.bytes.resize(classes * kChunkPixels);
  room.spread.resize(classes * kChunkPixels);
  room.dominant.resize(kChunkPixels);
  std::uint8_t one[kChunkPixels];
  if (wanted_.uncertainty || wanted_.dominant) spread_planes(learned, learners, classes, room.spread.data());
  if (wanted_.probability || wanted_.dominant) percent_planes(probabilities, classes, room.bytes.data());
  for (std::size_t c = 0; c < classes; ++c) {
    if (wanted_.probability) put_bytes(places, room.bytes.data() + c * kChunkPixels, mapped_.probability, c);
    if (wanted_.uncertainty) put_bytes(places, room.spread.data() + c * kChunkPixels, mapped_.uncertainty, c);
  }
  if (wanted_.dominant) {
    dominant_planes(probabilities, classes, room.dominant.data());
    const auto put_own = [&](const auto& own, std::vector<std::uint8_t>& to) {
      for (std::size_t i = 0; i < places.size(); ++i) one[i] = own(room.dominant[i], i);
      put_bytes(places, one, to, 0);
    };
    put_own([&](std::size_t c, std::size_t) { return static_cast<std::uint8_t>(model_.classes[c].value); },
            mapped_.dominant);
    put_own([&](std::size_t c, std::size_t i) { return room.bytes[c * kChunkPixels + i]; },
            mapped_.dominant_probability);
    put_own([&](std::size_t c, std::size_t i) { return room.spread[c * kChunkPixels + i]; },
            mapped_.dominant_uncertainty);
  }
  if (wanted_.margin) {
    margin_planes(probabilities, classes, one);
    put_bytes(places, one, mapped_.margin, 0);
  }
  if (wanted_.entropy) {
    entropy_planes(probabilities, classes, one);
    put_bytes(places, one, mapped_.entropy, 0);
  }
}

void ChunkOutputs::write_sets(std::span<const std::uint32_t> places, const double* probabilities, Room& room) const {
  const std::size_t classes = model_.classes.size();
  room.one.resize(classes);
  room.members.resize(classes);
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t c = 0; c < classes; ++c) room.one[c] = probabilities[c * kChunkPixels + i];
    for (std::size_t level = 0; level < wanted_.set_levels.size(); ++level) {
      plain_class_set(*model_.sets, wanted_.set_levels[level], room.one, room.members);
      mapped_.set_size[level * pixels_ + places[i]] =
          static_cast<std::uint8_t>(std::count(room.members.begin(), room.members.end(), std::uint8_t{1}));
      for (std::size_t c = 0; wanted_.set_members && c < classes; ++c)
        mapped_.set_member[(level * classes + c) * pixels_ + places[i]] = room.members[c];
    }
  }
}

void ChunkOutputs::write_numbers(std::span<const std::uint32_t> places, const float* learned, const double* values,
                                 const float* quantiles) const {
  const Transform transform = model_.response->transform;
  const auto back = [&](double number) { return transformed_back(transform, number); };
  if (wanted_.value)
    put_numbers(
        places, [&](std::size_t i) { return back(values[i]); }, mapped_.value, 0);
  if (wanted_.spread) {
    std::vector<double> numbers(model_.learners.size());
    const auto spread = [&](std::size_t i) {
      for (std::size_t l = 0; l < numbers.size(); ++l)
        numbers[l] = back(static_cast<double>(learned[l * kChunkPixels + i]));
      return deviation(numbers);
    };
    put_numbers(places, spread, mapped_.spread, 0);
  }
  for (std::size_t q = 0; q < wanted_.quantiles.size(); ++q) {
    const float* own = quantiles + q * kChunkPixels;
    put_numbers(
        places, [&](std::size_t i) { return back(static_cast<double>(own[i])); }, mapped_.quantile, q);
  }
  const float* ends = quantiles + wanted_.quantiles.size() * kChunkPixels;
  for (std::size_t level = 0; level < wanted_.interval_levels.size(); ++level) {
    const bool by_quantile = model_.intervals->method == IntervalMethod::quantile;
    const float* lower = ends + 2 * level * kChunkPixels;
    const auto interval = [&](std::size_t i) {
      const double low = by_quantile ? static_cast<double>(lower[i]) : 0;
      const double high = by_quantile ? static_cast<double>(lower[kChunkPixels + i]) : 0;
      return plain_interval(*model_.intervals, wanted_.interval_levels[level], values[i], low, high);
    };
    put_numbers(
        places, [&](std::size_t i) { return back(interval(i).low); }, mapped_.lower, level);
    put_numbers(
        places, [&](std::size_t i) { return back(interval(i).high); }, mapped_.upper, level);
  }
}

void ChunkOutputs::write_dissimilarity(std::span<const std::uint32_t> places, const FeatureChunk& chunk,
                                       Room& room) const {
  const Applicability& area = *model_.applicability;
  const std::size_t features = area.means.size();
  room.scaled.resize(features * kChunkPixels);
  room.near.resize(kChunkPixels);
  for (std::size_t f = 0; f < features; ++f) {
    scaled_plane(chunk.values.data() + f * kChunkPixels, area.means[f], area.scales[f],
                 room.scaled.data() + f * kChunkPixels);
  }
  nearest_rows(area.rows, features, room.scaled.data(), 1, room.near.data());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double index = static_cast<double>(std::sqrt(room.near[i].square)) / area.mean_distance;
    mapped_.dissimilarity[places[i]] = static_cast<float>(index);
    mapped_.outside[places[i]] = index > area.threshold ? 1 : 0;
  }
}

void ChunkOutputs::write(std::span<const std::uint32_t> places, const FeatureChunk& chunk, const float* learned,
                         const double* answers, const float* quantiles, Room& room) const {
  if (!model_.classes.empty()) {
    write_classes(places, learned, answers, room);
    if (!wanted_.set_levels.empty()) write_sets(places, answers, room);
  } else {
    write_numbers(places, learned, answers, quantiles);
  }
  if (wanted_.dissimilarity) write_dissimilarity(places, chunk, room);
}

}  // namespace ecocube
