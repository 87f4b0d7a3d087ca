// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_gaps.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <set>
#include <sstream>

namespace ecocube::series {
namespace {

const bool seeded = (setenv("RC_PARAMS", "seed=20150321", 0), true);

/// Series of one or more pixels with what a kernel needs around them.
struct Drawn {
  std::size_t pixels = 1;
  std::vector<float> values;
  std::vector<std::uint8_t> valid, source;
  TimeAxis axis;

  GapSeries series() { return {values, valid, source, pixels}; }
  PixelRange all() const { return {0, pixels}; }
};

/// A regular axis from slot 0 of the first year on, a layer every 90 days.
TimeAxis regular_axis(int slots, std::size_t times) {
  TimeAxis axis;
  axis.slots = slots;
  for (int time = 0; time < static_cast<int>(times); ++time) {
    axis.slot.push_back(time % slots);
    axis.year.push_back(time / slots);
    axis.days.push_back(16000 + 90 * time);
  }
  axis.years = axis.year.back() + 1;
  return axis;
}

/// One pixel from words: a number or `.` where missing.
Drawn drawn(int slots, const std::string& text) {
  Drawn one;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    one.valid.push_back(word == "." ? 0 : 1);
    one.values.push_back(word == "." ? -999.0F : std::stof(word));
  }
  one.source.assign(one.values.size(), 77);
  one.axis = regular_axis(slots, one.values.size());
  return one;
}

std::string written(const Drawn& one) {
  std::string text;
  for (std::size_t time = 0; time < one.values.size(); ++time) {
    text += (text.empty() ? "" : " ") + (one.valid[time] != 0 ? fmt::format("{}", one.values[time]) : ".");
  }
  return text;
}

std::vector<int> codes(const Drawn& one) {
  return {one.source.begin(), one.source.end()};
}

/// Some pixels on an axis with layers lacking here and there, whole numbers as values.
Drawn arbitrary_series() {
  Drawn many;
  many.pixels = *rc::gen::inRange<std::size_t>(1, 150);
  const int slots = *rc::gen::inRange(1, 7), years = *rc::gen::inRange(1, 12);
  const int gaps = *rc::gen::element(0, 3, 7, 9);
  const TimeAxis whole = regular_axis(slots, static_cast<std::size_t>(slots * years));
  many.axis = whole;
  many.axis.slot.clear(), many.axis.year.clear(), many.axis.days.clear();
  for (std::size_t time = 0; time < whole.slot.size(); ++time) {
    if (time > 0 && *rc::gen::inRange(0, 10) == 0) continue;
    many.axis.slot.push_back(whole.slot[time]);
    many.axis.year.push_back(whole.year[time]);
    many.axis.days.push_back(whole.days[time]);
  }
  const std::size_t count = many.axis.slot.size() * many.pixels;
  for (const int number : *rc::gen::container<std::vector<int>>(count, rc::gen::inRange(0, 1000))) {
    many.valid.push_back(number % 10 < gaps ? 0 : 1);
    many.values.push_back(many.valid.back() != 0 ? static_cast<float>(number) : 5000.0F);
  }
  many.source.assign(count, 77);
  return many;
}

using Kernel = std::function<std::size_t(const GapSeries&, PixelRange, const TimeAxis&)>;

Kernel tmwm(int window, TmwmMode mode = TmwmMode::corrected) {
  return [=](const GapSeries& series, PixelRange range, const TimeAxis& axis) {
    return fill_tmwm(series, range, axis, {.window_years = window, .mode = mode});
  };
}

/// What every gap filler promises: returns the kernel's result after checking it.
Drawn checked(const Drawn& before, const Kernel& fill, bool leaves_none) {
  Drawn after = before, cut = before;
  const std::size_t filled = fill(after.series(), after.all(), after.axis);
  const std::size_t middle = *rc::gen::inRange<std::size_t>(0, before.pixels + 1);
  RC_ASSERT(filled == fill(cut.series(), {0, middle}, cut.axis) + fill(cut.series(), {middle, cut.pixels}, cut.axis));
  RC_ASSERT(after.values == cut.values && after.valid == cut.valid && after.source == cut.source);
  const std::size_t times = before.axis.slot.size();
  std::size_t changed = 0;
  for (std::size_t pixel = 0; pixel < before.pixels; ++pixel) {
    float low = 5000, high = -1;
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t at = time * before.pixels + pixel;
      if (before.valid[at] != 0) low = std::min(low, before.values[at]), high = std::max(high, before.values[at]);
    }
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t at = time * before.pixels + pixel;
      if (before.valid[at] != 0 || after.valid[at] == 0) RC_ASSERT(after.values[at] == before.values[at]);
      if (before.valid[at] != 0) RC_ASSERT(after.source[at] == kObserved);
      if (before.valid[at] != 0 || after.valid[at] == 0) continue;
      ++changed;
      RC_ASSERT(after.source[at] != kObserved && after.source[at] != kEmpty);
      RC_ASSERT(low <= after.values[at] && after.values[at] <= high);
    }
    for (std::size_t time = 0; leaves_none && high >= 0 && time < times; ++time) {
      RC_ASSERT(after.valid[time * before.pixels + pixel] == 1);
    }
  }
  RC_ASSERT(changed == filled);
  return after;
}

TEST(FillTmwm, AgreesWithAnIndependentProgramInBothModes) {
  const struct {
    int slots, window;
    const char *series, *corrected, *reference;
  } examples[] = {
      {4, 9, ". . 171 224 144 194 208 57 . . 71 . . 2 . 205 33 199 . . . . 86 .",
       "88.5 194 171 224 144 194 208 57 88.5 194 71 205 88.5 2 128.5 205 33 199 128.5 205 88.5 194 86 131",
       ". . 171 224 144 194 208 57 . . 71 . . 2 . 205 33 199 . . . . 86 ."},
      {4, 3, ". . . . . . . . 133 . 241 . . . . . . . . . 118 . . .",
       "133 187 241 187 133 187 241 187 133 187 241 187 133 187 241 187 118 183.25 241 183.25 118 183.25 241 183.25",
       ". . . . 133 187 241 187 133 187 241 187 133 187 241 187 118 118 118 118 118 118 118 118"},
      {4, 3,
       ". . . . 5265 . . . 37797 . . . . . 5819 22514 . 30008 . 9818 22093 . . 15087 . . 25663 . 22788 . . . . . "
       "9580 . . . 35048 . 18709 . . 19087 12887 .",
       "5265 30008 5819 16166 5265 30008 5819 22514 37797 30008 5819 22514 37797 30008 5819 22514 22093 30008 5819 "
       "9818 22093 30008 25663 15087 22440.5 30008 25663 15087 22788 30008 17621.5 15087 22788 30008 9580 19087 "
       "18709 30008 35048 19087 18709 30008 35048 19087 12887 30008",
       "5264 30016 5820 16168 5265 30016 5820 22512 37797 30016 5820 22512 37792 30016 5819 22514 22096 30008 5820 "
       "9818 22093 30016 25664 15087 22448 30016 25663 15088 22788 30016 17616 15088 22784 30016 9580 19088 18704 "
       "20512 35048 19088 18709 25424 35040 19087 12887 25424"},
      {4, 5,
       ". . . . . . . . . . . . . 6510 . . . 29831 . . . . . . . . . . . . . 24760 . . . . . . . . 36618 . . . . . ."
       " . . .",
       "36618 18170.5 21465.25 24760 36618 6510 21465.25 24760 36618 18170.5 21465.25 24760 36618 6510 21465.25 "
       "24760 36618 29831 21465.25 24760 36618 18170.5 21465.25 24760 36618 29831 27295.5 24760 36618 18170.5 "
       "21465.25 24760 36618 29831 27295.5 24760 36618 18170.5 21465.25 24760 36618 18170.5 21465.25 24760 36618 "
       "29831 27295.5 24760 36618 18170.5",
       "18176 18176 18176 18176 6512 6512 6512 6512 18176 18176 18176 18176 21472 6510 21472 24768 21472 29831 21472"
       " 24768 21472 18176 21472 24768 36608 29824 27296 24768 36608 18176 21472 24760 36608 29824 27296 24768 36608"
       " 27728 33664 24768 36618 27728 36608 24768 36608 27728 36608 24768 36608 36608"},
      {1, 3, ". 199 76 . 207 191 187 220 .", "199 199 76 141.5 207 191 187 220 220",
       "199 199 76 141.5 207 191 187 220 220"},
      {3, 3, ". . . . . . . . . . . . . . . . . . . . 15173 . . . . . . 23804 . .",
       "23804 19488.5 15173 23804 19488.5 15173 23804 19488.5 15173 23804 19488.5 15173 23804 19488.5 15173 23804 "
       "19488.5 15173 23804 19488.5 15173 23804 19488.5 15173 23804 19488.5 15173 23804 19488.5 15173",
       ". . . . . . 15176 15176 15176 15176 15176 15176 15176 15176 15176 23808 19488 15176 23808 19488 15173 23808 "
       "19488 15176 23808 19488 15176 23804 19488 15176"},
      {6, 1, ". . . . . 194 133 . . . . . . . . . . . . . . . . . . . 159 .",
       "133 146 159 176.5 161.25 194 133 146 159 176.5 161.25 194 133 146 159 176.5 161.25 194 133 146 159 176.5 146"
       " 194 133 146 159 176.5",
       "133 194 194 148.25 194 194 133 133 178.75 133 133 194 133 133 133 133 133 133 159 159 159 159 159 159 159 "
       "159 159 159"},
      {2, 5, "35 . . . . . . 85 . . . . . . . . .", "35 85 35 85 35 85 35 85 35 85 35 85 35 85 35 85 35",
       "35 35 35 85 35 85 85 85 85 85 85 85 . . . . ."},
      {5, 3, ". . . . . . . . . . . . 29778 . 20590 . . . . . . . . . . . . . . . . . . .",
       "25184 25184 29778 25184 20590 25184 25184 29778 25184 20590 25184 25184 29778 25184 20590 25184 25184 29778 "
       "25184 20590 25184 25184 29778 25184 20590 25184 25184 29778 25184 20590 25184 25184 29778 25184",
       "25184 25184 29776 25184 20592 25184 25184 29776 25184 20592 25184 25184 29778 25184 20590 25184 25184 29776 "
       "25184 20592 25184 25184 29776 25184 20592 . . . . . . . . ."},
      {4, 9, ". . . . . . . 209 . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . .",
       "209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 "
       "209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209",
       "209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 209 . . . . . . "
       ". . . . . . . . . . . . . ."},
  };
  for (const auto& example : examples) {
    Drawn corrected = drawn(example.slots, example.series), reference = corrected;
    tmwm(example.window)(corrected.series(), corrected.all(), corrected.axis);
    EXPECT_EQ(written(corrected), example.corrected) << example.slots << " slots, window " << example.window;
    tmwm(example.window, TmwmMode::reference)(reference.series(), reference.all(), reference.axis);
    EXPECT_EQ(written(reference), example.reference) << example.slots << " slots, window " << example.window;
  }
}

TEST(FillTmwm, SaysHowEachValueCameAbout) {
  // Slots a, b, c, d in five years; c is never seen and d only in the last year; the first year is empty.
  Drawn one = drawn(4, ". . . .  10 20 . .  . . . .  14 24 . .  16 26 . 40");
  EXPECT_EQ(tmwm(3)(one.series(), one.all(), one.axis), 13U);
  EXPECT_EQ(written(one), "10 20 32 40 10 20 32 40 12 22 32 40 14 24 32.5 40 16 26 32.5 40");
  const int whole = kWholeSeries;
  EXPECT_EQ(codes(one), (std::vector<int>{3,      3, 60 + whole, whole, 0,      0, 60 + whole, whole, 3,      3,
                                          60 + 6, 6, 0,          0,     60 + 3, 3, 0,          0,     60 + 3, 0}));
  EXPECT_EQ(source_text(3), "median of the same season within 3 years");
  EXPECT_EQ(source_text(1), "median of the same season within 1 year");
  EXPECT_EQ(source_text(60), "median of the same season in the whole series");
  EXPECT_EQ(source_text(63), "medians of the neighbouring seasons within 3 years");
  EXPECT_EQ(source_text(180), "median of all seasons in the whole series");
  EXPECT_EQ(source_text(181), "unknown");
}

TEST(FillTmwm, AllSeasonsServeWhereNoNeighbourDoes) {
  Drawn one = drawn(6, "5 . . . . . 9 . . . . .");
  tmwm(9)(one.series(), one.all(), one.axis);
  EXPECT_EQ(written(one), "5 7 7 7 7 7 9 7 7 7 7 7");
  // Half a year away the one slot lies on both sides.
  EXPECT_EQ(codes(one), (std::vector<int>{0, 180, 180, 120, 180, 180, 0, 180, 180, 120, 180, 180}));
}

TEST(FillTmwm, ReferenceModeFlagsAsPublished) {
  Drawn one = drawn(6, "5 . . . . .  . . . . . .  9 . . . . .");
  tmwm(1, TmwmMode::reference)(one.series(), one.all(), one.axis);
  EXPECT_EQ(written(one), "5 5 5 5 5 5 . . . . . . 9 9 9 9 9 9");
  // Three years, windows of 1 and 2: neighbours 1 + 3, all seasons 1 + 6; 0 observed as well as still missing.
  EXPECT_EQ(codes(one), (std::vector<int>{0, 7, 7, 4, 7, 7, 0, 0, 0, 0, 0, 0, 0, 7, 7, 4, 7, 7}));
  Drawn other = drawn(2, ". 2  3 .  . .  . .");
  tmwm(3, TmwmMode::reference)(other.series(), other.all(), other.axis);
  EXPECT_EQ(codes(other), (std::vector<int>{3, 0, 0, 3, 3, 3 + 4, 0, 0}));
}

TEST(FillTmwm, ReferenceModeLeavesAShortSeriesAlone) {
  Drawn one = drawn(4, "1 . 3 . 5 . . 8");
  EXPECT_EQ(tmwm(9, TmwmMode::reference)(one.series(), one.all(), one.axis), 0U);
  EXPECT_EQ(written(one), "1 . 3 . 5 . . 8");
  EXPECT_EQ(codes(one), std::vector<int>(8, 0));
  EXPECT_EQ(tmwm(9)(one.series(), one.all(), one.axis), 4U);
}

TEST(FillTmwm, LeavesNoGapInAPixelSeenOnce) {
  EXPECT_TRUE(rc::check([] { checked(arbitrary_series(), tmwm(*rc::gen::element(1, 3, 5, 9)), true); }));
}

TEST(FillTmwm, ReferenceModeKeepsThePromisesOfAllFillers) {
  EXPECT_TRUE(rc::check([] {
    const Drawn before = arbitrary_series();
    Drawn after = before;
    tmwm(*rc::gen::element(1, 3, 5), TmwmMode::reference)(after.series(), after.all(), after.axis);
    for (std::size_t at = 0; at < before.values.size(); ++at) {
      RC_ASSERT((after.source[at] != 0) == (before.valid[at] == 0 && after.valid[at] == 1));
      if (before.valid[at] != 0) RC_ASSERT(after.values[at] == before.values[at]);
    }
  }));
}

TEST(FillTmwm, ALackingLayerIsTheSameAsAnEmptyOne) {
  EXPECT_TRUE(rc::check([] {
    const Drawn lacking = arbitrary_series();
    Drawn full = lacking;
    const TimeAxis& axis = lacking.axis;
    full.axis = regular_axis(axis.slots, static_cast<std::size_t>(axis.slots * axis.years));
    full.values.assign(full.axis.slot.size() * full.pixels, 0);
    full.valid.assign(full.values.size(), 0);
    full.source.assign(full.values.size(), 0);
    const auto place = [&](std::size_t time) {
      return static_cast<std::size_t>(axis.year[time] * axis.slots + axis.slot[time]);
    };
    for (std::size_t at = 0; at < lacking.values.size(); ++at) {
      const std::size_t to = place(at / full.pixels) * full.pixels + at % full.pixels;
      full.values[to] = lacking.values[at], full.valid[to] = lacking.valid[at];
    }
    const Drawn filled = checked(lacking, tmwm(3), true), other = checked(full, tmwm(3), true);
    for (std::size_t at = 0; at < lacking.values.size(); ++at) {
      const std::size_t to = place(at / full.pixels) * full.pixels + at % full.pixels;
      RC_ASSERT(filled.source[at] == other.source[to] && filled.valid[at] == other.valid[to]);
      if (filled.valid[at] != 0) RC_ASSERT(filled.values[at] == other.values[to]);
    }
  }));
}

TEST(TmwmWindows, ReachTheWholeSeriesOnlyWhenCorrected) {
  using Windows = std::vector<TmwmWindow>;
  EXPECT_EQ(tmwm_windows(21, {9, TmwmMode::corrected}),
            (Windows{{9, 4}, {18, 8}, {27, 13}, {36, 17}, {kWholeSeries, 22}}));
  EXPECT_EQ(tmwm_windows(21, {9, TmwmMode::reference}), (Windows{{9, 4}, {18, 8}}));
  EXPECT_EQ(tmwm_windows(18, {9, TmwmMode::reference}), (Windows{{9, 4}}));
  EXPECT_EQ(tmwm_windows(6, {9, TmwmMode::corrected}), (Windows{{9, 4}, {kWholeSeries, 8}}));
  EXPECT_EQ(tmwm_windows(1, {9, TmwmMode::corrected}), (Windows{{kWholeSeries, 4}}));
  EXPECT_EQ(tmwm_windows(3, {1, TmwmMode::corrected}), (Windows{{1, 0}, {3, 1}, {kWholeSeries, 2}}));
  EXPECT_TRUE(tmwm_windows(9, {9, TmwmMode::reference}).empty());
}

TEST(FillFromNearby, TakesTheMedianOfTheSmallestSquareThatHoldsAny) {
  // 3 rows, 5 columns; the upper right 2 × 3 are empty.
  Drawn one = drawn(1, "1 . . . .  2 3 . . .  4 5 9 . .");
  one.pixels = 15;
  EXPECT_EQ(fill_from_nearby(one.series(), 3, 5, 0, 1, 1), 5U);
  EXPECT_EQ(written(one), "1 2 3 . . 2 3 5 9 . 4 5 9 9 .");
  EXPECT_EQ(codes(one), (std::vector<int>{77, 250, 250, 77, 77, 77, 77, 250, 250, 77, 77, 77, 77, 250, 77}));
  Drawn far = drawn(1, "1 . . . .  2 3 . . .  4 5 9 . .");
  far.pixels = 15;
  EXPECT_EQ(fill_from_nearby(far.series(), 3, 5, 0, 1, 2), 9U);
  EXPECT_EQ(written(far), "1 2 3 5 9 2 3 5 9 9 4 5 9 9 9");
}

TEST(FillLinear, InterpolatesByDaysAndHoldsTheEnds) {
  Drawn one = drawn(4, ". 10 . . 40 .");
  one.axis.days = {0, 100, 110, 200, 400, 500};
  EXPECT_EQ(fill_linear(one.series(), one.all(), one.axis), 4U);
  EXPECT_EQ(written(one), "10 10 11 20 40 40");
  EXPECT_EQ(codes(one), (std::vector<int>{203, 0, 203, 203, 0, 203}));
}

TEST(FillLinear, LeavesNoGapInAPixelSeenOnce) {
  EXPECT_TRUE(rc::check([] { checked(arbitrary_series(), fill_linear, true); }));
}

TEST(FillSeasonalMean, TakesTheMeanOfTheSlotAndLeavesASlotNeverSeenEmpty) {
  Drawn one = drawn(2, "1 . . . 4 .");
  EXPECT_EQ(fill_seasonal_mean(one.series(), one.all(), one.axis), 1U);
  EXPECT_EQ(written(one), "1 . 2.5 . 4 .");
  EXPECT_EQ(codes(one), (std::vector<int>{0, 255, 204, 255, 0, 255}));
}

TEST(FillSeasonalMean, KeepsThePromisesOfAllFillers) {
  EXPECT_TRUE(rc::check([] { checked(arbitrary_series(), fill_seasonal_mean, false); }));
}

TEST(FillNearestInTime, TakesTheNearestByDaysAndTheEarlierOfTwo) {
  Drawn one = drawn(4, ". 10 . . 40 . . . 50");
  one.axis.days = {0, 100, 110, 290, 400, 450, 500, 501, 600};
  EXPECT_EQ(fill_nearest_in_time(one.series(), one.all(), one.axis), 6U);
  EXPECT_EQ(written(one), "10 10 10 40 40 40 40 50 50");
  EXPECT_EQ(codes(one), (std::vector<int>{202, 0, 202, 202, 0, 202, 202, 202, 0}));
}

TEST(FillNearestInTime, LeavesNoGapInAPixelSeenOnce) {
  EXPECT_TRUE(rc::check([] { checked(arbitrary_series(), fill_nearest_in_time, true); }));
}

TEST(FillSwag, KeepsThePromisesOfAllFillers) {
  EXPECT_TRUE(rc::check([] {
    const SwagOptions options{.future = *rc::gen::element(0.0, 0.1, 1.0)};
    const auto fill = [&](const GapSeries& series, PixelRange range, const TimeAxis& axis) {
      return fill_swag(series, range, axis, options);
    };
    checked(arbitrary_series(), fill, options.future > 0);
  }));
}

TEST(FillTemporalBlend, IsTheMeanOfHarmonicAndSwag) {
  EXPECT_TRUE(rc::check([] {
    const Drawn before = arbitrary_series();
    Drawn blend = before, harmonic = before, swag = before;
    const std::size_t filled = fill_temporal_blend(blend.series(), blend.all(), blend.axis);
    RC_ASSERT(filled == fill_harmonic(harmonic.series(), before.all(), before.axis, {}));
    fill_swag(swag.series(), before.all(), before.axis, {.future = 1});
    for (std::size_t at = 0; at < before.values.size(); ++at) {
      RC_ASSERT(blend.valid[at] == harmonic.valid[at]);
      const bool gap = before.valid[at] == 0 && blend.valid[at] != 0;
      RC_ASSERT(blend.source[at] == (gap ? kTemporalBlend : blend.valid[at] != 0 ? kObserved : kEmpty));
      const float mean =
          static_cast<float>(0.5 * (static_cast<double>(harmonic.values[at]) + static_cast<double>(swag.values[at])));
      RC_ASSERT(blend.values[at] == (gap ? mean : before.values[at]));
    }
    const std::size_t middle = *rc::gen::inRange<std::size_t>(0, before.pixels + 1);
    Drawn cut = before;
    fill_temporal_blend(cut.series(), {0, middle}, cut.axis);
    fill_temporal_blend(cut.series(), {middle, cut.pixels}, cut.axis);
    RC_ASSERT(cut.values == blend.values && cut.source == blend.source);
  }));
}

TEST(FillSeries, GoesByName) {
  const Drawn before = drawn(4, "1 . 9 4  . 7 . 5  3 . 2 .  6 8 . 1");
  const std::pair<const char*, int> expected[] = {{"tmwm", 60},
                                                  {"swag", kSwag},
                                                  {"linear", kLinear},
                                                  {"seasonal-mean", kSeasonalMean},
                                                  {"harmonic", kHarmonic},
                                                  {"nearest", kNearestInTime},
                                                  {"blend", kTemporalBlend}};
  ASSERT_EQ(std::size(expected), fill_method_names().size());
  for (std::size_t number = 0; number < std::size(expected); ++number) {
    const auto& [name, code] = expected[number];
    EXPECT_EQ(fill_method_names()[number], name);
    Drawn one = before;
    EXPECT_EQ(fill_series({.name = name}, one.series(), one.all(), one.axis), 6U) << name;
    EXPECT_EQ(one.source[1], code) << name;
  }
}

TEST(SourceText, NamesEveryCodeThatAFillerWrites) {
  std::set<std::string> texts;
  for (int code = 0; code <= 255; ++code) {
    const std::string text = source_text(static_cast<std::uint8_t>(code));
    const bool known = code <= 180 || (code >= 200 && code <= 207) || code == 250 || code == 255;
    EXPECT_EQ(text != "unknown", known) << code;
    EXPECT_TRUE(!known || texts.insert(text).second) << code << ": " << text;
  }
  EXPECT_EQ(source_text(kSwag), "seasonally weighted average");
  EXPECT_EQ(source_text(kHarmonic), "waves of the year");
}

}  // namespace
}  // namespace ecocube::series
