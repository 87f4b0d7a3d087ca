// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ecocube::series {

/// Which end of a day's temperature.
enum class TemperatureExtreme { minimum, maximum };

/// Temperature that latitude, day of the year and elevation alone let expect (Kilibarda et al. 2014, Journal of
/// Geophysical Research: Atmospheres 119, 2294-2313), a covariate for maps of climate and vegetation.
///
/// latitude     degrees, north positive
/// day_of_year  1..366
/// elevation    metres above the sea
/// returns degrees Celsius
double geometric_temperature(double latitude, double day_of_year, double elevation, TemperatureExtreme extreme);

}  // namespace ecocube::series
