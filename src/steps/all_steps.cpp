// SPDX-License-Identifier: Apache-2.0
#include "steps/all_steps.h"

#include "steps/assess_gaps.h"
#include "steps/breaks.h"
#include "steps/change.h"
#include "steps/composite.h"
#include "steps/fill_gaps.h"
#include "steps/geometric_temperature.h"
#include "steps/indices.h"
#include "steps/mask.h"
#include "steps/mosaic.h"
#include "steps/overlay.h"
#include "steps/phenology.h"
#include "steps/predict.h"
#include "steps/publish.h"
#include "steps/smooth.h"
#include "steps/smooth_classes.h"
#include "steps/terrain.h"
#include "steps/train.h"
#include "steps/trend.h"
#include "steps/zonal_statistics.h"

namespace ecocube {

const StepList& all_steps() {
  static const StepList steps{
      make_composite_step,        make_mask_step,           make_fill_gaps_step, make_assess_gaps_step,
      make_indices_step,          make_overlay_step,        make_train_step,     make_predict_step,
      make_mosaic_step,           make_publish_step,        make_terrain_step,   make_geometric_temperature_step,
      make_zonal_statistics_step, make_smooth_step,         make_trend_step,     make_breaks_step,
      make_phenology_step,        make_smooth_classes_step, make_change_step};
  return steps;
}

}  // namespace ecocube
