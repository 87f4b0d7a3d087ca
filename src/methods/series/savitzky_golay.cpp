// SPDX-License-Identifier: Apache-2.0
#include "methods/series/savitzky_golay.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ecocube::series {

bool SavitzkyGolay::weights_of(std::span<const std::uint8_t> valid, int order, std::size_t at,
                               std::span<double> weights) {
  const std::size_t window = valid.size();
  std::size_t count = 0, first = window, last = 0;
  for (std::size_t i = 0; i < window; ++i) {
    if (valid[i] == 0) continue;
    ++count;
    first = std::min(first, i);
    last = i;
  }
  std::fill(weights.begin(), weights.end(), 0.0);
  if (count == 0) return false;
  int degree = std::min(order, static_cast<int>(count) - 1);
  if (at < first || at > last) degree = std::min(degree, 1);
  // Polynomials orthogonal over the valid places, by their three-term recurrence (Forsythe 1957); `last` is the place
  // asked for, kept beside those of the window.
  const double middle = static_cast<double>(window - 1) / 2;
  std::vector<double> polynomial(window + 1, 1.0), before(window + 1, 0.0);
  const auto place = [&](std::size_t i) { return static_cast<double>(i < window ? i : at) - middle; };
  double norm_before = 0;
  for (int k = 0; k <= degree; ++k) {
    double norm = 0, moment = 0;
    for (std::size_t i = 0; i < window; ++i) {
      if (valid[i] == 0) continue;
      norm += polynomial[i] * polynomial[i];
      moment += place(i) * polynomial[i] * polynomial[i];
    }
    for (std::size_t i = 0; i < window; ++i) {
      if (valid[i] != 0) weights[i] += polynomial[i] * polynomial[window] / norm;
    }
    const double shift = moment / norm, back = k == 0 ? 0 : norm / norm_before;
    for (std::size_t i = 0; i <= window; ++i) {
      const double next = (place(i) - shift) * polynomial[i] - back * before[i];
      before[i] = polynomial[i];
      polynomial[i] = next;
    }
    norm_before = norm;
  }
  return true;
}

SavitzkyGolay::SavitzkyGolay(int window, int order, std::size_t times)
    : window_(static_cast<std::size_t>(window)), times_(times), order_(order), whole_(window_ * window_) {
  assert(window >= 3 && window % 2 == 1 && window_ <= times && order >= 0 && order < window);
  std::vector<std::uint8_t> valid(window_, 1);
  for (std::size_t at = 0; at < window_; ++at) weights_of(valid, order, at, {whole_.data() + at * window_, window_});
  if (window_ > kWidestTable) return;
  const std::size_t patterns = std::size_t{1} << window_;
  patterns_.resize(patterns << kPatternShift);
  for (std::size_t pattern = 0; pattern < patterns; ++pattern) {
    for (std::size_t i = 0; i < window_; ++i) valid[i] = pattern >> i & 1U;
    weights_of(valid, order, window_ / 2, {patterns_.data() + (pattern << kPatternShift), window_});
  }
}

void SavitzkyGolay::smooth(std::span<const float> values, std::span<const std::uint8_t> valid, std::span<float> smooth,
                           std::span<std::uint8_t> told) const {
  assert(values.size() == times_ && valid.size() == times_ && smooth.size() == times_ && told.size() == times_);
  const std::size_t half = window_ / 2, last_start = times_ - window_;
  std::vector<double> own(window_);
  for (std::size_t time = 0; time < times_; ++time) {
    const std::size_t start = std::clamp(time, half, last_start + half) - half, at = time - start;
    std::size_t pattern = 0, count = 0;
    for (std::size_t i = 0; i < window_; ++i) {
      count += valid[start + i];
      pattern |= static_cast<std::size_t>(valid[start + i]) << (i % kWidestTable);
    }
    const double* weights = whole_.data() + at * window_;
    if (count < window_) {
      if (at == half && !patterns_.empty()) {
        weights = patterns_.data() + (pattern << kPatternShift);
      } else {
        weights_of(valid.subspan(start, window_), order_, at, own);
        weights = own.data();
      }
    }
    double sum = 0;
    for (std::size_t i = 0; i < window_; ++i) {
      if (valid[start + i] != 0) sum += weights[i] * static_cast<double>(values[start + i]);
    }
    told[time] = count > 0 ? 1 : 0;
    smooth[time] = count > 0 ? static_cast<float>(sum) : 0;
  }
}

void SavitzkyGolay::smooth_plain(const Stack<float>& stack, PixelRange range, bool keep_gaps,
                                 const Planes<float>& out) const {
  std::vector<float> values(times_), result(times_);
  std::vector<std::uint8_t> valid(times_), told(times_);
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel) {
    for (std::size_t time = 0; time < times_; ++time) {
      values[time] = stack.plane(time)[pixel];
      valid[time] = std::isnan(values[time]) || values[time] == stack.no_data ? 0 : 1;
    }
    smooth(values, valid, result, told);
    for (std::size_t time = 0; time < times_; ++time) {
      const bool wanted = told[time] != 0 && (valid[time] != 0 || !keep_gaps);
      out.plane(time)[pixel] = wanted ? result[time] : out.no_data;
    }
  }
}

}  // namespace ecocube::series
