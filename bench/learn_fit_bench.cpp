// SPDX-License-Identifier: Apache-2.0
//
// Fits forests on raw arrays, told line by line on standard input, so that a script can time it in turn with a peer.
// Usage: ecocube_learn_fit_bench ROWS FEATURES CLASSES VALUES ANSWERS, with VALUES bytes [row][feature] and ANSWERS
// 16-bit classes [row], or where CLASSES is 0 32-bit floats. Each line is `TREES MIN_LEAF THREADS`; the answer is one
// line: wall seconds, processor seconds, out-of-bag score, nodes a tree, and the most memory ever held, in MB.

#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "methods/train/forest.h"

namespace {

using namespace ecocube;

template <class T>
std::vector<T> read_array(const std::string& path, std::size_t count) {
  std::vector<T> values(count);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
  if (!file) throw std::runtime_error("cannot read " + path);
  return values;
}

TrainingRows read_rows(std::size_t count, std::size_t features, std::size_t classes, const std::string& values,
                       const std::string& answers) {
  TrainingRows rows;
  rows.features = features;
  rows.classes = classes;
  rows.values.resize(count * features);
  rows.weights.assign(count, 1.0);
  const auto bytes = read_array<std::uint8_t>(values, count * features);
  for (std::size_t f = 0; f < features; ++f) {
    for (std::size_t row = 0; row < count; ++row) rows.values[f * count + row] = bytes[row * features + f];
  }
  if (classes) {
    rows.seen = read_array<std::uint16_t>(answers, count);
  } else {
    rows.responses = read_array<float>(answers, count);
  }
  return rows;
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Fit {
  double score = 0, nodes = 0;
};

template <class Forest>
double nodes_per_tree(const Forest& forest) {
  double nodes = 0;
  for (const auto& tree : forest.trees) nodes += static_cast<double>(tree.nodes.size());
  return nodes / static_cast<double>(forest.trees.size());
}

Fit fit(const TrainingRows& rows, const ForestSettings& settings) {
  if (rows.regression()) {
    const FittedRegressionForest fitted = fit_regression_forest(rows, settings);
    return {fitted.out_of_bag_r2, nodes_per_tree(fitted.forest)};
  }
  const FittedForest fitted = fit_forest(rows, settings);
  return {fitted.out_of_bag_accuracy, nodes_per_tree(fitted.forest)};
}

/// Of this process; getrusage would tell that of the one it was forked from.
double most_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: ecocube_learn_fit_bench ROWS FEATURES CLASSES VALUES ANSWERS\n";
    return 2;
  }
  const TrainingRows rows = read_rows(std::stoul(argv[1]), std::stoul(argv[2]), std::stoul(argv[3]), argv[4], argv[5]);
  ForestSettings settings;
  settings.seed = 1;
  int threads = 1;
  while (std::cin >> settings.trees >> settings.min_leaf >> threads) {
    const ThreadLimit limit(threads);
    const auto start = std::chrono::steady_clock::now();
    const double before = processor_seconds();
    const Fit done = fit(rows, settings);
    const double processor = processor_seconds() - before;
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cout << wall << ' ' << processor << ' ' << done.score << ' ' << done.nodes << ' ' << most_memory()
              << std::endl;
  }
}
