// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/formats_command.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <vector>

#include "base/text.h"
#include "io/catalog/product_bands.h"
#include "io/catalog/product_description.h"

namespace ecocube {
namespace {

std::string meaning_of(const MaskWord& word) {
  if (word.bits == 0) return fmt::format("{}", word.first);
  if (word.bits == 1 && word.value == 1) return fmt::format("bit {}", word.first);
  return fmt::format("bits {}-{} = {}", word.first, word.first + static_cast<std::uint32_t>(word.bits) - 1, word.value);
}

/// Words of one name share a line.
std::string words_text(const std::vector<MaskWord>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool again = i > 0 && words[i - 1].name == words[i].name;
    text += again ? ", " + meaning_of(words[i])
                  : fmt::format("{}  {:<22} {}", i == 0 ? "" : "\n", words[i].name, meaning_of(words[i]));
  }
  return text + "\n";
}

std::string band_text(const ProductBand& band) {
  const Encoding& encoding = band.encoding;
  std::string text = fmt::format("  {:<22} {:<7} × {:g}", band.name, name_of(encoding.type), encoding.scale);
  if (encoding.offset != 0) text += fmt::format(" {} {:g}", encoding.offset < 0 ? "-" : "+", std::abs(encoding.offset));
  if (!encoding.unit.empty()) text += " " + encoding.unit;
  if (encoding.no_data) text += fmt::format(", no data {:g}", *encoding.no_data);
  if (band.lowest > ProductBand{}.lowest) text += fmt::format(", valid {:g}..{:g}", band.lowest, band.highest);
  return text + "  " + band.long_name + "\n";
}

std::string text_of(const ProductDescription& description) {
  const Product& product = description.product;
  std::string text = fmt::format("{}: {}\n\nBands (value = stored × scale + offset):\n", product.name, product.title);
  for (const ProductBand& band : product.bands) text += band_text(band);
  if (description.baseline)
    text += fmt::format("From processing baseline {} on the offset is {:g}.\n", description.baseline->from,
                        description.baseline->offset);
  if (!product.mask_band.empty())
    text += fmt::format("\nMask words of the band {}:\n{}", product.mask_band, words_text(product.words));
  for (const MaskBand& mask : product.more_masks)
    text += fmt::format("\nMask words of the band {}:\n{}", mask.name, words_text(mask.words));
  if (!product.presets.empty()) text += "\nPresets and the words that they take out:\n";
  for (const auto& [name, words] : product.presets) text += fmt::format("  {:<22} {}\n", name, join(words, ", "));
  if (!description.names.empty()) text += "\nFiles:\n";
  for (const std::string& pattern : description.names) text += "  " + pattern + "\n";
  if (description.dates_in_bands) text += "  Each band of a file is a date, told by its description.\n";
  if (!description.collections.empty())
    text += fmt::format("\nSTAC collections: {}\n", join(description.collections, ", "));
  return text;
}

}  // namespace

std::string list_of_formats() {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& title) {
    text += fmt::format("{:<16} {}\n", name, title);
  };
  add("glad", "GLAD Landsat analysis ready data, in tiles of 1° and intervals of 16 days");
  for (const std::string& name : built_in_products()) {
    const auto description = load_product(name);
    add(name, description ? description->product.title : description.error().message);
  }
  add("rasters", "rasters of any kind, found by a pattern of their names");
  return text + "\nA description of your own is given by its path: format: my-product.json\n";
}

Result<std::string> page_of_format(const std::string& name) {
  if (name == "glad" || name == "rasters")
    return fmt::format("{} is no product description but a layout of its own; see docs/formats/{}.md\n", name, name);
  ECOCUBE_TRY_ASSIGN(const ProductDescription description, load_product(name));
  ECOCUBE_TRY(compile_names(description));
  return text_of(description);
}

void add_formats_command(CLI::App& app, Action& action) {
  struct Arguments {
    std::string name;
    bool json = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* formats = app.add_subcommand("formats", "List the formats of sources, or describe one");
  formats->footer(
      "Examples:\n  ecocube formats landsat-c2-l2\n  ecocube formats sentinel-2-l2a --json > my-product.json\n"
      "  ecocube formats my-product.json");
  formats->add_option("name", arguments->name, "a format, or a description file, which is checked");
  formats->add_flag("--json", arguments->json, "print the description file itself, to begin one of your own");
  formats->final_callback([&action, arguments] {
    action = [arguments]() -> int {
      if (arguments->name.empty()) {
        fmt::print("{}", list_of_formats());
        return exit_done;
      }
      const auto page = page_of_format(arguments->name);
      if (!page) return report(page.error());
      const auto json = arguments->json ? built_in_description(arguments->name) : std::nullopt;
      if (arguments->json && !json)
        return report({Blame::usage, fmt::format("--json: {} is not built in", arguments->name)});
      fmt::print("{}", json ? std::string(*json) : *page);
      return exit_done;
    };
  });
}

}  // namespace ecocube
