// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <queue>
#include <set>
#include <utility>

#include "methods/simulate/settlement.h"

namespace ecocube::simulate {
namespace {

constexpr double kCell = 80;          ///< metres, side of a cell of the lattice on which ways are sought
constexpr double kHalfRoad = 16;      ///< metres
constexpr double kHalfMotorway = 26;  ///< metres

/// The lattice on which the cheapest ways are sought.
struct Lattice {
  int cols, rows;
  std::vector<float> cost;  ///< of one metre through the cell
  std::size_t at(int i, int j) const {
    return static_cast<std::size_t>(j) * static_cast<std::size_t>(cols) + static_cast<std::size_t>(i);
  }
  int cell_of(double x, double y) const {
    return std::clamp(static_cast<int>(y / kCell), 0, rows - 1) * cols +
           std::clamp(static_cast<int>(x / kCell), 0, cols - 1);
  }
};

Lattice price_land(const Frame& frame, const Terrain& terrain) {
  Lattice lattice{std::max(2, static_cast<int>(std::ceil(frame.width() / kCell))),
                  std::max(2, static_cast<int>(std::ceil(frame.height() / kCell))),
                  {}};
  for (int j = 0; j < lattice.rows; ++j) {
    for (int i = 0; i < lattice.cols; ++i) {
      const int col = std::min(frame.cols - 1, static_cast<int>((i + 0.5) * kCell / frame.metres_across));
      const int row = std::min(frame.rows - 1, static_cast<int>((j + 0.5) * kCell / frame.metres_down));
      const std::size_t pixel = frame.at(row, col);
      const float steep = std::hypot(terrain.rise_east[pixel], terrain.rise_south[pixel]);
      const float bridge =
          terrain.water[pixel] == Water::lake ? 30.0F : (terrain.water[pixel] == Water::river ? 4.0F : 0.0F);
      lattice.cost.push_back(1 + 18 * steep + bridge);
    }
  }
  return lattice;
}

struct Step {
  float total;  ///< cost so far and at least to come
  int cell;
  bool operator<(const Step& other) const { return total != other.total ? total > other.total : cell > other.cell; }
};

/// The cheapest way between two cells (A*, Hart et al. 1968); both ends included.
std::vector<int> cheapest_way(const Lattice& lattice, int from, int to) {
  constexpr float least = 0.35F;  // No metre costs less.
  std::vector<float> spent(lattice.cost.size(), Settlement::kFar);
  std::vector<int> before(lattice.cost.size(), -1);
  const auto to_come = [&](int cell) {
    return least * static_cast<float>(kCell * std::hypot(cell % lattice.cols - to % lattice.cols,
                                                         cell / lattice.cols - to / lattice.cols));
  };
  std::priority_queue<Step> open;
  spent[static_cast<std::size_t>(from)] = 0;
  open.push({to_come(from), from});
  while (!open.empty() && open.top().cell != to) {
    const Step step = open.top();
    open.pop();
    const auto here = static_cast<std::size_t>(step.cell);
    if (step.total > spent[here] + to_come(step.cell) * 1.0001F + 0.01F) continue;
    for (int dj = -1; dj <= 1; ++dj) {
      for (int di = -1; di <= 1; ++di) {
        const int i = step.cell % lattice.cols + di, j = step.cell / lattice.cols + dj;
        if ((di == 0 && dj == 0) || i < 0 || j < 0 || i >= lattice.cols || j >= lattice.rows) continue;
        const auto next = lattice.at(i, j);
        const auto metres = static_cast<float>(di != 0 && dj != 0 ? 1.41421356 * kCell : kCell);
        const float total = spent[here] + metres * 0.5F * (lattice.cost[here] + lattice.cost[next]);
        if (total >= spent[next]) continue;
        spent[next] = total;
        before[next] = step.cell;
        open.push({total + to_come(static_cast<int>(next)), static_cast<int>(next)});
      }
    }
  }
  std::vector<int> way;
  for (int cell = to; cell >= 0; cell = before[static_cast<std::size_t>(cell)]) way.push_back(cell);
  return way;
}

void pave(const Frame& frame, double x, double y, double half_width, std::vector<std::uint8_t>& road) {
  const int row = static_cast<int>(y / frame.metres_down), col = static_cast<int>(x / frame.metres_across);
  const int down = static_cast<int>(half_width / frame.metres_down) + 1,
            across = static_cast<int>(half_width / frame.metres_across) + 1;
  for (int r = std::max(0, row - down); r <= std::min(frame.rows - 1, row + down); ++r) {
    for (int c = std::max(0, col - across); c <= std::min(frame.cols - 1, col + across); ++c) {
      if (std::hypot(frame.x_of(c) - x, frame.y_of(r) - y) <= half_width) road[frame.at(r, c)] = 1;
    }
  }
}

/// Draws a way as a smooth line: every corner is the mean of seven cells around it.
void draw(const Frame& frame, const Lattice& lattice, const std::vector<int>& way, double half_width,
          std::vector<std::uint8_t>& road) {
  const int last = static_cast<int>(way.size()) - 1;
  std::vector<std::pair<double, double>> line;
  for (int at = 0; at <= last; ++at) {
    const int reach = std::min({3, at, last - at});
    double x = 0, y = 0;
    for (int k = at - reach; k <= at + reach; ++k) {
      const int i = way[static_cast<std::size_t>(k)] % lattice.cols,
                j = way[static_cast<std::size_t>(k)] / lattice.cols;
      x += (i + 0.5) * kCell;
      y += (j + 0.5) * kCell;
    }
    line.emplace_back(x / (2 * reach + 1), y / (2 * reach + 1));
  }
  for (std::size_t at = 0; at + 1 < line.size(); ++at) {
    const auto [x0, y0] = line[at];
    const auto [x1, y1] = line[at + 1];
    const int pieces = std::max(1, static_cast<int>(std::hypot(x1 - x0, y1 - y0) / 6));
    for (int k = 0; k <= pieces; ++k) {
      pave(frame, x0 + (x1 - x0) * k / pieces, y0 + (y1 - y0) * k / pieces, half_width, road);
    }
  }
}

/// Pairs of towns that a road joins: each town and the nearest larger one, and its nearest neighbour.
std::set<std::pair<std::size_t, std::size_t>> neighbours(const std::vector<Town>& towns) {
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  const auto join_nearest = [&](std::size_t town, std::size_t count) {
    std::size_t nearest = town;
    double best = Settlement::kFar;
    for (std::size_t other = 0; other < count; ++other) {
      const double distance = std::hypot(towns[other].x - towns[town].x, towns[other].y - towns[town].y);
      if (other != town && distance < best) best = distance, nearest = other;
    }
    if (nearest != town) pairs.insert(std::minmax(town, nearest));
  };
  for (std::size_t town = 0; town < towns.size(); ++town) {
    join_nearest(town, town);
    join_nearest(town, towns.size());
  }
  return pairs;
}

}  // namespace

void draw_roads(const Frame& frame, const Terrain& terrain, Settlement& settlement) {
  Lattice lattice = price_land(frame, terrain);
  const auto build = [&](int from, int to, double half_width) {
    const std::vector<int> way = cheapest_way(lattice, from, to);
    draw(frame, lattice, way, half_width, settlement.road);
    for (const int cell : way) lattice.cost[static_cast<std::size_t>(cell)] = 0.35F;
  };
  Lattice open_country = lattice;
  for (const Town& town : settlement.towns) {
    const int reach = static_cast<int>(town.radius * 1.1 / kCell) + 1;
    const int middle = open_country.cell_of(town.x, town.y);
    for (int j = std::max(0, middle / lattice.cols - reach);
         j <= std::min(lattice.rows - 1, middle / lattice.cols + reach); ++j) {
      for (int i = std::max(0, middle % lattice.cols - reach);
           i <= std::min(lattice.cols - 1, middle % lattice.cols + reach); ++i) {
        open_country.cost[lattice.at(i, j)] += 3;
      }
    }
  }
  const int north = open_country.cell_of(0.68 * frame.width(), 0),
            south = open_country.cell_of(0.38 * frame.width(), frame.height());
  draw(frame, lattice, cheapest_way(open_country, north, south), kHalfMotorway, settlement.road);
  for (const auto& [a, b] : neighbours(settlement.towns)) {
    const Town &from = settlement.towns[a], &to = settlement.towns[b];
    build(lattice.cell_of(from.x, from.y), lattice.cell_of(to.x, to.y), kHalfRoad);
  }
  for (std::size_t i = 0; i < settlement.towns.size(); i += 4) {
    const Town& town = settlement.towns[i];
    const double edge = town.x < frame.width() / 2 ? 0.0 : frame.width();
    build(lattice.cell_of(town.x, town.y), lattice.cell_of(edge, town.y + 0.2 * (frame.height() / 2 - town.y)),
          kHalfRoad);
  }
}

}  // namespace ecocube::simulate
