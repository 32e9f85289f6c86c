// SPDX-License-Identifier: Apache-2.0
// Devices that run a model: this processor, and those that plugins of XLA compute for (docs/accelerators.md).
//
// Options that name a device take "cpu", which is our own engine on this processor; "cuda", "tpu", "rocm", "oneapi" or
// "xla-cpu", whose plugin is looked for in the packages of Python; or the path of a plugin ("PATH.so"). Behind all but
// "cpu" may stand ":N": N devices share the work.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/export.h"

namespace agront {

/// A kind of device, and what is there of it.
struct DeviceReport {
  std::string name = {};     ///< as options take it
  std::string what = {};     ///< "NVIDIA GPUs"
  std::string plugin = {};   ///< its path; empty: none was found
  std::string version = {};  ///< of the plugin's interface: "PJRT 0.81"; empty: it did not start
  std::string devices = {};  ///< how many, and of what model: "2 x NVIDIA H200"
  std::string missing = {};  ///< why it cannot be used, on one line; empty: it can
};

/// Looks for all kinds but "cpu", and starts those whose plugin is there. Each may take its time, AGRONT_DEVICE_SECONDS
/// at most. Throws nothing but std::bad_alloc.
AGRONT_EXPORT std::vector<DeviceReport> FindDevices();

/// Tokens of a batch that keep a device busy: 2,048 for "cpu" and "xla-cpu", 32,768 for each accelerator. Throws
/// UsageError for a word that names no device.
AGRONT_EXPORT int64_t BatchTokensOf(const std::string& device);

/// Folders of Python's packages in which plugins are looked for, before those that the environment names, from now on.
AGRONT_EXPORT void LookForPluginsIn(std::vector<std::string> folders);

/// Sets, where the environment does not have them, the variables by which plugins keep quiet and start at once
/// (TF_CPP_MIN_LOG_LEVEL, TPU_LOG_DIR, TPU_SKIP_MDS_QUERY): they read them when they are opened, and there is no other
/// way. The library never does so by itself. Call while no other thread looks at the environment.
AGRONT_EXPORT void KeepPluginsQuiet();

}  // namespace agront
