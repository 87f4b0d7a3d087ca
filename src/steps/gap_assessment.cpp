// SPDX-License-Identifier: Apache-2.0
#include "steps/gap_assessment.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "io/raster/layer_reader.h"
#include "methods/series/date_regression.h"
#include "methods/series/gap_assessment_fill.h"
#include "steps/time_axis.h"

namespace ecocube {
namespace {

constexpr std::size_t kGrain = 2048;  ///< pixels that a thread fills at once

/// Bytes held of a value of the sample: it and its validity, the copy that values are hidden in, a filler's result with
/// its expected error and working copies, and lengths of gaps.
constexpr std::uint64_t kBytesPerValue = 40;

std::uint64_t values_of(std::span<const ChipPlace> places, std::size_t times) {
  std::uint64_t values = 0;
  for (const ChipPlace& place : places) values += static_cast<std::uint64_t>(place.window.pixels()) * times;
  return values;
}

series::FilledChip fill_temporal(const series::FillMethod& method, const series::SampleChip& chip,
                                 const series::TimeAxis& axis) {
  series::FilledChip filled{{chip.values.begin(), chip.values.end()}, {chip.valid.begin(), chip.valid.end()}, {}};
  std::vector<std::uint8_t> source(filled.valid.size(), series::kEmpty);
  const std::size_t pixels = chip.rows * chip.cols;
  parallel_for(pixels, kGrain, [&](std::size_t begin, std::size_t end) {
    series::fill_series(method, {filled.values, filled.valid, source, pixels}, {begin, end}, axis);
  });
  return filled;
}

/// Fills a chip by date regression and kriging.
series::FilledChip fill_drk(const series::DateRegression& drk, const series::SampleChip& chip, std::size_t times) {
  const std::size_t pixels = chip.rows * chip.cols;
  std::vector<float> completed(chip.values.size());
  parallel_for(pixels, kGrain, [&](std::size_t begin, std::size_t end) {
    drk.complete(chip.values, chip.valid, pixels, {begin, end}, completed);
  });
  series::FilledChip filled{std::vector<float>(chip.values.size()), std::vector<std::uint8_t>(chip.values.size()),
                            std::vector<float>(chip.values.size())};
  const series::BlockAround block{.rows = chip.rows,
                                  .cols = chip.cols,
                                  .values = chip.values,
                                  .valid = chip.valid,
                                  .completed = completed,
                                  .where_row = 0,
                                  .where_col = 0,
                                  .where_rows = chip.rows,
                                  .where_cols = chip.cols};
  parallel_for(pixels, kGrain, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    std::vector<float> values(times * count), error(times * count);
    std::vector<std::uint8_t> source(times * count);
    drk.fill(block, {begin, end}, {values, source, error});
    for (std::size_t time = 0; time < times; ++time) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t to = time * pixels + begin + i, from = time * count + i;
        filled.values[to] = values[from];
        filled.valid[to] = source[from] != series::kEmpty;
        filled.expected_error[to] = error[from];
      }
    }
  });
  return filled;
}

std::vector<series::FilledChip> fill_by_drk(std::span<const series::SampleChip> chips, const series::TimeAxis& axis) {
  const series::DateRegression drk(series::estimate_date_statistics(chips, axis), axis);
  std::vector<series::FilledChip> filled;
  for (const series::SampleChip& chip : chips) filled.push_back(fill_drk(drk, chip, axis.days.size()));
  return filled;
}

/// Where squares begin along a side of a tile, on the tile's own lattice, so that the same ones are taken whatever the
/// area. Slivers at a tile's border are left out: they hold too few neighbours.
std::vector<std::int64_t> begins_along(std::int64_t length, std::int64_t side) {
  std::vector<std::int64_t> begins;
  for (std::int64_t begin = 0; begin < length; begin += side) {
    if (2 * std::min(side, length - begin) >= std::min(side, length)) begins.push_back(begin);
  }
  return begins;
}

/// The squares of all tiles, row by row; only told by number, for a continent has millions.
class Squares {
 public:
  Squares(const Cube& cube, std::int64_t side) : cube_(cube), side_(side) {
    for (const Tile& tile : cube.tiles) {
      const Window& window = tile.window;
      ends_.push_back(count() + begins_along(window.rows, side).size() * begins_along(window.cols, side).size());
    }
  }
  std::size_t count() const { return ends_.empty() ? 0 : ends_.back(); }
  ChipPlace at(std::size_t number) const {
    const auto place = std::upper_bound(ends_.begin(), ends_.end(), number) - ends_.begin();
    const Tile& tile = cube_.tiles[static_cast<std::size_t>(place)];
    const std::size_t of_tile = number - (place == 0 ? 0 : ends_[static_cast<std::size_t>(place) - 1]);
    const auto rows = begins_along(tile.window.rows, side_), cols = begins_along(tile.window.cols, side_);
    const std::int64_t row = rows[of_tile / cols.size()], col = cols[of_tile % cols.size()];
    return {fmt::format("{}+{}+{}", tile.name(), row, col),
            intersection({tile.window.row + row, tile.window.col + col, side_, side_}, tile.window)};
  }

 private:
  const Cube& cube_;
  std::int64_t side_;
  std::vector<std::size_t> ends_;  ///< squares up to and with each tile
};

Result<void> read_chip(const SeriesVariable& variable, const Cube& cube, const Window& window, LayerReader& reader,
                       std::vector<float>& values, std::vector<std::uint8_t>& valid) {
  const auto pixels = static_cast<std::size_t>(window.pixels());
  values.assign(variable.layers.size() * pixels, 0.0F);
  valid.assign(values.size(), 0);
  std::vector<float> part;
  std::vector<std::uint8_t> part_valid;
  for (const Tile& tile : cube.tiles) {
    const Window shared = intersection(tile.window, window);
    if (shared.empty()) continue;
    part.resize(static_cast<std::size_t>(shared.pixels()));
    part_valid.resize(part.size());
    for (std::size_t time = 0; time < variable.layers.size(); ++time) {
      ECOCUBE_TRY(reader.read_decoded(variable.layers[time], tile.name(), shared, part, part_valid));
      for (std::int64_t row = 0; row < shared.rows; ++row) {
        const auto from = row * shared.cols;
        const auto to = static_cast<std::int64_t>(time * pixels) + (shared.row - window.row + row) * window.cols +
                        shared.col - window.col;
        std::copy_n(part.begin() + from, shared.cols, values.begin() + to);
        std::copy_n(part_valid.begin() + from, shared.cols, valid.begin() + to);
      }
    }
  }
  return {};
}

}  // namespace

std::vector<ChipPlace> choose_chips(const Cube& cube, std::size_t times, const SampleOptions& options) {
  const std::vector<ChipPlace> whole{{cube.name, cube.area}};
  if (cube.area.pixels() <= options.whole_pixels && assessment_bytes(whole, times) <= options.memory_bytes)
    return whole;
  const Squares all(cube, options.chip_pixels);
  const std::uint64_t chip_bytes =
      static_cast<std::uint64_t>(options.chip_pixels * options.chip_pixels) * times * kBytesPerValue;
  const auto room = static_cast<std::size_t>(std::max<std::uint64_t>(1, options.memory_bytes / chip_bytes));
  const std::size_t count = std::min({static_cast<std::size_t>(options.chips), room, all.count()});
  // Multiples of the golden section spread evenly over the list of squares and, unlike equal steps, never fall into
  // line with the rows of a tile.
  std::set<std::size_t> taken;
  for (std::size_t i = 1; taken.size() < count; ++i) {
    const double turns = static_cast<double>(i) * 0.6180339887498949;
    taken.insert(static_cast<std::size_t>((turns - std::floor(turns)) * static_cast<double>(all.count())));
  }
  std::vector<ChipPlace> places;
  for (const std::size_t place : taken) places.push_back(all.at(place));
  return places;
}

std::uint64_t assessment_bytes(std::span<const ChipPlace> places, std::size_t times) {
  return values_of(places, times) * kBytesPerValue;
}

Result<GapSample> GapSample::read(const SeriesVariable& variable, const Cube& cube, std::span<const ChipPlace> places,
                                  const std::filesystem::path& root) {
  GapSample sample;
  LayerReader reader(cube.grid, root);
  std::size_t seen = 0;
  for (const ChipPlace& place : places) {
    std::vector<float>& values = sample.values_.emplace_back();
    std::vector<std::uint8_t>& valid = sample.valid_.emplace_back();
    const auto read = read_chip(variable, cube, place.window, reader, values, valid);
    if (!read) return within(fmt::format("variable {}: sample {}", variable.name, place.region), read.error());
    seen += static_cast<std::size_t>(std::count_if(valid.begin(), valid.end(), [](std::uint8_t v) { return v != 0; }));
  }
  if (seen == 0) {
    return input_error("variable {}: none of the {} values of the sample was ever seen", variable.name,
                       values_of(places, variable.layers.size()));
  }
  for (std::size_t c = 0; c < places.size(); ++c) {
    sample.views_.push_back({sample.values_[c], sample.valid_[c], static_cast<std::size_t>(places[c].window.rows),
                             static_cast<std::size_t>(places[c].window.cols)});
  }
  return sample;
}

Result<void> check_methods(const std::vector<std::string>& methods, const std::string& option) {
  std::vector<std::string> known;
  for (const std::string_view name : series::assessed_method_names()) known.emplace_back(name);
  std::set<std::string> seen;
  for (const std::string& method : methods) {
    if (std::find(known.begin(), known.end(), method) == known.end())
      return usage_error("{}: no method is called '{}'{}", option, method, suggestion(method, known));
    if (!seen.insert(method).second) return usage_error("{}: {} is named twice", option, method);
  }
  return {};
}

namespace {

series::AssessedFiller temporal_filler(const std::string& name, const series::FillMethod& method,
                                       const series::TimeAxis& axis) {
  return {name, [method, axis](std::span<const series::SampleChip> chips) {
            std::vector<series::FilledChip> filled;
            for (const auto& chip : chips) filled.push_back(fill_temporal(method, chip, axis));
            return filled;
          }};
}

}  // namespace

std::vector<series::AssessedFiller> assessed_fillers(const std::vector<std::string>& methods,
                                                     const series::TimeAxis& axis) {
  std::vector<series::AssessedFiller> fillers;
  for (const std::string& name : methods) {
    if (const auto method = series::temporal_method(name)) {
      fillers.push_back(temporal_filler(name, *method, axis));
    } else {
      fillers.push_back({name, [axis](std::span<const series::SampleChip> chips) { return fill_by_drk(chips, axis); }});
    }
  }
  return fillers;
}

Result<GapKnowledge> learn_gaps(const SeriesVariable& variable, const Cube& cube, std::span<const ChipPlace> places,
                                const KnowledgeOptions& options, const std::filesystem::path& root) {
  ECOCUBE_TRY_ASSIGN(const series::TimeAxis axis, time_axis_of(variable.layers));
  ECOCUBE_TRY_ASSIGN(const GapSample sample, GapSample::read(variable, cube, places, root));
  GapKnowledge knowledge;
  knowledge.variable = variable.name;
  knowledge.unit = variable.layers.front().encoding.unit;
  knowledge.slot_names.resize(static_cast<std::size_t>(axis.slots));
  for (std::size_t time = 0; time < variable.layers.size(); ++time)
    knowledge.slot_names[static_cast<std::size_t>(axis.slot[time])] = variable.layers[time].period->slot;
  for (const ChipPlace& place : places) knowledge.regions.push_back(place.region);
  if (options.statistics) {
    knowledge.statistics = series::estimate_date_statistics(sample.chips(), axis);
    // Filled values are held within the observed range, which a part of a large area shows a part of.
    const bool is_whole = places.size() == 1 && places.front().window == cube.area;
    const double beyond = is_whole ? 0 : 0.5 * (knowledge.statistics->highest - knowledge.statistics->lowest);
    knowledge.statistics->lowest -= beyond;
    knowledge.statistics->highest += beyond;
  }
  std::vector<series::AssessedFiller> fillers = assessed_fillers(options.methods, axis);
  if (options.own) fillers.push_back(temporal_filler(options.own->name, *options.own, axis));
  if (!fillers.empty()) knowledge.assessment = series::assess_gaps(sample.chips(), axis, fillers, options.assess);
  return knowledge;
}

}  // namespace ecocube
