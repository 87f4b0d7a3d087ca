// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "data/model/model.h"
#include "io/model/sections.h"

namespace ecocube {

/// `forest`, `boosting` or `logistic`: how the sections of a learner are read.
std::string kind_of(const Learner& learner);

void put_learner(SectionWriter& writer, const Learner& learner);
/// Checks that the arrays fit together; check_model checks what they hold.
Result<Learner> take_learner(SectionReader& reader, const std::string& kind);

}  // namespace ecocube
