// SPDX-License-Identifier: Apache-2.0
#include "steps/scene_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "io/raster/projection.h"
#include "methods/resample/resample.h"
#include "methods/series/cloud_distance.h"
#include "methods/series/mask.h"

namespace ecocube {
namespace {

/// The part of the source that lies under the block when both grids have the same pixels.
Window shifted(const Window& block, const std::pair<std::int64_t, std::int64_t>& shift) {
  return {block.row + shift.first, block.col + shift.second, block.rows, block.cols};
}

/// What both share; with no rows and columns when that is nothing.
Window shared_part(const Window& a, const Window& b) {
  const Window part = intersection(a, b);
  return part.empty() ? Window{} : part;
}

/// The smallest window that holds both.
Window around(const Window& a, const Window& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const std::int64_t row = std::min(a.row, b.row), col = std::min(a.col, b.col);
  return {row, col, std::max(a.row + a.rows, b.row + b.rows) - row, std::max(a.col + a.cols, b.col + b.cols) - col};
}

/// Never more than asked for: std::vector would double what it has.
template <class T>
void set_size(std::vector<T>& values, std::size_t size) {
  if (values.capacity() < size) {
    std::vector<T>().swap(values);
    values.reserve(size);
  }
  values.resize(size);
}

bool inside(const Window& window, std::int64_t row, std::int64_t col) {
  return row >= window.row && col >= window.col && row < window.row + window.rows && col < window.col + window.cols;
}

std::size_t index_in(const Window& window, std::int64_t row, std::int64_t col) {
  return static_cast<std::size_t>((row - window.row) * window.cols + col - window.col);
}

template <class T>
bool is_missing(T number, T missing) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(number) || number == missing;
  return number == missing;
}

template <class T>
T within_type(double value, T otherwise) {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(value);
  if (std::isnan(value)) return otherwise;
  return static_cast<T>(std::clamp(value, static_cast<double>(std::numeric_limits<T>::lowest()),
                                   static_cast<double>(std::numeric_limits<T>::max())));
}

/// Rounded to the nearest number of the type, never onto the one that means missing.
template <class T>
T rounded(double value, T missing) {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(value);
  const T number = within_type<T>(std::floor(value + 0.5), missing);
  if (number != missing) return number;
  return static_cast<T>(missing == std::numeric_limits<T>::lowest() ? number + 1 : number - 1);
}

template <class T>
series::ValidRange<T> range_of(const ProductBand& band) {
  if constexpr (std::is_floating_point_v<T>) {
    return {static_cast<T>(std::max(band.lowest, static_cast<double>(std::numeric_limits<T>::lowest()))),
            static_cast<T>(std::min(band.highest, static_cast<double>(std::numeric_limits<T>::max()))),
            static_cast<T>(missing_of(band))};
  } else {
    return {within_type<T>(std::ceil(band.lowest), 0), within_type<T>(std::floor(band.highest), 0),
            static_cast<T>(missing_of(band))};
  }
}

template <class T>
void recode(std::span<T> numbers, const SceneRecoding& recoding, T missing) {
  for (T& number : numbers) {
    if (!is_missing(number, missing))
      number = rounded<T>(static_cast<double>(number) * recoding.multiply + recoding.add, missing);
  }
}

/// Metres that a pixel measures; degrees are those of the frame's middle on a sphere.
series::PixelRaster pixel_of(const PixelFrame& frame) {
  constexpr double kMetresOfDegree = 111319.49;
  const auto& transform = frame.geo_transform;
  series::PixelRaster pixel;
  pixel.pixel_width = std::hypot(transform[1], transform[4]);
  pixel.pixel_height = std::hypot(transform[2], transform[5]);
  if (is_geographic(frame.crs)) {
    const double latitude = transform[3] + transform[4] * static_cast<double>(frame.cols) / 2 +
                            transform[5] * static_cast<double>(frame.rows) / 2;
    pixel.pixel_width *= kMetresOfDegree * std::max(0.01, std::cos(latitude * std::numbers::pi / 180));
    pixel.pixel_height *= kMetresOfDegree;
  }
  return pixel;
}

/// The pixel of one frame that holds the centre of another's, along one axis.
std::int64_t pixel_under(std::int64_t pixel, double origin, double step, double other_origin, double other_step) {
  return static_cast<std::int64_t>(
      std::floor((origin + (static_cast<double>(pixel) + 0.5) * step - other_origin) / other_step));
}

/// The pixels of frame `to` under a window of frame `from`; both north up and of one CRS.
Window window_under(const Window& window, const PixelFrame& from, const PixelFrame& to) {
  if (window.empty()) return {};
  const auto &a = from.geo_transform, &b = to.geo_transform;
  const auto col = [&](std::int64_t c) { return pixel_under(c, a[0], a[1], b[0], b[1]); };
  const auto row = [&](std::int64_t r) { return pixel_under(r, a[3], a[5], b[3], b[5]); };
  const std::int64_t first_row = row(window.row), first_col = col(window.col);
  return {first_row, first_col, row(window.row + window.rows - 1) - first_row + 1,
          col(window.col + window.cols - 1) - first_col + 1};
}

}  // namespace

double missing_of(const ProductBand& band) {
  const Encoding& encoding = band.encoding;
  if (encoding.type == DataType::float32) return std::numeric_limits<double>::quiet_NaN();
  if (encoding.no_data && *encoding.no_data >= lowest_of(encoding.type) &&
      *encoding.no_data <= highest_of(encoding.type))
    return *encoding.no_data;
  return encoding.type == DataType::int16 ? lowest_of(encoding.type) : highest_of(encoding.type);
}

std::uint64_t SceneReader::bytes_per_source_pixel(const SceneRules& rules) {
  std::uint64_t bytes = sizeof(float) + 3 + 2 * rules.mask->bands().size();
  for (const ProductBand& band : rules.product->bands) bytes += bytes_of(band.encoding.type);
  return bytes + (rules.erode > 0 || rules.dilate > 0 ? 4 : 0);
}

void SceneReader::set_block(const Window& block) {
  if (block == block_) return;
  block_ = block;
  placed_ = nullptr;
}

/// Computes the block's positions unless they are there already.
void SceneReader::place(const GridMapping& mapping) {
  if (placed_ == &mapping) return;
  positions_ = {};
  positions_ = mapping.positions(block_);
  placed_ = &mapping;
}

Window SceneReader::whole_source(const GridMapping& mapping) const {
  constexpr std::int64_t kRows = 64;
  Window whole;
  for (std::int64_t row = 0; row < tile_.rows; row += kRows) {
    whole = around(whole, mapping.source_window(mapping.positions(
                              {tile_.row + row, tile_.col, std::min(kRows, tile_.rows - row), tile_.cols})));
  }
  return whole;
}

Result<SceneReader::View*> SceneReader::view_of(const PixelFrame& frame) {
  const auto found = std::find_if(views_.begin(), views_.end(), [&](const auto& one) { return one->frame == frame; });
  View* known = found == views_.end() ? nullptr : found->get();
  if (!known) {
    auto made = std::make_unique<View>();
    made->frame = frame;
    ECOCUBE_TRY_ASSIGN(made->mapping, GridMapping::make(rules_.grid, frame));
    made->pixel = pixel_of(frame);
    if (!made->mapping->shift()) made->whole = whole_source(*made->mapping);
    known = made.get();
    views_.push_back(std::move(made));
  }
  View& view = *known;
  const auto shift = view.mapping->shift();
  if (view.block == block_) return &view;
  view.block = block_;
  view.source = {};
  if (shift) {
    view.source = shared_part(shifted(block_, *shift), {0, 0, frame.rows, frame.cols});
  } else if (!view.whole.empty()) {
    place(*view.mapping);
    view.source = view.mapping->source_window(positions_);
    // All columns that the tile takes, or what is read beside a turned block would depend on its rows.
    if (!view.source.empty()) view.source = {view.source.row, view.whole.col, view.source.rows, view.whole.cols};
  }
  return &view;
}

/// The bands by their pixels; the group of the mask, or of the first band where there is no mask, comes first.
Result<std::vector<SceneReader::Group>> SceneReader::groups_of(const SceneFile& file, bool with_bands) {
  const std::size_t bands = rules_.product->bands.size();
  const bool has_mask = !rules_.mask->bands().empty();
  std::vector<Group> groups(1);
  ECOCUBE_TRY_ASSIGN(groups.front().view, view_of(file.frame(has_mask ? bands : 0)));
  for (std::size_t i = 1; i < rules_.mask->bands().size(); ++i) {
    if (file.frame(bands + i) != groups.front().view->frame)
      return input_error("its masks '{}' and '{}' have different pixels", rules_.mask->bands().front().name,
                         rules_.mask->bands()[i].name);
  }
  for (std::size_t band = 0; with_bands && band < bands; ++band) {
    ECOCUBE_TRY_ASSIGN(View * view, view_of(file.frame(band)));
    // Where clouds are looked for far round a block, bands are read on the block alone.
    const auto first = groups.begin() + (rules_.cloud_metres > 0 && has_mask ? 1 : 0);
    auto group = std::find_if(first, groups.end(), [&](const Group& one) { return one.view == view; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{view, {}});
    group->bands.push_back(band);
  }
  return groups;
}

/// The pixels of the mask that all groups need, with what erosion, dilation and distances look at.
Window SceneReader::mask_window(const SceneFile& file, const std::vector<Group>& groups, const Target* target) const {
  const View& mask = *groups.front().view;
  const Window covered = file.covers(rules_.mask->bands().empty() ? 0 : rules_.product->bands.size());
  Window needed = mask.source;
  for (std::size_t i = 1; i < groups.size(); ++i)
    needed = around(needed, window_under(groups[i].view->source, groups[i].view->frame, mask.frame));
  if (needed.empty()) return {};
  const double reach =
      rules_.erode + rules_.dilate + (target && !target->cloud_metres.empty() ? rules_.cloud_metres : 0);
  const std::int64_t rows = reach > 0 ? series::reach_rows(reach, mask.pixel) + 1 : 0,
                     cols = reach > 0 ? series::reach_cols(reach, mask.pixel) + 1 : 0;
  return shared_part({needed.row - rows, needed.col - cols, needed.rows + 2 * rows, needed.cols + 2 * cols}, covered);
}

NumberPlane SceneReader::buffer_for(std::size_t band, std::size_t pixels) {
  const DataType type = rules_.product->bands[band].encoding.type;
  set_size(buffers_[band], pixels * bytes_of(type));
  void* const data = buffers_[band].data();
  switch (type) {
    case DataType::uint8:
      return static_cast<std::uint8_t*>(data);
    case DataType::uint16:
      return static_cast<std::uint16_t*>(data);
    case DataType::int16:
      return static_cast<std::int16_t*>(data);
    default:
      return static_cast<float*>(data);
  }
}

/// Turns the mask's numbers into marks.
Result<void> SceneReader::mark(const std::string& name) {
  set_size(marks_, static_cast<std::size_t>(marked_.pixels()));
  std::fill(marks_.begin(), marks_.end(), std::uint8_t{0});
  for (std::size_t i = 0; i < mask_numbers_.size(); ++i) {
    const auto& band = rules_.mask->bands()[i];
    band.mark(mask_numbers_[i], marks_);
    const auto unknown = rules_.product->known_codes.empty() ? std::nullopt : series::first_unknown(marks_);
    if (!unknown) continue;
    const auto at = static_cast<std::int64_t>(*unknown);
    return input_error("scene {}: its mask band '{}' holds the code {} in row {}, column {}, which {} does not know",
                       name, band.name, mask_numbers_[i][*unknown], marked_.row + at / marked_.cols,
                       marked_.col + at % marked_.cols, rules_.product->name);
  }
  return {};
}

void SceneReader::grow_marks(const View& view) {
  if (rules_.erode <= 0 && rules_.dilate <= 0) return;
  series::PixelRaster raster = view.pixel;
  raster.rows = marked_.rows, raster.cols = marked_.cols;
  series::erode_and_dilate(marks_, raster, rules_.erode, rules_.dilate);
}

/// Counts the block's clear and covered pixels.
void SceneReader::count(const View& view, ClearTally& tally) {
  const auto add = [&](std::uint8_t mark) {
    tally.covered += (mark & series::kFill) == 0 ? 1 : 0;
    tally.clear += mark == 0 ? 1 : 0;
  };
  if (view.mapping->shift()) {
    const Window own = intersection(view.source, marked_);
    for (std::int64_t row = own.row; row < own.row + own.rows; ++row) {
      const std::uint8_t* const first = marks_.data() + index_in(marked_, row, own.col);
      for (std::int64_t col = 0; col < own.cols; ++col) add(first[col]);
    }
    return;
  }
  place(*view.mapping);
  for (std::size_t i = 0; i < positions_.x.size(); ++i) {
    if (std::isnan(positions_.x[i])) continue;
    const auto row = static_cast<std::int64_t>(std::floor(positions_.y[i])),
               col = static_cast<std::int64_t>(std::floor(positions_.x[i]));
    if (inside(marked_, row, col)) add(marks_[index_in(marked_, row, col)]);
  }
}

/// Metres to the nearest masked pixel, where the block has no clear scene yet and this one is clear.
void SceneReader::put_cloud_distance(const View& view, const Target& target) {
  const std::span<float> metres = target.cloud_metres;
  if (target.is_first) std::fill(metres.begin(), metres.end(), 0.0F);
  if (marked_.empty()) return;
  std::vector<std::uint8_t> clouds(marks_.size());
  for (std::size_t i = 0; i < clouds.size(); ++i)
    clouds[i] = (marks_[i] & series::kMasked) != 0 && (marks_[i] & series::kFill) == 0 ? 1 : 0;
  const series::PixelPlane plane{static_cast<std::size_t>(marked_.rows), static_cast<std::size_t>(marked_.cols),
                                 view.pixel.pixel_width, view.pixel.pixel_height};
  const std::vector<float> distances = series::cloud_distance(clouds, plane, rules_.cloud_metres);
  const std::vector<std::int64_t> under = places();
  for (std::size_t i = 0; i < under.size(); ++i) {
    if (under[i] < 0 || metres[i] != 0) continue;
    const auto at = static_cast<std::size_t>(under[i]);
    if (marks_[at] == 0) metres[i] = distances[at];
  }
}

/// Marks of a window of other pixels than the mask's, by the mask's pixel under each centre.
Result<void> SceneReader::marks_for(const std::string& name, const View& mask, const View& view, const Window& window) {
  const auto &a = view.frame.geo_transform, &b = mask.frame.geo_transform;
  const bool aligned = a[2] == 0 && a[4] == 0 && b[2] == 0 && b[4] == 0 && same_crs(view.frame.crs, mask.frame.crs);
  const bool is_same = &view == &mask;
  if (!aligned && !is_same)
    return input_error("scene {}: its bands and its mask have different reference systems", name);
  set_size(other_marks_, static_cast<std::size_t>(window.pixels()));
  for (std::int64_t r = 0; r < window.rows; ++r) {
    const std::int64_t row = is_same ? window.row + r : pixel_under(window.row + r, a[3], a[5], b[3], b[5]);
    for (std::int64_t c = 0; c < window.cols; ++c) {
      const std::int64_t col = is_same ? window.col + c : pixel_under(window.col + c, a[0], a[1], b[0], b[1]);
      other_marks_[static_cast<std::size_t>(r * window.cols + c)] =
          inside(marked_, row, col) ? marks_[index_in(marked_, row, col)] : std::uint8_t{series::kMasked};
    }
  }
  return {};
}

/// Puts what a window of the scene holds onto the block, where nothing is yet.
template <class T>
void SceneReader::put(const View& view, const Window& window, const ProductBand& band, const T* numbers, T* plane) {
  const T missing = static_cast<T>(missing_of(band));
  if (const auto shift = view.mapping->shift()) {
    const Window wanted = shifted(block_, *shift), part = intersection(wanted, window);
    for (std::int64_t row = part.row; row < part.row + part.rows; ++row) {
      const T* const from = numbers + index_in(window, row, part.col);
      T* const to = plane + index_in(wanted, row, part.col);
      for (std::int64_t i = 0; i < part.cols; ++i) to[i] = is_missing(to[i], missing) ? from[i] : to[i];
    }
    return;
  }
  const auto source_pixels = static_cast<std::size_t>(window.pixels()),
             pixels = static_cast<std::size_t>(block_.pixels());
  set_size(source_values_, source_pixels);
  set_size(good_, source_pixels);
  for (std::size_t i = 0; i < source_pixels; ++i) {
    good_[i] = is_missing(numbers[i], missing) ? 0 : 1;
    source_values_[i] = good_[i] != 0 ? static_cast<float>(numbers[i]) : 0.0F;
  }
  set_size(warped_, pixels);
  set_size(warped_valid_, pixels);
  place(*view.mapping);
  const resample::Pixels source{window, source_values_, good_};
  const resample::Positions at{positions_.x, positions_.y};
  const bool whole = band.kind != LayerKind::continuous || rules_.resampling == "nearest";
  const bool averages = rules_.resampling == "average" || (rules_.resampling == "auto" && view.mapping->averages());
  if (whole) {
    resample::nearest(source, at, warped_, warped_valid_);
  } else if (averages) {
    resample::average(source, at, view.mapping->pixel_width(), view.mapping->pixel_height(), warped_, warped_valid_);
  } else {
    resample::bilinear(source, at, warped_, warped_valid_);
  }
  for (std::size_t i = 0; i < pixels; ++i) {
    if (warped_valid_[i] != 0 && is_missing(plane[i], missing))
      plane[i] = rounded<T>(static_cast<double>(warped_[i]), missing);
  }
}

/// Takes out what is masked or no measurement, and puts the rest where it belongs unless it is there.
void SceneReader::finish_band(const View& view, const Window& window, std::size_t band,
                              std::span<const std::uint8_t> marks, NumberPlane numbers, bool is_direct,
                              const Target& target) {
  const ProductBand& product_band = rules_.product->bands[band];
  std::visit(
      [&](auto* read) {
        using T = std::remove_pointer_t<decltype(read)>;
        const std::span<T> all(read, static_cast<std::size_t>(window.pixels()));
        const auto range = range_of<T>(product_band);
        if (std::is_floating_point_v<T> && product_band.encoding.no_data) {
          const T no_data = static_cast<T>(*product_band.encoding.no_data);
          std::replace(all.begin(), all.end(), no_data, range.missing);
        }
        series::take_out<T>(all, marks, range);
        if (target.recodings[band].changes()) recode<T>(all, target.recodings[band], range.missing);
        if (is_direct) return;
        T* const plane = std::get<T*>(target.planes[band]);
        if (target.is_first) std::fill_n(plane, static_cast<std::size_t>(block_.pixels()), range.missing);
        put<T>(view, window, product_band, read, plane);
      },
      numbers);
}

Result<void> SceneReader::read_mask_group(SceneFile& file, const std::string& name, const std::vector<Group>& groups,
                                          const Target* target, ClearTally& tally) {
  const Group& group = groups.front();
  const View& view = *group.view;
  marked_ = mask_window(file, groups, target);
  const auto pixels = static_cast<std::size_t>(marked_.pixels());
  const auto shift = view.mapping->shift();
  const bool is_direct = target && target->is_first && shift && marked_ == shifted(block_, *shift);
  std::vector<std::size_t> which;
  std::vector<NumberPlane> planes;
  for (std::size_t i = 0; target && i < group.bands.size(); ++i) {
    which.push_back(group.bands[i]);
    planes.push_back(is_direct ? target->planes[group.bands[i]] : buffer_for(group.bands[i], pixels));
  }
  for (std::size_t i = 0; i < mask_numbers_.size(); ++i) {
    set_size(mask_numbers_[i], pixels);
    which.push_back(rules_.product->bands.size() + i);
    planes.emplace_back(mask_numbers_[i].data());
  }
  if (!marked_.empty() && !which.empty())
    ECOCUBE_TRY(file.read(which, marked_, planes, static_cast<std::size_t>(marked_.cols)));
  ECOCUBE_TRY(mark(name));
  grow_marks(view);
  count(view, tally);
  if (target && !target->cloud_metres.empty()) put_cloud_distance(view, *target);
  for (std::size_t i = 0; target && i < group.bands.size(); ++i)
    finish_band(view, marked_, group.bands[i], marks_, planes[i], is_direct, *target);
  return {};
}

Result<void> SceneReader::read_other_group(SceneFile& file, const std::string& name, const Group& mask,
                                           const Group& group, const Target& target) {
  const View& view = *group.view;
  const Window window = shared_part(view.source, file.covers(group.bands.front()));
  const auto shift = view.mapping->shift();
  const bool is_direct = target.is_first && shift && window == shifted(block_, *shift);
  std::vector<NumberPlane> planes;
  for (const std::size_t band : group.bands) {
    planes.push_back(is_direct ? target.planes[band] : buffer_for(band, static_cast<std::size_t>(window.pixels())));
  }
  if (!window.empty()) ECOCUBE_TRY(file.read(group.bands, window, planes, static_cast<std::size_t>(window.cols)));
  ECOCUBE_TRY(marks_for(name, *mask.view, view, window));
  for (std::size_t i = 0; i < group.bands.size(); ++i)
    finish_band(view, window, group.bands[i], other_marks_, planes[i], is_direct, target);
  return {};
}

Result<void> SceneReader::read_groups(SceneFile& file, const std::string& name, const Target* target,
                                      ClearTally& tally) {
  mask_numbers_.resize(rules_.mask->bands().size());
  buffers_.resize(rules_.product->bands.size());
  const auto groups = groups_of(file, target != nullptr);
  if (!groups) return within(fmt::format("scene {}", name), groups.error());
  mask_view_ = groups->front().view;
  ECOCUBE_TRY(read_mask_group(file, name, *groups, target, tally));
  for (std::size_t i = 1; i < groups->size(); ++i)
    ECOCUBE_TRY(read_other_group(file, name, groups->front(), (*groups)[i], *target));
  return {};
}

Result<void> SceneReader::sample(SceneFile& file, const std::string& name, std::int64_t rows, std::int64_t step,
                                 ClearTally& tally) {
  const std::size_t first = rules_.mask->bands().empty() ? 0 : rules_.product->bands.size();
  ECOCUBE_TRY_ASSIGN(const View* view, view_of(file.frame(first)));
  const auto shift = view->mapping->shift();
  const Window whole = shared_part(shift ? shifted(tile_, *shift) : view->whole, file.covers(first));
  mask_numbers_.resize(rules_.mask->bands().size());
  for (std::int64_t row = (step - rows) / 2; row < whole.rows; row += step) {
    marked_ = {whole.row + row, whole.col, std::min(rows, whole.rows - row), whole.cols};
    std::vector<std::size_t> which;
    std::vector<NumberPlane> planes;
    for (std::size_t i = 0; i < mask_numbers_.size(); ++i) {
      set_size(mask_numbers_[i], static_cast<std::size_t>(marked_.pixels()));
      which.push_back(first + i);
      planes.emplace_back(mask_numbers_[i].data());
    }
    ECOCUBE_TRY(file.read(which, marked_, planes, static_cast<std::size_t>(marked_.cols)));
    ECOCUBE_TRY(mark(name));
    for (const std::uint8_t one : marks_) {
      tally.covered += (one & series::kFill) == 0 ? 1 : 0;
      tally.clear += one == 0 ? 1 : 0;
    }
  }
  return {};
}

std::vector<std::int64_t> SceneReader::places() {
  std::vector<std::int64_t> places(static_cast<std::size_t>(block_.pixels()), -1);
  const auto shift = mask_view_->mapping->shift();
  if (!shift) place(*mask_view_->mapping);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    std::int64_t row = 0, col = 0;
    if (shift) {
      row = block_.row + at / block_.cols + shift->first, col = block_.col + at % block_.cols + shift->second;
    } else if (std::isnan(positions_.x[i])) {
      continue;
    } else {
      row = static_cast<std::int64_t>(std::floor(positions_.y[i]));
      col = static_cast<std::int64_t>(std::floor(positions_.x[i]));
    }
    if (inside(marked_, row, col)) places[i] = static_cast<std::int64_t>(index_in(marked_, row, col));
  }
  return places;
}

Result<void> SceneReader::look(SceneFile& file, const std::string& name, ClearTally& tally) {
  return read_groups(file, name, nullptr, tally);
}

Result<void> SceneReader::read(SceneFile& file, const std::string& name, std::span<const SceneRecoding> recodings,
                               std::span<const NumberPlane> planes, bool is_first, ClearTally& tally,
                               std::span<float> cloud_metres) {
  const Target target{recodings, planes, is_first, cloud_metres};
  return read_groups(file, name, &target, tally);
}

}  // namespace ecocube
