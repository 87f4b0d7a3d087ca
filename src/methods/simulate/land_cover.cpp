// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/land_cover.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr double kBlock = 1150;        ///< metres from one block of parcels to the next
constexpr float kBuiltIn2000 = 0.86F;  ///< town radii that were built up in the year 2000
constexpr float kGrowth = 0.013F;      ///< town radii a year

/// A random number of the parcel, another for every `which`.
float share_of(std::uint32_t parcel, int which) {
  return uniform(random_bits(parcel, Purpose::parcel, which));
}

struct Block {
  std::int64_t i = 0, j = 0;
  double x = 0, y = 0;
};

/// The block whose seed lies nearest (Voronoi cells of a jittered lattice).
Block block_at(std::uint64_t seed, double x, double y) {
  const auto i0 = static_cast<std::int64_t>(std::floor(x / kBlock)),
             j0 = static_cast<std::int64_t>(std::floor(y / kBlock));
  Block nearest;
  double best = 1e30;
  for (std::int64_t j = j0 - 1; j <= j0 + 1; ++j) {
    for (std::int64_t i = i0 - 1; i <= i0 + 1; ++i) {
      const double bx = (static_cast<double>(i) + uniform(random_bits(seed, Purpose::block, i, j, 0))) * kBlock;
      const double by = (static_cast<double>(j) + uniform(random_bits(seed, Purpose::block, i, j, 1))) * kBlock;
      const double distance = (bx - x) * (bx - x) + (by - y) * (by - y);
      if (distance < best) best = distance, nearest = {i, j, bx, by};
    }
  }
  return nearest;
}

/// Cuts a line into pieces about `length` long: index and middle of the piece that holds `place`.
struct Piece {
  std::int64_t index;
  double middle;
};
Piece piece_at(std::uint64_t key, double place, double length) {
  const auto cut = [&](std::int64_t k) {
    return (static_cast<double>(k) + 0.7 * (uniform(random_bits(key, Purpose::fields, k)) - 0.5)) * length;
  };
  auto k = static_cast<std::int64_t>(std::floor(place / length));
  if (place < cut(k)) --k;
  if (place >= cut(k + 1)) ++k;
  return {k, 0.5 * (cut(k) + cut(k + 1))};
}

/// The fields of noise that decide what grows where.
struct Fields {
  explicit Fields(std::uint64_t seed)
      : bend(seed, Purpose::parcel),
        fields(seed, Purpose::fields),
        forest(seed, Purpose::forest),
        conifer(seed, Purpose::conifer),
        moor(seed, Purpose::moor),
        marsh(seed, Purpose::marsh) {}
  Noise bend, fields, forest, conifer, moor, marsh;
};

/// One place and what is known of it.
struct Place {
  double x, y;  ///< drawn toward the middle of its parcel, so that borders follow parcels in part
  float elevation, steep, valley;
  std::uint32_t parcel;
};

float conifer_share(const Fields& noise, const Place& place) {
  const float lean = 0.5F + 0.3F * noise.conifer.fractal(place.x / 2300, place.y / 2300, 3) +
                     0.0011F * (place.elevation - 170) + 0.45F * (share_of(place.parcel, 2) - 0.5F);
  return smooth_step(0.3F, 0.7F, lean);
}

/// What covers land that is neither water nor built on.
Cover wild_or_farmed(const Fields& noise, const Place& place) {
  const float chance = share_of(place.parcel, 1) - 0.5F;
  const bool low = place.elevation < 42 && place.steep < 0.05F;
  if (low && noise.marsh.fractal(place.x / 1000, place.y / 1000, 3) - 0.0009F * place.valley > 0.80F)
    return Cover::marsh;
  const float upland = smooth_step(70, 230, place.elevation);
  if (noise.moor.fractal(place.x / 1700, place.y / 1700, 5, 0.6F) + 0.5F * upland + 0.3F * chance > 1.72F && !low)
    return Cover::moor;
  const float wooded = 0.75F * noise.forest.fractal(place.x / 2100, place.y / 2100, 4) + 6 * place.steep +
                       0.0035F * (place.elevation - 130) + 0.6F * chance;
  if (wooded > 1.02F) return conifer_share(noise, place) >= 0.5F ? Cover::conifer : Cover::broadleaf;
  const float wet = smooth_step(900, 100, place.valley);
  const float grass = 0.55F * noise.fields.fractal(place.x / 2600, place.y / 2600, 3) + 0.7F * wet + 4 * place.steep +
                      1.2F * (share_of(place.parcel, 3) - 0.5F);
  return grass > 0.66F ? Cover::pasture : Cover::arable;
}

bool is_field(Cover cover) {
  return cover == Cover::arable || cover == Cover::pasture;
}
bool is_wood(Cover cover) {
  return cover == Cover::broadleaf || cover == Cover::conifer;
}

/// Towns as they stood in 2000, and the year in which each field near them is built on. Whole parcels are.
void build(const Settlement& settlement, std::size_t pixel, std::size_t middle, World& world) {
  const std::uint32_t parcel = world.parcel[pixel];
  const auto built = [&](const std::vector<float>& plane, Cover as) {
    if (plane[pixel] == Settlement::kFar) return;
    const float near = std::min(plane[pixel], plane[middle]) + 0.30F * (share_of(parcel, 4) - 0.5F);
    Cover& cover = world.first_cover[pixel];
    if (plane[pixel] < 0.55F * kBuiltIn2000 ||
        (near < kBuiltIn2000 && (is_field(cover) || plane[pixel] < 0.8F * kBuiltIn2000))) {
      cover = as;
      world.built_year[pixel] = World::kNever;
    } else if (is_field(cover)) {
      const float years = (near - kBuiltIn2000) / kGrowth;
      const auto year = static_cast<std::int16_t>(2000 + std::min(years, 200.0F));
      if (years < 200 && year < world.built_year[pixel]) world.built_year[pixel] = year, world.built_as[pixel] = as;
    }
  };
  built(settlement.town, Cover::town);
  built(settlement.industry, Cover::industry);
}

/// Fells a wood's stands at their own times; conifers more often than broad-leaved trees.
void fell(std::size_t pixel, World& world) {
  if (!is_wood(world.first_cover[pixel])) return;
  const std::uint32_t parcel = world.parcel[pixel];
  const float felled = world.first_cover[pixel] == Cover::conifer ? 0.62F : 0.2F;
  world.regrowth[pixel] = static_cast<std::uint8_t>(7 + 4 * share_of(parcel, 6));
  if (share_of(parcel, 7) < felled) world.cut_year[pixel] = static_cast<std::int16_t>(2000 + 40 * share_of(parcel, 8));
}

void cover_row(const Terrain& terrain, const Settlement& settlement, const Fields& noise, int row, World& world) {
  const Frame& frame = world.frame;
  for (int col = 0; col < frame.cols; ++col) {
    const std::size_t pixel = frame.at(row, col);
    const double x = frame.x_of(col), y = frame.y_of(row);
    const double bent_x = x + 30 * noise.bend.fractal(x / 700, y / 700, 2),
                 bent_y = y + 30 * noise.bend.fractal(x / 700 + 90, y / 700, 2);
    const Parcel parcel = parcel_at(world.seed, bent_x, bent_y);
    world.parcel[pixel] = parcel.number;
    const double toward = 0.65;
    const Place place{x + toward * (parcel.x - x), y + toward * (parcel.y - y),
                      terrain.elevation[pixel],    std::hypot(terrain.rise_east[pixel], terrain.rise_south[pixel]),
                      terrain.valley[pixel],       parcel.number};
    Cover& cover = world.first_cover[pixel];
    cover = wild_or_farmed(noise, place);
    const float crowns = conifer_share(noise, place) + 0.16F * noise.conifer.fractal(x / 90, y / 90, 2);
    world.conifer_share[pixel] = static_cast<std::uint8_t>(std::clamp(crowns, 0.0F, 1.0F) * 255);
    const int middle_row = std::clamp(static_cast<int>(parcel.y / frame.metres_down), 0, frame.rows - 1);
    const int middle_col = std::clamp(static_cast<int>(parcel.x / frame.metres_across), 0, frame.cols - 1);
    if (terrain.water[pixel] == Water::none) build(settlement, pixel, frame.at(middle_row, middle_col), world);
    if (terrain.water[pixel] == Water::river) cover = Cover::river;
    if (terrain.water[pixel] == Water::lake) cover = Cover::lake;
    if (settlement.road[pixel] != 0 && cover != Cover::lake) {
      cover = Cover::road;
      world.built_year[pixel] = World::kNever;
    }
    fell(pixel, world);
  }
}

}  // namespace

Parcel parcel_at(std::uint64_t seed, double x, double y) {
  const Block block = block_at(seed, x, y);
  const std::uint64_t key = random_bits(seed, Purpose::block, block.i, block.j, 2);
  const double turn = 3.14159265 * uniform(random_bits(key, Purpose::block, 0));
  const double wide = 75 + 95 * uniform(random_bits(key, Purpose::block, 1));
  const double along = wide * (1.4 + 1.8 * uniform(random_bits(key, Purpose::block, 2)));
  const double cosine = std::cos(turn), sine = std::sin(turn);
  const double u = (x - block.x) * cosine + (y - block.y) * sine, v = (y - block.y) * cosine - (x - block.x) * sine;
  const Piece strip = piece_at(key, v, wide);
  const Piece piece = piece_at(random_bits(key, Purpose::parcel, strip.index), u, along);
  Parcel parcel;
  parcel.number = static_cast<std::uint32_t>(random_bits(key, Purpose::parcel, strip.index, piece.index, 1) >> 32);
  parcel.x = block.x + piece.middle * cosine - strip.middle * sine;
  parcel.y = block.y + piece.middle * sine + strip.middle * cosine;
  return parcel;
}

void cover_land(const Terrain& terrain, const Settlement& settlement, World& world) {
  const std::size_t pixels = world.frame.pixels();
  world.first_cover.resize(pixels);
  world.parcel.resize(pixels);
  world.built_year.assign(pixels, World::kNever);
  world.built_as.assign(pixels, Cover::town);
  world.cut_year.assign(pixels, World::kNever);
  world.regrowth.assign(pixels, 0);
  world.conifer_share.resize(pixels);
  const Fields noise(world.seed);
  parallel_for(static_cast<std::size_t>(world.frame.rows), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) cover_row(terrain, settlement, noise, static_cast<int>(row), world);
  });
}

}  // namespace ecocube::simulate
