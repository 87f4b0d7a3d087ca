// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/cube/period.h"

namespace ecocube {

/// What the tokens of a pattern took.
using NameTokens = std::map<std::string, std::string, std::less<>>;

/// A pattern for the last parts of a file's path: `{sensor}_{path}{row}_{date}_{band}.TIF`, `*.SAFE/IMG/{band}.jp2`.
/// `*` stands for any characters but /, `?` for one of them, and a token for what its regular expression says:
///   {date} 20180131, 2018-01-31 or 2018031 (day of the year)      {time} 154159      {year}
///   {path} {row} three digits      {tile} {sensor} {product} {orbit} {version} {processed} letters and digits
///   {baseline} digits and points   {band} one of the texts given
class FileNames {
 public:
  /// `tokens`: regular expressions of further tokens, or instead of the above. Unknown tokens, braces without an end
  /// and expressions that cannot be read are errors of the caller's input that name the pattern.
  static Result<FileNames> compile(const std::string& pattern, const std::map<std::string, std::string>& tokens,
                                   const std::vector<std::string>& bands);

  const std::string& pattern() const { return pattern_; }
  bool has(std::string_view token) const;
  /// Number of path parts that the pattern covers.
  std::size_t parts() const { return parts_; }
  /// What the tokens took when the last parts of the path fit the pattern. A token that stands twice takes the same.
  std::optional<NameTokens> match(const std::filesystem::path& path) const;

 private:
  std::string pattern_, ending_;
  std::size_t parts_ = 1;
  std::vector<std::string> order_;  ///< name of the token that each group of the expression captures
  std::regex expression_;
};

/// The template with every `{token}` replaced; a token without text is left out.
std::string filled(std::string_view text, const NameTokens& tokens);

/// The day that {date} or {year} says; nothing when there is none or it is no day.
std::optional<Day> day_of(const NameTokens& tokens);
/// `2018-01-31T15:41:59Z`, as far as the tokens say; empty without {time}.
std::string time_of(const NameTokens& tokens);

}  // namespace ecocube
