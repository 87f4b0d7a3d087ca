// SPDX-License-Identifier: Apache-2.0
#include "io/model/model_file.h"

#include <cassert>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "io/file/file.h"
#include "io/model/learner_sections.h"
#include "io/model/model_header.h"
#include "io/model/sections.h"

namespace ecocube {
namespace {

constexpr std::string_view kMagic = "ECOMODEL";
constexpr std::size_t kPrefixBytes = 32;    // magic, version, nothing, header bytes, section bytes
constexpr std::size_t kChecksumBytes = 64;  // SHA-256 in hexadecimal digits

struct Parts {
  unsigned version = 0;
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
  return Parts{version, bytes.substr(kPrefixBytes, header), bytes.substr(kPrefixBytes + header, sections)};
}

Result<Model> read_parts(const Parts& parts) {
  ECOCUBE_TRY_ASSIGN(ModelHeader header, parse_header(parts.header));
  Model& model = header.model;
  SectionReader reader(parts.sections);
  for (std::size_t l = 0; l < header.kinds.size(); ++l) {
    auto learner = take_learner(reader, header.kinds[l], parts.version);
    if (!learner) return within(fmt::format("learner {}", model.learners[l].name), learner.error());
    model.learners[l].learner = std::move(*learner);
  }
  const std::string name = model.meta.name;
  auto meta = take_meta(reader, header.meta_kind, parts.version);
  if (!meta) return within("meta learner", meta.error());
  model.meta = std::move(*meta);
  model.meta.name = name;
  if (header.has_applicability) {
    auto area = take_applicability(reader);
    if (!area) return within("area of applicability", area.error());
    model.applicability = std::move(*area);
  }
  if (!reader.at_end()) return input_error("bytes follow the last section");
  ECOCUBE_TRY(check_model(model));
  return std::move(model);
}

}  // namespace

std::string encode_model(const Model& model) {
  assert(check_model(model));
  SectionWriter writer;
  for (const NamedLearner& named : model.learners) put_learner(writer, named.learner);
  put_meta(writer, model.meta);
  if (model.applicability) put_applicability(writer, *model.applicability);
  const std::string header = header_text(model);
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
