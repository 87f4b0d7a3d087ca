// SPDX-License-Identifier: Apache-2.0
#include "steps/mask_task.h"

#include <algorithm>
#include <fstream>

#include "base/text.h"
#include "io/raster/raster.h"

namespace ecocube {
namespace {

constexpr std::size_t kMostOpen = 16;

/// How often each word of the masks is met on a scene's pixels under the tile.
class WordShares {
 public:
  explicit WordShares(const Product& product, const series::SceneMask& mask) {
    for (std::size_t band = 0; band < mask.bands().size(); ++band) {
      const std::vector<MaskWord>* words = &product.words;
      for (const MaskBand& more : product.more_masks) {
        if (more.name == mask.bands()[band].name) words = &more.words;
      }
      for (const MaskWord& word : *words) {
        if (!series::is_fill(word)) words_.push_back({band, word, 0});
      }
    }
  }

  void add(const SceneReader& reader, std::span<const std::int64_t> places) {
    for (const std::int64_t place : places) {
      if (place < 0 || (reader.marks()[static_cast<std::size_t>(place)] & series::kFill) != 0) continue;
      ++pixels_;
      clear_ += reader.marks()[static_cast<std::size_t>(place)] == 0 ? 1 : 0;
      for (Count& count : words_) {
        const std::uint16_t number = reader.mask_numbers(count.band)[static_cast<std::size_t>(place)];
        count.pixels += series::means(count.word, number) ? 1 : 0;
      }
    }
  }

  std::string csv(const std::string& scene) const {
    std::string text;
    for (const auto& [word, share] : shares()) text += fmt::format("\"{}\",{},{:.6f}\n", scene, word, share);
    return text + fmt::format("\"{}\",not masked,{:.6f}\n", scene, share_of(clear_));
  }

  std::string note(const std::string& scene) const {
    std::string text = fmt::format("scene {}: {:.1f} % not masked", scene, 100 * share_of(clear_));
    for (const auto& [word, share] : shares()) {
      if (share > 0) text += fmt::format(", {} {:.1f} %", word, 100 * share);
    }
    return text;
  }
  bool any() const { return pixels_ > 0; }

 private:
  struct Count {
    std::size_t band;
    MaskWord word;
    std::size_t pixels;
  };
  double share_of(std::size_t pixels) const {
    return pixels_ == 0 ? 0.0 : static_cast<double>(pixels) / static_cast<double>(pixels_);
  }
  /// Several entries of one name, of which a pixel fits one at most, are one word.
  std::vector<std::pair<std::string, double>> shares() const {
    std::vector<std::pair<std::string, double>> all;
    for (const Count& count : words_) {
      const auto known =
          std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == count.word.name; });
      if (known == all.end()) {
        all.emplace_back(count.word.name, share_of(count.pixels));
      } else {
        known->second += share_of(count.pixels);
      }
    }
    return all;
  }

  std::vector<Count> words_;
  std::size_t pixels_ = 0, clear_ = 0;
};

void take_states(const SceneReader& reader, std::span<const std::int64_t> places, std::span<float> states) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0) continue;
    const std::uint8_t mark = reader.marks()[static_cast<std::size_t>(places[i])];
    if ((mark & series::kFill) != 0) continue;
    if (mark == 0) {
      states[i] = kStateClear;
    } else if (states[i] == kStateNotCovered) {
      states[i] = kStateMasked;
    }
  }
}

/// A scene while its task runs.
struct Looked {
  const TileScene* scene;
  WordShares shares;
  bool damaged = false;
};

class Work {
 public:
  Work(const MaskRules& rules, const MaskJob& job, TaskRun& run)
      : rules_(rules), job_(job), run_(run), reader_(rules.scenes, job.tile) {
    for (const TileScene& scene : job.scenes)
      scenes_.push_back({&scene, WordShares(rules.source->product(), rules.source->mask())});
  }

  Result<bool> write_layer(const std::string& layer) {
    ECOCUBE_TRY_ASSIGN(auto writer, RasterWriter::create(run_.stage(layer), rules_.scenes.grid, job_.tile, encoding(),
                                                         {{"clear", LayerKind::classes, {}, {}}}));
    for (Looked& looked : scenes_) looked.shares = WordShares(rules_.source->product(), rules_.source->mask());
    const std::int64_t rows = RasterWriter::rows_within(run_.memory_bytes(), job_.tile, [&](std::int64_t some) {
      return MaskJob::bytes_of_block(rules_, job_.tile, some);
    });
    for (std::int64_t row = 0; row < job_.tile.rows; row += rows) {
      const Window block{job_.tile.row + row, job_.tile.col, std::min(rows, job_.tile.rows - row), job_.tile.cols};
      std::vector<float> states(static_cast<std::size_t>(block.pixels()), kStateNotCovered);
      for (Looked& looked : scenes_) {
        if (looked.damaged) continue;
        if (auto done = look(looked, block, states); !done) {
          if (!rules_.skip_bad || done.error().blame != Blame::input) return Failure(done.error());
          run_.note(fmt::format("scene {} left out: {}", looked.scene->name, done.error().message));
          looked.damaged = true;
          return false;
        }
      }
      ECOCUBE_TRY(writer->write(0, block, states, {}));
      run_.progress(static_cast<double>(row + block.rows) / static_cast<double>(job_.tile.rows));
    }
    ECOCUBE_TRY(writer->close());
    return true;
  }

  Result<void> write_shares(const std::string& path) {
    std::ofstream file(run_.stage(path));
    file << "scene,word,share\n";
    for (const Looked& looked : scenes_) {
      if (looked.damaged || !looked.shares.any()) continue;
      file << looked.shares.csv(looked.scene->name);
      run_.note(looked.shares.note(looked.scene->name));
    }
    file.close();
    if (!file) return machine_error("writing {}: the disk may be full", path);
    return {};
  }

 private:
  static Encoding encoding() { return {DataType::uint8, 1, 0, kStateNotCovered, ""}; }

  Result<void> look(Looked& looked, const Window& block, std::span<float> states) {
    ECOCUBE_TRY_ASSIGN(const auto file, rules_.source->open(*looked.scene, pool_));
    reader_.set_block(block);
    ClearTally tally;
    ECOCUBE_TRY(reader_.look(*file, looked.scene->name, tally));
    const std::vector<std::int64_t> places = reader_.places();
    take_states(reader_, places, states);
    looked.shares.add(reader_, places);
    return {};
  }

  const MaskRules& rules_;
  const MaskJob& job_;
  TaskRun& run_;
  SceneReader reader_;
  RasterPool pool_{kMostOpen};
  std::vector<Looked> scenes_;
};

}  // namespace

std::uint64_t MaskJob::bytes_of_block(const MaskRules& rules, const Window& tile, std::int64_t rows) {
  const auto pixels = static_cast<std::uint64_t>(rows * tile.cols);
  return pixels * (SceneReader::kBytesPerPixel + SceneReader::bytes_per_source_pixel(rules.scenes) + sizeof(float) +
                   sizeof(std::int64_t)) +
         (kMostOpen + 1) * RasterWriter::kOpenFileBytes +
         RasterWriter::most_waiting_bytes(tile, rows, DataType::uint8, 1);
}

Result<void> run_mask(const MaskRules& rules, const MaskJob& job, const std::string& layer, const std::string& shares,
                      TaskRun& run) {
  Work work(rules, job, run);
  bool done = false;
  while (!done) {
    ECOCUBE_TRY_ASSIGN(done, work.write_layer(layer));
  }
  return work.write_shares(shares);
}

}  // namespace ecocube
