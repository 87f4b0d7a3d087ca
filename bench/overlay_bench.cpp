// SPDX-License-Identifier: Apache-2.0
//
// Takes the values of points from all bands of one raster, tile by tile as the step overlay does, so that a script can
// time it in turn with a peer. Usage: ecocube_overlay_bench RASTER PLACES COUNT VALUES: PLACES holds pairs of 64-bit
// rows and columns; each line on standard input is a run, the answer its seconds; the values of the last run, 32-bit
// floats of shape [band][point], go to VALUES at the end.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "io/raster/gdal_error.h"
#include "io/raster/layer_points.h"
#include "io/raster/raster.h"

namespace {

using namespace ecocube;

struct Run {
  Grid grid;
  std::string path;
  std::vector<Layer> layers;
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::size_t>> tiles;
  std::vector<PixelPlace> places;
  std::vector<float> values;
  std::vector<std::string> problems;

  void go() {
    const std::vector<std::pair<std::pair<std::int64_t, std::int64_t>, std::vector<std::size_t>>> work(tiles.begin(),
                                                                                                       tiles.end());
    parallel_for(work.size(), 1, [&](std::size_t begin, std::size_t end) {
      LayerReader reader(grid, "");
      for (std::size_t i = begin; i < end; ++i) {
        std::vector<PixelPlace> here;
        for (const std::size_t place : work[i].second) here.push_back(places[place]);
        const PlacesByBlock by_block(std::move(here));
        std::vector<float> of_layer(work[i].second.size());
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
          if (const auto read = read_points(reader, layers[layer], "", by_block, {}, of_layer); !read)
            problems.push_back(read.error().message);
          for (std::size_t k = 0; k < of_layer.size(); ++k)
            values[layer * places.size() + work[i].second[k]] = of_layer[k];
        }
      }
    });
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "usage: ecocube_overlay_bench RASTER PLACES COUNT VALUES\n";
    return 2;
  }
  prepare_gdal();
  set_gdal_cache(std::size_t{256} << 20);
  const auto raster = Raster::open(arguments[1]);
  if (!raster) {
    std::cerr << raster.error().message << "\n";
    return 3;
  }
  Run run;
  const RasterInfo& info = (*raster)->info();
  run.grid = {info.crs_wkt, info.geo_transform[1], info.geo_transform[0], info.geo_transform[3], 1024};
  for (std::size_t band = 0; band < info.bands.size(); ++band) {
    Layer layer;
    layer.variable = "band" + std::to_string(band + 1);
    layer.encoding = info.bands[band].encoding;
    layer.files = {{arguments[1], static_cast<int>(band) + 1}};
    run.layers.push_back(std::move(layer));
  }
  std::vector<std::int64_t> numbers(2 * std::stoul(arguments[3]));
  std::ifstream(arguments[2], std::ios::binary)
      .read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(numbers.size() * sizeof(std::int64_t)));
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    run.tiles[{numbers[i] / run.grid.tile_pixels, numbers[i + 1] / run.grid.tile_pixels}].push_back(i / 2);
    run.places.push_back({numbers[i], numbers[i + 1]});
  }
  run.values.assign(run.layers.size() * run.places.size(), std::nanf(""));
  for (std::string line; std::getline(std::cin, line);) {
    const auto start = std::chrono::steady_clock::now();
    run.go();
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << std::endl;
  }
  for (const std::string& problem : run.problems) std::cerr << problem << "\n";
  std::ofstream(arguments[4], std::ios::binary)
      .write(reinterpret_cast<const char*>(run.values.data()),
             static_cast<std::streamsize>(run.values.size() * sizeof(float)));
  return run.problems.empty() ? 0 : 1;
}
