// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/model/model.h"

namespace ecocube {

/// Version of the format that this program writes and the newest that it reads. docs/model-file.md describes it.
constexpr unsigned kModelFileVersion = 2;

/// The model as the bytes of a model file; the same model gives the same bytes on every machine.
std::string encode_model(const Model& model);

/// Reads the bytes of a model file. Whatever the bytes are, what comes back has passed check_model; anything truncated,
/// altered, foreign or newer is an error that begins with `origin` and says what is wrong.
Result<Model> decode_model(std::string_view bytes, std::string_view origin);

/// The file is there whole or not at all.
Result<void> save_model(const Model& model, const std::filesystem::path& path);
Result<Model> load_model(const std::filesystem::path& path);

}  // namespace ecocube
