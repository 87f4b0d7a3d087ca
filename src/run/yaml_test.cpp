// SPDX-License-Identifier: Apache-2.0
#include "run/yaml.h"

#include <gtest/gtest.h>

namespace ecocube {
namespace {

TEST(Yaml, PlainScalarsGetTheirTypeAndQuotedOnesStayText) {
  const auto value =
      parse_yaml("{a: 5, b: 0.5, c: true, d: 2015..2020, e: \"5\", f: EPSG:3035, g: ~, h: 2018-07-01}", "recipe");
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(
      *value,
      Value::parse(R"({"a":5,"b":0.5,"c":true,"d":"2015..2020","e":"5","f":"EPSG:3035","g":null,"h":"2018-07-01"})"));
}

TEST(Yaml, ANumberWithDigitsThatWouldBeLostStaysText) {
  EXPECT_EQ(*parse_yaml("{a: 007, b: 1.10, c: -5, d: 0.25}", "recipe"),
            Value::parse(R"({"a":"007","b":"1.10","c":-5,"d":0.25})"));
}

TEST(Yaml, AnArgumentIsOnePlainScalarUnlessItIsAListOrMap) {
  EXPECT_EQ(*parse_argument("Land cover: 2020 # all", "--set"), Value("Land cover: 2020 # all"));
  EXPECT_EQ(*parse_argument("[p25, p50]", "--set"), Value::parse(R"(["p25","p50"])"));
  EXPECT_EQ(*parse_argument("5", "--set"), Value(5));
}

TEST(Yaml, AMistakeIsToldWithFileLineAndColumn) {
  const auto value = parse_yaml("cube:\n  grid: {crs: [}\n", "demo.yaml");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message.rfind("demo.yaml, line 2, column", 0), 0u) << value.error().message;
}

TEST(Yaml, AKeyGivenTwiceIsAnError) {
  const auto value = parse_yaml("a: 1\nb: 2\na: 3\n", "demo.yaml");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "demo.yaml, line 3, column 1: key 'a' is given twice");
}

TEST(Yaml, WhatIsWrittenReadsBackEqual) {
  const Value value =
      Value::parse(R"({"a":[1,2.5,"x"],"b":{"c":"5","d":"true","e":null,"f":""},"g":[{"h":1}],"i":"a: b # c"})");
  const auto read = parse_yaml(write_yaml(value), "written");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, value) << write_yaml(value);
}

}  // namespace
}  // namespace ecocube
