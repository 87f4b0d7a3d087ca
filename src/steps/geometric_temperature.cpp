// SPDX-License-Identifier: Apache-2.0
#include "steps/geometric_temperature.h"

#include <cmath>

#include "base/text.h"
#include "io/raster/projection.h"
#include "methods/series/geometric_temperature.h"
#include "steps/series_engine.h"

namespace ecocube {
namespace {

using series::TemperatureExtreme;

/// The 15th of each month of a year of 365 days.
constexpr int kMiddleOfMonth[] = {15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349};

const Encoding kEncoding{.type = DataType::int16, .scale = 0.01, .offset = 0, .no_data = -32768, .unit = "degC"};

struct Product {
  TemperatureExtreme extreme;
  int day;
};

class TemperatureKernel : public SeriesKernel {
 public:
  TemperatureKernel(Grid grid, std::vector<Product> products)
      : grid_(std::move(grid)), products_(std::move(products)) {}

  std::uint64_t bytes_per_pixel() const override { return 2 * sizeof(double); }

  /// Latitudes of the block's pixels; NaN where the CRS has none.
  std::shared_ptr<const void> prepare(const SeriesBlock& block) const override {
    auto latitudes = std::make_shared<std::vector<double>>(block.pixels());
    const Window& where = block.around();
    const auto to_degrees = Projection::between(grid_.crs, "EPSG:4326");
    std::vector<double> x(static_cast<std::size_t>(where.cols)), y(x.size());
    for (std::int64_t row = 0; row < where.rows; ++row) {
      for (std::int64_t col = 0; col < where.cols; ++col) {
        const MapPoint centre = grid_.centre(where.row + row, where.col + col);
        x[static_cast<std::size_t>(col)] = centre.x;
        y[static_cast<std::size_t>(col)] = centre.y;
      }
      if (to_degrees) {
        (*to_degrees)->transform(x, y);
      } else {
        y.assign(y.size(), std::nan(""));
      }
      std::copy(y.begin(), y.end(), latitudes->begin() + row * where.cols);
    }
    return latitudes;
  }

  std::size_t run(const SeriesBlock& block, const void* prepared, series::PixelRange range,
                  SeriesResults& results) const override {
    const auto& latitudes = *static_cast<const std::vector<double>*>(prepared);
    const std::size_t count = range.end - range.begin;
    std::vector<float> metres(count), values(count);
    std::vector<std::uint8_t> known(count), valid(count);
    block.decode(range, metres, known);
    for (std::size_t output = 0; output < products_.size(); ++output) {
      for (std::size_t i = 0; i < count; ++i) {
        const double latitude = latitudes[range.begin + i];
        valid[i] = known[i] && !std::isnan(latitude) ? 1 : 0;
        values[i] =
            valid[i] ? static_cast<float>(series::geometric_temperature(
                           latitude, products_[output].day, static_cast<double>(metres[i]), products_[output].extreme))
                     : 0.0F;
      }
      results.put(output, range, values, valid);
    }
    return 0;
  }

 private:
  Grid grid_;
  std::vector<Product> products_;
};

class GeometricTemperatureStep : public Step {
 public:
  const StepInfo& info() const override {
    static const StepInfo info{"geometric-temperature",
                               "Computes the temperature that latitude, season and elevation let expect",
                               "one static layer of elevations in metres",
                               "24 static layers, `geometric_temperature_min_m01` to `geometric_temperature_max_m12`",
                               "rows of a block x columns x 70 bytes; the rows follow --memory",
                               1};
    return info;
  }

  void declare(OptionSet& options) override {
    options.add("elevation", elevation_, "variable that holds the elevations");
    options.add("extremes", extremes_, "which temperatures of the day: min, max");
    options.add("months", months_, "months to compute, 1 to 12; none: all");
  }

  Result<void> plan(Planning& planning) override;
  Result<void> run(const Task& task, TaskRun& run) const override {
    const auto done = run_series(job_, task, run);
    if (!done) return Failure(done.error());
    return {};
  }

 private:
  std::string elevation_ = "elevation";
  std::vector<std::string> extremes_{"min", "max"};
  std::vector<int> months_;
  SeriesJob job_;
};

Result<void> GeometricTemperatureStep::plan(Planning& planning) {
  const Layer* ground = planning.layers().find(elevation_, std::nullopt);
  if (!ground)
    return usage_error("elevation: no static layer is called '{}'{}", elevation_,
                       suggestion(elevation_, planning.layers().variables()));
  // Tasks rely on it: a grid whose places have no latitude is refused here.
  ECOCUBE_TRY_ASSIGN(const auto to_degrees, Projection::between(planning.cube().grid.crs, "EPSG:4326"));
  std::vector<int> months = months_;
  for (int month = 1; months_.empty() && month <= 12; ++month) months.push_back(month);
  SeriesGroup group;
  group.name = "geometric temperature";
  group.inputs = {*ground};
  std::vector<Product> products;
  for (const std::string& extreme : extremes_) {
    if (extreme != "min" && extreme != "max")
      return usage_error("extremes: unknown word '{}' (known: min, max)", extreme);
    for (const int month : months) {
      if (month < 1 || month > 12) return usage_error("months: {} is no month (1 to 12)", month);
      Layer layer;
      layer.variable = fmt::format("geometric_temperature_{}_m{:02}", extreme, month);
      layer.long_name = fmt::format("Geometric temperature, {} of the 15th of month {} (Kilibarda et al. 2014)",
                                    extreme == "min" ? "minimum" : "maximum", month);
      layer.encoding = kEncoding;
      group.outputs.push_back({std::move(layer), "geometric_temperature.tif", {}});
      products.push_back(
          {extreme == "min" ? TemperatureExtreme::minimum : TemperatureExtreme::maximum, kMiddleOfMonth[month - 1]});
    }
  }
  if (products.empty()) return usage_error("extremes: the list is empty");
  group.kernel = std::make_shared<TemperatureKernel>(planning.cube().grid, std::move(products));
  job_.step = planning.step_name();
  job_.cube = planning.cube();
  job_.groups.push_back(std::move(group));
  return plan_series(planning, job_);
}

}  // namespace

std::unique_ptr<Step> make_geometric_temperature_step() {
  return std::make_unique<GeometricTemperatureStep>();
}

}  // namespace ecocube
