// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/plan.h"
#include "run/record.h"

namespace ecocube {

/// The tasks of the plan as lines `step<tab>task<tab>key`, kept in the run's folder so that its state can be told
/// without the recipe's inputs.
std::string plan_text(const Plan& plan);

/// How far one step of a run is.
struct StepStatus {
  std::string step;
  std::size_t tasks = 0;
  std::size_t done = 0;  ///< with a record of the planned key, and all outputs there in full size
};

/// Reads what `plan_text` wrote and holds it against the records.
Result<std::vector<StepStatus>> read_status(const std::filesystem::path& plan_file, const RecordStore& records,
                                            const SizeOf& size_of);

}  // namespace ecocube
