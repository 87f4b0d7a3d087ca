// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ecocube {

/// Whose fault an expected failure is; it decides the exit code of the program.
enum class Blame {
  usage,    ///< the command line or the recipe is wrong
  input,    ///< input data is missing, damaged or does not fit
  machine,  ///< disk, network, memory or permission said no
};

/// An expected failure. The message names what was attempted, on what, with which numbers, and grows outward:
/// `tile 013E_49N: reading 1012.tif: no such file`.
struct Error {
  Blame blame = Blame::input;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;
using Failure = tl::unexpected<Error>;

template <class... Args>
Failure fail(Blame blame, fmt::format_string<Args...> text, Args&&... args) {
  return Failure(Error{blame, fmt::format(text, std::forward<Args>(args)...)});
}

/// Wrong command line or recipe.
template <class... Args>
Failure usage_error(fmt::format_string<Args...> text, Args&&... args) {
  return Failure(Error{Blame::usage, fmt::format(text, std::forward<Args>(args)...)});
}

/// Missing, damaged or unfitting input data.
template <class... Args>
Failure input_error(fmt::format_string<Args...> text, Args&&... args) {
  return Failure(Error{Blame::input, fmt::format(text, std::forward<Args>(args)...)});
}

/// Disk, network, memory or permission.
template <class... Args>
Failure machine_error(fmt::format_string<Args...> text, Args&&... args) {
  return Failure(Error{Blame::machine, fmt::format(text, std::forward<Args>(args)...)});
}

/// The same failure seen from one level further out: `context: message`.
inline Failure within(std::string_view context, Error error) {
  error.message.insert(0, fmt::format("{}: ", context));
  return Failure(std::move(error));
}

}  // namespace ecocube

/// Leaves the function with the failure of `expression`, or goes on.
#define ECOCUBE_TRY(expression)                                               \
  do {                                                                        \
    auto ecocube_outcome = (expression);                                      \
    if (!ecocube_outcome) return ::ecocube::Failure(ecocube_outcome.error()); \
  } while (false)

#define ECOCUBE_JOIN_(a, b) a##b
#define ECOCUBE_JOIN(a, b) ECOCUBE_JOIN_(a, b)

/// `ECOCUBE_TRY_ASSIGN(auto block, read(...))`: takes the value, or leaves the function with the failure.
#define ECOCUBE_TRY_ASSIGN(target, expression)                                              \
  auto ECOCUBE_JOIN(ecocube_outcome_, __LINE__) = (expression);                             \
  if (!ECOCUBE_JOIN(ecocube_outcome_, __LINE__))                                            \
    return ::ecocube::Failure(std::move(ECOCUBE_JOIN(ecocube_outcome_, __LINE__)).error()); \
  target = std::move(*ECOCUBE_JOIN(ecocube_outcome_, __LINE__))
