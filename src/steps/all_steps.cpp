// SPDX-License-Identifier: Apache-2.0
#include "steps/all_steps.h"

#include "steps/composite.h"
#include "steps/fill_gaps.h"
#include "steps/indices.h"
#include "steps/mosaic.h"
#include "steps/overlay.h"
#include "steps/predict.h"
#include "steps/publish.h"
#include "steps/train.h"

namespace ecocube {

const StepList& all_steps() {
  static const StepList steps{make_composite_step, make_fill_gaps_step, make_indices_step, make_overlay_step,
                              make_train_step,     make_predict_step,   make_mosaic_step,  make_publish_step};
  return steps;
}

}  // namespace ecocube
