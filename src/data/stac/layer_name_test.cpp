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
  EXPECT_EQ(layer_title("ndvi_source", clc_legend(), "How it came about"), "How it came about");
}

}  // namespace
}  // namespace ecocube
