// SPDX-License-Identifier: Apache-2.0
#include "methods/series/gap_assessment_hiding.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace ecocube::series {
namespace {

constexpr std::int64_t kBlockPixels = 32;  ///< side of the squares that miss a season

/// A number that depends on the parts alone (finaliser of SplitMix64, Steele, Lea and Flood 2014).
std::uint64_t bits_of(std::initializer_list<std::uint64_t> parts) {
  std::uint64_t state = 0;
  for (const std::uint64_t part : parts) {
    state += 0x9e3779b97f4a7c15ULL + part;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
    state ^= state >> 31;
  }
  return state;
}

/// Even over 0..1, 1 excluded.
double share_of(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// 0..count-1.
std::size_t below(std::uint64_t bits, std::size_t count) {
  return static_cast<std::size_t>(share_of(bits) * static_cast<double>(count));
}

/// Streams of numbers that say nothing about each other.
enum Purpose : std::uint64_t { kSingle = 1, kSquare, kDate, kShape, kDeal };

/// The first layer of every winter: the first whose middle is on or after 1 December.
std::vector<std::size_t> winters_of(const TimeAxis& axis) {
  std::vector<std::size_t> winters;
  // Counted from 1 December 1969, years of 365.2425 days agree with the calendar to a day.
  const auto winter_number = [&](std::size_t time) {
    return static_cast<std::int64_t>(std::floor((axis.days[time] + 31) / 365.2425));
  };
  for (std::size_t time = 1; time < axis.days.size(); ++time) {
    if (winter_number(time) != winter_number(time - 1)) winters.push_back(time);
  }
  return winters;
}

void hide_season_blocks(std::vector<std::uint8_t>& hidden, const SampleChip& chip, std::size_t number,
                        const TimeAxis& axis, std::uint64_t seed) {
  const std::size_t times = axis.days.size(), pixels = chip.rows * chip.cols;
  const auto season = static_cast<std::size_t>(std::max(1.0, std::round(axis.slots / 4.0)));
  const auto gaps = static_cast<std::size_t>(
      std::max(1.0, std::round(0.08 * static_cast<double>(times) / static_cast<double>(season))));
  const std::vector<std::size_t> winters = winters_of(axis);
  std::size_t square = 0;
  for (std::size_t row = 0; row < chip.rows; row += kBlockPixels) {
    for (std::size_t col = 0; col < chip.cols; col += kBlockPixels, ++square) {
      for (std::size_t gap = 0; gap < gaps; ++gap) {
        const auto draw = [&](std::uint64_t part) { return bits_of({seed, kSquare, number, square, gap, part}); };
        const std::size_t length = season * (1 + below(draw(0), 2));
        const bool winter = (square + gap + number) % 2 == 0 && !winters.empty();
        const std::size_t first =
            winter ? winters[below(draw(1), winters.size())] : below(draw(1), times - std::min(times, season) + 1);
        for (std::size_t time = first; time < std::min(times, first + length); ++time) {
          for (std::size_t r = row; r < std::min(chip.rows, row + kBlockPixels); ++r) {
            const std::size_t begin = time * pixels + r * chip.cols + col;
            const std::size_t end = begin + std::min<std::size_t>(kBlockPixels, chip.cols - col);
            std::fill(hidden.begin() + static_cast<std::ptrdiff_t>(begin),
                      hidden.begin() + static_cast<std::ptrdiff_t>(end), std::uint8_t{1});
          }
        }
      }
    }
  }
}

/// Value noise: random numbers on a lattice, smooth between.
double noise_at(double row, double col, std::initializer_list<std::uint64_t> stream) {
  const double top = std::floor(row), left = std::floor(col);
  const auto corner = [&](double r, double c) {
    return share_of(bits_of({bits_of(stream), static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(c)}));
  };
  const auto smooth = [](double x) { return x * x * (3 - 2 * x); };
  const double down = smooth(row - top), right = smooth(col - left);
  const double above = corner(top, left) + right * (corner(top, left + 1) - corner(top, left));
  const double under = corner(top + 1, left) + right * (corner(top + 1, left + 1) - corner(top + 1, left));
  return above + down * (under - above);
}

void hide_clouds(std::vector<std::uint8_t>& hidden, const SampleChip& chip, std::size_t number, std::size_t times,
                 std::uint64_t seed) {
  const std::size_t pixels = chip.rows * chip.cols;
  // Blobs about a seventh of the chip wide.
  const double cell = std::max(2.0, static_cast<double>(std::max(chip.rows, chip.cols)) / 14);
  std::vector<double> field(pixels), sorted;
  for (std::size_t time = 0; time < times; ++time) {
    if (share_of(bits_of({seed, kDate, number, time})) >= 1.0 / 3) continue;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const double row = static_cast<double>(pixel / chip.cols) / cell;
      const double col = static_cast<double>(pixel % chip.cols) / cell;
      field[pixel] = noise_at(row, col, {seed, kShape, number, time, 0}) +
                     0.35 * noise_at(2 * row, 2 * col, {seed, kShape, number, time, 1});
    }
    sorted = field;
    const auto level = sorted.begin() + static_cast<std::ptrdiff_t>(pixels * 7 / 10);
    std::nth_element(sorted.begin(), level, sorted.end());
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) hidden[time * pixels + pixel] = field[pixel] > *level;
  }
}

}  // namespace

std::vector<std::uint8_t> hidden_values(HidingWay way, const SampleChip& chip, std::size_t number, const TimeAxis& axis,
                                        double share, std::uint64_t seed) {
  const std::size_t times = axis.days.size();
  std::vector<std::uint8_t> hidden(chip.valid.size(), 0);
  if (way == HidingWay::random) {
    for (std::size_t cell = 0; cell < hidden.size(); ++cell)
      hidden[cell] = share_of(bits_of({seed, kSingle, number, cell})) < share;
  } else if (way == HidingWay::season_block) {
    hide_season_blocks(hidden, chip, number, axis, seed);
  } else if (way == HidingWay::cloud) {
    hide_clouds(hidden, chip, number, times, seed);
  }
  for (std::size_t cell = 0; cell < hidden.size(); ++cell) hidden[cell] = hidden[cell] && chip.valid[cell];
  return hidden;
}

std::vector<std::size_t> seen_on_dates(std::span<const SampleChip> chips, std::size_t times) {
  std::vector<std::size_t> seen(times, 0);
  for (const SampleChip& chip : chips) {
    const std::size_t pixels = chip.rows * chip.cols;
    for (std::size_t cell = 0; cell < chip.valid.size(); ++cell) seen[cell / pixels] += chip.valid[cell] != 0;
  }
  return seen;
}

std::vector<std::vector<std::size_t>> date_rounds(std::span<const SampleChip> chips, std::size_t times, double share,
                                                  std::uint64_t seed) {
  const std::vector<std::size_t> seen = seen_on_dates(chips, times);
  std::size_t pixels = 0;
  for (const SampleChip& chip : chips) pixels += chip.rows * chip.cols;
  std::vector<std::pair<std::uint64_t, std::size_t>> dates;
  for (std::size_t time = 0; time < times; ++time) {
    if (static_cast<double>(seen[time]) > 0.3 * static_cast<double>(pixels))
      dates.emplace_back(bits_of({seed, kDeal, time}), time);
  }
  std::sort(dates.begin(), dates.end());
  const std::size_t rounds = std::min<std::size_t>(dates.size(), static_cast<std::size_t>(std::ceil(1 / share)));
  std::vector<std::vector<std::size_t>> dealt(rounds);
  // One date alone cannot be filled from others.
  if (dates.size() < 2) return {};
  for (std::size_t i = 0; i < dates.size(); ++i) dealt[i % rounds].push_back(dates[i].second);
  for (auto& round : dealt) std::sort(round.begin(), round.end());
  return dealt;
}

ThinnedSample thinned(std::span<const SampleChip> chips, std::size_t times, std::size_t most) {
  struct Place {
    std::size_t chip, pixel;
  };
  std::vector<Place> places;
  for (std::size_t c = 0; c < chips.size(); ++c) {
    const std::size_t pixels = chips[c].rows * chips[c].cols;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::size_t time = 0; time < times; ++time) {
        if (chips[c].valid[time * pixels + pixel] == 0) continue;
        places.push_back({c, pixel});
        break;
      }
    }
  }
  ThinnedSample sample;
  sample.pixels = std::min(most, places.size());
  sample.values.resize(times * sample.pixels);
  sample.valid.resize(times * sample.pixels);
  for (std::size_t p = 0; p < sample.pixels; ++p) {
    const Place& place = places[p * places.size() / sample.pixels];
    const SampleChip& chip = chips[place.chip];
    for (std::size_t time = 0; time < times; ++time) {
      const std::size_t from = time * chip.rows * chip.cols + place.pixel, to = time * sample.pixels + p;
      sample.valid[to] = chip.valid[from] != 0;
      sample.values[to] = sample.valid[to] ? chip.values[from] : 0;
    }
  }
  return sample;
}

std::vector<std::uint16_t> gap_lengths(std::span<const std::uint8_t> valid, std::size_t times, std::size_t pixels) {
  std::vector<std::uint16_t> lengths(valid.size(), 0);
  // Counted up to the last layer of a gap, then its length is carried back to the first.
  for (std::size_t time = 0; time < times; ++time) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const std::size_t cell = time * pixels + pixel;
      if (valid[cell]) continue;
      lengths[cell] = static_cast<std::uint16_t>(1 + (time > 0 ? lengths[cell - pixels] : 0));
    }
  }
  for (std::size_t time = times; time-- > 1;) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const std::size_t cell = time * pixels + pixel, before = cell - pixels;
      if (!valid[cell] && !valid[before]) lengths[before] = lengths[cell];
    }
  }
  return lengths;
}

}  // namespace ecocube::series
