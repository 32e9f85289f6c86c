// SPDX-License-Identifier: Apache-2.0
// Names of files in folders.
#pragma once

#include <filesystem>
#include <string>

namespace agront {

/// FOLDER/NAME.
inline std::string Below(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).string();
}

}  // namespace agront
