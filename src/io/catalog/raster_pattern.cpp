// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/raster_pattern.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "base/text.h"
#include "io/http/http.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kShownNames = 5;

using Tokens = std::map<std::string, std::string, std::less<>>;

const std::vector<std::string>& token_names() {
  static const std::vector<std::string> names{"variable", "start", "end", "year", "tile"};
  return names;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether `text` may stand for the token as a whole.
bool fits(std::string_view token, std::string_view text) {
  if (token == "year") return text.size() == 4 && is_digits(text);
  if (token == "start" || token == "end") {
    const bool shaped =
        (text.size() == 8 && is_digits(text)) || (text.size() == 10 && text[4] == '-' && text[7] == '-');
    return shaped && parse_date(text).has_value();
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_character);
}

bool matches_segment(std::string_view pattern, std::string_view name, Tokens& tokens);

/// Tries the lengths a token can have, shortest first.
bool matches_token(std::string_view token, std::string_view rest, std::string_view name, Tokens& tokens) {
  if (const auto known = tokens.find(token); known != tokens.end()) {
    return name.starts_with(known->second) && matches_segment(rest, name.substr(known->second.size()), tokens);
  }
  for (std::size_t length = 1; length <= name.size(); ++length) {
    if (!fits(token, name.substr(0, length))) continue;
    tokens[std::string(token)] = name.substr(0, length);
    if (matches_segment(rest, name.substr(length), tokens)) return true;
    tokens.erase(std::string(token));
  }
  return false;
}

/// Matches one part of a path; on success `tokens` holds what the tokens took.
bool matches_segment(std::string_view pattern, std::string_view name, Tokens& tokens) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    for (std::size_t length = 0; length <= name.size(); ++length) {
      if (matches_segment(pattern.substr(1), name.substr(length), tokens)) return true;
    }
    return false;
  }
  if (pattern.front() == '{') {
    const auto close = pattern.find('}');
    return matches_token(pattern.substr(1, close - 1), pattern.substr(close + 1), name, tokens);
  }
  if (name.empty() || (pattern.front() != '?' && pattern.front() != name.front())) return false;
  return matches_segment(pattern.substr(1), name.substr(1), tokens);
}

/// Which tokens a pattern has, each checked to be known.
Result<std::vector<std::string>> tokens_in(const std::string& pattern) {
  std::vector<std::string> found;
  for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{', open + 1)) {
    const auto close = pattern.find('}', open);
    if (close == std::string::npos) return usage_error("rasters {}: a brace has no end", pattern);
    const std::string token = pattern.substr(open + 1, close - open - 1);
    if (std::find(token_names().begin(), token_names().end(), token) == token_names().end()) {
      return usage_error("rasters {}: unknown {{{}}}{}", pattern, token, suggestion(token, token_names()));
    }
    found.push_back(token);
  }
  const auto has = [&](const char* token) { return std::find(found.begin(), found.end(), token) != found.end(); };
  if (has("start") != has("end")) return usage_error("rasters {}: {{start}} and {{end}} go together", pattern);
  if (has("start") && has("year"))
    return usage_error("rasters {}: {{year}} beside {{start}} and {{end}} says the dates twice", pattern);
  return found;
}

struct Found {
  fs::path path;
  Tokens tokens;
};

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code code;
  for (fs::directory_iterator at(folder.empty() ? "." : folder, code), end; !code && at != end; at.increment(code)) {
    entries.push_back(at->path().filename());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// The entries of the folders reached so far that match the next part of the pattern.
std::vector<Found> one_step(const std::vector<Found>& reached, const std::string& segment, bool last) {
  std::vector<Found> next;
  std::error_code code;
  const bool plain = segment.find_first_of("*?{") == std::string::npos;
  for (const Found& from : reached) {
    for (const fs::path& name : plain ? std::vector<fs::path>{segment} : entries_of(from.path)) {
      Found to{from.path / name, from.tokens};
      const bool right_kind =
          last ? fs::exists(to.path, code) && !fs::is_directory(to.path, code) : fs::is_directory(to.path, code);
      if (right_kind && (plain || matches_segment(segment, name.string(), to.tokens))) next.push_back(std::move(to));
    }
  }
  return next;
}

Failure nothing_found(const std::string& pattern, const fs::path& deepest) {
  const auto entries = entries_of(deepest);
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(entries.size(), kShownNames); ++i) shown.push_back(entries[i].string());
  const std::string folder = deepest.empty() ? "." : deepest.string();
  if (entries.empty()) return input_error("rasters {}: no file matches; the folder {} is empty", pattern, folder);
  return input_error("rasters {}: no file matches; the folder {} holds {}{}", pattern, folder, join(shown, ", "),
                     entries.size() > kShownNames ? fmt::format(" and {} more", entries.size() - kShownNames) : "");
}

Result<PatternMatch> read_tokens(const Found& found, const std::string& pattern) {
  const auto text = [&](std::string_view token) {
    const auto at = found.tokens.find(token);
    return at == found.tokens.end() ? std::string() : at->second;
  };
  PatternMatch match{found.path.string(), text("variable"), parse_date(text("start")), parse_date(text("end"))};
  if (const auto year = parse_integer(text("year"))) {
    match.start = make_day(static_cast<int>(*year), 1, 1);
    match.end = make_day(static_cast<int>(*year), 12, 31);
  }
  if (match.start && *match.start > *match.end) {
    return input_error("rasters {}: {} starts on {} after it ends on {}", pattern, match.path, iso_date(*match.start),
                       iso_date(*match.end));
  }
  return match;
}

bool is_outside_the_file_system(const std::string& pattern) {
  return pattern.starts_with("/vsi") || pattern.find("://") != std::string::npos;
}

}  // namespace

std::string readable_path(const std::string& place) {
  if (is_url(place)) return "/vsicurl/" + place;
  if (place.starts_with("s3://")) return "/vsis3/" + place.substr(5);
  if (place.starts_with("gs://")) return "/vsigs/" + place.substr(5);
  if (place.starts_with("file://")) return place.substr(7);
  return place.find("://") == std::string::npos || place.starts_with("/vsi") ? place : "";
}

Result<std::vector<PatternMatch>> find_rasters(const std::string& pattern) {
  if (pattern.starts_with("file://")) return find_rasters(readable_path(pattern));
  ECOCUBE_TRY(tokens_in(pattern));
  if (is_outside_the_file_system(pattern)) {
    const std::string path = readable_path(pattern);
    if (path.empty()) return usage_error("rasters {}: files of this kind of address are not read", pattern);
    if (pattern.find_first_of("*{") == std::string::npos) return std::vector<PatternMatch>{{path, {}, {}, {}}};
    return usage_error("rasters {}: a pattern needs a folder of this machine; name one file instead", pattern);
  }
  const fs::path whole(pattern);
  std::vector<Found> reached{{whole.root_path(), {}}};
  const fs::path relative = whole.relative_path();
  for (auto part = relative.begin(); part != relative.end(); ++part) {
    auto next = one_step(reached, part->string(), std::next(part) == relative.end());
    if (next.empty()) return nothing_found(pattern, reached.front().path);
    reached = std::move(next);
  }
  std::vector<PatternMatch> matches;
  for (const Found& found : reached) {
    ECOCUBE_TRY_ASSIGN(PatternMatch match, read_tokens(found, pattern));
    matches.push_back(std::move(match));
  }
  std::sort(matches.begin(), matches.end(), [](const PatternMatch& a, const PatternMatch& b) {
    return std::tie(a.variable, a.start, a.end, a.path) < std::tie(b.variable, b.start, b.end, b.path);
  });
  return matches;
}

}  // namespace ecocube
