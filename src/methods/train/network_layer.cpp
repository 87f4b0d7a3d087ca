// SPDX-License-Identifier: Apache-2.0
#include "methods/train/network_layer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ecocube {
namespace {

constexpr float kVarianceFloor = 1e-3f, kFading = 0.9f;
constexpr double kBeta1 = 0.9, kBeta2 = 0.999;

void start_again(NetworkMatrix& matrix, std::size_t rows, std::size_t columns) {
  if (matrix.rows != rows || matrix.columns != columns) matrix = NetworkMatrix(rows, columns);
}

/// Sums of each column over the rows, in their order; shape [stride].
void sum_rows(const NetworkMatrix& matrix, float* sums) {
  std::fill_n(sums, matrix.stride, 0.0f);
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    const float* row = matrix.row(r);
    for (std::size_t c = 0; c < matrix.stride; ++c) sums[c] += row[c];
  }
}

NetworkMatrix turned(const NetworkMatrix& matrix) {
  NetworkMatrix result(matrix.columns, matrix.rows);
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    for (std::size_t c = 0; c < matrix.columns; ++c) result.row(c)[r] = matrix.row(r)[c];
  }
  return result;
}

}  // namespace

void NetworkParameters::descend(const NadamStep& step, bool decays) {
  const double beta1_power = step.beta1_power * kBeta1, beta2_power = step.beta2_power * kBeta2;
  const auto of_momentum = static_cast<float>(step.rate * kBeta1 / (1 - beta1_power * kBeta1));
  const auto of_slope = static_cast<float>(step.rate * (1 - kBeta1) / (1 - beta1_power));
  const auto of_square = static_cast<float>(1 / (1 - beta2_power));
  const auto kept = static_cast<float>(decays ? 1 - step.decay : 1);
  const auto beta1 = static_cast<float>(kBeta1), beta2 = static_cast<float>(kBeta2);
  float* value = values.values.data();
  const float* slope = slopes.values.data();
  float *momentum = momenta.data(), *square = squares.data();
  for (std::size_t i = 0; i < momenta.size(); ++i) {
    momentum[i] = beta1 * momentum[i] + (1 - beta1) * slope[i];
    square[i] = beta2 * square[i] + (1 - beta2) * (slope[i] * slope[i]);
    const float move = of_momentum * momentum[i] + of_slope * slope[i];
    value[i] = kept * value[i] - move / (std::sqrt(of_square * square[i]) + 1e-7f);
  }
}

TrainedLayer::TrainedLayer(const TrainedLayerShape& shape, Random& random)
    : shape_(shape),
      weights_(shape.inputs, shape.outputs),
      biases_(1, shape.outputs),
      means_(biases_.values.stride),
      inverse_deviations_(means_.size()),
      running_means_(means_.size()),
      running_variances_(means_.size()) {
  const double widest = std::sqrt((shape.hidden ? 6.0 : 3.0) / static_cast<double>(shape.inputs));
  for (std::size_t i = 0; i < shape.inputs; ++i) {
    for (std::size_t o = 0; o < shape.outputs; ++o) {
      const double drawn = static_cast<double>(random.next() >> 11) * 0x1p-53;
      weights_.values.row(i)[o] = static_cast<float>((2 * drawn - 1) * widest);
    }
  }
  if (!shape.normalised) return;
  gains_ = NetworkParameters(1, shape.outputs);
  std::fill_n(gains_.values.row(0), shape.outputs, 1.0f);
}

void TrainedLayer::start_from(std::span<const float> biases) {
  assert(biases.size() == shape_.outputs);
  std::copy(biases.begin(), biases.end(), biases_.values.row(0));
}

const NetworkMatrix& TrainedLayer::forward(const NetworkMatrix& inputs, Random& random) {
  start_again(outputs_, inputs.rows, shape_.outputs);
  for (std::size_t r = 0; r < outputs_.rows; ++r) {
    if (shape_.normalised) {
      std::fill_n(outputs_.row(r), outputs_.stride, 0.0f);
    } else {
      std::copy_n(biases_.values.row(0), outputs_.stride, outputs_.row(r));
    }
  }
  add_product(as_it_is(inputs), weights_.values, outputs_);
  if (shape_.normalised) normalise();
  if (shape_.hidden) activate(random);
  return outputs_;
}

void TrainedLayer::normalise() {
  start_again(normal_, outputs_.rows, outputs_.columns);
  const auto rows = static_cast<float>(outputs_.rows);
  const std::size_t stride = outputs_.stride;
  std::vector<float> variances(stride);
  sum_rows(outputs_, means_.data());
  for (std::size_t c = 0; c < stride; ++c) means_[c] /= rows;
  for (std::size_t r = 0; r < outputs_.rows; ++r) {
    const float* sums = outputs_.row(r);
    float* normal = normal_.row(r);
    for (std::size_t c = 0; c < stride; ++c) {
      normal[c] = sums[c] - means_[c];
      variances[c] += normal[c] * normal[c];
    }
  }
  for (std::size_t c = 0; c < stride; ++c) {
    variances[c] /= rows;
    inverse_deviations_[c] = 1 / std::sqrt(variances[c] + kVarianceFloor);
    running_means_[c] = kFading * running_means_[c] + (1 - kFading) * means_[c];
    running_variances_[c] = kFading * running_variances_[c] + (1 - kFading) * variances[c];
  }
  running_weight_ = kFading * running_weight_ + (1 - kFading);
  const float *gains = gains_.values.row(0), *biases = biases_.values.row(0);
  for (std::size_t r = 0; r < outputs_.rows; ++r) {
    float *normal = normal_.row(r), *output = outputs_.row(r);
    for (std::size_t c = 0; c < stride; ++c) {
      normal[c] *= inverse_deviations_[c];
      output[c] = gains[c] * normal[c] + biases[c];
    }
  }
}

void TrainedLayer::activate(Random& random) {
  start_again(passes_, outputs_.rows, outputs_.columns);
  const auto factor = static_cast<float>(1 / (1 - shape_.dropout));
  const auto left_out = static_cast<std::uint64_t>(shape_.dropout * 65536);
  for (std::size_t r = 0; r < outputs_.rows; ++r) {
    float *output = outputs_.row(r), *pass = passes_.row(r);
    for (std::size_t c = 0; c < outputs_.stride; ++c) pass[c] = output[c] > 0 ? factor : 0;
    if (left_out > 0) {
      for (std::size_t c = 0; c < outputs_.stride; c += 4) {  // sixteen bits of chance each
        const std::uint64_t drawn = random.next();
        for (std::size_t i = 0; i < 4; ++i) {
          if (((drawn >> (16 * i)) & 0xffff) < left_out) pass[c + i] = 0;
        }
      }
    }
    for (std::size_t c = 0; c < outputs_.stride; ++c) output[c] *= pass[c];
  }
}

void TrainedLayer::backward(const NetworkMatrix& inputs, NetworkMatrix& slopes, NetworkMatrix* input_slopes) {
  assert(slopes.rows == inputs.rows && slopes.columns == shape_.outputs);
  if (shape_.hidden) {
    for (std::size_t i = 0; i < slopes.values.size(); ++i) slopes.values[i] *= passes_.values[i];
  }
  sum_rows(slopes, biases_.slopes.row(0));
  if (shape_.normalised) normalise_back(slopes);
  std::fill(weights_.slopes.values.begin(), weights_.slopes.values.end(), 0.0f);
  add_product(transposed(inputs), slopes, weights_.slopes);
  if (!input_slopes) return;
  start_again(*input_slopes, inputs.rows, shape_.inputs);
  std::fill(input_slopes->values.begin(), input_slopes->values.end(), 0.0f);
  add_product(as_it_is(slopes), turned(weights_.values), *input_slopes);
}

void TrainedLayer::normalise_back(NetworkMatrix& slopes) {
  const std::size_t stride = slopes.stride;
  float* of_gains = gains_.slopes.row(0);
  std::fill_n(of_gains, stride, 0.0f);
  for (std::size_t r = 0; r < slopes.rows; ++r) {
    const float *slope = slopes.row(r), *normal = normal_.row(r);
    for (std::size_t c = 0; c < stride; ++c) of_gains[c] += slope[c] * normal[c];
  }
  const float *of_biases = biases_.slopes.row(0), *gains = gains_.values.row(0);
  const float share = 1 / static_cast<float>(slopes.rows);
  for (std::size_t r = 0; r < slopes.rows; ++r) {
    float* slope = slopes.row(r);
    const float* normal = normal_.row(r);
    for (std::size_t c = 0; c < stride; ++c) {
      const float common = share * (of_biases[c] + normal[c] * of_gains[c]);
      slope[c] = gains[c] * inverse_deviations_[c] * (slope[c] - common);
    }
  }
}

void TrainedLayer::descend(const NadamStep& step) {
  weights_.descend(step, true);
  biases_.descend(step, false);
  if (shape_.normalised) gains_.descend(step, false);
}

NetworkLayer TrainedLayer::folded() const {
  NetworkLayer layer{shape_.inputs, shape_.outputs, {}, {}};
  for (std::size_t o = 0; o < shape_.outputs; ++o) {
    float factor = 1, bias = biases_.values.row(0)[o];
    if (shape_.normalised) {
      const float weight = running_weight_ > 0 ? running_weight_ : 1;
      factor = gains_.values.row(0)[o] / std::sqrt(running_variances_[o] / weight + kVarianceFloor);
      bias -= factor * (running_means_[o] / weight);
    }
    for (std::size_t i = 0; i < shape_.inputs; ++i) layer.weights.push_back(factor * weights_.values.row(i)[o]);
    layer.biases.push_back(bias);
  }
  return layer;
}

}  // namespace ecocube
