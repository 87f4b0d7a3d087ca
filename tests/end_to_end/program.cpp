// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "io/file/file.h"

namespace ecocube {
namespace fs = std::filesystem;

Ended run_ecocube(const std::vector<std::string>& arguments, int kill_after_ms) {
  const fs::path folder = scratch_folder("said_" + std::to_string(::getpid()));
  const std::string out = (folder / "out").string(), err = (folder / "err").string();
  std::vector<char*> words{const_cast<char*>(ECOCUBE_PROGRAM)};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int to_out = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644),
              to_err = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(to_out, STDOUT_FILENO);
    ::dup2(to_err, STDERR_FILENO);
    ::execv(ECOCUBE_PROGRAM, words.data());
    ::_exit(127);
  }
  int status = 0;
  const auto start = std::chrono::steady_clock::now();
  if (kill_after_ms > 0) {
    while (::waitpid(child, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() - start > std::chrono::milliseconds(kill_after_ms)) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  } else {
    ::waitpid(child, &status, 0);
  }
  Ended ended;
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.output = read_text(out).value_or("");
  ended.errors = read_text(err).value_or("");
  return ended;
}

fs::path scratch_folder(const std::string& name) {
  const fs::path folder = fs::path(ECOCUBE_SCRATCH_DIR) / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::map<std::string, std::string> hashes_below(const fs::path& folder) {
  std::map<std::string, std::string> hashes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == "run-log.jsonl") continue;
    hashes[entry.path().lexically_relative(folder).string()] = *file_sha256(entry.path());
  }
  return hashes;
}

std::vector<std::string> differences(const std::map<std::string, std::string>& a,
                                     const std::map<std::string, std::string>& b) {
  std::vector<std::string> paths;
  for (const auto& [path, hash] : a) {
    const auto other = b.find(path);
    if (other == b.end() || other->second != hash) paths.push_back(path);
  }
  for (const auto& [path, hash] : b) {
    if (!a.contains(path)) paths.push_back(path);
  }
  return paths;
}

fs::path shared_data(const std::string& name) {
  const fs::path folder = fs::path(ECOCUBE_SOURCE_DIR).parent_path() / "shared" / "data" / name;
  return fs::exists(folder) ? folder : fs::path();
}

}  // namespace ecocube
