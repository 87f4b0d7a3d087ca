// SPDX-License-Identifier: Apache-2.0
#include "methods/series/indices.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>

namespace ecocube::series {
namespace {

const bool seeded = (setenv("RC_PARAMS", "seed=20150321", 0), true);

struct Value {
  float value;
  bool valid;
};

/// One pixel; `missing` names a band to leave out.
Value computed(const std::string& name, const std::map<std::string, float>& pixel, const std::string& missing = {}) {
  const Index& index = **find_index(name);
  std::vector<float> values;
  std::vector<std::uint8_t> valid;
  for (const std::string& band : index.bands)
    values.push_back(pixel.at(band)), valid.push_back(band == missing ? 0 : 1);
  std::vector<std::span<const float>> bands;
  std::vector<std::span<const std::uint8_t>> bands_valid;
  for (std::size_t band = 0; band < values.size(); ++band) {
    bands.emplace_back(&values[band], 1), bands_valid.emplace_back(&valid[band], 1);
  }
  float result = -9;
  std::uint8_t result_valid = 9;
  compute_index(index, bands, bands_valid, {&result, 1}, {&result_valid, 1});
  return {result, result_valid == 1};
}

TEST(Indices, HaveTheValuesOfTheirFormulas) {
  // A field in summer; the values were worked out by hand.
  const std::map<std::string, float> field{{"blue", 0.05F}, {"green", 0.08F}, {"red", 0.06F},
                                           {"nir", 0.4F},   {"swir1", 0.2F},  {"swir2", 0.1F}};
  const std::map<std::string, double> expected{
      {"ndvi", 0.34 / 0.46},
      {"savi", 0.51 / 0.96},
      {"msavi", (1.8 - std::sqrt(3.24 - 2.72)) / 2},
      {"evi", 0.85 / 1.385},
      {"nbr", 0.6},
      {"nbr2", 1.0 / 3},
      {"ndti", 1.0 / 3},
      {"ndmi", 1.0 / 3},
      {"ndwi", -0.32 / 0.48},
      {"mndwi", -0.12 / 0.28},
      {"ndsi", -0.12 / 0.28},
      {"rei", 0.35 / 0.42},
      {"bsi", -0.19 / 0.71},
      {"nirv", (0.34 / 0.46 - 0.08) * 0.4},
      {"fapar", (0.34 / 0.46 - 0.03) * 0.949 / 0.93 + 0.001},
      {"kndvi", std::tanh(0.34 / 0.46 * 0.34 / 0.46)},
      {"brightness", 0.010215 + 0.033264 + 0.033144 + 0.22964 + 0.06248 + 0.02303},
      {"greenness", -0.008015 - 0.022552 - 0.029604 + 0.3176 - 0.00004 - 0.01446},
      {"wetness", 0.001575 + 0.016168 + 0.018612 + 0.06376 - 0.13612 - 0.06109}};
  EXPECT_EQ(expected.size(), all_indices().size());
  for (const Index& index : all_indices()) {
    EXPECT_NEAR(static_cast<double>(computed(index.name, field).value), expected.at(index.name), 1e-6) << index.name;
  }
}

TEST(Indices, AreMissingWhereABandIs) {
  const std::map<std::string, float> pixel{{"blue", 0.1F}, {"green", 0.1F}, {"red", 0.1F},
                                           {"nir", 0.3F},  {"swir1", 0.2F}, {"swir2", 0.1F}};
  for (const Index& index : all_indices()) {
    EXPECT_TRUE(computed(index.name, pixel).valid);
    for (const std::string& band : index.bands) {
      const Value value = computed(index.name, pixel, band);
      EXPECT_FALSE(value.valid) << index.name << " without " << band;
      EXPECT_EQ(value.value, 0.0F);
    }
  }
}

TEST(Indices, AreMissingWhereTheDenominatorIsZero) {
  const std::map<std::string, float> dark{{"blue", 0}, {"green", 0}, {"red", 0},
                                          {"nir", 0},  {"swir1", 0}, {"swir2", 0}};
  for (const char* name : {"ndvi", "nbr", "nbr2", "ndmi", "ndwi", "mndwi", "rei", "bsi", "nirv", "fapar", "kndvi"}) {
    EXPECT_FALSE(computed(name, dark).valid) << name;
  }
  EXPECT_TRUE(computed("savi", dark).valid);
  EXPECT_TRUE(computed("brightness", dark).valid);
  EXPECT_FALSE(computed("ndvi", {{"nir", 0.2F}, {"red", -0.2F}}).valid);
}

TEST(Indices, OfAnyReflectanceStayWithinTheRangeOfTheirEncoding) {
  EXPECT_TRUE(rc::check([] {
    std::map<std::string, float> pixel;
    for (const char* band : {"blue", "green", "red", "nir", "swir1", "swir2"}) {
      pixel[band] = static_cast<float>(*rc::gen::resize(1000, rc::gen::inRange(0, 40001))) / 40000;
    }
    for (const Index& index : all_indices()) {
      const Value value = computed(index.name, pixel);
      if (!value.valid || index.name == "evi" || index.name == "rei") continue;  // have poles
      // FAPAR of water falls short of -1 by a twentieth and is stored as -1.
      const double slack = index.name == "fapar" ? 0.05 : 1e-6;
      RC_ASSERT(static_cast<double>(value.value) >=
                index.encoding.decoded(index.encoding.type == DataType::uint8 ? 0 : -32767) - slack);
      RC_ASSERT(static_cast<double>(value.value) <=
                index.encoding.decoded(index.encoding.type == DataType::uint8 ? 254 : 32767));
    }
  }));
}

/// Planes of six bands with gaps, zeros and numbers that make denominators vanish.
struct DrawnBands {
  explicit DrawnBands(std::size_t pixels) {
    std::mt19937 random(41);
    for (std::size_t band = 0; band < values.size(); ++band) {
      for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        const auto number = static_cast<float>(random() % 12000) / 10000;
        values[band].push_back(random() % 8 == 0 ? 0 : random() % 50 == 0 ? -number : number);
        valid[band].push_back(random() % 7 == 0 ? 0 : static_cast<std::uint8_t>(1 + random() % 255));
      }
      bands.emplace_back(values[band]), bands_valid.emplace_back(valid[band]);
    }
  }
  std::array<std::vector<float>, 6> values;
  std::array<std::vector<std::uint8_t>, 6> valid;
  std::vector<std::span<const float>> bands;
  std::vector<std::span<const std::uint8_t>> bands_valid;
};

TEST(Indices, TheFastVersionEqualsThePlainOneBitForBit) {
  for (const std::size_t pixels : {1U, 7U, 64U, 1003U}) {
    const DrawnBands drawn(pixels);
    for (const Index& index : all_indices()) {
      const auto bands = std::span(drawn.bands).first(index.bands.size());
      const auto valid = std::span(drawn.bands_valid).first(index.bands.size());
      std::vector<float> plain(pixels, 7);
      std::vector<std::uint8_t> plain_valid(pixels, 7);
      compute_index_plain(index, bands, valid, plain, plain_valid);
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        std::vector<float> fast(pixels, 9);
        std::vector<std::uint8_t> fast_valid(pixels, 9);
        compute_index(index, bands, valid, fast, fast_valid);
        EXPECT_EQ(std::memcmp(fast.data(), plain.data(), pixels * sizeof(float)), 0)
            << index.name << ", " << hwy::TargetName(target) << ", " << pixels << " pixels";
        EXPECT_EQ(fast_valid, plain_valid) << index.name << ", " << hwy::TargetName(target);
        hwy::SetSupportedTargetsForTest(0);
      }
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
  }
}

TEST(Indices, NormalisedOnesAreStoredTimes125Plus125) {
  const Encoding encoding = normalised_encoding();
  EXPECT_EQ(encoding.encoded(-1), 0);
  EXPECT_EQ(encoding.encoded(0), 125);
  EXPECT_EQ(encoding.encoded(1), 250);
  EXPECT_EQ(encoding.encoded(5), 254) << "255 is no data";
  EXPECT_EQ(wide_encoding().encoded(-9), -32767);
}

TEST(Indices, UnknownIsAnErrorThatNamesTheNearest) {
  EXPECT_EQ(find_index("ndvu").error().message, "unknown index 'ndvu' - did you mean 'ndvi'?");
}

}  // namespace
}  // namespace ecocube::series
