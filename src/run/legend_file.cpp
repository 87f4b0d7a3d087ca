// SPDX-License-Identifier: Apache-2.0
#include "run/legend_file.h"

#include "io/file/file.h"

namespace ecocube {

Result<Legend> load_legend(const std::string& name) {
  if (name == "clc") return clc_legend();
  auto text = read_text(name);
  if (!text) return within("legend", text.error());
  return parse_legend(*text, name);
}

}  // namespace ecocube
