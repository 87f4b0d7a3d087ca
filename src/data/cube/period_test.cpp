// SPDX-License-Identifier: Apache-2.0
#include "data/cube/period.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/cube/glad.h"

namespace ecocube {
namespace {

std::vector<std::string> ids_of(const Value& periods, int year) {
  const auto scheme = PeriodScheme::parse(periods);
  if (!scheme) return {scheme.error().message};
  std::vector<std::string> ids;
  for (const Period& period : scheme->of_year(year)) ids.push_back(period.slot + " " + period.id());
  return ids;
}

std::string message_of(const Value& periods) {
  const auto scheme = PeriodScheme::parse(periods);
  return scheme ? "" : scheme.error().message;
}

TEST(Periods, EveryWordDividesLeapAndCommonYearsWithoutGapOrOverlap) {
  std::vector<std::string> words = PeriodScheme::word_list();
  words.insert(words.end(), {"1 day", "10 days", "16 days", "64 days", "100 days", "365 days", "366 days"});
  for (const std::string& word : words) {
    const auto scheme = PeriodScheme::parse(word);
    ASSERT_TRUE(scheme) << word;
    Day next = scheme->of_year(2014).back().end + std::chrono::days(1);
    for (int year = 2015; year <= 2017; ++year) {
      for (const Period& period : scheme->of_year(year)) {
        EXPECT_EQ(period.start, next) << word << " " << period.id();
        EXPECT_LE(period.start, period.end) << word << " " << period.id();
        EXPECT_EQ(period.year, year);
        next = period.end + std::chrono::days(1);
      }
    }
  }
}

TEST(Periods, SixteenDaysAreGladsIntervals) {
  for (const int year : {2015, 2016}) {
    const auto periods = PeriodScheme::every(16).of_year(year);
    ASSERT_EQ(periods.size(), static_cast<std::size_t>(kGladIntervalsPerYear));
    for (int number = 1; number <= kGladIntervalsPerYear; ++number) {
      const GladInterval interval{year, number};
      EXPECT_EQ(periods[static_cast<std::size_t>(number - 1)].start, interval.first_day());
      EXPECT_EQ(periods[static_cast<std::size_t>(number - 1)].end, interval.last_day());
    }
  }
  EXPECT_EQ(PeriodScheme::every(16).slots()[22].name, "d353");
}

TEST(Periods, PeriodsOfDaysBeginAnewEachYearAndTheLastRunsToItsEnd) {
  EXPECT_THAT(ids_of("100 days", 2016), testing::ElementsAre("d001 20160101_20160409", "d101 20160410_20160718",
                                                             "d201 20160719_20161026", "d301 20161027_20161231"));
  EXPECT_THAT(ids_of("365 days", 2016), testing::ElementsAre("d001 20160101_20161231"));
}

TEST(Periods, PairsOfMonthsAreNamedAfterBoth) {
  EXPECT_THAT(ids_of("bimonths", 2016),
              testing::ElementsAre("m01-02 20160101_20160229", "m03-04 20160301_20160430", "m05-06 20160501_20160630",
                                   "m07-08 20160701_20160831", "m09-10 20160901_20161031", "m11-12 20161101_20161231"));
}

TEST(Periods, SeasonsByIntervalHoldTheSameIntervalsAsSeasonsByDate) {
  for (int year = 1998; year <= 2026; ++year) {
    const auto by_date = PeriodScheme::seasons().of_year(year),
               by_interval = PeriodScheme::glad_seasons().of_year(year);
    for (std::size_t i = 0; i < by_date.size(); ++i) {
      EXPECT_EQ(by_interval[i].slot, by_date[i].slot);
      EXPECT_EQ(glad_intervals_within(by_interval[i].start, by_interval[i].end),
                glad_intervals_within(by_date[i].start, by_date[i].end));
    }
  }
  EXPECT_EQ(PeriodScheme::glad_seasons().of_year(2018).front().id(), "20171203_20180321");
}

TEST(Periods, SpansAndIntervalsMayWrapOverNewYear) {
  const Value list = Value::array({"11-15..02-29", {{"name", "rest"}, {"span", "03-01..11-14"}}});
  EXPECT_THAT(ids_of(list, 2015), testing::ElementsAre("1115-0229 20141115_20150228", "rest 20150301_20151114"));
  EXPECT_THAT(ids_of(Value::array({{{"name", "cold"}, {"intervals", "22..5"}}, {{"intervals", 7}}}), 2018),
              testing::ElementsAre("cold 20171203_20180321", "i07-07 20180407_20180422"));
}

TEST(Periods, WhatCannotBeReadIsNamedWithTheNearestKnownWord) {
  EXPECT_EQ(message_of("bimonth"), "unknown periods 'bimonth' - did you mean 'bimonths'?");
  EXPECT_EQ(message_of("0 days"), "periods of '0 days' are not within 1..366 days");
  EXPECT_EQ(message_of(Value::array({"04-31..05-01"})), "'04-31..05-01' is no span of days such as 04-01..06-15");
  EXPECT_EQ(message_of(Value::array({{{"intervals", "20..24"}}})),
            "'20..24' is no span of intervals 1..23 such as 22..5");
  EXPECT_EQ(message_of(Value::array({{{"name", "x"}}})), "each entry needs either span or intervals");
  EXPECT_EQ(message_of(Value::array({"04-01..05-01", "04-01..05-01"})), "period '0401-0501' is given twice");
}

TEST(Periods, APeriodIsFoundByItsEndsAndTheEndOfFebruaryIsOne) {
  const auto found = PeriodScheme::bimonths().with_ends(make_day(2016, 1, 1), make_day(2016, 2, 28));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slot, "m01-02");
  EXPECT_EQ(PeriodScheme::every(16).with_ends(make_day(2016, 12, 18), make_day(2016, 12, 31))->slot, "d353");
  EXPECT_FALSE(PeriodScheme::every(16).with_ends(make_day(2016, 2, 2), make_day(2016, 2, 16)));
}

}  // namespace
}  // namespace ecocube
