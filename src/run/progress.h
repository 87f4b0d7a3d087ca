// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace ecocube {

/// Seconds since some start; tests put their own clock.
using Clock = std::function<double()>;
Clock steady_clock();

/// Told what a run does. Called from one thread at a time.
class ProgressView {
 public:
  virtual ~ProgressView() = default;
  virtual void step_planned(const std::string& step, std::size_t to_do, std::size_t done_before) = 0;
  virtual void task_started(const std::string& step, const std::string& task) = 0;
  /// `share` of one more task is done since the last call for it.
  virtual void task_advanced(const std::string& step, double share) = 0;
  virtual void task_ended(const std::string& step, const std::string& task, bool succeeded) = 0;
  virtual void finished() = 0;
};

/// A bar per step with rate and time left when `out` is a terminal, plain lines otherwise.
class TextProgress : public ProgressView {
 public:
  TextProgress(std::FILE* out, bool terminal, Clock clock);
  void step_planned(const std::string& step, std::size_t to_do, std::size_t done_before) override;
  void task_started(const std::string& step, const std::string& task) override;
  void task_advanced(const std::string& step, double share) override;
  void task_ended(const std::string& step, const std::string& task, bool succeeded) override;
  void finished() override;

 private:
  struct StepState {
    std::string name;
    std::size_t to_do = 0, done_before = 0, ended = 0, failed = 0;
    double advanced = 0;  ///< in tasks
    double started = -1, last_drawn = -1e9;
    bool closed = false;
  };
  StepState& state_of(const std::string& step);
  void draw(StepState& state, bool now);
  std::string bar_line(const StepState& state) const;
  std::string plain_line(const StepState& state) const;

  std::FILE* out_;
  bool terminal_;
  Clock clock_;
  std::vector<StepState> steps_;
  std::size_t drawn_lines_ = 0;
};

/// Says nothing.
class QuietProgress : public ProgressView {
 public:
  void step_planned(const std::string&, std::size_t, std::size_t) override {}
  void task_started(const std::string&, const std::string&) override {}
  void task_advanced(const std::string&, double) override {}
  void task_ended(const std::string&, const std::string&, bool) override {}
  void finished() override {}
};

}  // namespace ecocube
