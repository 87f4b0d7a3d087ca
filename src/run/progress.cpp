// SPDX-License-Identifier: Apache-2.0
#include "run/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace ecocube {
namespace {

constexpr int kBarCells = 28;
constexpr double kRedrawSeconds = 0.1;
constexpr double kLineSeconds = 10;

}  // namespace

Clock steady_clock() {
  const auto start = std::chrono::steady_clock::now();
  return [start] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
}

TextProgress::TextProgress(std::FILE* out, bool terminal, Clock clock)
    : out_(out), terminal_(terminal), clock_(std::move(clock)) {}

TextProgress::StepState& TextProgress::state_of(const std::string& step) {
  const auto found =
      std::find_if(steps_.begin(), steps_.end(), [&](const StepState& state) { return state.name == step; });
  if (found != steps_.end()) return *found;
  steps_.push_back({});
  steps_.back().name = step;
  return steps_.back();
}

void TextProgress::step_planned(const std::string& step, std::size_t to_do, std::size_t done_before) {
  StepState& state = state_of(step);
  state.to_do = to_do;
  state.done_before = done_before;
  if (to_do == 0) {
    state.closed = true;
    if (done_before > 0) fmt::print(out_, "{:<12} {} tasks were done before\n", step, done_before);
  }
}

void TextProgress::task_started(const std::string& step, const std::string&) {
  StepState& state = state_of(step);
  if (state.started < 0) state.started = clock_();
  draw(state, false);
}

void TextProgress::task_advanced(const std::string& step, double share) {
  StepState& state = state_of(step);
  state.advanced += share;
  draw(state, false);
}

void TextProgress::task_ended(const std::string& step, const std::string&, bool succeeded) {
  StepState& state = state_of(step);
  ++state.ended;
  if (!succeeded) ++state.failed;
  draw(state, state.ended == state.to_do);
}

std::string TextProgress::bar_line(const StepState& state) const {
  const double total = static_cast<double>(state.to_do);
  const double done = std::clamp(std::max(state.advanced, static_cast<double>(state.ended)), 0.0, total);
  const double seconds = std::max(1e-9, clock_() - state.started);
  const int cells = static_cast<int>(std::lround(done / total * kBarCells));
  std::string bar;
  for (int i = 0; i < kBarCells; ++i) bar += i < cells ? "█" : "░";
  std::string line = fmt::format("{:<12} {} {:>5}/{}", state.name, bar, state.ended, state.to_do);
  if (state.ended == state.to_do) {
    line += fmt::format("  {}", format_duration(seconds));
  } else if (done > 0) {
    const double rate = done / seconds;
    line += fmt::format("  {} tasks/s, {} left", rate < 10 ? fmt::format("{:.1f}", rate) : fmt::format("{:.0f}", rate),
                        format_duration(seconds * (total - done) / done));
  }
  if (state.failed) line += fmt::format("  {} failed", state.failed);
  return line;
}

std::string TextProgress::plain_line(const StepState& state) const {
  const double seconds = clock_() - state.started;
  std::string line =
      fmt::format("{:<12} {} of {} tasks, {}", state.name, state.ended, state.to_do, format_duration(seconds));
  if (state.done_before) line += fmt::format(" ({} were done before)", state.done_before);
  if (state.failed) line += fmt::format(", {} failed", state.failed);
  return line;
}

void TextProgress::draw(StepState& state, bool now) {
  if (state.closed || state.to_do == 0) return;
  const double time = clock_();
  if (!now && time - state.last_drawn < (terminal_ ? kRedrawSeconds : kLineSeconds)) return;
  const bool first = state.last_drawn < 0;
  state.last_drawn = time;
  if (!terminal_) {
    if (!now && first) return;
    fmt::print(out_, "{}\n", plain_line(state));
  } else {
    // All steps under way share the lines at the bottom of the screen.
    if (drawn_lines_ > 0) fmt::print(out_, "\x1b[{}A", drawn_lines_);
    drawn_lines_ = 0;
    std::string open;
    for (StepState& other : steps_) {
      if (other.closed || other.started < 0) continue;
      const std::string line = "\x1b[2K" + bar_line(other) + "\n";
      if (other.ended == other.to_do) {
        other.closed = true;
        fmt::print(out_, "{}", line);
      } else {
        open += line;
        ++drawn_lines_;
      }
    }
    fmt::print(out_, "{}", open);
  }
  if (now) state.closed = true;
  std::fflush(out_);
}

void TextProgress::finished() {
  for (StepState& state : steps_) {
    if (!state.closed && state.started >= 0 && !terminal_) fmt::print(out_, "{}\n", plain_line(state));
  }
  std::fflush(out_);
}

}  // namespace ecocube
