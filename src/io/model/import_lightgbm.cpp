// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "base/text.h"
#include "io/model/import_parts.h"

namespace ecocube {
namespace {

using Section = std::map<std::string, std::string, std::less<>>;

/// LightGBM's text: a head and one section a tree, each of `key=value` lines, sections begin with `Tree=`.
struct Sections {
  Section head;
  std::vector<Section> trees;
  bool whole = false;  ///< whether the line stands there that ends the trees
};

Sections sections_of(std::string_view text) {
  Sections sections;
  Section* at = &sections.head;
  for (const std::string& raw : split(text, '\n')) {
    const std::string_view line = trimmed(raw);
    if (line == "end of trees") {
      sections.whole = true;
      break;
    }
    const auto equals = line.find('=');
    const std::string key(line.substr(0, equals));
    if (key == "Tree") at = &sections.trees.emplace_back();
    (*at)[key] = equals == std::string_view::npos ? "" : std::string(line.substr(equals + 1));
  }
  return sections;
}

Result<std::string> text_at(const Section& section, const char* key) {
  const auto found = section.find(key);
  if (found == section.end()) return input_error("no line '{}='", key);
  return found->second;
}

Result<std::vector<double>> numbers_at(const Section& section, const char* key) {
  ECOCUBE_TRY_ASSIGN(const std::string text, text_at(section, key));
  std::vector<double> numbers;
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    const auto number = parse_number(word);
    if (!number) return input_error("{}: '{}' is no number", key, word);
    numbers.push_back(*number);
  }
  return numbers;
}

Result<std::size_t> count_at(const Section& section, const char* key) {
  ECOCUBE_TRY_ASSIGN(const std::string text, text_at(section, key));
  const auto number = parse_integer(text);
  if (!number || *number < 0) return input_error("{}: '{}' is no count", key, text);
  return static_cast<std::size_t>(*number);
}

struct Objective {
  Link link = Link::identity;
  double factor = 1;  ///< on the scores: LightGBM's `sigmoid`
};

Result<Objective> objective_of(const std::string& text) {
  const std::vector<std::string> words = split(text, ' ');
  const std::string& name = words[0];
  Objective objective;
  for (const std::string& word : words) {
    if (word.starts_with("sigmoid:")) objective.factor = parse_number(word.substr(8)).value_or(1);
    if (word == "sqrt") return input_error("objective {}: responses under a square root cannot be imported", text);
  }
  if (name == "multiclass" || name == "softmax") return Objective{Link::softmax, 1};
  if (name == "binary") return Objective{Link::logistic, objective.factor};
  for (const char* plain : {"regression", "regression_l1", "huber", "fair", "quantile", "mape"}) {
    if (name == plain) return Objective{Link::identity, 1};
  }
  return input_error(
      "objective {} is none that can be imported (multiclass, binary, regression, regression_l1, huber, "
      "fair, quantile, mape)",
      text);
}

constexpr int kCategorical = 1, kMissingMask = 12, kMissingIsZero = 4;

Result<BoostingTree> tree_of(const Section& section, std::uint32_t score, double factor) {
  ECOCUBE_TRY_ASSIGN(const std::size_t leaf_count, count_at(section, "num_leaves"));
  ECOCUBE_TRY_ASSIGN(const auto values, numbers_at(section, "leaf_value"));
  if (leaf_count == 0 || values.size() != leaf_count)
    return input_error("{} leaf values of {} leaves", values.size(), leaf_count);
  ForeignTree tree;
  const std::size_t splits = leaf_count - 1;
  if (splits > 0) {
    ECOCUBE_TRY_ASSIGN(const auto features, numbers_at(section, "split_feature"));
    ECOCUBE_TRY_ASSIGN(const auto thresholds, numbers_at(section, "threshold"));
    ECOCUBE_TRY_ASSIGN(const auto decisions, numbers_at(section, "decision_type"));
    ECOCUBE_TRY_ASSIGN(const auto left, numbers_at(section, "left_child"));
    ECOCUBE_TRY_ASSIGN(const auto right, numbers_at(section, "right_child"));
    for (const auto* column : {&features, &thresholds, &decisions, &left, &right}) {
      if (column->size() != splits) return input_error("a column of {} numbers for {} splits", column->size(), splits);
    }
    // A child below 0 is leaf ~child; leaves follow the splits here.
    const auto place = [&](double child) {
      const auto at = static_cast<std::int64_t>(child);
      return at >= 0 ? at : static_cast<std::int64_t>(splits) + ~at;
    };
    for (std::size_t n = 0; n < splits; ++n) {
      const int decision = static_cast<int>(decisions[n]);
      if (decision & kCategorical) return input_error("node {} splits on categories", n);
      if ((decision & kMissingMask) == kMissingIsZero) return input_error("node {} takes 0 for missing", n);
      tree.nodes.push_back({false, static_cast<std::int64_t>(features[n]), float_not_above(thresholds[n]),
                            place(left[n]), place(right[n])});
    }
  }
  for (std::size_t leaf = 0; leaf < leaf_count; ++leaf) tree.nodes.push_back({true, 0, 0, 0, 0});
  std::vector<std::size_t> leaves;
  BoostingTree boosted{score, {}, {}};
  ECOCUBE_TRY_ASSIGN(boosted.nodes, tree_nodes(tree, leaves));
  for (const std::size_t leaf : leaves)
    boosted.leaf_values.push_back(static_cast<float>(values[leaf - splits] * factor));
  return boosted;
}

}  // namespace

Result<ForeignModel> import_lightgbm(std::string_view text) {
  const Sections sections = sections_of(text);
  ForeignModel foreign{.name = "boosting",
                       .features = {},
                       .feature_count = 0,
                       .labels = {},
                       .classes = 0,
                       .learner = {},
                       .settings = {}};
  ECOCUBE_TRY_ASSIGN(const std::size_t last_feature, count_at(sections.head, "max_feature_idx"));
  ECOCUBE_TRY_ASSIGN(const std::string names, text_at(sections.head, "feature_names"));
  ECOCUBE_TRY_ASSIGN(const std::string goal, text_at(sections.head, "objective"));
  ECOCUBE_TRY_ASSIGN(const std::size_t classes, count_at(sections.head, "num_class"));
  ECOCUBE_TRY_ASSIGN(const std::size_t per_round, count_at(sections.head, "num_tree_per_iteration"));
  ECOCUBE_TRY_ASSIGN(Objective objective, objective_of(goal));
  foreign.feature_count = last_feature + 1;
  foreign.features = split(names, ' ');
  foreign.classes = objective.link == Link::softmax ? classes : objective.link == Link::logistic ? 2 : 0;
  if (!sections.whole) return input_error("cut off after {} trees: no line 'end of trees'", sections.trees.size());
  if (per_round == 0 || sections.trees.empty()) return input_error("no trees");
  if (sections.head.contains("average_output"))  // a random forest: the mean of its rounds
    objective.factor /= static_cast<double>(sections.trees.size() / per_round);
  Boosting boosting{0, {}, objective.link};
  for (std::size_t t = 0; t < sections.trees.size(); ++t) {
    auto tree = tree_of(sections.trees[t], static_cast<std::uint32_t>(t % per_round), objective.factor);
    if (!tree) return within(fmt::format("tree {}", t), tree.error());
    boosting.trees.push_back(std::move(*tree));
  }
  foreign.learner = std::move(boosting);
  foreign.settings = {{"imported from", "LightGBM"}, {"objective", goal}};
  return foreign;
}

}  // namespace ecocube
