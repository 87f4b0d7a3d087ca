// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr double kBlockMetres = 1500;
constexpr double kEvenness = 0.6;  ///< 1: points as areas are, 0: as many in every class

/// What a surveyor or an old map takes the class for.
std::array<Cover, 3> mistaken_for(Cover cover) {
  switch (cover) {
    case Cover::town:
      return {Cover::industry, Cover::road, Cover::pasture};
    case Cover::industry:
      return {Cover::town, Cover::road, Cover::arable};
    case Cover::road:
      return {Cover::town, Cover::industry, Cover::arable};
    case Cover::arable:
      return {Cover::pasture, Cover::pasture, Cover::town};
    case Cover::pasture:
      return {Cover::arable, Cover::arable, Cover::moor};
    case Cover::broadleaf:
      return {Cover::conifer, Cover::shrub, Cover::pasture};
    case Cover::conifer:
      return {Cover::broadleaf, Cover::shrub, Cover::moor};
    case Cover::moor:
      return {Cover::shrub, Cover::pasture, Cover::conifer};
    case Cover::shrub:
      return {Cover::conifer, Cover::broadleaf, Cover::moor};
    case Cover::marsh:
      return {Cover::pasture, Cover::lake, Cover::moor};
    case Cover::river:
      return {Cover::lake, Cover::pasture, Cover::marsh};
    case Cover::lake:
      return {Cover::river, Cover::marsh, Cover::pasture};
  }
  return {Cover::arable, Cover::arable, Cover::arable};
}

/// Points for each class: its area to the power 0.6, so that rare ones get some; at least one where it occurs, as many
/// in all as asked for.
std::map<Cover, std::size_t> share_out(const World& world, const SurveySettings& settings) {
  std::map<Cover, double> area;
  for (std::size_t pixel = 0; pixel < world.frame.pixels(); ++pixel) {
    for (const int year : settings.years) area[world.cover(pixel, year)] += 1;
  }
  double sum = 0;
  for (const auto& entry : area) sum += std::pow(entry.second, kEvenness);
  std::map<Cover, std::size_t> quota;
  double owed = 0;
  for (const auto& [cover, pixels] : area) {
    owed += static_cast<double>(settings.points) * std::pow(pixels, kEvenness) / sum;
    quota[cover] = static_cast<std::size_t>(std::max(1.0, std::round(owed)));
    owed -= std::round(owed);
  }
  return quota;
}

bool deep_inside(const World& world, int row, int col, int year) {
  const Frame& frame = world.frame;
  const Cover cover = world.cover(frame.at(row, col), year);
  for (int r = std::max(0, row - 1); r <= std::min(frame.rows - 1, row + 1); ++r) {
    for (int c = std::max(0, col - 2); c <= std::min(frame.cols - 1, col + 2); ++c) {
      if (world.cover(frame.at(r, c), year) != cover) return false;
    }
  }
  return true;
}

SurveyPoint look_around(const World& world, int row, int col, int year, std::int64_t draw, double label_noise) {
  const auto drawn = [&](int which) { return uniform(random_bits(world.seed, Purpose::label, draw, which)); };
  SurveyPoint point;
  point.place = world.frame.centre_of(row, col);
  point.truth = world.cover(world.frame.at(row, col), year);
  point.label =
      drawn(1) < label_noise ? mistaken_for(point.truth)[static_cast<std::size_t>(3 * drawn(2))] : point.truth;
  const bool field_visit = drawn(3) < .6F;
  point.confidence = field_visit ? 100 : 85;
  point.date =
      field_visit ? make_day(year, 4, 15) + std::chrono::days(static_cast<int>(180 * drawn(4))) : make_day(year, 6, 30);
  point.block = fmt::format("b{:02}_{:02}", static_cast<int>(world.frame.y_of(row) / kBlockMetres),
                            static_cast<int>(world.frame.x_of(col) / kBlockMetres));
  return point;
}

}  // namespace

std::vector<SurveyPoint> survey(const World& world, const SurveySettings& settings) {
  const Frame& frame = world.frame;
  std::map<Cover, std::size_t> quota = share_out(world, settings);
  std::set<std::size_t> taken;
  std::vector<SurveyPoint> points;
  const auto draws = static_cast<std::int64_t>(settings.points) * 1000;
  for (std::int64_t draw = 0; draw < draws && points.size() < settings.points; ++draw) {
    const auto drawn = [&](int which) { return random_bits(world.seed, Purpose::point, draw, which); };
    const auto row = static_cast<int>(drawn(1) % static_cast<std::uint64_t>(frame.rows));
    const auto col = static_cast<int>(drawn(2) % static_cast<std::uint64_t>(frame.cols));
    const int year = settings.years[drawn(3) % settings.years.size()];
    std::size_t& left = quota[world.cover(frame.at(row, col), year)];
    if (left == 0 || taken.count(frame.at(row, col)) != 0) continue;
    if (uniform(drawn(4)) < .8F && !deep_inside(world, row, col, year)) continue;
    --left;
    taken.insert(frame.at(row, col));
    points.push_back(look_around(world, row, col, year, draw, settings.label_noise));
  }
  return points;
}

}  // namespace ecocube::simulate
