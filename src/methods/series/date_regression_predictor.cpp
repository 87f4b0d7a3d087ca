// SPDX-License-Identifier: Apache-2.0
#include "methods/series/date_regression_predictor.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ecocube::series {

DatePredictor::DatePredictor(std::span<const double> correlation, std::span<const std::uint8_t> usable,
                             std::size_t dates, double ridge)
    : times_(usable.size()),
      dates_(dates),
      correlation_(correlation.begin(), correlation.end()),
      candidates_(times_),
      by_likeness_(times_ * times_) {
  assert(correlation.size() == times_ * times_);
  for (std::size_t time = 0; time < times_; ++time) {
    std::vector<std::uint16_t> order;
    for (std::size_t other = 0; other < times_; ++other) {
      if (other != time && usable[other] != 0) order.push_back(static_cast<std::uint16_t>(other));
    }
    const float* const likeness = correlation_.data() + time * times_;
    std::stable_sort(order.begin(), order.end(), [&](std::uint16_t one, std::uint16_t other) {
      return std::abs(likeness[one]) > std::abs(likeness[other]);
    });
    candidates_[time] = order.size();
    std::copy(order.begin(), order.end(), by_likeness_.begin() + static_cast<std::ptrdiff_t>(time * times_));
  }
  for (std::size_t time = 0; time < times_; ++time) {
    correlation_[time * times_ + time] = static_cast<float>(1.0 + ridge);
  }
}

namespace {

void copy_lane(SymmetricSystems& systems, std::size_t from, std::size_t to) {
  constexpr std::size_t lanes = SymmetricSystems::kLanes;
  for (std::size_t cell = 0; cell < systems.matrix.size(); cell += lanes) {
    systems.matrix[cell + to] = systems.matrix[cell + from];
  }
  for (std::size_t row = 0; row < systems.right.size(); row += lanes) {
    systems.right[row + to] = systems.right[row + from];
  }
}

}  // namespace

void DatePredictor::choose(std::span<const std::uint8_t> valid, std::size_t pixels, PredictionBatch& batch,
                           std::size_t lane) const {
  const std::size_t time = batch.time[lane];
  const std::uint16_t* const order = by_likeness_.data() + time * times_;
  const std::uint8_t* const of_pixel = valid.data() + batch.pixel[lane];
  std::uint16_t* const chosen = batch.chosen.data() + lane * dates_;
  std::size_t count = 0;
  for (std::size_t place = 0; place < candidates_[time] && count < dates_; ++place) {
    // Written before it is known to be valid: the next candidate overwrites one that is not.
    chosen[count] = order[place];
    count += of_pixel[order[place] * pixels] != 0 ? 1 : 0;
  }
  batch.dates_of[lane] = count;
  // Under one cloud neighbouring pixels mostly lack the same dates.
  const bool as_before = lane > 0 && batch.time[lane - 1] == time && batch.dates_of[lane - 1] == count &&
                         std::equal(chosen, chosen + count, chosen - dates_);
  if (as_before) {
    copy_lane(batch.systems, lane - 1, lane);
  } else {
    set_lane(chosen, count, time, batch.systems, lane);
  }
}

void DatePredictor::set_lane(const std::uint16_t* chosen, std::size_t count, std::size_t time,
                             SymmetricSystems& systems, std::size_t lane) const {
  constexpr std::size_t lanes = SymmetricSystems::kLanes;
  float* cell = systems.matrix.data() + lane;
  for (std::size_t row = 0; row < count; ++row) {
    const float* const of_row = correlation_.data() + chosen[row] * times_;
    systems.right[row * lanes + lane] = of_row[time];
    for (std::size_t col = 0; col <= row; ++col, cell += lanes) *cell = of_row[chosen[col]];
  }
  for (std::size_t row = count; row < dates_; ++row) {
    systems.right[row * lanes + lane] = 0;
    for (std::size_t col = 0; col <= row; ++col, cell += lanes) *cell = col == row ? 1.0F : 0.0F;
  }
}

void DatePredictor::predict(std::span<const std::uint8_t> valid, std::size_t pixels, PredictionBatch& batch) const {
  for (std::size_t lane = 0; lane < batch.count; ++lane) choose(valid, pixels, batch, lane);
  solve(batch.systems);
  for (std::size_t lane = 0; lane < batch.count; ++lane) {
    batch.variance[lane] = std::max(1.0F - batch.systems.explained[lane], 1e-3F);
  }
}

float DatePredictor::apply(const PredictionBatch& batch, std::size_t lane, const float* standardised,
                           std::size_t pixels, std::size_t pixel) {
  const std::uint16_t* const chosen = batch.chosen.data() + lane * batch.systems.size;
  const float* const weights = batch.systems.solution.data() + lane;
  float sum = 0;
  for (std::size_t date = 0; date < batch.dates_of[lane]; ++date) {
    sum += weights[date * SymmetricSystems::kLanes] * standardised[chosen[date] * pixels + pixel];
  }
  return sum;
}

std::vector<double> complete_dates(const DatePredictor& predictor, std::span<const std::uint8_t> valid,
                                   std::size_t pixels, std::size_t begin, std::size_t end,
                                   std::span<const std::uint8_t> dates, std::span<float> values) {
  PredictionBatch batch(predictor.dates());
  std::vector<double> variance(dates.size(), 0.0);
  const auto flush = [&] {
    predictor.predict(valid, pixels, batch);
    for (std::size_t lane = 0; lane < batch.count; ++lane) {
      values[batch.time[lane] * pixels + batch.pixel[lane]] =
          DatePredictor::apply(batch, lane, values.data(), pixels, batch.pixel[lane]);
      variance[batch.time[lane]] += static_cast<double>(batch.variance[lane]);
    }
    batch.count = 0;
  };
  constexpr std::size_t chunk = 64;
  for (std::size_t first = begin; first < end; first += chunk) {
    for (std::size_t time = 0; time < dates.size(); ++time) {
      if (dates[time] == 0) continue;
      for (std::size_t pixel = first; pixel < std::min(end, first + chunk); ++pixel) {
        if (valid[time * pixels + pixel] != 0) continue;
        batch.time[batch.count] = time;
        batch.pixel[batch.count] = pixel;
        if (++batch.count == PredictionBatch::kLanes) flush();
      }
    }
  }
  flush();
  for (double& sum : variance) sum /= static_cast<double>(std::max<std::size_t>(end - begin, 1));
  return variance;
}

}  // namespace ecocube::series
