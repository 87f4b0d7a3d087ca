// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/compare_gaps.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "data/cube/period.h"
#include "io/file/file.h"
#include "io/raster/layer_reader.h"
#include "io/raster/raster.h"
#include "methods/series/fill_gaps.h"

namespace ecocube {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMedianSuffix = "_p50";
constexpr std::array<const char*, 7> kBands{"blue", "green", "red", "nir", "swir1", "swir2", "temperature"};

/// Values of one band of one tile at all times; shapes [time][row][col].
struct Series {
  std::vector<float> values;
  std::vector<std::uint8_t> valid;

  void add(std::size_t pixels) { values.resize(values.size() + pixels), valid.resize(values.size()); }
  std::span<float> last_values(std::size_t pixels) { return std::span(values).last(pixels); }
  std::span<std::uint8_t> last_valid(std::size_t pixels) { return std::span(valid).last(pixels); }
};

std::optional<Period> parse_period(const std::string& id) {
  const auto parts = split(id, '_');
  if (parts.size() != 2) return std::nullopt;
  const auto start = parse_date(parts[0]), end = parse_date(parts[1]);
  if (!start || !end || *start > *end) return std::nullopt;
  return Period{"", year_of(*end), *start, *end};
}

/// The layer of a file's band, as the file describes it.
Result<std::optional<Layer>> layer_in(const std::string& path, std::string_view band_name) {
  ECOCUBE_TRY_ASSIGN(const auto raster, Raster::open(path));
  const auto& bands = raster->info().bands;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    if (!band_name.empty() && bands[i].description != band_name) continue;
    Layer layer;
    layer.variable = bands[i].description;
    layer.encoding = bands[i].encoding;
    layer.files = {{path, static_cast<int>(i) + 1}};
    return layer;
  }
  return std::nullopt;
}

/// Slots by the day of the year on which they end, so that winter comes first.
series::TimeAxis axis_of(const std::vector<Period>& periods) {
  std::set<std::string> ends;
  for (const Period& period : periods) ends.insert(compact_date(period.end).substr(4));
  series::TimeAxis axis;
  axis.slots = static_cast<int>(ends.size());
  axis.years = periods.back().year - periods.front().year + 1;
  for (const Period& period : periods) {
    axis.slot.push_back(static_cast<int>(std::distance(ends.begin(), ends.find(compact_date(period.end).substr(4)))));
    axis.year.push_back(period.year - periods.front().year);
    axis.days.push_back(static_cast<int>((period.start + (period.end - period.start) / 2).time_since_epoch().count()));
  }
  return axis;
}

/// The periods that a tile has both composites and filled files of, oldest first.
std::vector<Period> periods_of(const CompareOptions& options, const fs::path& tile) {
  std::vector<Period> periods;
  for (const std::string& path : glob_files((tile / options.composite / "*.tif").string())) {
    const auto period = parse_period(fs::path(path).stem().string());
    if (period && fs::exists(tile / options.fill_gaps / (period->id() + ".tif"))) periods.push_back(*period);
  }
  std::sort(periods.begin(), periods.end(), [](const Period& a, const Period& b) { return a.start < b.start; });
  return periods;
}

/// Everything about one band of one tile.
struct Scores {
  Series composite, filled, truth;

  SquaredError error(const Series& made, bool on_gaps) const {
    std::vector<std::uint8_t> chosen(composite.valid.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = (composite.valid[i] == 0) == on_gaps ? 1 : 0;
    return error_on(made.values, made.valid, truth.values, truth.valid, chosen);
  }
  template <class Fill>
  SquaredError error_when(std::size_t pixels, const Fill& fill) const {
    Series made = composite;
    std::vector<std::uint8_t> source(made.values.size());
    fill(series::GapSeries{made.values, made.valid, source, pixels}, series::PixelRange{0, pixels});
    return error(made, true);
  }
};

Result<bool> read_band(const CompareOptions& options, const fs::path& tile, const std::string& band,
                       const std::vector<Period>& periods, const Grid& grid, const Window& window, Scores& scores) {
  LayerReader reader(grid, "/");
  const auto pixels = static_cast<std::size_t>(window.pixels());
  for (const Period& period : periods) {
    const fs::path truth = options.world / "truth" / fmt::format("{}_{}.tif", band, period.id());
    if (!fs::exists(truth)) return false;
    const auto take = [&](const fs::path& path, const std::string& name, Series& series) -> Result<bool> {
      ECOCUBE_TRY_ASSIGN(const auto layer, layer_in(fs::absolute(path).string(), name));
      if (!layer) return false;
      series.add(pixels);
      ECOCUBE_TRY(reader.read_decoded(*layer, tile.filename().string(), window, series.last_values(pixels),
                                      series.last_valid(pixels)));
      return true;
    };
    const std::string name = band + std::string(kMedianSuffix), file = period.id() + ".tif";
    ECOCUBE_TRY_ASSIGN(const bool known, take(truth, "", scores.truth));
    ECOCUBE_TRY_ASSIGN(const bool composed, take(tile / options.composite / file, name, scores.composite));
    ECOCUBE_TRY_ASSIGN(const bool filled, take(tile / options.fill_gaps / file, name, scores.filled));
    if (!known || !composed || !filled) return false;
  }
  return true;
}

Result<void> compare_band(const CompareOptions& options, const fs::path& tile, const std::vector<Period>& periods,
                          BandScore& score) {
  ECOCUBE_TRY_ASSIGN(const auto raster,
                     Raster::open((tile / options.composite / (periods.front().id() + ".tif")).string()));
  const RasterInfo& info = raster->info();
  const Grid grid{info.crs_wkt, info.geo_transform[1], info.geo_transform[0], info.geo_transform[3],
                  static_cast<int>(info.cols)};
  const Window window{0, 0, info.rows, info.cols};
  Scores scores;
  ECOCUBE_TRY_ASSIGN(const bool complete, read_band(options, tile, score.band, periods, grid, window, scores));
  if (!complete) return {};
  const series::TimeAxis axis = axis_of(periods);
  const auto pixels = static_cast<std::size_t>(window.pixels());
  score.filled = scores.error(scores.filled, true);
  score.observed = scores.error(scores.composite, false);
  score.linear = scores.error_when(
      pixels, [&](const series::GapSeries& gaps, series::PixelRange all) { series::fill_linear(gaps, all, axis); });
  score.seasonal = scores.error_when(pixels, [&](const series::GapSeries& gaps, series::PixelRange all) {
    series::fill_seasonal_mean(gaps, all, axis);
  });
  score.median = scores.error_when(
      pixels, [&](const series::GapSeries& gaps, series::PixelRange all) { series::fill_tmwm(gaps, all, axis, {}); });
  return {};
}

void add(const BandScore& part, BandScore& whole) {
  whole.filled.add(part.filled);
  whole.observed.add(part.observed);
  whole.linear.add(part.linear);
  whole.seasonal.add(part.seasonal);
  whole.median.add(part.median);
}

}  // namespace

Result<void> compare_gaps(const CompareOptions& options, Comparison& comparison) {
  std::vector<fs::path> tiles;
  for (const std::string& path : glob_files((options.run / "tiles" / "*").string())) {
    if (fs::exists(fs::path(path) / options.fill_gaps)) tiles.emplace_back(path);
  }
  std::vector<BandScore> scores(kBands.size() * tiles.size());
  std::vector<Result<void>> outcomes(scores.size());
  parallel_for(scores.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const fs::path& tile = tiles[i % tiles.size()];
      scores[i].band = kBands[i / tiles.size()];
      const std::vector<Period> periods = periods_of(options, tile);
      if (!periods.empty()) outcomes[i] = compare_band(options, tile, periods, scores[i]);
    }
  });
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!outcomes[i])
      return within(fmt::format("tile {}, band {}", tiles[i % tiles.size()].filename().string(), scores[i].band),
                    outcomes[i].error());
    if (scores[i].filled.cells + scores[i].filled.empty + scores[i].observed.cells == 0) continue;
    if (comparison.bands.empty() || comparison.bands.back().band != scores[i].band) {
      comparison.bands.push_back(scores[i]);
    } else {
      add(scores[i], comparison.bands.back());
    }
  }
  return {};
}

}  // namespace ecocube
