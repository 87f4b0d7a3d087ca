// SPDX-License-Identifier: Apache-2.0
#include "data/stac/layer_name.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace ecocube {
namespace {

TEST(LayerFileName, HasTenFields) {
  const LayerFileName name{"ndvi", "tmwm",      "p50",      "30m", "s", make_day(2015, 3, 21), make_day(2015, 6, 24),
                           "eu",   "epsg.3035", "v20260301"};
  EXPECT_EQ(name.text(), "ndvi_tmwm_p50_30m_s_20150321_20150624_eu_epsg.3035_v20260301");
  EXPECT_EQ(split(name.text(), '_').size(), 10u);
}

TEST(LayerFileName, KeepsItsTenFieldsWhateverTheyHold) {
  const LayerFileName name{"sur face",           "LUCAS/CORINE_rf",      "p",       "30m",       "b0cm..30cm",
                           make_day(2015, 1, 1), make_day(2015, 12, 31), "My Área", "epsg.3035", "v1"};
  EXPECT_EQ(name.text(), "sur.face_lucas.corine.rf_p_30m_b0cm..30cm_20150101_20151231_my.rea_epsg.3035_v1");
}

TEST(ProductName, AStatisticAtTheEndIsTheType) {
  EXPECT_EQ(product_of("ndvi_p50", LayerKind::continuous, "landcover"), (ProductName{"ndvi", "ndvi", "p50"}));
  EXPECT_EQ(product_of("swir1_mean", LayerKind::continuous, "landcover"), (ProductName{"swir1", "swir1", "m"}));
  EXPECT_EQ(product_of("red_p2.5", LayerKind::continuous, "landcover"), (ProductName{"red", "red", "p2.5"}));
  EXPECT_EQ(product_of("clear_count", LayerKind::count, "landcover"), (ProductName{"clear", "clear", "n"}));
}

TEST(ProductName, WithoutAStatisticTheKindDecides) {
  EXPECT_EQ(product_of("elevation", LayerKind::continuous, "landcover"), (ProductName{"elevation", "elevation", "m"}));
  EXPECT_EQ(product_of("soil_type", LayerKind::classes, "landcover"), (ProductName{"soil.type", "soil.type", "c"}));
  EXPECT_EQ(product_of("p50", LayerKind::continuous, "landcover"), (ProductName{"p50", "p50", "m"}));
}

TEST(ProductName, AllLayersOfAClassMapAreOneProduct) {
  EXPECT_EQ(product_of("class", LayerKind::classes, "landcover"), (ProductName{"landcover", "landcover", "c"}));
  EXPECT_EQ(product_of("class_probability", LayerKind::continuous, "landcover"),
            (ProductName{"landcover", "landcover", "p"}));
  EXPECT_EQ(product_of("class_uncertainty", LayerKind::continuous, "landcover"),
            (ProductName{"landcover", "landcover", "md"}));
  EXPECT_EQ(product_of("probability_211", LayerKind::continuous, "landcover"),
            (ProductName{"landcover", "landcover.211", "p"}));
  EXPECT_EQ(product_of("uncertainty_211", LayerKind::continuous, "Tree Species"),
            (ProductName{"tree.species", "tree.species.211", "md"}));
}

TEST(ProductName, WhatIsSaidAboutAClassMapBelongsToIt) {
  const auto named = [](const char* variable, LayerKind kind) { return product_of(variable, kind, "landcover"); };
  EXPECT_EQ(named("class_level1", LayerKind::classes), (ProductName{"landcover", "landcover.level1", "c"}));
  EXPECT_EQ(named("class_margin", LayerKind::continuous), (ProductName{"landcover", "landcover.margin", "m"}));
  EXPECT_EQ(named("class_set_size", LayerKind::continuous), (ProductName{"landcover", "landcover.set.size", "n"}));
  EXPECT_EQ(named("set_211", LayerKind::source), (ProductName{"landcover", "landcover.211", "set"}));
  EXPECT_EQ(named("class_before", LayerKind::classes), (ProductName{"landcover", "landcover.before", "c"}));
  EXPECT_EQ(named("class_changed", LayerKind::source), (ProductName{"landcover", "landcover.change", "c"}));
  EXPECT_EQ(named("change_uncertainty", LayerKind::continuous), (ProductName{"landcover", "landcover.change", "md"}));
  EXPECT_EQ(named("probability_112_slope_se", LayerKind::continuous),
            (ProductName{"landcover", "landcover.112.slope.se", "m"}));
  EXPECT_EQ(named("probability_112_n", LayerKind::count), (ProductName{"landcover", "landcover.112.n", "n"}));
  EXPECT_EQ(named("probability_sandy_loam", LayerKind::continuous),
            (ProductName{"landcover", "landcover.sandy.loam", "p"}));
}

TEST(ProductName, ANumberAtADepthHasItsFieldsApart) {
  const auto named = [](const char* variable) { return product_of(variable, LayerKind::continuous, "landcover"); };
  EXPECT_EQ(named("carbon_b30cm"), (ProductName{"carbon", "carbon", "m", "b30cm"}));
  EXPECT_EQ(named("carbon_b0cm_spread"), (ProductName{"carbon", "carbon", "d", "b0cm"}));
  EXPECT_EQ(named("organic_carbon_b100cm_q05"), (ProductName{"organic.carbon", "organic.carbon", "p.05", "b100cm"}));
  EXPECT_EQ(named("carbon_b12.5cm_lower90"), (ProductName{"carbon", "carbon", "lower.90", "b12.5cm"}));
  EXPECT_EQ(named("biomass_upper95"), (ProductName{"biomass", "biomass", "upper.95"}));
  EXPECT_EQ(named("outside_b30cm"), (ProductName{"outside", "outside", "c", "b30cm"}));
  // No depth, no quantile: words that only look like them.
  EXPECT_EQ(named("b30cm"), (ProductName{"b30cm", "b30cm", "m"}));
  EXPECT_EQ(named("water_quality"), (ProductName{"water.quality", "water.quality", "m"}));
}

TEST(LayerTitle, IsWhatPeopleWouldSay) {
  EXPECT_EQ(layer_title("red_p25", clc_legend()), "Red, 25th percentile");
  EXPECT_EQ(layer_title("red_p91", clc_legend()), "Red, 91st percentile");
  EXPECT_EQ(layer_title("red_p12", clc_legend()), "Red, 12th percentile");
  EXPECT_EQ(layer_title("ndvi_p50", clc_legend()), "Ndvi, median");
  EXPECT_EQ(layer_title("clear_count", clc_legend()), "Clear, number of observations");
  EXPECT_EQ(layer_title("elevation", clc_legend()), "Elevation");
  EXPECT_EQ(layer_title("probability_311", clc_legend()), "Probability of 311 " + clc_legend().with_code("311")->name);
  EXPECT_EQ(layer_title("uncertainty_x", clc_legend()), "Uncertainty of x");
  EXPECT_EQ(layer_title("ndvi_p75", clc_legend(), "Vegetation index"), "Vegetation index, 75th percentile");
  EXPECT_EQ(layer_title("class", clc_legend(), "Species"), "Species");
  EXPECT_EQ(layer_title("clay_b0cm_q05", clc_legend(), "Quantile 0.05 of clay at b0cm"),
            "Quantile 0.05 of clay at b0cm");
  EXPECT_EQ(layer_title("ndvi_source", clc_legend(), "How it came about"), "How it came about");
}

}  // namespace
}  // namespace ecocube
