// SPDX-License-Identifier: Apache-2.0
#include "data/cube/legend.h"

namespace ecocube {

/// CORINE Land Cover nomenclature (Copernicus Land Monitoring Service), raster values as EcoDataCube stores them.
const Legend& clc_legend() {
  static const Legend legend{
      "clc",
      {
          {"111", "Continuous urban fabric", 1, {230, 0, 77}},
          {"112", "Discontinuous urban fabric", 2, {255, 0, 0}},
          {"121", "Industrial or commercial units", 3, {204, 77, 242}},
          {"122", "Road and rail networks and associated land", 4, {204, 0, 0}},
          {"123", "Port areas", 5, {230, 204, 204}},
          {"124", "Airports", 6, {230, 204, 230}},
          {"131", "Mineral extraction sites", 7, {166, 0, 204}},
          {"132", "Dump sites", 8, {166, 77, 0}},
          {"133", "Construction sites", 9, {255, 77, 255}},
          {"141", "Green urban areas", 10, {255, 166, 255}},
          {"142", "Sport and leisure facilities", 11, {255, 230, 255}},
          {"211", "Non-irrigated arable land", 12, {255, 255, 168}},
          {"212", "Permanently irrigated arable land", 13, {255, 255, 0}},
          {"213", "Rice fields", 14, {230, 230, 0}},
          {"221", "Vineyards", 15, {230, 128, 0}},
          {"222", "Fruit trees and berry plantations", 16, {242, 166, 77}},
          {"223", "Olive groves", 17, {230, 166, 0}},
          {"231", "Pastures", 18, {230, 230, 77}},
          {"241", "Annual crops associated with permanent crops", 19, {255, 230, 166}},
          {"242", "Complex cultivation patterns", 20, {255, 230, 77}},
          {"243", "Agriculture with significant areas of natural vegetation", 21, {230, 204, 77}},
          {"244", "Agro-forestry areas", 22, {242, 204, 166}},
          {"311", "Broad-leaved forest", 23, {128, 255, 0}},
          {"312", "Coniferous forest", 24, {0, 166, 0}},
          {"313", "Mixed forest", 25, {77, 255, 0}},
          {"321", "Natural grasslands", 26, {204, 242, 77}},
          {"322", "Moors and heathland", 27, {166, 255, 128}},
          {"323", "Sclerophyllous vegetation", 28, {166, 230, 77}},
          {"324", "Transitional woodland-shrub", 29, {166, 242, 0}},
          {"331", "Beaches, dunes, sands", 30, {230, 230, 230}},
          {"332", "Bare rocks", 31, {204, 204, 204}},
          {"333", "Sparsely vegetated areas", 32, {204, 255, 204}},
          {"334", "Burnt areas", 33, {0, 0, 0}},
          {"335", "Glaciers and perpetual snow", 34, {166, 230, 204}},
          {"411", "Inland marshes", 35, {166, 166, 255}},
          {"412", "Peat bogs", 36, {77, 77, 255}},
          {"421", "Salt marshes", 37, {204, 204, 255}},
          {"422", "Salines", 38, {230, 230, 255}},
          {"423", "Intertidal flats", 39, {166, 166, 230}},
          {"511", "Water courses", 40, {0, 204, 242}},
          {"512", "Water bodies", 41, {128, 242, 230}},
          {"521", "Coastal lagoons", 42, {0, 255, 166}},
          {"522", "Estuaries", 43, {166, 255, 230}},
          {"523", "Sea and ocean", 48, {230, 242, 255}},
      }};
  return legend;
}

}  // namespace ecocube
