// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cassert>
#include <string_view>

#include "methods/series/indices.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "methods/series/indices_simd.cpp"
#include <hwy/foreach_target.h>
// After it, because it is compiled once for every target.
#include <hwy/highway.h>

#include "methods/series/stored_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ecocube::series {
namespace HWY_NAMESPACE {
namespace {

/// A vector of pixels that formulas are written with.
struct Number {
  DoubleLanes lanes;
  Number() : lanes(hn::Zero(Doubles())) {}
  Number(double value) : lanes(hn::Set(Doubles(), value)) {}  // so that formulas may hold constants
  explicit Number(DoubleLanes value) : lanes(value) {}
};
HWY_INLINE Number operator+(Number a, Number b) {
  return Number(hn::Add(a.lanes, b.lanes));
}
HWY_INLINE Number operator-(Number a, Number b) {
  return Number(hn::Sub(a.lanes, b.lanes));
}
HWY_INLINE Number operator*(Number a, Number b) {
  return Number(hn::Mul(a.lanes, b.lanes));
}
HWY_INLINE Number operator/(Number a, Number b) {
  return Number(hn::Div(a.lanes, b.lanes));
}

constexpr std::size_t kMostBands = 6;

struct Difference {
  static HWY_INLINE Number of(const Number* b) { return (b[0] - b[1]) / (b[0] + b[1]); }
};
struct Savi {
  static HWY_INLINE Number of(const Number* b) { return 1.5 * (b[0] - b[1]) / (b[0] + b[1] + 0.5); }
};
struct Msavi {
  static HWY_INLINE Number of(const Number* b) {
    const Number twice = 2.0 * b[0] + 1.0;
    return (twice - Number(hn::Sqrt((twice * twice - 8.0 * (b[0] - b[1])).lanes))) / 2.0;
  }
};
struct Evi {
  static HWY_INLINE Number of(const Number* b) { return 2.5 * (b[0] - b[1]) / (b[0] + 6.0 * b[1] - 7.5 * b[2] + 1.0); }
};
struct Rei {
  static HWY_INLINE Number of(const Number* b) { return (b[0] - b[1]) / (b[0] + b[1] * b[0]); }
};
struct BareSoil {
  static HWY_INLINE Number of(const Number* b) {
    const Number bright = b[0] + b[1], green = b[2] + b[3];
    return (bright - green) / (bright + green);
  }
};
struct Nirv {
  static HWY_INLINE Number of(const Number* b) { return (Difference::of(b) - 0.08) * b[0]; }
};
struct Fapar {
  static HWY_INLINE Number of(const Number* b) {
    return (Difference::of(b) - 0.03) * (0.95 - 0.001) / (0.96 - 0.03) + 0.001;
  }
};

HWY_INLINE Number weighted_sum(const Number* bands, const std::array<double, kMostBands>& weights) {
  Number sum;
  for (std::size_t band = 0; band < kMostBands; ++band) sum = sum + weights[band] * bands[band];
  return sum;
}
struct Brightness {
  static HWY_INLINE Number of(const Number* b) {
    return weighted_sum(b, {0.2043, 0.4158, 0.5524, 0.5741, 0.3124, 0.2303});
  }
};
struct Greenness {
  static HWY_INLINE Number of(const Number* b) {
    return weighted_sum(b, {-0.1603, -0.2819, -0.4934, 0.7940, -0.0002, -0.1446});
  }
};
struct Wetness {
  static HWY_INLINE Number of(const Number* b) {
    return weighted_sum(b, {0.0315, 0.2021, 0.3102, 0.1594, -0.6806, -0.6109});
  }
};

/// As compute_index_plain.
struct Work {
  std::span<const std::span<const float>> bands;
  std::span<const std::span<const std::uint8_t>> valid;
  std::span<float> results;
  std::span<std::uint8_t> results_valid;
};

template <class Formula>
void compute(const Work& work) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d), pixels = work.results.size();
  Number values[kMostBands];
  for (std::size_t pixel = 0; pixel < pixels; pixel += lanes) {
    const std::size_t count = std::min(lanes, pixels - pixel);
    DoubleMask known = hn::FirstN(d, count);
    for (std::size_t band = 0; band < work.bands.size(); ++band) {
      values[band] = Number(load_doubles(work.bands[band].data() + pixel, count, 0.0F));
      const DoubleLanes valid = load_doubles(work.valid[band].data() + pixel, count, std::uint8_t{0});
      known = hn::And(known, hn::Gt(valid, hn::Zero(d)));
    }
    const DoubleLanes value = Formula::of(values).lanes;
    known = hn::And(known, hn::IsFinite(value));
    store_doubles(hn::IfThenElseZero(known, value), work.results.data() + pixel, count);
    store_doubles(hn::IfThenElseZero(known, hn::Set(d, 1.0)), work.results_valid.data() + pixel, count);
  }
}

struct Named {
  std::string_view name;
  void (*compute)(const Work&);
};
constexpr Named kFormulas[] = {{"ndvi", compute<Difference>},     {"savi", compute<Savi>},
                               {"msavi", compute<Msavi>},         {"evi", compute<Evi>},
                               {"nbr", compute<Difference>},      {"nbr2", compute<Difference>},
                               {"ndti", compute<Difference>},     {"ndmi", compute<Difference>},
                               {"ndwi", compute<Difference>},     {"mndwi", compute<Difference>},
                               {"ndsi", compute<Difference>},     {"rei", compute<Rei>},
                               {"bsi", compute<BareSoil>},        {"nirv", compute<Nirv>},
                               {"fapar", compute<Fapar>},         {"brightness", compute<Brightness>},
                               {"greenness", compute<Greenness>}, {"wetness", compute<Wetness>}};

/// False for an index that has no fast way: kernel NDVI, whose tanh is the C library's.
bool compute_named(std::string_view name, std::span<const std::span<const float>> bands,
                   std::span<const std::span<const std::uint8_t>> valid, std::span<float> results,
                   std::span<std::uint8_t> results_valid) {
  for (const Named& one : kFormulas) {
    if (one.name != name) continue;
    one.compute({bands, valid, results, results_valid});
    return true;
  }
  return false;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace ecocube::series
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ecocube::series {
namespace {
HWY_EXPORT(compute_named);
}  // namespace

void compute_index(const Index& index, std::span<const std::span<const float>> bands,
                   std::span<const std::span<const std::uint8_t>> valid, std::span<float> results,
                   std::span<std::uint8_t> results_valid) {
  assert(bands.size() == index.bands.size() && valid.size() == bands.size());
  if (HWY_DYNAMIC_DISPATCH(compute_named)(index.name, bands, valid, results, results_valid)) return;
  compute_index_plain(index, bands, valid, results, results_valid);
}

}  // namespace ecocube::series
#endif
