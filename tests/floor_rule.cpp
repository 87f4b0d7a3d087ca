// SPDX-License-Identifier: Apache-2.0
#include "floor_rule.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace ecocube {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> kFloors = {"base", "data", "methods", "io", "run", "steps", "apps"};
constexpr int kMostLines = 600;
constexpr std::string_view kLicence = "SPDX-License-Identifier: Apache-2.0";

/// One call of `ecocube_module`.
struct Module {
  std::string name;  ///< `data/cube`
  std::string file;  ///< its CMakeLists.txt
  int line = 0;
  std::set<std::string> depends;
  std::set<std::string> test_depends;
};

struct Include {
  std::string header;
  bool quoted = false;
  int line = 0;
};

/// Number of the floor that a module or path belongs to; nothing when its first folder is no floor.
std::optional<std::size_t> floor_of(std::string_view path) {
  const auto found = std::find(kFloors.begin(), kFloors.end(), path.substr(0, path.find('/')));
  if (found == kFloors.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kFloors.begin());
}

bool lies_in(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

bool is_test(std::string_view file) {
  return file.ends_with("_test.cpp");
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Takes `word` and the blanks before it off the front of `text`; false when `text` begins otherwise.
bool take(std::string_view& text, std::string_view word) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos || !text.substr(start).starts_with(word)) return false;
  text.remove_prefix(start + word.size());
  return true;
}

std::vector<Include> includes_of(const std::vector<std::string>& lines) {
  std::vector<Include> includes;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view rest = lines[i];
    if (!take(rest, "#") || !take(rest, "include")) continue;
    const bool quoted = take(rest, "\"");
    if (!quoted && !take(rest, "<")) continue;
    includes.push_back({std::string(rest.substr(0, rest.find(quoted ? '"' : '>'))), quoted, static_cast<int>(i) + 1});
  }
  return includes;
}

/// The module that a CMakeLists.txt declares; nothing when it calls no `ecocube_module`.
std::optional<Module> module_of(const std::string& file, const std::vector<std::string>& lines) {
  Module module{.name = {}, .file = file, .line = 0, .depends = {}, .test_depends = {}};
  std::set<std::string>* list = nullptr;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i].substr(0, lines[i].find('#'));
    bool closes = false;
    if (module.line == 0) {
      const std::size_t call = line.find("ecocube_module(");
      if (call == std::string::npos) continue;
      module.line = static_cast<int>(i) + 1;
      line.erase(0, line.find('(') + 1);
    }
    if (const std::size_t end = line.find(')'); end != std::string::npos) {
      closes = true;
      line.erase(end);
    }
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (module.name.empty()) {
        module.name = word;
      } else if (word == "DEPENDS") {
        list = &module.depends;
      } else if (word == "TEST_DEPENDS") {
        list = &module.test_depends;
      } else if (word == "LIBRARIES" || word == "PRIVATE_LIBRARIES" || word == "TEST_LIBRARIES") {
        list = nullptr;
      } else if (list) {
        list->insert(word);
      }
    }
    if (closes) return module;
  }
  return std::nullopt;
}

bool is_gdal_header(std::string_view header) {
  const std::string_view name = header.substr(header.rfind('/') + 1);
  return name.starts_with("gdal") || name.starts_with("ogr") || name.starts_with("cpl_") || name.starts_with("vrt");
}

/// XGBoost gives its trees as JSON in memory (docs/decisions/0007).
constexpr std::string_view kReadsXgboostTrees = "methods/train/boosting.cpp";

bool is_json_header(std::string_view header) {
  return header.starts_with("nlohmann/");
}

bool is_file_or_thread_header(std::string_view header) {
  static const std::set<std::string_view> names = {
      "cstdio", "stdio.h",   "filesystem",         "fstream",  "iostream", "thread",      "mutex",
      "future", "pthread.h", "condition_variable", "unistd.h", "fcntl.h",  "shared_mutex"};
  return names.contains(header) || header.starts_with("tbb/") || header.starts_with("oneapi/tbb") || header == "omp.h";
}

/// A source tree that has been read, and the breaches found in it.
class Check {
 public:
  explicit Check(const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      const bool is_source = name.ends_with(".h") || name.ends_with(".cpp");
      if (!entry.is_regular_file() || (!is_source && name != "CMakeLists.txt")) continue;
      files_[fs::relative(entry.path(), folder).generic_string()] = lines_of(entry.path());
    }
    for (const auto& [file, lines] : files_) {
      if (!file.ends_with("CMakeLists.txt")) continue;
      if (std::optional<Module> module = module_of(file, lines)) modules_[module->name] = *module;
    }
  }

  std::vector<RuleBreach> breaches() {
    for (const auto& [name, module] : modules_) check_module(module);
    for (const auto& [file, lines] : files_) check_file(file, lines);
    std::ranges::stable_sort(breaches_, [](const RuleBreach& a, const RuleBreach& b) {
      return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    });
    return std::move(breaches_);
  }

 private:
  void add(const std::string& file, int line, std::string message) {
    breaches_.push_back({file, line, std::move(message)});
  }

  /// The module whose folder holds the file: the one with the longest name.
  const Module* owner_of(std::string_view file) const {
    const Module* owner = nullptr;
    for (const auto& [name, module] : modules_) {
      if (lies_in(file, name) && (!owner || name.size() > owner->name.size())) owner = &module;
    }
    return owner;
  }

  /// All modules that the given ones reach through DEPENDS, themselves included.
  std::set<std::string> reached_from(const std::set<std::string>& names) const {
    std::set<std::string> reached;
    std::vector<std::string> open(names.begin(), names.end());
    while (!open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      if (!reached.insert(name).second) continue;
      if (const auto found = modules_.find(name); found != modules_.end()) {
        open.insert(open.end(), found->second.depends.begin(), found->second.depends.end());
      }
    }
    return reached;
  }

  void check_module(const Module& module) {
    const std::optional<std::size_t> floor = floor_of(module.name);
    if (!floor) {
      add(module.file, module.line, "module " + module.name + " stands on no floor");
      return;
    }
    if (module.name + "/CMakeLists.txt" != module.file) {
      add(module.file, module.line, "module " + module.name + " is declared outside its folder");
    }
    for (const std::set<std::string>* list : {&module.depends, &module.test_depends}) {
      for (const std::string& other : *list) check_dependency(module, *floor, other);
    }
    const std::set<std::string> reached = reached_from(module.depends);
    if (reached.contains(module.name)) add(module.file, module.line, module.name + " depends on itself in a circle");
    if (module.name == "apps/server" &&
        std::ranges::any_of(reached, [](const auto& name) { return lies_in(name, "steps"); })) {
      add(module.file, module.line, "apps/server reaches steps through its DEPENDS");
    }
  }

  void check_dependency(const Module& module, std::size_t floor, const std::string& other) {
    const std::optional<std::size_t> other_floor = floor_of(other);
    if (!modules_.contains(other)) {
      add(module.file, module.line, "depends on " + other + ", which is no module");
    } else if (other_floor > floor) {
      add(module.file, module.line, "depends on " + other + ": " + above(*other_floor, floor));
    }
  }

  void check_file(const std::string& file, const std::vector<std::string>& lines) {
    if (lines.empty() || lines[0].find(kLicence) == std::string::npos) {
      add(file, 1, "the first line lacks " + std::string(kLicence));
    }
    if (lines.size() > kMostLines) {
      add(file, 0,
          "has " + std::to_string(lines.size()) + " lines; more than " + std::to_string(kMostLines) + " do two jobs");
    }
    if (file.ends_with("CMakeLists.txt")) return;
    const Module* owner = owner_of(file);
    if (!owner || !floor_of(owner->name)) {
      add(file, 0, "belongs to no module");
      return;
    }
    for (const Include& include : includes_of(lines)) {
      check_library(*owner, file, include);
      if (include.quoted && !is_gdal_header(include.header)) check_include(*owner, file, include);
    }
  }

  /// Headers of outside libraries that only some modules may use.
  void check_library(const Module& owner, const std::string& file, const Include& include) {
    const auto refuse = [&](std::string_view reason) {
      add(file, include.line, "includes " + include.header + ": " + std::string(reason));
    };
    if (is_gdal_header(include.header) && !include.header.starts_with("io/raster/") && owner.name != "io/raster") {
      refuse("only io/raster includes GDAL");
    }
    if (!lies_in(owner.name, "methods")) return;
    if (is_json_header(include.header) && file != kReadsXgboostTrees) refuse("methods know no JSON");
    if (is_file_or_thread_header(include.header) && !is_test(file))
      refuse("methods know no files and start no threads");
  }

  void check_include(const Module& owner, const std::string& file, const Include& include) {
    const auto refuse = [&](const std::string& reason) {
      add(file, include.line, "includes " + include.header + ": " + reason);
    };
    if (!files_.contains(include.header)) return refuse("no such file under src (paths count from there)");
    const Module* other = owner_of(include.header);
    if (!other || !floor_of(other->name)) return refuse("it belongs to no module");
    if (other == &owner) return;

    const std::size_t floor = *floor_of(owner.name);
    const std::size_t other_floor = *floor_of(other->name);
    if (other_floor > floor) return refuse(above(other_floor, floor));
    if ((owner.name == "methods/train" && other->name == "methods/infer") ||
        (owner.name == "methods/infer" && other->name == "methods/train")) {
      return refuse("train and infer meet only in the model");
    }
    if (owner.name == "apps/server" && lies_in(other->name, "steps")) return refuse("the server knows no steps");

    std::set<std::string> named = owner.depends;
    if (is_test(file)) named.insert(owner.test_depends.begin(), owner.test_depends.end());
    const std::string list = is_test(file) ? "DEPENDS or TEST_DEPENDS" : "DEPENDS";
    if (other_floor == floor && !named.contains(other->name)) {
      return refuse("same floor, but " + list + " of " + owner.name + " does not name " + other->name);
    }
    if (!reached_from(named).contains(other->name)) {
      return refuse(list + " of " + owner.name + " does not reach " + other->name);
    }
  }

  static std::string above(std::size_t high, std::size_t low) {
    return "floor " + std::string(kFloors[high]) + " lies above floor " + std::string(kFloors[low]);
  }

  std::map<std::string, std::vector<std::string>> files_;  ///< lines by path
  std::map<std::string, Module> modules_;                  ///< by name
  std::vector<RuleBreach> breaches_;
};

}  // namespace

std::string RuleBreach::text() const {
  return line > 0 ? file + ":" + std::to_string(line) + ": " + message : file + ": " + message;
}

std::vector<RuleBreach> check_floors(const fs::path& source_folder) {
  return Check(source_folder).breaches();
}

}  // namespace ecocube
