// SPDX-License-Identifier: Apache-2.0
//
// Predicts with models that a script has trained, told line by line on standard input, so that it can time them in turn
// with their peers. Usage: ecocube_learn_predict_bench PIXELS FEATURES CLASSES BYTES, with BYTES the scene [pixel]
// [feature]. Lines:
//   forest FILE, boosting FILE   read trees as learn_predict.py writes them
//   stack KIND                   puts both beside a drawn network under a meta learner: published or anchored
//   predict NAME INPUT OUTPUTS PIXELS THREADS
//                                NAME of a model above; INPUT bytes or values; OUTPUTS probability or all.
//                                Answers wall seconds, processor seconds and bytes a thread
//   check NAME PIXELS MARGINS    counts answers that differ from the plain ones, of boosting also scores that differ
//                                from the floats in MARGINS [pixel][class]
//   write FILE                   probabilities in percent that the last prediction made, [class][pixel]

#include <bit>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "data/model/plain_prediction.h"
#include "methods/infer/predictor.h"

namespace {

using namespace ecocube;

template <class T>
std::vector<T> read_array(std::istream& file, std::size_t count) {
  std::vector<T> values(count);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
  if (!file) throw std::runtime_error("a file ends too early");
  return values;
}

/// A tree as peers keep it: children anywhere, a value (or one a class) at every node.
struct PeerTree {
  std::uint32_t class_index = 0;
  std::vector<std::int32_t> feature, left, right;
  std::vector<float> threshold, values;
};

PeerTree read_tree(std::istream& file, std::size_t values_per_node) {
  const auto head = read_array<std::uint32_t>(file, 2);
  PeerTree tree;
  tree.class_index = head[0];
  tree.feature = read_array<std::int32_t>(file, head[1]);
  tree.left = read_array<std::int32_t>(file, head[1]);
  tree.right = read_array<std::int32_t>(file, head[1]);
  tree.threshold = read_array<float>(file, head[1]);
  tree.values = read_array<float>(file, head[1] * values_per_node);
  return tree;
}

/// Nodes in our order; `leaf` is called with the peer's node for every leaf, in the order of their numbers.
template <class Leaf>
std::vector<TreeNode> ordered(const PeerTree& tree, const Leaf& leaf) {
  std::vector<TreeNode> nodes(1);
  std::vector<std::size_t> from{0};
  std::uint32_t leaves = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t node = from[i];
    if (tree.left[node] < 0) {
      nodes[i] = {TreeNode::kLeaf, 0, leaves++};
      leaf(node);
      continue;
    }
    nodes[i] = {tree.feature[node], tree.threshold[node], static_cast<std::uint32_t>(nodes.size())};
    nodes.resize(nodes.size() + 2);
    from.push_back(static_cast<std::size_t>(tree.left[node]));
    from.push_back(static_cast<std::size_t>(tree.right[node]));
  }
  return nodes;
}

Forest read_forest(const std::string& path, std::size_t classes) {
  std::ifstream file(path, std::ios::binary);
  Forest forest;
  const std::uint32_t trees = read_array<std::uint32_t>(file, 1)[0];
  for (std::uint32_t t = 0; t < trees; ++t) {
    const PeerTree peer = read_tree(file, classes);
    ForestTree tree{{}, {0}, {}};
    tree.nodes = ordered(peer, [&](std::size_t node) {
      for (std::size_t c = 0; c < classes; ++c) {
        const float share = peer.values[node * classes + c];
        if (share > 0) tree.shares.push_back({static_cast<std::uint16_t>(c), share});
      }
      tree.leaf_starts.push_back(static_cast<std::uint32_t>(tree.shares.size()));
    });
    forest.trees.push_back(std::move(tree));
  }
  return forest;
}

Boosting read_boosting(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Boosting boosting;
  boosting.base_score = read_array<float>(file, 1)[0];
  const std::uint32_t trees = read_array<std::uint32_t>(file, 1)[0];
  for (std::uint32_t t = 0; t < trees; ++t) {
    const PeerTree peer = read_tree(file, 1);
    BoostingTree tree{peer.class_index, {}, {}};
    tree.nodes = ordered(peer, [&](std::size_t node) { tree.leaf_values.push_back(peer.values[node]); });
    boosting.trees.push_back(std::move(tree));
  }
  return boosting;
}

/// Four hidden layers of 64, as published; what the weights are does not matter for the time.
Network draw_network(std::size_t features, std::size_t classes) {
  std::mt19937 random(1);
  std::normal_distribution<float> number(0, 0.15F);
  Network network;
  network.means.assign(features, 128);
  network.scales.assign(features, 1.0F / 50);
  std::size_t inputs = features;
  for (const std::size_t outputs : {std::size_t{64}, std::size_t{64}, std::size_t{64}, std::size_t{64}, classes}) {
    NetworkLayer layer{inputs, outputs, std::vector<float>(inputs * outputs), std::vector<float>(outputs)};
    for (float& weight : layer.weights) weight = number(random);
    network.layers.push_back(std::move(layer));
    inputs = outputs;
  }
  return network;
}

Meta draw_meta(const std::string& kind, std::size_t learners, std::size_t classes) {
  std::mt19937 random(2);
  std::normal_distribution<double> number(0, 1);
  Meta meta;
  if (kind == "published") {
    Logistic logistic{learners * classes, std::vector<double>(classes), {}};
    for (std::size_t i = 0; i < learners * classes * classes; ++i) logistic.weights.push_back(number(random));
    meta.pool = logistic;
    return meta;
  }
  meta.smoothing = 1e-4;
  meta.prior.assign(classes, 1.0 / static_cast<double>(classes));
  LogPool pool{std::vector<double>(learners, 0.4), std::vector<double>(classes), 0.5, {}};
  for (std::size_t i = 0; i < learners * classes * classes; ++i) pool.corrections.push_back(0.01 * number(random));
  meta.pool = pool;
  return meta;
}

struct Bench {
  std::size_t pixels, features, classes;
  std::vector<std::uint8_t> planes;  ///< shape [feature][pixel]
  std::vector<float> values;         ///< the same as numbers, made when asked for
  std::map<std::string, Model> models;
  MappedPixels mapped;

  Model& add(const std::string& name) {
    Model& model = models[name];
    model = {};
    for (std::size_t f = 0; f < features; ++f) model.features.push_back("f" + std::to_string(f));
    for (std::size_t c = 0; c < classes; ++c)
      model.classes.push_back({std::to_string(c), "", static_cast<int>(c + 1), {}});
    return model;
  }

  void predict(const Model& model, bool bytes, bool all, std::size_t count, int threads) {
    std::vector<FeaturePlane> given(features);
    if (!bytes && values.empty()) values.assign(planes.begin(), planes.end());
    for (std::size_t f = 0; f < features; ++f) {
      if (bytes) given[f].bytes = planes.data() + f * pixels;
      if (!bytes) given[f].values = values.data() + f * pixels;
    }
    WantedOutputs wanted;
    if (!all) wanted.dominant = wanted.uncertainty = false;
    const Predictor predictor(
        model, std::vector<std::optional<StoredBytes>>(features, bytes ? std::optional(StoredBytes{}) : std::nullopt));
    const ThreadLimit limit(threads);
    timespec before{}, after{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    const auto start = std::chrono::steady_clock::now();
    predictor.predict(given, count, wanted, mapped);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    std::cout << wall.count() << ' '
              << static_cast<double>(after.tv_sec - before.tv_sec) +
                     1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec)
              << ' ' << predictor.bytes_per_thread() << std::endl;
  }

  void check(const Model& model, std::size_t count, const std::string& margins) {
    std::vector<float> rows(count * features), learned(count * model.learners.size() * classes), scores(classes);
    std::vector<double> answers(count * classes), plain(classes);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t f = 0; f < features; ++f) rows[i * features + f] = planes[f * pixels + i];
    }
    Predictor(model).predict_rows(rows, learned, answers);
    std::ifstream file(margins, std::ios::binary);
    const auto* boosting = std::get_if<Boosting>(&model.learners[0].learner);
    const auto peer = boosting ? read_array<float>(file, count * classes) : std::vector<float>();
    std::size_t wrong = 0, wrong_scores = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = std::span(rows).subspan(i * features, features);
      plain_answer(model, row, plain);
      if (boosting) boosting_scores(*boosting, row, scores);
      for (std::size_t c = 0; c < classes; ++c) {
        wrong += std::bit_cast<std::uint64_t>(plain[c]) != std::bit_cast<std::uint64_t>(answers[i * classes + c]);
        if (boosting) wrong_scores += scores[c] != peer[i * classes + c];
      }
    }
    std::cout << wrong << ' ' << wrong_scores << std::endl;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: ecocube_learn_predict_bench PIXELS FEATURES CLASSES BYTES\n";
    return 2;
  }
  Bench bench{std::stoul(argv[1]), std::stoul(argv[2]), std::stoul(argv[3]), {}, {}, {}, {}};
  std::ifstream file(argv[4], std::ios::binary);
  const auto bytes = read_array<std::uint8_t>(file, bench.pixels * bench.features);
  bench.planes.resize(bytes.size());
  for (std::size_t i = 0; i < bench.pixels; ++i) {
    for (std::size_t f = 0; f < bench.features; ++f) bench.planes[f * bench.pixels + i] = bytes[i * bench.features + f];
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb, name;
    words >> verb >> name;
    if (verb == "forest") {
      bench.add(verb).learners = {{verb, read_forest(name, bench.classes)}};
    } else if (verb == "boosting") {
      bench.add(verb).learners = {{verb, read_boosting(name)}};
    } else if (verb == "stack") {
      Model& model = bench.add(name);
      model.learners = {bench.models.at("forest").learners[0],
                        bench.models.at("boosting").learners[0],
                        {"network", draw_network(bench.features, bench.classes)}};
      model.meta = draw_meta(name, 3, bench.classes);
    } else if (verb == "network") {
      bench.add(verb).learners = {{verb, draw_network(bench.features, bench.classes)}};
    } else if (verb == "predict") {
      std::string input, outputs;
      std::size_t count = 0;
      int threads = 1;
      words >> input >> outputs >> count >> threads;
      bench.predict(bench.models.at(name), input == "bytes", outputs == "all", count, threads);
      continue;
    } else if (verb == "check") {
      std::size_t count = 0;
      std::string margins;
      words >> count >> margins;
      bench.check(bench.models.at(name), count, margins);
      continue;
    } else if (verb == "write") {
      std::ofstream(name, std::ios::binary)
          .write(reinterpret_cast<const char*>(bench.mapped.probability.data()),
                 static_cast<std::streamsize>(bench.mapped.probability.size()));
    }
    std::cout << "ok" << std::endl;
  }
  return 0;
}
