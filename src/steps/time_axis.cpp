// SPDX-License-Identifier: Apache-2.0
#include "steps/time_axis.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace ecocube {

Result<series::TimeAxis> time_axis_of(const std::vector<Layer>& layers) {
  std::map<std::string, std::int64_t> starts;  // days from 1 January, by slot
  std::set<std::pair<int, std::string>> seen;
  int first_year = layers.front().period->year, last_year = first_year;
  for (const Layer& layer : layers) {
    const Period& period = *layer.period;
    const std::int64_t start = (period.start - make_day(period.year, 1, 1)).count();
    const auto known = starts.emplace(period.slot, start).first;
    known->second = std::min(known->second, start);
    first_year = std::min(first_year, period.year), last_year = std::max(last_year, period.year);
    if (!seen.emplace(period.year, period.slot).second)
      return input_error("two layers of {} {}", period.slot, period.year);
  }
  std::vector<std::pair<std::int64_t, std::string>> order;
  order.reserve(starts.size());
  for (const auto& [slot, start] : starts) order.emplace_back(start, slot);
  std::sort(order.begin(), order.end());
  series::TimeAxis axis;
  axis.slots = static_cast<int>(order.size());
  axis.years = last_year - first_year + 1;
  for (const Layer& layer : layers) {
    const auto at =
        std::find_if(order.begin(), order.end(), [&](const auto& slot) { return slot.second == layer.period->slot; });
    axis.slot.push_back(static_cast<int>(at - order.begin()));
    axis.year.push_back(layer.period->year - first_year);
    const auto start = layer.period->start.time_since_epoch().count(),
               end = layer.period->end.time_since_epoch().count();
    axis.days.push_back(static_cast<int>(start + (end - start) / 2));
    if (axis.days.size() > 1 && axis.days.back() <= axis.days[axis.days.size() - 2]) {
      return input_error("periods {} and before have the same middle", layer.period->id());
    }
  }
  return axis;
}

Value time_axis_fact(const series::TimeAxis& axis) {
  return {{"slots", axis.slots}, {"slot", axis.slot}, {"year", axis.year}, {"days", axis.days}};
}

}  // namespace ecocube
