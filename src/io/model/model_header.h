// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/model/model.h"

namespace ecocube {

/// The JSON header of a model file: names, classes, response, kinds of learners, uncertainty, settings.
std::string header_text(const Model& model);

/// What a header announces: the model without what its sections hold.
struct ModelHeader {
  Model model;                     ///< its learners and meta learner have names only
  std::vector<std::string> kinds;  ///< of the learners' sections
  std::string meta_kind;
  bool has_applicability = false;
};

/// Reads the header of a file of any version. Text that is no header is an error.
Result<ModelHeader> parse_header(std::string_view text);

}  // namespace ecocube
