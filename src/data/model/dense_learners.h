// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/model/trees.h"

namespace ecocube {

/// Multinomial logistic regression: softmax of intercept + weights · inputs. A class that the fit never saw has the
/// intercept -infinity and therefore probability 0. With two classes it is binomial logistic regression.
struct Logistic {
  std::size_t inputs = 0;
  std::vector<double> intercepts;  ///< shape [class]
  std::vector<double> weights;     ///< shape [class][input], per unit of the input
  bool operator==(const Logistic&) const = default;
};

/// Linear regression: intercept + weights · inputs, summed as doubles in the order of the inputs.
struct Linear {
  double intercept = 0;
  std::vector<double> weights;  ///< shape [input], per unit of the input
  bool operator==(const Linear&) const = default;
};

/// Fully connected layer: output = biases + weights · inputs, as floats: the bias first, then the inputs in order.
struct NetworkLayer {
  std::size_t inputs = 0, outputs = 0;
  std::vector<float> weights;  ///< shape [output][input]
  std::vector<float> biases;   ///< shape [output]
  bool operator==(const NetworkLayer&) const = default;
};

/// Multilayer network. An input enters as (x - mean) * scale; max(0, ·) follows every layer but the last (batch
/// normalisation is folded into the layers, dropout acts in training alone). Classification: softmax of the last
/// layer's outputs as doubles. Regression: response_mean + response_scale * the one output.
struct Network {
  std::vector<float> means, scales;  ///< shape [input]
  std::vector<NetworkLayer> layers;
  Link link = Link::softmax;  ///< softmax or identity
  double response_mean = 0, response_scale = 1;
  bool operator==(const Network&) const = default;
};

/// k nearest neighbours by Euclidean distance of (x - mean) * scale; of equally near ones the first row comes first.
/// Each votes with its weight, by_distance also with 1 / (distance + 1e-6). Classification: shares of the votes;
/// regression: their weighted mean response.
struct NearestNeighbours {
  std::uint32_t neighbours = 5;
  bool by_distance = false;
  std::vector<float> means, scales;  ///< shape [input]
  std::vector<float> rows;           ///< scaled training inputs; shape [row][input]
  std::vector<std::uint16_t> seen;   ///< class of the row; shape [row]; empty in regression
  std::vector<float> responses;      ///< shape [row]; empty in classification
  std::vector<float> weights;        ///< greater than 0; shape [row]
  bool operator==(const NearestNeighbours&) const = default;
};

}  // namespace ecocube
