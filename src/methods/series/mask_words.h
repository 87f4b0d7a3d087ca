// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/cube/scene.h"
#include "methods/series/mask.h"

namespace ecocube::series {

/// What a number of a mask band says of its pixel.
enum PixelMark : std::uint8_t {
  kMasked = 1,       ///< one of the words to take out
  kFill = 2,         ///< the product's words `fill` or `no_data`: the scene has nothing here
  kUnknownCode = 4,  ///< no code of the product
};

/// Which pixels of a product's scenes are taken out, by the words of its mask bands.
class SceneMask {
 public:
  /// A band to read and what each of its numbers, 0..65535, means: flags of PixelMark.
  struct Band {
    std::string name;
    std::vector<std::uint8_t> marks;
    /// Adds the marks of `numbers` to those that are there; shapes [pixel].
    void mark(std::span<const std::uint16_t> numbers, std::span<std::uint8_t> pixels) const;
  };

  /// words  presets, words and codes of the product, united: what is taken out. None: its preset `default`, or only
  ///        `fill` and `no_data` when it has none.
  /// errors an unknown word (with the nearest known one), a code of a product without codes, any word for a product
  ///        without a mask band
  static Result<SceneMask> parse(const Product& product, const std::vector<std::string>& words);
  /// GLAD's quality flag: what is not clear is masked; nothing counts as fill.
  static SceneMask of_glad(const QualityMask& mask, std::string band);

  /// The product's mask band first, even when it takes nothing out; none for a product without one.
  const std::vector<Band>& bands() const { return bands_; }
  /// The words that are taken out, in the product's order.
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<Band> bands_;
  std::vector<std::string> words_;
};

/// Whether a number of a mask band means the word.
bool means(const MaskWord& word, std::uint32_t number);
/// `fill` or `no_data`
bool is_fill(const MaskWord& word);

/// The first pixel with an unknown code; nothing when all codes are known.
std::optional<std::size_t> first_unknown(std::span<const std::uint8_t> marks);

}  // namespace ecocube::series
