// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <gtest/gtest.h>

namespace ecocube {
namespace {

struct FillOptions {
  std::string method = "tmwm";
  int window = 9;
  std::vector<std::string> names;
  OptionSet set;
  FillOptions() {
    set.add("method", method, "how gaps are filled").choices({"tmwm", "linear"});
    set.add("window", window, "first window").unit("years").range(1, 99).rule("odd", [](const Value& v) {
      return v.get<int>() % 2 == 1;
    });
    set.add("names", names, "variables");
  }
};

TEST(OptionSet, TakesValuesAndKeepsDefaultsOfTheOthers) {
  FillOptions options;
  ASSERT_TRUE(options.set.read(Value::parse(R"({"window": 5, "names": "ndvi"})"), "steps.fill-gaps"));
  EXPECT_EQ(options.window, 5);
  EXPECT_EQ(options.method, "tmwm");
  EXPECT_EQ(options.names, std::vector<std::string>{"ndvi"});
}

std::string message_of(const char* json) {
  FillOptions options;
  const auto outcome = options.set.read(Value::parse(json), "steps.fill-gaps");
  return outcome ? "" : outcome.error().message;
}

TEST(OptionSet, AnUnknownKeyIsNamedByItsFullPathWithTheNearestKnownOne) {
  EXPECT_EQ(message_of(R"({"windw": 5})"), "steps.fill-gaps.windw: unknown key - did you mean 'window'?");
}

TEST(OptionSet, AWrongTypeNamesPathAndValue) {
  EXPECT_EQ(message_of(R"({"window": "wide"})"), "steps.fill-gaps.window: expected integer, got \"wide\"");
}

TEST(OptionSet, AValueOutsideItsRangeIsRefused) {
  EXPECT_EQ(message_of(R"({"window": 0})"), "steps.fill-gaps.window: 0 is not within 1..99");
  EXPECT_EQ(message_of(R"({"window": 4})"), "steps.fill-gaps.window: 4 must be odd");
}

TEST(OptionSet, AnUnknownWordSuggestsTheNearest) {
  EXPECT_EQ(message_of(R"({"method": "twmm"})"), "steps.fill-gaps.method: unknown value 'twmm' - did you mean 'tmwm'?");
}

TEST(OptionSet, ARequiredOptionThatIsMissingIsNamed) {
  std::string path;
  OptionSet set;
  set.add("path", path, "where the files are").required();
  const auto outcome = set.read(Value::object(), "sources.landsat");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "sources.landsat.path: missing (where the files are)");
}

TEST(OptionSet, TheSchemaCarriesTypeRangeChoicesAndDefault) {
  const FillOptions options;
  const Value schema = options.set.json_schema();
  EXPECT_EQ(schema["properties"]["window"]["type"], "integer");
  EXPECT_EQ(schema["properties"]["window"]["maximum"], 99);
  EXPECT_EQ(schema["properties"]["method"]["enum"], Value::parse(R"(["tmwm", "linear"])"));
  EXPECT_EQ(schema["properties"]["method"]["default"], "tmwm");
  EXPECT_EQ(schema["additionalProperties"], false);
}

}  // namespace
}  // namespace ecocube
