// SPDX-License-Identifier: Apache-2.0
#include "methods/series/convex_weights.h"

#include <Eigen/Dense>
#include <cassert>
#include <numeric>

namespace ecocube::series {

std::vector<double> convex_weights(std::span<const double> products, double ridge, std::span<const double> prior,
                                   double least) {
  const auto count = static_cast<Eigen::Index>(prior.size());
  assert(products.size() == prior.size() * prior.size());
  Eigen::MatrixXd ridged = Eigen::Map<const Eigen::MatrixXd>(products.data(), count, count);
  ridged.diagonal().array() += ridge;
  std::vector<Eigen::Index> used(prior.size());
  std::iota(used.begin(), used.end(), Eigen::Index{0});
  std::vector<double> weights(prior.size(), 0.0);
  while (true) {
    const Eigen::MatrixXd of_used = ridged(used, used);
    const auto factors = of_used.ldlt();
    Eigen::VectorXd drawn(static_cast<Eigen::Index>(used.size()));
    for (std::size_t at = 0; at < used.size(); ++at)
      drawn(static_cast<Eigen::Index>(at)) = ridge * prior[static_cast<std::size_t>(used[at])];
    const Eigen::VectorXd even = factors.solve(Eigen::VectorXd::Ones(drawn.size()));
    Eigen::VectorXd solution = factors.solve(drawn);
    solution += (1 - solution.sum()) / even.sum() * even;
    Eigen::Index worst = 0;
    if (solution.minCoeff(&worst) >= least || used.size() == 1) {
      for (std::size_t at = 0; at < used.size(); ++at)
        weights[static_cast<std::size_t>(used[at])] = solution(static_cast<Eigen::Index>(at));
      return weights;
    }
    used.erase(used.begin() + worst);
  }
}

}  // namespace ecocube::series
