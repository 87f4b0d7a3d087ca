// SPDX-License-Identifier: Apache-2.0
#include "methods/series/fill_gaps_stored.h"

#include <cassert>
#include <type_traits>

namespace ecocube::series {

bool fills_stored_floats(const FillMethod& method) {
  return method.name == "linear" || method.name == "nearest" || method.name == "seasonal-mean";
}

bool fills_stored(const FillMethod& method) {
  return (method.name == "tmwm" && method.tmwm.mode == TmwmMode::corrected) || method.name == "swag" ||
         fills_stored_floats(method);
}

template <class T>
std::size_t fill_series(const FillMethod& method, const Stack<T>& stack, PixelRange range, const TimeAxis& axis,
                        const Planes<T>& values, const Planes<std::uint8_t>& source) {
  if (method.name == "linear") return fill_linear(stack, range, axis, values, source);
  if (method.name == "nearest") return fill_nearest_in_time(stack, range, axis, values, source);
  if (method.name == "seasonal-mean") return fill_seasonal_mean(stack, range, axis, values, source);
  if constexpr (!std::is_floating_point_v<T>) {
    assert(fills_stored(method));
    if (method.name == "swag") return fill_swag(stack, range, axis, method.swag, values, source);
    return fill_tmwm(stack, range, axis, method.tmwm, values, source);
  } else {
    assert(fills_stored_floats(method));
    return 0;
  }
}

template std::size_t fill_series(const FillMethod&, const Stack<std::uint8_t>&, PixelRange, const TimeAxis&,
                                 const Planes<std::uint8_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_series(const FillMethod&, const Stack<std::uint16_t>&, PixelRange, const TimeAxis&,
                                 const Planes<std::uint16_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_series(const FillMethod&, const Stack<std::int16_t>&, PixelRange, const TimeAxis&,
                                 const Planes<std::int16_t>&, const Planes<std::uint8_t>&);
template std::size_t fill_series(const FillMethod&, const Stack<float>&, PixelRange, const TimeAxis&,
                                 const Planes<float>&, const Planes<std::uint8_t>&);

}  // namespace ecocube::series
