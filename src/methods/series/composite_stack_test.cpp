// SPDX-License-Identifier: Apache-2.0
#include "methods/series/composite_stack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <tuple>

#include <hwy/targets.h>

namespace ecocube::series {
namespace {

/// Runs on every instruction set of this machine that the kernels may be compiled for, best first.
void on_every_target(const std::function<void(const char* target)>& act) {
  const auto all = hwy::SupportedTargets();
  for (auto left = all; left != 0; left &= left - 1) {
    const auto target = left & ~(left - 1);
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    act(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

/// Planes of any type with room for `pixels` numbers, marked where nothing was written.
class Outputs {
 public:
  explicit Outputs(std::size_t pixels) : pixels_(pixels) {}
  template <class Number>
  void add(const char* name, double no_data, Recoding recoding = {}, bool has_no_data = true) {
    bytes_.emplace_back(pixels_ * sizeof(Number), std::byte{0xA5});
    planes_.push_back({*parse_statistic(name), static_cast<Number*>(nullptr), no_data, has_no_data, recoding});
  }
  std::span<const CompositePlane> planes() {
    for (std::size_t i = 0; i < planes_.size(); ++i) {
      std::visit(
          [&]<class Number>(Number*& numbers) { numbers = static_cast<Number*>(static_cast<void*>(bytes_[i].data())); },
          planes_[i].numbers);
    }
    return planes_;
  }
  template <class Number>
  const Number* numbers(std::size_t plane) {
    return std::get<Number*>(planes()[plane].numbers);
  }
  const std::vector<std::byte>& bytes(std::size_t plane) const { return bytes_[plane]; }

 private:
  std::size_t pixels_;
  std::vector<std::vector<std::byte>> bytes_;
  std::vector<CompositePlane> planes_;
};

/// A stack with gaps, planes further apart than they are wide; some pixels are never seen, some always.
template <class T>
struct Drawn {
  Drawn(std::size_t times, std::size_t pixels, T no_data, double lowest, double highest, unsigned seed)
      : stride(pixels + 3), numbers(times * stride), stack{numbers.data(), times, pixels, stride, no_data} {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> value(lowest, highest), share(0, 1);
    for (std::size_t pixel = 0; pixel < stride; ++pixel) {
      const double gaps = pixel % 7 == 0 ? 1 : pixel % 5 == 0 ? 0 : share(random);
      for (std::size_t time = 0; time < times; ++time) {
        numbers[time * stride + pixel] = share(random) < gaps ? no_data : static_cast<T>(std::floor(value(random)));
      }
    }
  }
  std::size_t stride;
  std::vector<T> numbers;
  Stack<T> stack;
};

const char* const kAllStatistics[] = {"p25", "p50",  "p75",   "min", "max",      "count",        "p0",  "p100",
                                      "p10", "p2.5", "p99.9", "sd",  "mean",     "range",        "iqr", "skewness",
                                      "p90", "p33",  "p66",   "p5",  "kurtosis", "weighted_mean"};

template <class T>
Outputs all_outputs(std::size_t pixels, T no_data) {
  Outputs outputs(pixels);
  for (const char* name : kAllStatistics) {
    outputs.add<T>(name, static_cast<double>(no_data));
    outputs.add<T>(name, static_cast<double>(std::numeric_limits<T>::max()));
    outputs.add<float>(name, NAN, {1, 10000, -0.2});
    outputs.add<std::uint8_t>(name, 255, {1, 160, 0});
    outputs.add<std::uint16_t>(name, 0, {7, 3, 100}, false);
    outputs.add<std::int16_t>(name, -9999, {0.5, 1, 0.25});
  }
  return outputs;
}

template <class T>
void expect_twin_equals_plain(const Drawn<T>& drawn, PixelRange range) {
  const Stack<T>& stack = drawn.stack;
  std::vector<double> weights;
  for (std::size_t time = 0; time < stack.times; ++time) weights.push_back(0.25 * static_cast<double>(time % 3));
  Outputs plain = all_outputs<T>(stack.pixels, stack.no_data);
  composite_stack_plain(stack, range, plain.planes(), weights);
  on_every_target([&](const char* target) {
    Outputs fast = all_outputs<T>(stack.pixels, stack.no_data);
    composite_stack(stack, range, fast.planes(), weights);
    for (std::size_t plane = 0; plane < plain.planes().size(); ++plane) {
      EXPECT_EQ(fast.bytes(plane), plain.bytes(plane))
          << target << ", " << stack.times << " dates, " << name_of(plain.planes()[plane].statistic) << ", plane "
          << plane % 6;
    }
  });
}

TEST(CompositeStack, OfBytesEqualsThePlainVersionOnEveryInstructionSet) {
  for (const std::size_t times : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 31, 84, 300}) {
    expect_twin_equals_plain(Drawn<std::uint8_t>(times, 203, 0, 1, 256, 5), {3, 203});
  }
  expect_twin_equals_plain(Drawn<std::uint8_t>(7, 64, 255, 0, 255, 6), {0, 64});
  expect_twin_equals_plain(Drawn<std::uint8_t>(7, 100, 100, 0, 256, 7), {30, 60});
}

TEST(CompositeStack, OfWordsEqualsThePlainVersionOnEveryInstructionSet) {
  for (const std::size_t times : {1, 2, 5, 7, 8, 13, 16, 23, 84, 200}) {
    expect_twin_equals_plain(Drawn<std::uint16_t>(times, 77, 0, 1, 65536, 8), {1, 77});
    expect_twin_equals_plain(Drawn<std::uint16_t>(times, 77, 65535, 0, 50, 9), {0, 77});
  }
}

TEST(CompositeStack, OfSignedWordsEqualsThePlainVersionOnEveryInstructionSet) {
  for (const std::size_t times : {1, 3, 6, 7, 12, 16, 40}) {
    expect_twin_equals_plain(Drawn<std::int16_t>(times, 90, -9999, -10010, -9990, 10), {0, 90});
    expect_twin_equals_plain(Drawn<std::int16_t>(times, 90, -32768, -32767, 32768, 11), {0, 90});
    expect_twin_equals_plain(Drawn<std::int16_t>(times, 90, 32767, -32768, 32767, 12), {0, 90});
  }
}

TEST(CompositeStack, SortsSixHundredDates) {
  const Drawn<std::uint16_t> drawn(600, 33, 0, 1, 65536, 13);
  Outputs plain(33), fast(33);
  for (Outputs* outputs : {&plain, &fast}) outputs->add<std::uint16_t>("p25", 0), outputs->add<float>("p97", NAN);
  composite_stack_plain(drawn.stack, {0, 33}, plain.planes());
  composite_stack(drawn.stack, {0, 33}, fast.planes());
  EXPECT_EQ(fast.bytes(0), plain.bytes(0));
  EXPECT_EQ(fast.bytes(1), plain.bytes(1));
}

TEST(CompositeStack, HalvesAreRoundedUpAndOneValueIsEveryPercentile) {
  // 3 pixels: 1 2 . / 7 . . / -1 . -2 in units of the stack, no data -5
  const std::vector<std::int16_t> numbers{1, 7, -1, 2, -5, -5, -5, -5, -2};
  const Stack<std::int16_t> stack{numbers.data(), 3, 3, 3, -5};
  Outputs outputs(3);
  for (const char* name : {"p25", "p50", "p75", "mean"}) outputs.add<std::int16_t>(name, -5);
  composite_stack(stack, {0, 3}, outputs.planes());
  const std::vector<std::vector<std::int16_t>> expected{{1, 7, -2}, {2, 7, -1}, {2, 7, -1}, {2, 7, -1}};
  for (std::size_t plane = 0; plane < 4; ++plane) {
    const std::int16_t* got = outputs.numbers<std::int16_t>(plane);
    EXPECT_EQ(std::vector<std::int16_t>(got, got + 3), expected[plane]) << plane;
  }
}

TEST(CompositeStack, AResultThatWouldMeanMissingMovesByOne) {
  const std::vector<std::uint8_t> numbers{255, 10, 0, 254, 10, 0};
  const Stack<std::uint8_t> stack{numbers.data(), 2, 3, 3, 0};
  Outputs outputs(3);
  outputs.add<std::uint8_t>("max", 255);
  outputs.add<std::uint8_t>("max", 0, {1, 100, 0});
  outputs.add<std::uint8_t>("count", 0, {}, false);
  composite_stack(stack, {0, 3}, outputs.planes());
  const auto of = [&](std::size_t plane) {
    const std::uint8_t* got = outputs.numbers<std::uint8_t>(plane);
    return std::vector<std::uint8_t>(got, got + 3);
  };
  EXPECT_EQ(of(0), (std::vector<std::uint8_t>{254, 10, 255}));
  EXPECT_EQ(of(1), (std::vector<std::uint8_t>{3, 1, 0}));
  EXPECT_EQ(of(2), (std::vector<std::uint8_t>{2, 2, 0}));
}

TEST(CompositeStack, EqualsCompositeOfTheSameNumbersAsFloats) {
  const Drawn<std::uint16_t> drawn(23, 150, 0, 1, 40001, 14);
  std::vector<Statistic> statistics;
  Outputs outputs(150);
  for (const char* name : kAllStatistics) {
    statistics.push_back(*parse_statistic(name));
    outputs.add<float>(name, 0, {}, name != std::string("count"));
  }
  const std::vector<double> weights(23, 0.3);
  std::vector<float> values(23 * 150), results(statistics.size() * 150);
  std::vector<std::uint8_t> valid(values.size()), results_valid(results.size());
  for (std::size_t at = 0; at < values.size(); ++at) {
    const std::uint16_t number = drawn.stack.plane(at / 150)[at % 150];
    values[at] = static_cast<float>(number), valid[at] = number != 0 ? 1 : 0;
  }
  composite(values, valid, 150, {0, 150}, statistics, results, results_valid, weights);
  composite_stack(drawn.stack, {0, 150}, outputs.planes(), weights);
  for (std::size_t plane = 0; plane < statistics.size(); ++plane) {
    const float* got = outputs.numbers<float>(plane);
    EXPECT_EQ(0, std::memcmp(got, results.data() + plane * 150, 150 * sizeof(float))) << name_of(statistics[plane]);
  }
}

TEST(Recoding, FromGladsWordsToBytesIsAHundredAndSixtieth) {
  const Encoding glad{DataType::uint16, 1.0 / 40000, 0, 0, ""}, bytes{DataType::uint8, 0.004, 0, 255, ""};
  EXPECT_EQ(Recoding::between(glad, bytes, *parse_statistic("p50")), (Recoding{1, 160, 0}));
  const Encoding kelvin{DataType::uint16, 0.01, 0, 0, "K"}, half{DataType::uint8, 0.5, 200, 255, "K"};
  EXPECT_EQ(Recoding::between(kelvin, half, *parse_statistic("p50")), (Recoding{1, 50, -400}));
  EXPECT_EQ(Recoding::between(kelvin, half, *parse_statistic("iqr")), (Recoding{1, 50, 0}));
  EXPECT_EQ(Recoding::between(kelvin, half, *parse_statistic("skewness")), (Recoding{2, 1, -400}));
  EXPECT_EQ(Recoding::between(glad, glad, *parse_statistic("sd")), (Recoding{1, 1, 0}));
}

TEST(Recoding, EqualsDecodingAndEncodingExceptWhereThatLosesAHalf) {
  const Encoding landsat{DataType::uint16, 0.0000275, -0.2, 0, ""},
      signed_words{DataType::int16, 0.0001, 0, -32768, ""};
  const Recoding recoding = Recoding::between(landsat, signed_words, *parse_statistic("p50"));
  EXPECT_EQ(recoding, (Recoding{11, 40, -2000}));
  for (double figure = 1; figure <= 65535; figure += 0.25) {
    const double exact = recoding.recoded(figure), share = exact + 0.5 - std::floor(exact + 0.5);
    if (std::min(share, 1 - share) < 1e-9) continue;
    ASSERT_EQ(std::floor(exact + 0.5), signed_words.encoded(landsat.decoded(figure))) << figure;
  }
}

}  // namespace
}  // namespace ecocube::series
