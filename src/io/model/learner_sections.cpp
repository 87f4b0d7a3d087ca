// SPDX-License-Identifier: Apache-2.0
#include "io/model/learner_sections.h"

#include <cstdint>
#include <vector>

#include "io/model/tree_sections.h"

namespace ecocube {
namespace {

void put(SectionWriter& writer, const Logistic& logistic) {
  writer.put_one(static_cast<std::uint64_t>(logistic.inputs));
  writer.put<double>(logistic.intercepts);
  writer.put<double>(logistic.weights);
}

Result<Logistic> take_logistic(SectionReader& reader) {
  Logistic logistic;
  ECOCUBE_TRY_ASSIGN(const auto inputs, take_one<std::uint64_t>(reader, "number of inputs"));
  logistic.inputs = static_cast<std::size_t>(inputs);
  ECOCUBE_TRY_ASSIGN(logistic.intercepts, reader.take<double>("intercepts"));
  ECOCUBE_TRY_ASSIGN(logistic.weights, reader.take<double>("weights"));
  return logistic;
}

void put(SectionWriter& writer, const Linear& linear) {
  writer.put_one(linear.intercept);
  writer.put<double>(linear.weights);
}

Result<Learner> take_linear(SectionReader& reader) {
  Linear linear;
  ECOCUBE_TRY_ASSIGN(linear.intercept, take_one<double>(reader, "intercept"));
  ECOCUBE_TRY_ASSIGN(linear.weights, reader.take<double>("weights"));
  return linear;
}

void put(SectionWriter& writer, const Network& network) {
  writer.put_one(static_cast<std::uint32_t>(network.link));
  writer.put_one(network.response_mean);
  writer.put_one(network.response_scale);
  writer.put<float>(network.means);
  writer.put<float>(network.scales);
  writer.put_one(static_cast<std::uint32_t>(network.layers.size()));
  for (const NetworkLayer& layer : network.layers) {
    writer.put_one(static_cast<std::uint64_t>(layer.inputs));
    writer.put<float>(layer.biases);
    writer.put<float>(layer.weights);
  }
}

Result<Learner> take_network(SectionReader& reader) {
  Network network;
  ECOCUBE_TRY_ASSIGN(const auto link, take_one<std::uint32_t>(reader, "link"));
  if (link > static_cast<std::uint32_t>(Link::identity)) return input_error("unknown link {}", link);
  network.link = static_cast<Link>(link);
  ECOCUBE_TRY_ASSIGN(network.response_mean, take_one<double>(reader, "mean of the response"));
  ECOCUBE_TRY_ASSIGN(network.response_scale, take_one<double>(reader, "scale of the response"));
  ECOCUBE_TRY_ASSIGN(network.means, reader.take<float>("means"));
  ECOCUBE_TRY_ASSIGN(network.scales, reader.take<float>("scales"));
  ECOCUBE_TRY_ASSIGN(const auto layers, take_one<std::uint32_t>(reader, "number of layers"));
  for (std::uint32_t l = 0; l < layers; ++l) {
    NetworkLayer layer;
    ECOCUBE_TRY_ASSIGN(const auto inputs, take_one<std::uint64_t>(reader, "inputs of a layer"));
    ECOCUBE_TRY_ASSIGN(layer.biases, reader.take<float>("biases"));
    ECOCUBE_TRY_ASSIGN(layer.weights, reader.take<float>("weights"));
    layer.inputs = static_cast<std::size_t>(inputs);
    layer.outputs = layer.biases.size();
    network.layers.push_back(std::move(layer));
  }
  return network;
}

void put(SectionWriter& writer, const NearestNeighbours& neighbours) {
  writer.put_one(neighbours.neighbours);
  writer.put_one(static_cast<std::uint32_t>(neighbours.by_distance));
  writer.put<float>(neighbours.means);
  writer.put<float>(neighbours.scales);
  writer.put<float>(neighbours.rows);
  writer.put<std::uint16_t>(neighbours.seen);
  writer.put<float>(neighbours.responses);
  writer.put<float>(neighbours.weights);
}

Result<Learner> take_neighbours(SectionReader& reader) {
  NearestNeighbours neighbours;
  ECOCUBE_TRY_ASSIGN(neighbours.neighbours, take_one<std::uint32_t>(reader, "number of neighbours"));
  ECOCUBE_TRY_ASSIGN(const auto by_distance, take_one<std::uint32_t>(reader, "votes by distance"));
  neighbours.by_distance = by_distance != 0;
  ECOCUBE_TRY_ASSIGN(neighbours.means, reader.take<float>("means"));
  ECOCUBE_TRY_ASSIGN(neighbours.scales, reader.take<float>("scales"));
  ECOCUBE_TRY_ASSIGN(neighbours.rows, reader.take<float>("rows"));
  ECOCUBE_TRY_ASSIGN(neighbours.seen, reader.take<std::uint16_t>("classes of the rows"));
  ECOCUBE_TRY_ASSIGN(neighbours.responses, reader.take<float>("responses of the rows"));
  ECOCUBE_TRY_ASSIGN(neighbours.weights, reader.take<float>("weights of the rows"));
  return neighbours;
}

void put(SectionWriter&, const MeanPool&) {}

void put(SectionWriter& writer, const LinearPool& pool) {
  writer.put<double>(pool.exponents);
  writer.put<double>(pool.weights);
  writer.put_one(pool.final_exponent);
}

Result<LinearPool> take_linear_pool(SectionReader& reader) {
  LinearPool pool;
  ECOCUBE_TRY_ASSIGN(pool.exponents, reader.take<double>("exponents"));
  ECOCUBE_TRY_ASSIGN(pool.weights, reader.take<double>("weights"));
  ECOCUBE_TRY_ASSIGN(pool.final_exponent, take_one<double>(reader, "final exponent"));
  return pool;
}

void put(SectionWriter& writer, const LogPool& pool) {
  writer.put<double>(pool.weights);
  writer.put<double>(pool.biases);
  writer.put_one(pool.scale);
  writer.put<double>(pool.corrections);
}

Result<LogPool> take_log_pool(SectionReader& reader) {
  LogPool pool;
  ECOCUBE_TRY_ASSIGN(pool.weights, reader.take<double>("weights"));
  ECOCUBE_TRY_ASSIGN(pool.biases, reader.take<double>("biases"));
  ECOCUBE_TRY_ASSIGN(pool.scale, take_one<double>(reader, "scale"));
  ECOCUBE_TRY_ASSIGN(pool.corrections, reader.take<double>("corrections"));
  return pool;
}

void put(SectionWriter& writer, const ValuePool& pool) {
  writer.put_one(pool.intercept);
  writer.put<double>(pool.weights);
}

Result<ValuePool> take_value_pool(SectionReader& reader) {
  ValuePool pool;
  ECOCUBE_TRY_ASSIGN(pool.intercept, take_one<double>(reader, "intercept"));
  ECOCUBE_TRY_ASSIGN(pool.weights, reader.take<double>("weights"));
  return pool;
}

/// The names stand in the order of the variants' alternatives.
constexpr const char* kLearnerKinds[] = {"forest", "boosting", "logistic",  "regression-forest",
                                         "linear", "network",  "neighbours"};
static_assert(std::size(kLearnerKinds) == std::variant_size_v<Learner>);
constexpr const char* kMetaKinds[] = {"mean", "logistic", "linear-pool", "log-pool", "value-pool"};
static_assert(std::size(kMetaKinds) == std::variant_size_v<decltype(Meta::pool)>);

}  // namespace

std::string kind_of(const Learner& learner) {
  return kLearnerKinds[learner.index()];
}

void put_learner(SectionWriter& writer, const Learner& learner) {
  std::visit([&](const auto& one) { put(writer, one); }, learner);
}

Result<Learner> take_learner(SectionReader& reader, const std::string& kind, unsigned version) {
  if (kind == "forest") return take_forest(reader);
  if (kind == "boosting") return take_boosting(reader, version);
  if (kind == "logistic") return take_logistic(reader);
  if (kind == "regression-forest") return take_regression_forest(reader);
  if (kind == "linear") return take_linear(reader);
  if (kind == "network") return take_network(reader);
  if (kind == "neighbours") return take_neighbours(reader);
  return input_error("unknown kind of learner '{}'", kind);
}

std::string kind_of(const Meta& meta) {
  return kMetaKinds[meta.pool.index()];
}

void put_meta(SectionWriter& writer, const Meta& meta) {
  writer.put_one(meta.smoothing);
  writer.put<double>(meta.prior);
  std::visit([&](const auto& pool) { put(writer, pool); }, meta.pool);
}

Result<Meta> take_meta(SectionReader& reader, const std::string& kind, unsigned version) {
  Meta meta;
  if (version >= 2) {
    ECOCUBE_TRY_ASSIGN(meta.smoothing, take_one<double>(reader, "smoothing"));
    ECOCUBE_TRY_ASSIGN(meta.prior, reader.take<double>("prior"));
  }
  if (kind == "mean") {
    meta.pool = MeanPool{};
  } else if (kind == "logistic") {
    ECOCUBE_TRY_ASSIGN(meta.pool, take_logistic(reader));
  } else if (kind == "linear-pool") {
    ECOCUBE_TRY_ASSIGN(meta.pool, take_linear_pool(reader));
  } else if (kind == "log-pool") {
    ECOCUBE_TRY_ASSIGN(meta.pool, take_log_pool(reader));
  } else if (kind == "value-pool") {
    ECOCUBE_TRY_ASSIGN(meta.pool, take_value_pool(reader));
  } else {
    return input_error("unknown kind of meta learner '{}'", kind);
  }
  return meta;
}

void put_applicability(SectionWriter& writer, const Applicability& area) {
  writer.put<float>(area.means);
  writer.put<float>(area.scales);
  writer.put<float>(area.rows);
  writer.put_one(area.mean_distance);
  writer.put_one(area.threshold);
}

Result<Applicability> take_applicability(SectionReader& reader) {
  Applicability area;
  ECOCUBE_TRY_ASSIGN(area.means, reader.take<float>("means"));
  ECOCUBE_TRY_ASSIGN(area.scales, reader.take<float>("scales"));
  ECOCUBE_TRY_ASSIGN(area.rows, reader.take<float>("rows"));
  ECOCUBE_TRY_ASSIGN(area.mean_distance, take_one<double>(reader, "mean distance"));
  ECOCUBE_TRY_ASSIGN(area.threshold, take_one<double>(reader, "threshold"));
  return area;
}

}  // namespace ecocube
