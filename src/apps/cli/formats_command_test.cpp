// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/formats_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ecocube {
namespace {

using testing::HasSubstr;

TEST(FormatsCommand, ListsEveryFormatThatARecipeMayName) {
  const std::string list = list_of_formats();
  for (const char* name : {"glad", "rasters", "landsat-c2-l2", "landsat-c1-l1", "sentinel-2-l2a", "hls-l30", "hls-s30"})
    EXPECT_THAT(list, HasSubstr(std::string(name) + " "));
}

TEST(FormatsCommand, APageNamesBandsWordsAndPresets) {
  const auto page = page_of_format("landsat-c2-l2");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(*page,
              HasSubstr("red                    uint16  × 2.75e-05 - 0.2, no data 0, valid 1..65535  red, 0.65 µm"));
  EXPECT_THAT(*page, HasSubstr("cloud_shadow           bit 4\n"));
  EXPECT_THAT(*page, HasSubstr("cloud_high             bits 8-9 = 3\n"));
  EXPECT_THAT(*page, HasSubstr("saturated              bit 0, bit 1, bit 2"));
  EXPECT_THAT(*page, HasSubstr("default                fill, dilated_cloud, cirrus, cloud, cloud_shadow, snow\n"));
  EXPECT_THAT(*page, HasSubstr("{sensor}_{level}_{path}{row}_{date}"));
  EXPECT_THAT(*page_of_format("sentinel-2-l2a"), HasSubstr("From processing baseline 0400 on the offset is -0.1."));
}

TEST(FormatsCommand, AWrongNameGetsTheNearestOne) {
  const auto page = page_of_format("landsat-c2l2");
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, HasSubstr("did you mean 'landsat-c2-l2'?"));
  EXPECT_THAT(*page_of_format("glad"), HasSubstr("docs/formats/glad.md"));
}

}  // namespace
}  // namespace ecocube
