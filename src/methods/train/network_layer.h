// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "data/model/dense_learners.h"
#include "methods/train/network_product.h"
#include "base/random.h"

namespace ecocube {

/// How far along the descent is.
struct NadamStep {
  double rate = 0;                          ///< length of this step
  double decay = 0;                         ///< share of every weight that it takes away
  double beta1_power = 1, beta2_power = 1;  ///< the rates .9 and .999 to the power of the steps before this one
};

/// Numbers that training moves, with what Nadam remembers of their slopes.
struct NetworkParameters {
  NetworkMatrix values, slopes;
  std::vector<float> momenta, squares;

  NetworkParameters() = default;
  NetworkParameters(std::size_t rows, std::size_t columns)
      : values(rows, columns), slopes(rows, columns), momenta(values.values.size()), squares(values.values.size()) {}

  /// One step of Adam with Nesterov momentum (Dozat 2016) and, if `decays`, decoupled weight decay (Loshchilov and
  /// Hutter 2019).
  void descend(const NadamStep& step, bool decays);
};

struct TrainedLayerShape {
  std::size_t inputs = 0, outputs = 0;
  bool hidden = false;      ///< another layer follows
  bool normalised = false;  ///< batch normalisation; of a hidden layer
  double dropout = 0;       ///< share of its outputs that training leaves out, 0..1; of a hidden layer
};

/// A fully connected layer while it is trained. A hidden one: product, batch normalisation (Ioffe and Szegedy 2015) or
/// bias, max(0, ·), dropout (Srivastava et al. 2014). The last one: product and bias.
class TrainedLayer {
 public:
  /// Weights are drawn uniformly with the deviation of He et al. 2015.
  TrainedLayer(const TrainedLayerShape& shape, Random& random);

  /// Where its biases, 0 at first, shall start; shape [output].
  void start_from(std::span<const float> biases);

  /// Outputs for a batch while training; they and what backward() needs stay until the next batch.
  const NetworkMatrix& forward(const NetworkMatrix& inputs, Random& random);

  /// Takes the slopes of the loss at the outputs (and spoils them), finds those of the parameters and, where asked,
  /// those at the inputs.
  void backward(const NetworkMatrix& inputs, NetworkMatrix& slopes, NetworkMatrix* input_slopes);

  void descend(const NadamStep& step);

  /// As prediction has it: normalisation by the running statistics becomes part of weights and bias.
  NetworkLayer folded() const;

 private:
  void normalise();
  void normalise_back(NetworkMatrix& slopes);
  void activate(Random& random);

  TrainedLayerShape shape_;
  NetworkParameters weights_;         // [input][output]
  NetworkParameters biases_, gains_;  // [1][output]; gains of normalised layers
  NetworkMatrix outputs_;             // of the batch, as the next layer sees them
  NetworkMatrix normal_;              // of the batch, of mean 0 and deviation 1
  NetworkMatrix passes_;              // of the batch: 0 where max(0, ·) or dropout stop, else the factor of dropout
  std::vector<float> means_, inverse_deviations_;         // of the batch
  std::vector<float> running_means_, running_variances_;  // sums of exponentially fading weights
  float running_weight_ = 0;                              // the sum of those weights
};

}  // namespace ecocube
