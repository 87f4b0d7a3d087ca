// SPDX-License-Identifier: Apache-2.0
#include "data/model/model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "data/model/portable_math.h"

namespace ecocube {
namespace {

constexpr std::array kTransforms{Transform::none, Transform::log1p, Transform::square_root, Transform::logit};
constexpr double kLeastShare = 0.1;  // percent; a share of 0 or 100 has no finite logit

}  // namespace

std::string_view name_of(Transform transform) {
  switch (transform) {
    case Transform::none:
      return "none";
    case Transform::log1p:
      return "log1p";
    case Transform::square_root:
      return "square-root";
    case Transform::logit:
      return "logit";
  }
  return "none";
}

std::optional<Transform> transform_named(std::string_view name) {
  const auto found =
      std::find_if(kTransforms.begin(), kTransforms.end(), [&](Transform t) { return name_of(t) == name; });
  return found == kTransforms.end() ? std::nullopt : std::optional(*found);
}

double transformed(Transform transform, double value) {
  switch (transform) {
    case Transform::none:
      return value;
    case Transform::log1p:
      return portable_log(value + 1);
    case Transform::square_root:
      return std::sqrt(value);
    case Transform::logit: {
      if (value < 0 || value > 100) return std::numeric_limits<double>::quiet_NaN();
      const double share = std::clamp(value, kLeastShare, 100 - kLeastShare);
      return portable_log(share / (100 - share));
    }
  }
  return value;
}

double transformed_back(Transform transform, double value) {
  switch (transform) {
    case Transform::none:
      return value;
    case Transform::log1p:
      return portable_exp(value) - 1;
    case Transform::square_root:
      return value > 0 ? value * value : 0;
    case Transform::logit:
      return 100 / (1 + portable_exp(-value));
  }
  return value;
}

}  // namespace ecocube
