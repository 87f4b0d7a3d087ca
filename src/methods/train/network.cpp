// SPDX-License-Identifier: Apache-2.0
#include "methods/train/network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "data/model/portable_math.h"
#include "methods/train/network_layer.h"
#include "methods/train/standardisation.h"

namespace ecocube {
namespace {

using RowList = std::vector<std::uint32_t>;

/// Streams of random numbers of one fit.
enum Stream : std::uint64_t { kHoldOut = 1, kStart, kOrder, kDropout };

void shuffle(RowList& list, Random& random) {
  for (std::size_t left = list.size(); left > 1; --left) std::swap(list[left - 1], list[random.below(left)]);
}

class Training {
 public:
  Training(const TrainingRows& rows, const NetworkSettings& settings)
      : rows_(rows), settings_(settings), answers_(rows.answers()), inputs_(rows.rows(), rows.features) {
    const Standardisation standard = standardisation_of(rows);
    result_.means.assign(standard.means.begin(), standard.means.end());
    result_.scales.assign(standard.scales.begin(), standard.scales.end());
    for (std::size_t f = 0; f < rows.features; ++f) {
      const auto column = rows.column(f);
      for (std::size_t row = 0; row < rows.rows(); ++row)
        inputs_.row(row)[f] = (column[row] - result_.means[f]) * result_.scales[f];
    }
    const double total = std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
    mean_weight_ = total / static_cast<double>(rows.rows());
    if (rows.regression()) standardise_response(total);
    hold_out();
    draw_layers();
  }

  Result<Network> run() {
    Random random{settings_.seed, kDropout};
    // A small table in a few large batches would be left before it has learnt anything.
    const std::size_t batch_rows =
        std::min(static_cast<std::size_t>(settings_.batch_rows), std::max<std::size_t>(8, trained_on_.size() / 32));
    const std::size_t batches = (trained_on_.size() + batch_rows - 1) / batch_rows;
    const double steps = static_cast<double>(batches) * settings_.epochs;
    const double decay = settings_.decay * std::sqrt(1 / steps);
    NadamStep step;
    double lowest = std::numeric_limits<double>::infinity(), done = 0;
    for (int epoch = 0, best = 0; epoch < settings_.epochs && epoch - best <= settings_.patience; ++epoch) {
      Random order{settings_.seed, kOrder, static_cast<std::uint64_t>(epoch)};
      shuffle(trained_on_, order);
      for (std::size_t batch = 0; batch < batches; ++batch, ++done) {
        step.rate = settings_.rate * (1 - done / steps);
        step.decay = decay * (1 - done / steps);
        // Batches of nearly the same size: a last one of one row would have no deviation to normalise by.
        const std::size_t begin = batch * trained_on_.size() / batches;
        const std::size_t end = (batch + 1) * trained_on_.size() / batches;
        learn(std::span(trained_on_).subspan(begin, end - begin), step, random);
      }
      if (held_out_.empty()) {
        best = epoch;
        continue;
      }
      take_layers();
      const double loss = held_out_loss();
      if (!(loss < lowest)) continue;
      lowest = loss;
      best = epoch;
      best_ = result_.layers;
    }
    if (held_out_.empty()) take_layers();
    if (!best_.empty()) result_.layers = std::move(best_);
    return checked();
  }

 private:
  void standardise_response(double total) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < rows_.rows(); ++row)
      sum += rows_.weights[row] * static_cast<double>(rows_.responses[row]);
    result_.link = Link::identity;
    result_.response_mean = sum / total;
    for (std::size_t row = 0; row < rows_.rows(); ++row) {
      const double apart = static_cast<double>(rows_.responses[row]) - result_.response_mean;
      squares += rows_.weights[row] * apart * apart;
    }
    result_.response_scale = std::sqrt(squares / total);
    if (!(result_.response_scale > 0)) result_.response_scale = 1;
  }

  void hold_out() {
    trained_on_.resize(rows_.rows());
    std::iota(trained_on_.begin(), trained_on_.end(), 0U);
    constexpr std::size_t fewest_rows = 40;
    if (rows_.rows() < fewest_rows) return;
    Random random{settings_.seed, kHoldOut};
    shuffle(trained_on_, random);
    const auto count = static_cast<std::size_t>(settings_.held_out * static_cast<double>(rows_.rows()));
    held_out_.assign(trained_on_.end() - static_cast<std::ptrdiff_t>(count), trained_on_.end());
    trained_on_.resize(rows_.rows() - count);
    std::sort(trained_on_.begin(), trained_on_.end());
  }

  void draw_layers() {
    Random random{settings_.seed, kStart};
    std::size_t inputs = rows_.features;
    for (int l = 0; l <= settings_.layers; ++l) {
      const bool hidden = l < settings_.layers;
      const std::size_t outputs = hidden ? static_cast<std::size_t>(settings_.width) : answers_;
      layers_.emplace_back(
          TrainedLayerShape{inputs, outputs, hidden, hidden && settings_.normalised, hidden ? settings_.dropout : 0},
          random);
      inputs = outputs;
    }
    if (!rows_.regression()) layers_.back().start_from(log_class_shares());
  }

  /// Each class counts one row more than it has, so that none starts from nothing.
  std::vector<float> log_class_shares() const {
    std::vector<double> counts(answers_, 1);
    for (std::size_t row = 0; row < rows_.rows(); ++row) counts[rows_.seen[row]] += rows_.weights[row] / mean_weight_;
    const double total = static_cast<double>(rows_.rows() + answers_);
    std::vector<float> logs;
    for (const double count : counts) logs.push_back(static_cast<float>(portable_log(count / total)));
    return logs;
  }

  NetworkMatrix inputs_of(std::span<const std::uint32_t> chosen) const {
    NetworkMatrix taken(chosen.size(), rows_.features);
    for (std::size_t i = 0; i < chosen.size(); ++i) std::copy_n(inputs_.row(chosen[i]), taken.stride, taken.row(i));
    return taken;
  }

  /// Loss of one row that answered `outputs`; turns them into the slopes of the loss if asked.
  double loss_of(std::uint32_t row, float* outputs, bool slopes) const {
    const double weight = rows_.weights[row] / mean_weight_;
    if (rows_.regression()) {
      const double seen = (static_cast<double>(rows_.responses[row]) - result_.response_mean) / result_.response_scale;
      const double apart = static_cast<double>(outputs[0]) - seen;
      if (slopes) outputs[0] = static_cast<float>(weight * apart);
      return weight * apart * apart / 2;
    }
    double shares[kMaximumClasses];
    const double largest = static_cast<double>(*std::max_element(outputs, outputs + answers_));
    double sum = 0;
    for (std::size_t c = 0; c < answers_; ++c) {
      shares[c] = portable_exp(static_cast<double>(outputs[c]) - largest);
      sum += shares[c];
    }
    const double of_seen = static_cast<double>(outputs[rows_.seen[row]]);
    if (slopes) {
      for (std::size_t c = 0; c < answers_; ++c)
        outputs[c] = static_cast<float>(weight * (shares[c] / sum - (c == rows_.seen[row] ? 1 : 0)));
    }
    return weight * (portable_log(sum) + largest - of_seen);
  }

  void learn(std::span<const std::uint32_t> batch, NadamStep& step, Random& random) {
    std::vector<NetworkMatrix> values{inputs_of(batch)};
    std::vector<const NetworkMatrix*> entering{&values[0]};
    for (TrainedLayer& layer : layers_) entering.push_back(&layer.forward(*entering.back(), random));
    NetworkMatrix slopes = *entering.back(), next;
    const float share = 1 / static_cast<float>(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      loss_of(batch[i], slopes.row(i), true);
      for (std::size_t a = 0; a < answers_; ++a) slopes.row(i)[a] *= share;
    }
    for (std::size_t l = layers_.size(); l-- > 0;) {
      layers_[l].backward(*entering[l], slopes, l > 0 ? &next : nullptr);
      std::swap(slopes, next);
    }
    for (TrainedLayer& layer : layers_) layer.descend(step);
    step.beta1_power *= 0.9;
    step.beta2_power *= 0.999;
  }

  void take_layers() {
    result_.layers.clear();
    for (const TrainedLayer& layer : layers_) result_.layers.push_back(layer.folded());
  }

  /// Weighted mean loss of the network as it would be handed out.
  double held_out_loss() const {
    NetworkMatrix values = inputs_of(held_out_);
    for (const NetworkLayer& layer : result_.layers) {
      NetworkMatrix weights(layer.inputs, layer.outputs), outputs(values.rows, layer.outputs);
      for (std::size_t i = 0; i < layer.inputs; ++i) {
        for (std::size_t o = 0; o < layer.outputs; ++o) weights.row(i)[o] = layer.weights[o * layer.inputs + i];
      }
      for (std::size_t r = 0; r < outputs.rows; ++r)
        std::copy(layer.biases.begin(), layer.biases.end(), outputs.row(r));
      add_product(as_it_is(values), weights, outputs);
      if (&layer != &result_.layers.back()) {
        for (float& value : outputs.values) value = std::max(0.0f, value);
      }
      values = std::move(outputs);
    }
    double loss = 0, total = 0;
    for (std::size_t i = 0; i < held_out_.size(); ++i) {
      loss += loss_of(held_out_[i], values.row(i), false);
      total += rows_.weights[held_out_[i]] / mean_weight_;
    }
    return loss / total;
  }

  Result<Network> checked() {
    for (const NetworkLayer& layer : result_.layers) {
      const auto number = [](float value) { return std::isfinite(value); };
      if (!std::all_of(layer.weights.begin(), layer.weights.end(), number) ||
          !std::all_of(layer.biases.begin(), layer.biases.end(), number)) {
        return input_error("network: the descent left the numbers at rate {} (rows of values {} deviations out?)",
                           settings_.rate, farthest());
      }
    }
    return std::move(result_);
  }

  float farthest() const {
    float found = 0;
    for (const float value : inputs_.values) found = std::max(found, std::abs(value));
    return found;
  }

  const TrainingRows& rows_;
  const NetworkSettings& settings_;
  std::size_t answers_;
  NetworkMatrix inputs_;  // standardised; [row][feature]
  double mean_weight_ = 1;
  Network result_;
  std::vector<NetworkLayer> best_;
  RowList trained_on_, held_out_;
  std::vector<TrainedLayer> layers_;
};

}  // namespace

Result<Network> fit_network(const TrainingRows& rows, const NetworkSettings& settings) {
  return Training(rows, settings).run();
}

}  // namespace ecocube
