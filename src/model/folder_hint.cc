// SPDX-License-Identifier: Apache-2.0
#include "model/folder_hint.h"

#include <fmt/format.h>

#include <filesystem>

namespace agront::model {

std::string HintAtModelIn(const std::string& folder) {
  namespace fs = std::filesystem;
  const fs::path path = folder;
  if (const fs::path inner = path / "model"; fs::exists(inner / "config.json"))
    return fmt::format("; {} is one", inner.string());
  for (const fs::path& adapter : {path, path / "adapter"})
    if (fs::exists(adapter / "adapter_config.json"))
      return fmt::format("; {0} is an adapter: give its base model, and --adapter {0}", adapter.string());
  if (fs::exists(path / "head" / "head.json"))
    return "; it has the head of a probe, which leaves its base model as it is: give that model";
  return "";
}

}  // namespace agront::model
