// SPDX-License-Identifier: Apache-2.0
#include "methods/series/mask_words.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace ecocube::series {
namespace {

constexpr std::uint32_t kNumbers = 65536;

/// What a recipe's words come down to.
struct Chosen {
  std::set<std::string> words;
  std::set<std::uint32_t> codes;
};

std::vector<std::string> known_words(const Product& product) {
  std::vector<std::string> known;
  const auto add = [&](const std::string& name) {
    if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
  };
  for (const auto& preset : product.presets) add(preset.first);
  for (const MaskWord& word : product.words) add(word.name);
  for (const MaskBand& band : product.more_masks) {
    for (const MaskWord& word : band.words) add(word.name);
  }
  return known;
}

bool has_bits(const Product& product) {
  return std::any_of(product.words.begin(), product.words.end(), [](const MaskWord& word) { return word.bits > 0; });
}

Result<void> choose(const Product& product, const std::string& word, Chosen& chosen) {
  for (const auto& [name, words] : product.presets) {
    if (name != word) continue;
    chosen.words.insert(words.begin(), words.end());
    return {};
  }
  const std::vector<std::string> known = known_words(product);
  if (std::find(known.begin(), known.end(), word) != known.end()) {
    if (word == "clear")
      return usage_error("mask 'clear': the mask names what is taken out, and this would leave nothing that is clear");
    chosen.words.insert(word);
    return {};
  }
  const auto code = parse_integer(word);
  if (!code) return usage_error("unknown mask '{}'{}", word, suggestion(word, known));
  if (has_bits(product))
    return usage_error("mask '{}': the band '{}' of {} holds bits, which are chosen by their words: {}", word,
                       product.mask_band, product.name, join(known, ", "));
  const bool exists =
      *code >= 0 && *code < kNumbers &&
      (product.known_codes.empty() || std::find(product.known_codes.begin(), product.known_codes.end(),
                                                static_cast<std::uint32_t>(*code)) != product.known_codes.end());
  if (!exists) return usage_error("mask '{}': {} has no such code", word, product.name);
  chosen.codes.insert(static_cast<std::uint32_t>(*code));
  return {};
}

SceneMask::Band band_of(const std::string& name, const std::vector<MaskWord>& words, const Chosen& chosen,
                        const std::vector<std::uint32_t>& known_codes) {
  SceneMask::Band band{name, std::vector<std::uint8_t>(kNumbers, known_codes.empty() ? 0 : kUnknownCode)};
  for (const std::uint32_t code : known_codes) {
    if (code < kNumbers) band.marks[code] = 0;
  }
  for (std::uint32_t number = 0; number < kNumbers; ++number) {
    for (const MaskWord& word : words) {
      if (!means(word, number)) continue;
      if (chosen.words.contains(word.name)) band.marks[number] |= kMasked;
      if (is_fill(word)) band.marks[number] |= kMasked | kFill;
    }
    if (chosen.codes.contains(number)) band.marks[number] |= kMasked;
  }
  return band;
}

}  // namespace

bool means(const MaskWord& word, std::uint32_t number) {
  if (word.bits == 0) return number == word.first;
  return (number >> word.first & ((std::uint32_t{1} << word.bits) - 1)) == word.value;
}

bool is_fill(const MaskWord& word) {
  return word.name == "fill" || word.name == "no_data";
}

void SceneMask::Band::mark(std::span<const std::uint16_t> numbers, std::span<std::uint8_t> pixels) const {
  for (std::size_t i = 0; i < numbers.size(); ++i) pixels[i] |= marks[numbers[i]];
}

Result<SceneMask> SceneMask::parse(const Product& product, const std::vector<std::string>& words) {
  SceneMask mask;
  if (product.mask_band.empty()) {
    if (words.empty()) return mask;
    return usage_error("mask '{}': {} has no mask band", words.front(), product.name);
  }
  const bool has_default = std::any_of(product.presets.begin(), product.presets.end(),
                                       [](const auto& preset) { return preset.first == "default"; });
  std::vector<std::string> asked = words;
  if (asked.empty() && has_default) asked.emplace_back("default");
  Chosen chosen;
  for (const std::string& word : asked) ECOCUBE_TRY(choose(product, word, chosen));
  mask.bands_.push_back(band_of(product.mask_band, product.words, chosen, product.known_codes));
  for (const MaskBand& more : product.more_masks) {
    const bool asked_for = std::any_of(more.words.begin(), more.words.end(),
                                       [&](const MaskWord& word) { return chosen.words.contains(word.name); });
    if (asked_for) mask.bands_.push_back(band_of(more.name, more.words, chosen, {}));
  }
  for (const std::string& word : known_words(product)) {
    if (chosen.words.contains(word)) mask.words_.push_back(word);
  }
  for (const std::uint32_t code : chosen.codes) mask.words_.push_back(std::to_string(code));
  return mask;
}

SceneMask SceneMask::of_glad(const QualityMask& quality, std::string band) {
  SceneMask mask;
  Band only{std::move(band), std::vector<std::uint8_t>(kNumbers, kMasked)};
  for (std::uint32_t number = 0; number < kNumbers; ++number) {
    if (quality.is_clear(static_cast<std::uint16_t>(number))) only.marks[number] = 0;
  }
  mask.bands_.push_back(std::move(only));
  for (const int code : quality.codes()) mask.words_.push_back(std::to_string(code));
  return mask;
}

std::optional<std::size_t> first_unknown(std::span<const std::uint8_t> marks) {
  const auto found =
      std::find_if(marks.begin(), marks.end(), [](std::uint8_t mark) { return (mark & kUnknownCode) != 0; });
  if (found == marks.end()) return std::nullopt;
  return static_cast<std::size_t>(found - marks.begin());
}

}  // namespace ecocube::series
