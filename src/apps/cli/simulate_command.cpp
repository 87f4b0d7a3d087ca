// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/simulate_command.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "apps/cli/world_writer.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/cube/glad.h"
#include "data/cube/period.h"
#include "methods/simulate/world.h"

namespace ecocube {
namespace {

using simulate::Frame;
using simulate::kPixelsPerDegree;

Result<LonLat> parse_centre(const std::string& text) {
  const auto parts = split(text, ',');
  const auto lon = parse_number(parts[0]), lat = parse_number(parts.size() == 2 ? parts[1] : "");
  if (!lon || !lat) return usage_error("--centre {}: expected longitude,latitude in degrees, such as 6.0,51.9", text);
  if (*lon < -179 || *lon > 179 || *lat < -65 || *lat > 75) {
    return usage_error("--centre {}: outside longitude -179..179, latitude -65..75", text);
  }
  return LonLat{*lon, *lat};
}

Result<Frame> parse_frame(const SimulateOptions& options) {
  ECOCUBE_TRY_ASSIGN(const LonLat centre, parse_centre(options.centre));
  const auto parts = split(options.size, 'x');
  const auto cols = parse_integer(parts[0]), rows = parse_integer(parts.size() == 2 ? parts[1] : "");
  if (!cols || !rows) return usage_error("--size {}: expected columns x rows, such as 560x400", options.size);
  if (*cols < 40 || *rows < 40 || *cols > 8000 || *rows > 8000)
    return usage_error("--size {}: each side must be 40..8000 pixels", options.size);
  if (!options.full_tile) return Frame::around(centre, static_cast<int>(*cols), static_cast<int>(*rows));
  const GladTile tile = glad_tile_at(centre);
  const Bounds cell = tile.cell();
  Frame frame =
      Frame::around({(cell.min_x + cell.max_x) / 2, (cell.min_y + cell.max_y) / 2}, kGladTilePixels, kGladTilePixels);
  frame.first_col = (tile.west + 180) * kPixelsPerDegree - kGladMarginPixels;
  frame.first_row = (90 - tile.south - 1) * kPixelsPerDegree - kGladMarginPixels;
  return frame;
}

Result<void> check_share(const char* option, double share, double highest) {
  if (share >= 0 && share <= highest) return {};
  return usage_error("{} {}: must be 0..{}", option, share, highest);
}

}  // namespace

Result<void> run_simulate(const SimulateOptions& options) {
  ECOCUBE_TRY(check_share("--label-noise", options.label_noise, 1));
  ECOCUBE_TRY(check_share("--missing", options.missing, 0.5));
  ECOCUBE_TRY(check_share("--old-style", options.old_style, 1));
  ECOCUBE_TRY(check_share("--clouds", options.clouds, 3));
  ECOCUBE_TRY_ASSIGN(const Frame frame, parse_frame(options));
  ECOCUBE_TRY_ASSIGN(const std::vector<int> years, parse_years(Value(options.years)));
  if (years.front() <= kGladFirstYear)
    return usage_error("--years {}: GLAD's intervals begin with {}", options.years, kGladFirstYear + 1);
  if (years.back() - years.front() + 1 != static_cast<int>(years.size()))
    return usage_error("--years {}: must be without gaps", options.years);
  std::optional<ThreadLimit> limit;
  if (options.threads > 0) limit.emplace(options.threads);
  log_info("simulating {} x {} pixels, {}..{}, seed {}", frame.cols, frame.rows, years.front(), years.back(),
           options.seed);
  const WorldWriter writer(options, frame, years);
  return writer.write();
}

void add_simulate_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command =
      app.add_subcommand("simulate", "Make a GLAD archive of a small world with known truth, and points in it");
  command->footer(
      "Holds about 170 bytes per pixel of the world on two threads, and 110 more for the truth.\n\n"
      "Example:\n  ecocube simulate --out world --seed 7 --years 2015..2020");
  command->add_option("--out", options->out, "folder to make the world in")->type_name("DIR")->required();
  command->add_option("--seed", options->seed, "another seed, another world")->type_name("N")->capture_default_str();
  command->add_option("--years", options->years, "first and last year")->type_name("SPAN")->capture_default_str();
  command->add_option("--size", options->size, "columns x rows of 0.00025 degrees")
      ->type_name("COLSxROWS")
      ->capture_default_str();
  command->add_option("--centre", options->centre, "middle of the world, degrees")
      ->type_name("LON,LAT")
      ->capture_default_str();
  command->add_flag("--full-tile", options->full_tile,
                    "fill the 1 degree tile that holds the centre; --size is ignored");
  command->add_option("--points", options->points, "field points")->type_name("N")->capture_default_str();
  command->add_option("--label-noise", options->label_noise, "share of wrong labels")
      ->type_name("0..1")
      ->capture_default_str();
  command->add_option("--clouds", options->clouds, "factor on cloud cover; 0 is a clear sky")
      ->type_name("0..3")
      ->capture_default_str();
  command->add_option("--missing", options->missing, "share of intervals without a file")
      ->type_name("0..0.5")
      ->capture_default_str();
  command->add_option("--old-style", options->old_style, "share of files with quality flags x 100")
      ->type_name("0..1")
      ->capture_default_str();
  command->add_flag("!--no-truth", options->truth, "leave out the truth: less memory and time");
  command->add_option("--threads", options->threads, "threads; 0 takes all cores")
      ->type_name("N")
      ->capture_default_str();
  command->final_callback([&action, options] {
    action = [options] {
      const auto outcome = run_simulate(*options);
      return outcome ? static_cast<int>(exit_done) : report(outcome.error());
    };
  });
}

}  // namespace ecocube
