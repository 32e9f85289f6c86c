// SPDX-License-Identifier: Apache-2.0
// Where plugins lie: in the packages of Python, from which they come.
#pragma once

#include <string>
#include <vector>

#include "base/environment.h"
#include "device/xla/device_choice.h"

namespace agront::device::xla {

struct PluginPlace {
  std::string path;
  std::string found_by;  ///< a variable, or a folder of packages
};

/// Folders of packages in which plugins are looked for, before those that the environment names, from now on.
void LookFirstIn(std::vector<std::string> folders);

/// The plugins of a kind, the one to take first: of the variables PJRT_NAMES_AND_LIBRARY_PATHS ("NAME:PATH,...", as JAX
/// reads it) and, for tpu, TPU_LIBRARY_PATH; then in the folders of packages: of LookFirstIn, VIRTUAL_ENV,
/// CONDA_PREFIX, PYTHONPATH, of the first python3 of PATH, and the user's own, by the names of files that packages
/// have, then by the packages' entry points of the groups jax_plugins and xla_plugins. What a variable names need not
/// be there.
std::vector<PluginPlace> FindPlugins(const DeviceKind& kind, const Environment& environment);

/// The folders of packages that are there, in this order.
std::vector<std::string> PackageFolders(const Environment& environment);

}  // namespace agront::device::xla
