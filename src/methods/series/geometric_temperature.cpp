// SPDX-License-Identifier: Apache-2.0
#include "methods/series/geometric_temperature.h"

#include <cmath>
#include <numbers>

namespace ecocube::series {

double geometric_temperature(double latitude, double day_of_year, double elevation, TemperatureExtreme extreme) {
  const bool highest = extreme == TemperatureExtreme::maximum;
  const double a = highest ? 37.03043 : 24.16453, b = highest ? -15.43029 : -15.71751;
  constexpr double lapse = 0.006;  // kelvin a metre
  const double phi = latitude * std::numbers::pi / 180;
  // The south has its seasons half a year later; on the equator the second term vanishes anyway.
  const double sign = latitude > 0 ? 1 : latitude < 0 ? -1 : 0;
  const double theta = (day_of_year - 18) * std::numbers::pi / 182.5 + std::pow(2, 1 - sign) * std::numbers::pi;
  return a * std::cos(phi) + b * (1 - std::cos(theta)) * std::abs(std::sin(phi)) - lapse * elevation;
}

}  // namespace ecocube::series
