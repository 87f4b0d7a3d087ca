// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ecocube {

/// Number of single-character edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`.
int edit_distance(std::string_view a, std::string_view b);

/// The known word nearest to `word`, when it is near enough to be a likely typing error.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known);

/// ` - did you mean 'window'?`, or ` (known: a, b, c)` when nothing is near.
std::string suggestion(std::string_view word, std::span<const std::string> known);

std::vector<std::string> split(std::string_view text, char separator);
/// Fields of one CSV line; a field in double quotes may hold separators, a doubled quote stands for one.
std::vector<std::string> csv_fields(std::string_view line, char separator = ',');
std::string join(std::span<const std::string> words, std::string_view separator);
std::string_view trimmed(std::string_view text);
std::string lower_case(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// Whole-string numbers; nothing when anything else follows.
std::optional<double> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

/// `2GB`, `512MiB`, `1.5G`, `1000000` in bytes; powers of 1000 for kB, MB, GB, of 1024 for KiB, K, MiB, M, GiB, G.
std::optional<std::uint64_t> parse_byte_size(std::string_view text);
/// 1536 MiB as `1.5 GiB`.
std::string format_byte_size(std::uint64_t bytes);
/// 75 s as `1 min 15 s`.
std::string format_duration(double seconds);

/// True when `text` matches the shell pattern with `*` and `?`.
bool matches_glob(std::string_view pattern, std::string_view text);

/// Replaces `& < > " '` so that the text can stand in HTML or XML.
std::string escape_html(std::string_view text);

}  // namespace ecocube
