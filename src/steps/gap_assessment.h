// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/grid.h"
#include "data/cube/layer.h"
#include "methods/series/date_statistics.h"
#include "methods/series/gap_assessment.h"
#include "steps/series_engine.h"

namespace ecocube {

/// What assess-gaps and the whole-area task of fill-gaps share: reading a sample of a variable, measuring fillers on
/// it, and the file in which tiles find what was learned.

/// A rectangle of the sample.
struct ChipPlace {
  std::string region;  ///< `r075_c104+128+64`: tile, and row and column in it; the area's name when it is all of it
  Window window;       ///< grid pixels
};

struct SampleOptions {
  std::int64_t chips = 24;                ///< squares taken of a large cube
  std::int64_t chip_pixels = 64;          ///< side of a square
  std::int64_t whole_pixels = 300'000;    ///< up to so many pixels the whole area is the sample
  std::uint64_t memory_bytes = 1U << 30;  ///< what the task may hold; fewer chips are taken where it is short
};

/// Where the sample lies: the whole area of a small cube as one chip; else squares spread evenly over the tiles, always
/// the same ones.
///
/// times  layers of the longest variable
std::vector<ChipPlace> choose_chips(const Cube& cube, std::size_t times, const SampleOptions& options);

/// Bytes that a task holds that reads and assesses such a sample.
std::uint64_t assessment_bytes(std::span<const ChipPlace> places, std::size_t times);

/// The sample of one variable. Chips are physical values, shape [time][row][col].
class GapSample {
 public:
  GapSample() = default;
  GapSample(GapSample&&) = default;
  GapSample& operator=(GapSample&&) = default;
  GapSample(const GapSample&) = delete;
  GapSample& operator=(const GapSample&) = delete;
  /// Reads the chips of all layers, over the borders of tiles. `root`: the run's folder.
  static Result<GapSample> read(const SeriesVariable& variable, const Cube& cube, std::span<const ChipPlace> places,
                                const std::filesystem::path& root);
  std::span<const series::SampleChip> chips() const { return views_; }

 private:
  std::vector<std::vector<float>> values_;
  std::vector<std::vector<std::uint8_t>> valid_;
  std::vector<series::SampleChip> views_;  ///< of the vectors above, whose storage does not move
};

/// What is learned of one variable.
struct GapKnowledge {
  std::string variable;
  std::string unit;
  std::vector<std::string> slot_names;               ///< in the axis' order
  std::vector<std::string> regions;                  ///< of the chips
  std::optional<series::GapAssessment> assessment;   ///< none where only statistics were asked for
  std::optional<series::DateStatistics> statistics;  ///< for drk; none where it is not asked for
};

struct KnowledgeOptions {
  std::vector<std::string> methods;       ///< to be assessed, of series::assessed_method_names()
  std::optional<series::FillMethod> own;  ///< a temporal filler with options of its own, assessed under its own name
  bool statistics = false;                ///< whether tiles will fill by drk, alone or within `auto`
  series::AssessOptions assess;
};

/// Checks names of methods; an unknown one is an error that names `option` and the nearest known one.
Result<void> check_methods(const std::vector<std::string>& methods, const std::string& option);

/// Reads the sample of a variable and learns from it, on all threads. What is learned is the same for any number of
/// them. A variable without any valid value in the sample is an error.
Result<GapKnowledge> learn_gaps(const SeriesVariable& variable, const Cube& cube, std::span<const ChipPlace> places,
                                const KnowledgeOptions& options, const std::filesystem::path& root);

/// The file that a whole-area task writes and the tasks of the tiles read, as JSON; numbers come back bit for bit.
Result<void> write_gap_knowledge(const std::vector<GapKnowledge>& all, const std::filesystem::path& file);
Result<std::vector<GapKnowledge>> read_gap_knowledge(const std::filesystem::path& file);

/// The fillers of some names for an assessment. Chips are filled on all threads.
std::vector<series::AssessedFiller> assessed_fillers(const std::vector<std::string>& methods,
                                                     const series::TimeAxis& axis);

}  // namespace ecocube
