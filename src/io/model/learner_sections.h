// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "data/model/model.h"
#include "io/model/sections.h"

namespace ecocube {

/// `forest`, `boosting`, `logistic`, `regression-forest`, `linear`, `network`, `neighbours`: how the sections of a
/// learner are read.
std::string kind_of(const Learner& learner);

void put_learner(SectionWriter& writer, const Learner& learner);
/// Checks that the arrays fit together; check_model checks what they hold. `version` is that of the file.
Result<Learner> take_learner(SectionReader& reader, const std::string& kind, unsigned version);

/// `mean`, `logistic`, `linear-pool`, `log-pool` or `value-pool`.
std::string kind_of(const Meta& meta);

void put_meta(SectionWriter& writer, const Meta& meta);
/// All of the meta learner but its name.
Result<Meta> take_meta(SectionReader& reader, const std::string& kind, unsigned version);

void put_applicability(SectionWriter& writer, const Applicability& area);
Result<Applicability> take_applicability(SectionReader& reader);

}  // namespace ecocube
