// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/model/training_report.h"

namespace ecocube {

/// What the ensemble said of every row that it had not seen, as CSV: `id` and one column a class with its probability,
/// named by the class's code, or `id,prediction` in the response's unit. The id is that of the row's place, or else its
/// number in the data that training was given, from 0. Rows that took no part are not there.
std::string out_of_fold_csv(const TrainingReport& report);

/// What was seen there: `id,seen`, classes by their codes.
std::string seen_csv(const TrainingReport& report);

/// Everything known of those rows: id, x, y, date, fold, group, weight, seen, the ensemble's answer (`class` and its
/// `probability`, or `prediction` and `residual` = prediction - seen, both in the response's unit, and the forest's
/// quantiles), then every learner's answers on the scale that it was fitted in (`forest.111`, or `forest`).
std::string out_of_fold_rows_csv(const TrainingReport& report);

}  // namespace ecocube
