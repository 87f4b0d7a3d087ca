// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/parallel.h"

namespace ecocube {
namespace {

TEST(Text, ByteSizesAreReadWithTheirUnits) {
  EXPECT_EQ(parse_byte_size("2GB"), 2000000000u);
  EXPECT_EQ(parse_byte_size("512MiB"), 536870912u);
  EXPECT_EQ(parse_byte_size("1.5G"), 1610612736u);
  EXPECT_EQ(parse_byte_size("100"), 100u);
  EXPECT_FALSE(parse_byte_size("many"));
  EXPECT_FALSE(parse_byte_size("-2GB"));
  EXPECT_FALSE(parse_byte_size("2 parsecs"));
}

TEST(Text, ASwappedPairOfLettersIsOneEdit) {
  EXPECT_EQ(edit_distance("tmwm", "twmm"), 1);
  EXPECT_EQ(edit_distance("", "abc"), 3);
}

TEST(Text, AFarWordHasNoSuggestionButTheListOfKnownOnes) {
  const std::vector<std::string> known{"composite", "train"};
  EXPECT_EQ(suggestion("compsite", known), " - did you mean 'composite'?");
  EXPECT_EQ(suggestion("xyz", known), " (known: composite, train)");
}

TEST(Text, GlobsMatchWholeWords) {
  EXPECT_TRUE(matches_glob("*_p50", "ndvi_p50"));
  EXPECT_FALSE(matches_glob("*_p50", "ndvi_p50_source"));
  EXPECT_TRUE(matches_glob("n?vi*", "ndvi"));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Text, NumbersMustFillTheWholeText) {
  EXPECT_EQ(parse_number(" 1.5 "), 1.5);
  EXPECT_FALSE(parse_number("1.5x"));
  EXPECT_FALSE(parse_number(""));
  EXPECT_EQ(parse_integer("-7"), -7);
  EXPECT_FALSE(parse_integer("7.5"));
}

TEST(Hash, Sha256OfAbcIsThePublishedDigest) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Parallel, EveryElementIsVisitedOnce) {
  std::vector<int> visits(1001, 0);
  parallel_for(visits.size(), 7, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) ++visits[i];
  });
  EXPECT_EQ(visits, std::vector<int>(1001, 1));
}

}  // namespace
}  // namespace ecocube
