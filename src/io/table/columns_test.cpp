// SPDX-License-Identifier: Apache-2.0
#include "io/table/columns.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

namespace ecocube {
namespace {

class Columns : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(file_) << text; }
  std::string message(const std::string& text) {
    write(text);
    const auto read = read_columns(file_);
    return read ? "" : read.error().message;
  }
  void TearDown() override { std::filesystem::remove(file_); }
  const std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("ecocube_columns_" + std::to_string(::getpid()) + ".csv");
};

TEST_F(Columns, AreReadWithQuotesBlanksAndGaps) {
  write("id, name ,\"a,b\"\r\n1,\"x, y\",3.5\n\n2,z,NA\n3,,\n");
  const TextColumns table = read_columns(file_).value();
  EXPECT_EQ(table.names, (std::vector<std::string>{"id", "name", "a,b"}));
  EXPECT_EQ(table.rows(), 3u);
  EXPECT_EQ(table.columns[1], (std::vector<std::string>{"x, y", "z", ""}));
  EXPECT_TRUE(is_numeric(table, 2));
  EXPECT_FALSE(is_numeric(table, 1));
  const auto numbers = numbers_in(table, 2).value();
  EXPECT_EQ(numbers[0], 3.5);
  EXPECT_TRUE(std::isnan(numbers[1]) && std::isnan(numbers[2]));
}

TEST_F(Columns, AreReadFromWhatSpreadsheetsSave) {
  write("\xef\xbb\xbfid;note\r\n1;\"two\nlines\"\r\n2;one\r\n");
  const TextColumns table = read_columns(file_).value();
  EXPECT_EQ(table.names, (std::vector<std::string>{"id", "note"}));
  EXPECT_EQ(table.columns[1], (std::vector<std::string>{"two\nlines", "one"}));
  EXPECT_EQ(table.lines, (std::vector<std::size_t>{2, 4}));
}

TEST_F(Columns, ErrorsNameTheLineTheColumnAndTheNearestName) {
  EXPECT_TRUE(message("a,b\n1,2\n1\n").ends_with("line 3: 1 field where the header has 2"));
  EXPECT_TRUE(message("a,a\n1,2\n").ends_with("two columns are named 'a'"));
  EXPECT_TRUE(message("a,b\n").ends_with("the file has a header but no rows"));
  write("sand,clay\n\n1,2\n3,loam\n");
  const TextColumns table = read_columns(file_).value();
  EXPECT_TRUE(column_named(table, "clai").error().message.ends_with("has no column 'clai' - did you mean 'clay'?"));
  EXPECT_TRUE(numbers_in(table, 1).error().message.ends_with("line 4: 'loam' in the column clay is no number"))
      << numbers_in(table, 1).error().message;
}

}  // namespace
}  // namespace ecocube
