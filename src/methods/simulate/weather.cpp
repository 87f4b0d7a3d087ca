// SPDX-License-Identifier: Apache-2.0
#include "methods/simulate/weather.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "methods/simulate/distance.h"
#include "methods/simulate/noise.h"

namespace ecocube::simulate {
namespace {

constexpr float kPi = 3.14159265F;
constexpr float kLongestShadow = 5200;  ///< metres, from a cloud to its shadow

/// A field of noise over the world and `margin` metres around it, drawn on a lattice and interpolated between.
class SmoothField {
 public:
  template <class Draw>
  SmoothField(const Frame& frame, double margin, double spacing, const Draw& draw)
      : margin_(margin), spacing_(spacing) {
    cols_ = static_cast<int>((frame.width() + 2 * margin) / spacing) + 3;
    rows_ = static_cast<int>((frame.height() + 2 * margin) / spacing) + 3;
    values_.resize(static_cast<std::size_t>(cols_) * static_cast<std::size_t>(rows_));
    parallel_for(static_cast<std::size_t>(rows_), 8, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        for (int col = 0; col < cols_; ++col) {
          values_[row * static_cast<std::size_t>(cols_) + static_cast<std::size_t>(col)] =
              draw(col * spacing - margin, static_cast<double>(row) * spacing - margin);
        }
      }
    });
  }

  float at(double x, double y) const {
    const double u = (x + margin_) / spacing_, v = (y + margin_) / spacing_;
    const int col = std::clamp(static_cast<int>(u), 0, cols_ - 2), row = std::clamp(static_cast<int>(v), 0, rows_ - 2);
    const auto du = static_cast<float>(u - col), dv = static_cast<float>(v - row);
    const float* upper = values_.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(cols_) +
                         static_cast<std::size_t>(col);
    const float* lower = upper + cols_;
    return (upper[0] + du * (upper[1] - upper[0])) * (1 - dv) + (lower[0] + du * (lower[1] - lower[0])) * dv;
  }

 private:
  double margin_, spacing_;
  int cols_, rows_;
  std::vector<float> values_;
};

/// One interval's draw of the weather.
struct Forecast {
  float threshold = 0;                ///< of the cloud field, in standard deviations
  float veil = 0;                     ///< greatest opacity of high thin cloud
  double shadow_x = 0, shadow_y = 0;  ///< metres from a cloud to its shadow
  bool striped = false;
  double stripe_shift = 0;   ///< metres
  double swath_edge = -1e9;  ///< no data west of it, metres
  bool careless = false;     ///< the mask of this interval lets thin cloud pass
};

Forecast forecast(const World& world, const Moment& moment, const WeatherSettings& settings) {
  const auto drawn = [&](int which) {
    return random_bits(world.seed, Purpose::cloud, moment.year, moment.interval, which);
  };
  Forecast today;
  const float usual =
      std::clamp(usual_cloud_cover(moment.day_of_year) * static_cast<float>(settings.cloudiness), 0.001F, 0.98F);
  const float odds = std::log(usual / (1 - usual)) + 1.55F * bell(drawn(1));
  today.threshold = -odds / 1.702F;  // the normal quantile, near enough
  today.veil = uniform(drawn(2)) < .3F ? 0.08F + 0.3F * uniform(drawn(3)) : 0.02F;
  const float height = 700 + 1900 * uniform(drawn(4));
  const float reach = std::min(kLongestShadow, height / std::tan(std::max(8.0F, moment.sun_height) * kPi / 180));
  const float away = (moment.sun_azimuth + 180) * kPi / 180;
  today.shadow_x = reach * std::sin(away);
  today.shadow_y = -reach * std::cos(away);
  today.striped = settings.stripes && uniform(drawn(5)) < .28F;
  today.stripe_shift = 20000 * uniform(drawn(6));
  if (uniform(drawn(7)) < .07F) today.swath_edge = world.frame.width() * (0.1 + 0.8 * uniform(drawn(8)));
  today.careless = uniform(drawn(9)) < .25F;
  return today;
}

/// Gaps of the failed scan-line corrector: slanted stripes a scan apart, wider away from the middle of the swath.
bool in_stripe(const Forecast& today, double x, double y) {
  constexpr double scan = 33 * 28.0, slant = 0.17;
  const double along = y - slant * x + today.stripe_shift;
  const double off_middle = std::abs(x + 3000 - std::fmod(today.stripe_shift * 7, 21000.0)) / 42000;
  const double place = along / scan - std::floor(along / scan);
  return place < std::min(0.38, 0.05 + 0.75 * off_middle);
}

void cover_sky(const World& world, const Moment& moment, const Forecast& today, Sky& sky) {
  const Frame& frame = world.frame;
  const Noise clouds(world.seed, Purpose::cloud, moment.year * 32 + moment.interval);
  const Noise veils(world.seed, Purpose::thin_cloud, moment.year * 32 + moment.interval);
  const double stretch = 1.25 + 0.6 * clouds.at(0.5, 0.5);
  const SmoothField field(frame, kLongestShadow, 75, [&](double x, double y) {
    const float broad = clouds.fractal(x / 7600, y / (7600 * stretch), 6, 0.62F);
    return std::clamp((broad - today.threshold + 0.22F) / 0.62F, 0.0F, 1.0F);
  });
  const SmoothField veil(frame, 0, 190, [&](double x, double y) {
    return today.veil * smooth_step(-0.3F, 1.3F, veils.fractal(x / 9000, y / 3300, 4, 0.55F));
  });
  parallel_for(static_cast<std::size_t>(frame.rows), 16, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const std::size_t pixel = frame.at(row, col);
        const double x = frame.x_of(col), y = frame.y_of(row);
        // Clouds gather over the hills.
        const float lifted = 0.0005F * (world.elevation[pixel] - 120);
        const float thick = smooth_step(0, 1, field.at(x, y) + (field.at(x, y) > 0 ? lifted : 0));
        const float thin = veil.at(x, y);
        sky.cloud[pixel] = static_cast<std::uint8_t>(255 * (1 - (1 - thick) * (1 - thin)));
        sky.shadow[pixel] =
            static_cast<std::uint8_t>(255 * smooth_step(0.25F, 0.9F, field.at(x - today.shadow_x, y - today.shadow_y)));
        const bool seen = x - 0.2 * y > today.swath_edge && !(today.striped && in_stripe(today, x, y));
        sky.quality[pixel] = seen ? quality::land : quality::no_data;
      }
    }
  });
}

/// What the flag says of a pixel, from what there is and what is near.
struct Evidence {
  float cloud, shadow, snow, light;  ///< 0..1; light is 1 on level ground
  int to_cloud, to_shadow;           ///< metres
  bool water;
  float patch;  ///< of codes given by a second pass, about -2..2
};

std::uint8_t flag_of(const Evidence& pixel, bool careless) {
  const float haze_limit = careless || pixel.patch > 1.5F ? 0.095F : 0.055F;
  if (pixel.cloud > 0.33F) return quality::cloud;
  if (pixel.cloud > haze_limit) return quality::haze;
  if (pixel.to_cloud < 75) return quality::near_cloud;
  if (pixel.shadow > 0.4F) return pixel.patch < -1.45F ? quality::other_shadow : quality::cloud_shadow;
  if (pixel.to_shadow < 62) return quality::near_shadow;
  if (pixel.light < 0.42F) return quality::slope_shadow;
  if (pixel.snow > 0.42F) return quality::snow;
  if (pixel.water) return pixel.to_cloud < 170 ? quality::cloud_far_water : quality::water;
  if (pixel.to_cloud < 170) return pixel.patch > 1.1F ? quality::cloud_far_again : quality::cloud_far_land;
  if (pixel.to_shadow < 115) return pixel.patch > 1.1F ? quality::shadow_far_again : quality::shadow_far_land;
  return pixel.patch > 1.1F ? quality::land_again : quality::land;
}

void flag(const World& world, const Surface& surface, const Moment& moment, bool careless, Sky& sky) {
  const Frame& frame = world.frame;
  std::vector<std::uint8_t> clouded(frame.pixels()), shaded(frame.pixels());
  for (std::size_t pixel = 0; pixel < frame.pixels(); ++pixel) {
    clouded[pixel] = sky.cloud[pixel] > 84 ? 1 : 0;
    shaded[pixel] = clouded[pixel] == 0 && sky.shadow[pixel] > 102 ? 1 : 0;
  }
  const std::vector<std::uint16_t> to_cloud = metres_to(frame, clouded), to_shadow = metres_to(frame, shaded);
  const Noise patches(world.seed, Purpose::flag_patch, moment.year * 32 + moment.interval);
  parallel_for(static_cast<std::size_t>(frame.rows), 16, [&](std::size_t begin, std::size_t end) {
    for (int row = static_cast<int>(begin); row < static_cast<int>(end); ++row) {
      for (int col = 0; col < frame.cols; ++col) {
        const std::size_t at = frame.at(row, col);
        if (sky.quality[at] == quality::no_data) continue;
        const Cover cover = world.cover(at, moment.year);
        Evidence pixel{};
        pixel.cloud = static_cast<float>(sky.cloud[at]) / 255;
        pixel.shadow = static_cast<float>(sky.shadow[at]) / 255;
        pixel.snow = static_cast<float>(surface.snow[at]) / 255;
        pixel.light = slope_light(world.rise_east[at], world.rise_south[at], moment);
        pixel.to_cloud = to_cloud[at];
        pixel.to_shadow = to_shadow[at];
        pixel.water = cover == Cover::river || cover == Cover::lake;
        pixel.patch = patches.fractal(frame.x_of(col) / 800, frame.y_of(row) / 800, 2);
        sky.quality[at] = flag_of(pixel, careless);
      }
    }
  });
}

}  // namespace

float usual_cloud_cover(int day_of_year) {
  return 0.38F + 0.14F * std::cos(2 * kPi * (static_cast<float>(day_of_year) - 352) / 365);
}

Sky sky_of(const World& world, const Surface& surface, const Moment& moment, const WeatherSettings& settings) {
  Sky sky;
  sky.quality.resize(world.frame.pixels());
  sky.cloud.resize(world.frame.pixels());
  sky.shadow.resize(world.frame.pixels());
  const Forecast today = forecast(world, moment, settings);
  cover_sky(world, moment, today, sky);
  flag(world, surface, moment, today.careless, sky);
  return sky;
}

}  // namespace ecocube::simulate
