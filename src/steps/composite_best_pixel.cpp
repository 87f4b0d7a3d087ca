// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_best_pixel.h"

#include <chrono>

namespace ecocube {
namespace {

constexpr int kDaysOfYear = 365;
constexpr double kMostWeight = 1000;

Day day_from(int days_since_1970) {
  return Day(std::chrono::days(days_since_1970));
}

/// Whether some day of the period is this day of its year.
bool holds_day_of_year(const Period& period, int day) {
  for (Day one = period.start; one <= period.end; one += std::chrono::days(1)) {
    if (day_of_year(one) == day) return true;
  }
  return false;
}

/// A day of the year so many days off, 1..365.
int moved(int day, int days) {
  const int sum = day + days;
  if (sum < 1) return sum + kDaysOfYear;
  return sum > kDaysOfYear ? sum - kDaysOfYear : sum;
}

}  // namespace

void BestPixelWishes::declare(OptionSet& options) {
  options
      .add("best_day_of_year", day,
           "select: best: day of the year that an observation had best be of; 0: the middle of the period")
      .range(0, 366);
  options
      .add("best_spread", spread,
           "select: best: so far from that day the score of the day has fallen to 0.01; 0: at the ends of the period")
      .unit("days")
      .range(0, 182);
  options.add("best_day_weight", day_weight, "select: best: weight of nearness to that day").range(0, kMostWeight);
  options
      .add("best_year_weight", year_weight,
           "select: best: weight of the observation being of the period's year; matters where a period begins in the "
           "year before")
      .range(0, kMostWeight);
  options
      .add("best_cloud_weight", cloud_weight,
           "select: best: weight of the distance to the nearest pixel that the mask of the scene takes out")
      .range(0, kMostWeight);
  options
      .add("best_cloud_distance", cloud_distance,
           "select: best: from so far on clouds hardly count; half as far gives half the score")
      .unit("m")
      .range(1, 30000);
  options
      .add("best_haze_weight", haze_weight,
           "select: best: weight of a low haze-optimised transform, blue - 0.5 red - 0.08, of reflectance")
      .range(0, kMostWeight);
}

Result<void> BestPixelWishes::check(bool is_used, const Product& product, bool has_mask,
                                    std::span<const Period> periods) const {
  const BestPixelWishes plain;
  if (!is_used) {
    const std::pair<const char*, bool> given[] = {{"best_day_of_year", day != plain.day},
                                                  {"best_spread", spread != plain.spread},
                                                  {"best_day_weight", day_weight != plain.day_weight},
                                                  {"best_year_weight", year_weight != plain.year_weight},
                                                  {"best_cloud_weight", cloud_weight != plain.cloud_weight},
                                                  {"best_cloud_distance", cloud_distance != plain.cloud_distance},
                                                  {"best_haze_weight", haze_weight != plain.haze_weight}};
    for (const auto& [name, is_given] : given) {
      if (is_given) return usage_error("{}: it matters for select: [best] or [best_day] alone", name);
    }
    return {};
  }
  if (day_weight + year_weight + cloud_weight + haze_weight <= 0)
    return usage_error("best_day_weight: all weights of the best pixel are 0");
  if (cloud_weight > 0 && !has_mask)
    return usage_error("best_cloud_weight: {} has no mask that would tell where clouds are", product.name);
  if (cloud_distance != plain.cloud_distance && cloud_weight == 0)
    return usage_error("best_cloud_distance: it matters with a best_cloud_weight alone");
  for (const char* band : {"blue", "red"}) {
    if (haze_weight > 0 && !product.band_named(band))
      return usage_error("best_haze_weight: haze is seen in the bands blue and red, and {} has no band '{}' here",
                         product.name, band);
  }
  for (const Period& period : periods) {
    if (day != 0 && spread == 0 && !holds_day_of_year(period, day)) {
      return usage_error("best_day_of_year: day {} lies outside of the period {}, {} to {}; give best_spread as well",
                         day, period.slot, iso_date(period.start), iso_date(period.end));
    }
  }
  return {};
}

series::BestPixelOptions BestPixelWishes::options_of(int first_day, int last_day, int year) const {
  series::BestPixelOptions options;
  options.target_day = day != 0 ? day : day_of_year(day_from(first_day + (last_day - first_day) / 2));
  options.first_day = spread != 0 ? moved(options.target_day, -spread) : day_of_year(day_from(first_day));
  options.last_day = spread != 0 ? moved(options.target_day, spread) : day_of_year(day_from(last_day));
  options.target_year = year;
  options.day_weight = day_weight;
  options.year_weight = year_weight;
  options.cloud_weight = cloud_weight;
  options.clear_metres = cloud_distance;
  options.haze_weight = haze_weight;
  return options;
}

}  // namespace ecocube
