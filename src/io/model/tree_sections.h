// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "data/model/model.h"
#include "io/model/sections.h"

namespace ecocube {

// Sections of learners made of trees. Reading checks that the arrays fit together; check_model checks what they hold.

void put(SectionWriter& writer, const Forest& forest);
void put(SectionWriter& writer, const RegressionForest& forest);
void put(SectionWriter& writer, const Boosting& boosting);

Result<Learner> take_forest(SectionReader& reader);
Result<Learner> take_regression_forest(SectionReader& reader);
/// `version` of the file: version 1 has no link, which was softmax.
Result<Learner> take_boosting(SectionReader& reader, unsigned version);

}  // namespace ecocube
