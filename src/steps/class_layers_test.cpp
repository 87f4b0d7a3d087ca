// SPDX-License-Identifier: Apache-2.0
#include "steps/class_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ecocube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ClassLevels, CorinesClassesJoinUnderCorinesNames) {
  const auto groups = groups_of_level(clc_legend().classes, 1);
  ASSERT_EQ(groups.size(), 5u);
  EXPECT_EQ(groups[2].entry.name, "Forest and semi natural areas");
  EXPECT_EQ(groups[2].entry.value, 3);
  EXPECT_EQ(groups[2].entry.color, clc_legend().with_code("311")->color);
  std::size_t members = 0;
  for (const CodeGroup& group : groups) members += group.members.size();
  EXPECT_EQ(members, clc_legend().classes.size());
  EXPECT_EQ(groups_of_level(clc_legend().classes, 2).size(), 15u);
}

TEST(ClassLevels, OtherClassesNameTheirGroup) {
  const std::vector<LegendClass> classes{{"12", "Oak", 1, {1, 2, 3}}, {"21", "Field", 2, {}}, {"11", "Beech", 3, {}}};
  const auto groups = groups_of_level(classes, 1);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].entry.name, "Oak, Beech");
  EXPECT_EQ(groups[0].entry.color, (Color{1, 2, 3}));
  EXPECT_THAT(groups[0].members, ElementsAre(0u, 2u));
  EXPECT_EQ(groups[1].entry.value, 2);
}

TEST(ClassLevels, CodesWithoutTheLevelAreNamed) {
  EXPECT_TRUE(check_level(clc_legend().classes, 2));
  const auto word = check_level({{"presence", "Presence", 1, {}}}, 1);
  ASSERT_FALSE(word);
  EXPECT_THAT(word.error().message, HasSubstr("the code 'presence' of class Presence has no level 1"));
  EXPECT_FALSE(check_level({{"11", "Town", 1, {}}}, 2));
}

}  // namespace
}  // namespace ecocube
