// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/new_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "io/file/file.h"
#include "run/recipe.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(NewCommand, EveryTemplateIsARecipeThatReads) {
  EXPECT_THAT(template_names(), ElementsAre("land-cover", "soil", "species"));
  for (const std::string& name : template_names()) {
    const fs::path folder = fs::path(testing::TempDir()) / ("ecocube_new_" + name);
    fs::remove_all(folder);
    const auto paths = write_template(name, folder);
    ASSERT_TRUE(paths) << paths.error().message;
    for (const fs::path& path : *paths) {
      if (path.extension() != ".yaml") continue;
      const auto recipe = parse_recipe(read_text(path).value(), path.string(), folder, {{"world", "/world"}});
      EXPECT_TRUE(recipe) << recipe.error().message;
    }
    const auto again = write_template(name, folder);
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, HasSubstr("is there already"));
    fs::remove_all(folder);
  }
}

TEST(NewCommand, AnUnknownTemplateNamesTheNearest) {
  const auto unknown = write_template("landcover", "nowhere");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("did you mean 'land-cover'?"));
}

}  // namespace
}  // namespace ecocube
