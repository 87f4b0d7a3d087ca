// SPDX-License-Identifier: Apache-2.0
#include "io/model/model_file.h"

#include <cassert>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "io/file/file.h"
#include "io/model/learner_sections.h"
#include "io/model/sections.h"

namespace ecocube {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "ECOMODEL";
constexpr std::size_t kPrefixBytes = 32;    // magic, version, nothing, header bytes, section bytes
constexpr std::size_t kChecksumBytes = 64;  // SHA-256 in hexadecimal digits

Json header_of(const Model& model) {
  Json header;
  header["features"] = model.features;
  for (const LegendClass& entry : model.classes) {
    header["classes"].push_back({{"code", entry.code},
                                 {"name", entry.name},
                                 {"value", entry.value},
                                 {"color", {entry.color.red, entry.color.green, entry.color.blue}}});
  }
  for (const NamedLearner& named : model.learners) {
    header["learners"].push_back({{"name", named.name}, {"kind", kind_of(named.learner)}});
  }
  header["meta"] = model.meta ? Json("logistic") : Json(nullptr);
  header["settings"] = Json::array();
  for (const auto& [name, value] : model.settings) header["settings"].push_back({name, value});
  return header;
}

struct Parts {
  std::string_view header, sections;
};

Result<Parts> split_parts(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic) return input_error("no model file of ecocube");
  if (bytes.size() < kPrefixBytes) return input_error("truncated: {} bytes", bytes.size());
  const auto version = number_at<std::uint32_t>(bytes, 8);
  if (version > kModelFileVersion) {
    return input_error("written in format version {}, this program reads up to version {}: a newer ecocube is needed",
                       version, kModelFileVersion);
  }
  if (version == 0) return input_error("format version 0 does not exist");
  const auto header = number_at<std::uint64_t>(bytes, 16), sections = number_at<std::uint64_t>(bytes, 24);
  const std::size_t left = bytes.size() - kPrefixBytes;
  if (header > left || sections > left - header || left - header - sections != kChecksumBytes) {
    return input_error(
        "truncated or damaged: {} bytes, where the beginning announces a header of {} and sections of {}", bytes.size(),
        header, sections);
  }
  const std::size_t end = bytes.size() - kChecksumBytes;
  if (sha256_hex(bytes.substr(0, end)) != bytes.substr(end))
    return input_error("damaged: the checksum does not fit the content");
  return Parts{bytes.substr(kPrefixBytes, header), bytes.substr(kPrefixBytes + header, sections)};
}

LegendClass class_of(const Json& entry) {
  const auto color = entry.at("color").get<std::vector<int>>();
  const auto part = [&](std::size_t i) { return static_cast<std::uint8_t>(color.at(i)); };
  return {entry.at("code"), entry.at("name"), entry.at("value"), {part(0), part(1), part(2)}};
}

Result<Model> read_parts(const Parts& parts) {
  Model model;
  std::vector<std::string> kinds;
  bool has_meta = false;
  try {
    const Json header = Json::parse(parts.header);
    model.features = header.at("features").get<std::vector<std::string>>();
    for (const Json& entry : header.at("classes")) model.classes.push_back(class_of(entry));
    for (const Json& entry : header.at("learners")) {
      model.learners.push_back({entry.at("name"), {}});
      kinds.push_back(entry.at("kind"));
    }
    has_meta = !header.at("meta").is_null();
    for (const Json& entry : header.at("settings")) model.settings.emplace_back(entry.at(0), entry.at(1));
  } catch (const std::exception& error) {
    return input_error("its header does not make sense: {}", error.what());
  }
  SectionReader reader(parts.sections);
  for (std::size_t l = 0; l < kinds.size(); ++l) {
    auto learner = take_learner(reader, kinds[l]);
    if (!learner) return within(fmt::format("learner {}", model.learners[l].name), learner.error());
    model.learners[l].learner = std::move(*learner);
  }
  if (has_meta) {
    auto meta = take_learner(reader, "logistic");
    if (!meta) return within("meta learner", meta.error());
    model.meta = std::get<Logistic>(std::move(*meta));
  }
  if (!reader.at_end()) return input_error("bytes follow the last section");
  ECOCUBE_TRY(check_model(model));
  return model;
}

}  // namespace

std::string encode_model(const Model& model) {
  assert(check_model(model));
  SectionWriter writer;
  for (const NamedLearner& named : model.learners) put_learner(writer, named.learner);
  if (model.meta) put_learner(writer, *model.meta);
  const std::string header = header_of(model).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string bytes(kMagic);
  put_number(bytes, std::uint32_t{kModelFileVersion});
  put_number(bytes, std::uint32_t{0});
  put_number(bytes, static_cast<std::uint64_t>(header.size()));
  put_number(bytes, static_cast<std::uint64_t>(writer.bytes().size()));
  bytes += header;
  bytes += writer.bytes();
  return bytes + sha256_hex(bytes);
}

Result<Model> decode_model(std::string_view bytes, std::string_view origin) {
  const auto parts = split_parts(bytes);
  if (!parts) return within(fmt::format("model {}", origin), parts.error());
  auto model = read_parts(*parts);
  if (!model) return within(fmt::format("model {}", origin), model.error());
  return model;
}

Result<void> save_model(const Model& model, const std::filesystem::path& path) {
  return write_text_atomic(path, encode_model(model));
}

Result<Model> load_model(const std::filesystem::path& path) {
  ECOCUBE_TRY_ASSIGN(const std::string bytes, read_text(path));
  return decode_model(bytes, path.string());
}

}  // namespace ecocube
