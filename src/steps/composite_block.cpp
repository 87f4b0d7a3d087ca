// SPDX-License-Identifier: Apache-2.0
#include "steps/composite_block.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "base/parallel.h"
#include "methods/series/outliers.h"
#include "methods/series/stitch.h"
#include "steps/composite_selection.h"

namespace ecocube {
namespace {

/// Pixels worked on at once: their planes fit the second-level cache.
constexpr std::size_t kRange = 4096;
/// Of those, pixels whose bands and dates are held as floats at once.
constexpr std::size_t kSelected = 512;

NumberPlane plane_at(std::byte* bytes, DataType type, std::size_t first) {
  switch (type) {
    case DataType::uint8:
      return reinterpret_cast<std::uint8_t*>(bytes) + first;
    case DataType::uint16:
      return reinterpret_cast<std::uint16_t*>(bytes) + first;
    case DataType::int16:
      return reinterpret_cast<std::int16_t*>(bytes) + first;
    default:
      return reinterpret_cast<float*>(bytes) + first;
  }
}

const series::Statistic kCount{series::Statistic::Kind::count, 0};

}  // namespace

std::uint64_t SceneStacks::bytes_per_pixel(const CompositeRules& rules, std::size_t times) {
  std::uint64_t bytes = rules.needs_cloud_distance() ? sizeof(float) : 0;
  for (const ProductBand& band : rules.source->product().bands) bytes += bytes_of(band.encoding.type);
  return bytes * std::max<std::size_t>(1, times);
}

void SceneStacks::resize(const CompositeRules& rules, std::size_t times, std::size_t pixels) {
  const Product& product = rules.source->product();
  product_ = &product;
  times_ = times, pixels_ = pixels;
  bytes_.resize(product.bands.size());
  for (std::size_t band = 0; band < bytes_.size(); ++band)
    bytes_[band].resize(bytes_of(product.bands[band].encoding.type) * times * pixels);
  if (rules.needs_cloud_distance()) cloud_metres_.resize(times * pixels);
}

std::span<float> SceneStacks::cloud_metres(std::size_t time) {
  return cloud_metres_.empty() ? std::span<float>() : std::span(cloud_metres_).subspan(time * pixels_, pixels_);
}

NumberPlane SceneStacks::plane(std::size_t band, std::size_t time) {
  return plane_at(bytes_[band].data(), product_->bands[band].encoding.type, time * pixels_);
}

std::uint64_t CompositeBlock::bytes_per_pixel(const CompositeRules& rules) {
  return rules.outputs.size() * bytes_of(rules.type()) + 2 * sizeof(std::uint16_t);
}

std::uint64_t CompositeBlock::bytes_of_selections(const CompositeRules& rules, std::size_t times, std::size_t pixels) {
  if (!rules.selects()) return 0;
  const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t at_once = std::min((pixels + kRange - 1) / kRange, threads) * std::min(pixels, kSelected);
  return at_once * SelectionSeries::bytes_per_pixel(times, rules.source->product().bands.size());
}

NumberPlane CompositeBlock::plane(std::size_t output) {
  return plane_at(bytes_.data(), rules_->type(), output * pixels_);
}

void CompositeBlock::compose(const CompositeRules& rules, const CompositeTimes& times, SceneStacks& stacks) {
  rules_ = &rules, times_ = &times;
  pixels_ = stacks.pixels();
  bytes_.resize(rules.outputs.size() * pixels_ * bytes_of(rules.type()));
  counts_.assign(pixels_, 0);
  band_counts_.resize(pixels_);
  const std::size_t ranges = (pixels_ + kRange - 1) / kRange;
  parallel_for(ranges, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t number = begin; number < end; ++number) {
      const series::PixelRange range{number * kRange, std::min(pixels_, (number + 1) * kRange)};
      for (std::size_t band = 0; band < rules.source->product().bands.size(); ++band) compose_band(band, stacks, range);
      for (std::size_t first = range.begin; rules.selects() && first < range.end; first += kSelected)
        compose_selections(stacks, {first, std::min(range.end, first + kSelected)});
      if (!rules.has_count()) continue;
      for (std::size_t pixel = range.begin; pixel < range.end; ++pixel)
        put(rules.outputs.size() - 1, pixel, counts_[pixel]);
    }
  });
}

/// Encodes a figure that is given in the output's stored numbers; NaN is missing.
void CompositeBlock::put(std::size_t output, std::size_t pixel, double figure) {
  const Encoding& encoding = rules_->outputs[output].encoding;
  std::visit(
      [&](auto* numbers) {
        using T = std::remove_pointer_t<decltype(numbers)>;
        if (std::is_floating_point_v<T> || !std::isnan(figure)) {
          const Encoding plain{encoding.type, 1, 0, encoding.no_data, {}};
          numbers[pixel] = static_cast<T>(std::is_floating_point_v<T> ? figure : plain.encoded(figure));
        } else {
          numbers[pixel] = static_cast<T>(*encoding.no_data);
        }
      },
      plane(output));
}

void CompositeBlock::count_clear(std::span<const std::uint16_t> counts, series::PixelRange range) {
  for (std::size_t pixel = range.begin; pixel < range.end; ++pixel)
    counts_[pixel] = std::max(counts_[pixel], counts[pixel]);
}

void CompositeBlock::compose_band(std::size_t band, SceneStacks& stacks, series::PixelRange range) {
  std::visit(
      [&](auto* first) {
        using T = std::remove_pointer_t<decltype(first)>;
        const Planes<T> planes = stacks.planes<T>(band);
        if (rules_->outliers > 0) series::remove_outliers(planes, range, rules_->outliers);
        if constexpr (std::is_same_v<T, float>) {
          compose_floats(band, planes, range);
        } else if (times_->orbit_begins.size() > 2) {
          compose_orbits(band, planes, range);
        } else {
          compose_stack(band, planes, range);
        }
      },
      stacks.plane(band, 0));
}

template <class T>
void CompositeBlock::compose_stack(std::size_t band, const Planes<T>& planes, series::PixelRange range) {
  std::vector<series::CompositePlane> results;
  for (std::size_t i = 0; i < rules_->outputs.size(); ++i) {
    const CompositeOutput& output = rules_->outputs[i];
    if (output.is_count() || output.selection || output.band != band) continue;
    results.push_back({output.statistic, plane(i), *output.encoding.no_data, true, output.recoding});
  }
  if (rules_->has_count()) results.push_back({kCount, band_counts_.data(), 0, false, {}});
  const Stack<T> stack{planes.data, planes.count, planes.pixels, planes.stride, planes.no_data};
  series::composite_stack(stack, range, results, times_->weights);
  if (rules_->has_count()) count_clear(band_counts_, range);
}

/// What the best pixel is judged by beside its day.
void CompositeBlock::add_scores(SelectionSeries& series, SceneStacks& stacks, series::PixelRange range) const {
  const auto& bands = rules_->source->product().bands;
  for (std::size_t time = 0; rules_->needs_cloud_distance() && time < series.times; ++time) {
    const std::span<const float> metres = stacks.cloud_metres(time).subspan(range.begin, series.pixels);
    series.cloud_metres.insert(series.cloud_metres.end(), metres.begin(), metres.end());
  }
  if (rules_->best.haze_weight <= 0) return;
  const auto number_of = [&](const char* name) {
    const auto at = std::find_if(bands.begin(), bands.end(), [&](const auto& band) { return band.name == name; });
    return static_cast<std::size_t>(at - bands.begin());
  };
  add_haze(series, number_of("blue"), number_of("red"));
}

/// All bands of a range as physical values, a date valid where all bands are, and what is selected of them.
void CompositeBlock::compose_selections(SceneStacks& stacks, series::PixelRange range) {
  const auto& bands = rules_->source->product().bands;
  SelectionSeries all;
  all.times = times_->count, all.bands = bands.size(), all.pixels = range.end - range.begin;
  all.values.resize(all.times * all.bands * all.pixels);
  all.valid.assign(all.times * all.pixels, 1);
  all.days = times_->days;
  all.best = rules_->best.options_of(times_->first_day, times_->last_day, times_->year);
  for (std::size_t time = 0; time < all.times; ++time) {
    for (std::size_t band = 0; band < all.bands; ++band) {
      const Encoding& encoding = bands[band].encoding;
      float* const values = all.values.data() + (time * all.bands + band) * all.pixels;
      std::visit(
          [&](const auto* numbers) {
            using T = std::remove_const_t<std::remove_pointer_t<decltype(numbers)>>;
            const T missing = static_cast<T>(missing_of(bands[band]));
            for (std::size_t i = 0; i < all.pixels; ++i) {
              const T number = numbers[range.begin + i];
              if (number == missing || number != number) all.valid[time * all.pixels + i] = 0;
              values[i] = static_cast<float>(encoding.decoded(static_cast<double>(number)));
            }
          },
          stacks.plane(band, time));
    }
  }
  add_scores(all, stacks, range);
  std::vector<SelectionOutput> outputs;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < rules_->outputs.size(); ++i) {
    if (!rules_->outputs[i].selection) continue;
    outputs.push_back(*rules_->outputs[i].selection);
    numbers.push_back(i);
  }
  select(all, outputs, [&](std::size_t output, std::size_t pixel, double value) {
    const Encoding& encoding = rules_->outputs[numbers[output]].encoding;
    put(numbers[output], range.begin + pixel, (value - encoding.offset) / encoding.scale);
  });
}

/// Each orbit on its own, then all joined.
template <class T>
void CompositeBlock::compose_orbits(std::size_t band, const Planes<T>& planes, series::PixelRange range) {
  const std::size_t orbits = times_->orbit_begins.size() - 1, pixels = range.end - range.begin;
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < rules_->outputs.size(); ++i) {
    const CompositeOutput& output = rules_->outputs[i];
    if (!output.is_count() && !output.selection && output.band == band) own.push_back(i);
  }
  std::vector<std::vector<float>> figures(own.size(), std::vector<float>(orbits * pixels));
  std::vector<std::uint16_t> counts(orbits * pixels);
  for (std::size_t orbit = 0; orbit < orbits; ++orbit) {
    const std::size_t begin = times_->orbit_begins[orbit], count = times_->orbit_begins[orbit + 1] - begin;
    const Stack<T> stack{planes.plane(begin) + range.begin, count, pixels, planes.stride, planes.no_data};
    const std::span<const double> weights =
        times_->weights.empty() ? std::span<const double>() : std::span(times_->weights).subspan(begin, count);
    std::vector<series::CompositePlane> results{{kCount, counts.data() + orbit * pixels, 0, false, {}}};
    for (std::size_t i = 0; i < own.size(); ++i) {
      results.push_back({rules_->outputs[own[i]].statistic, figures[i].data() + orbit * pixels,
                         std::numeric_limits<double>::quiet_NaN(), true, rules_->outputs[own[i]].recoding});
    }
    series::composite_stack(stack, {0, pixels}, results, weights);
  }
  std::vector<float> joined(pixels);
  for (std::size_t i = 0; i < own.size(); ++i) {
    series::stitch(figures[i], counts, pixels, {0, pixels}, joined);
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
      put(own[i], range.begin + pixel, static_cast<double>(joined[pixel]));
  }
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    std::uint16_t all = 0;
    for (std::size_t orbit = 0; orbit < orbits; ++orbit)
      all = static_cast<std::uint16_t>(all + counts[orbit * pixels + pixel]);
    counts_[range.begin + pixel] = std::max(counts_[range.begin + pixel], all);
  }
}

/// Products of floats: the plain kernel, and figures recoded here.
void CompositeBlock::compose_floats(std::size_t band, const Planes<float>& planes, series::PixelRange range) {
  const std::size_t pixels = range.end - range.begin;
  std::vector<float> values(planes.count * pixels);
  std::vector<std::uint8_t> valid(values.size());
  for (std::size_t time = 0; time < planes.count; ++time) {
    const float* const from = planes.plane(time) + range.begin;
    for (std::size_t i = 0; i < pixels; ++i) {
      valid[time * pixels + i] = std::isnan(from[i]) ? 0 : 1;
      values[time * pixels + i] = from[i];
    }
  }
  std::vector<series::Statistic> statistics{kCount};
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < rules_->outputs.size(); ++i) {
    const CompositeOutput& output = rules_->outputs[i];
    if (output.is_count() || output.selection || output.band != band) continue;
    own.push_back(i);
    statistics.push_back(output.statistic);
  }
  std::vector<float> results(statistics.size() * pixels, 0.0F);
  std::vector<std::uint8_t> results_valid(results.size(), 0);
  if (planes.count > 0)
    series::composite(values, valid, pixels, {0, pixels}, statistics, results, results_valid, times_->weights);
  for (std::size_t i = 0; i < own.size(); ++i) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const std::size_t at = (i + 1) * pixels + pixel;
      put(own[i], range.begin + pixel,
          results_valid[at] != 0 ? rules_->outputs[own[i]].recoding.recoded(static_cast<double>(results[at]))
                                 : std::numeric_limits<double>::quiet_NaN());
    }
  }
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    const std::size_t at = range.begin + pixel;
    counts_[at] = std::max(counts_[at], static_cast<std::uint16_t>(results[pixel]));
  }
}

}  // namespace ecocube
