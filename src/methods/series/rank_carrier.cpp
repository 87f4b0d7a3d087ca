// SPDX-License-Identifier: Apache-2.0
#include "methods/series/rank_carrier.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>
#include <vector>

#include "base/text.h"

namespace ecocube::series {
namespace {

constexpr std::array kParts{RankPart::highest,       RankPart::lowest,        RankPart::median,
                            RankPart::upper_quarter, RankPart::lower_quarter, RankPart::between_quarters};

/// What one date of a pixel holds.
struct Ranked {
  float carrier = 0;
  float value = 0;
};

/// `series` is in order of time and not empty; it is put in order of rank.
double value_of(RankPart part, std::vector<Ranked>& series) {
  const auto lower = [](const Ranked& a, const Ranked& b) { return a.carrier < b.carrier; };
  if (part == RankPart::highest) {
    return static_cast<double>(std::max_element(series.begin(), series.end(), lower)->value);
  }
  if (part == RankPart::lowest) {
    return static_cast<double>(std::min_element(series.begin(), series.end(), lower)->value);
  }
  std::stable_sort(series.begin(), series.end(), lower);
  const auto [first, last] = rank_places(part, series.size());
  double sum = 0;
  for (std::size_t place = first; place <= last; ++place) sum += static_cast<double>(series[place].value);
  return sum / static_cast<double>(last - first + 1);
}

}  // namespace

std::pair<std::size_t, std::size_t> rank_places(RankPart part, std::size_t dates) {
  const std::size_t steps = dates - 1;
  switch (part) {
    case RankPart::median:
      return {steps / 2, steps / 2};
    case RankPart::upper_quarter:
      return {(3 * steps + 3) / 4, steps};
    case RankPart::lower_quarter:
      return {0, steps / 4};
    case RankPart::between_quarters:
      return dates == 2 ? std::pair<std::size_t, std::size_t>{0, 1} : std::pair{(steps + 3) / 4, 3 * steps / 4};
    case RankPart::highest:
    case RankPart::lowest:
      break;
  }
  return {0, 0};
}

std::string_view name_of(RankPart part) {
  switch (part) {
    case RankPart::highest:
      return "highest";
    case RankPart::lowest:
      return "lowest";
    case RankPart::median:
      return "median";
    case RankPart::upper_quarter:
      return "upper_quarter";
    case RankPart::lower_quarter:
      return "lower_quarter";
    case RankPart::between_quarters:
      return "between_quarters";
  }
  return "";
}

Result<RankPart> parse_rank_part(std::string_view name) {
  std::vector<std::string> known;
  for (const RankPart part : kParts) {
    if (name == name_of(part)) return part;
    known.emplace_back(name_of(part));
  }
  return usage_error("unknown part of a rank '{}'{}", name, suggestion(name, known));
}

void rank_carrier_plain(std::span<const float> band, std::span<const float> carrier,
                        std::span<const std::uint8_t> valid, std::size_t pixels, PixelRange range, RankPart part,
                        std::span<float> results, std::span<std::uint8_t> results_valid) {
  const std::size_t times = pixels == 0 ? 0 : valid.size() / pixels;
  assert(band.size() == valid.size() && carrier.size() == valid.size() && valid.size() == times * pixels);
  assert(results.size() == pixels && results_valid.size() == pixels && range.end <= pixels);
  std::vector<Ranked> series;
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    series.clear();
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t cell = time * pixels + pixel;
      if (valid[cell] != 0) series.push_back({carrier[cell], band[cell]});
    }
    results_valid[pixel] = series.empty() ? 0 : 1;
    results[pixel] = series.empty() ? 0.0F : static_cast<float>(value_of(part, series));
  }
}

}  // namespace ecocube::series
