// SPDX-License-Identifier: Apache-2.0
// Compiled programs, kept in a folder for the next run.
//
// A file is found by a hash of all that it depends on: the plugin's file, the device, the program and what it was
// compiled with. It holds that hash and one of its own bytes, because a plugin takes what another version of it wrote
// and computes zeros. What is damaged is compiled again, and so is all where there is no folder to write to.
#pragma once

#include <string>
#include <string_view>

#include "base/environment.h"
#include "device/xla/executable.h"

namespace agront::device::xla {

/// AGRONT_PROGRAM_CACHE, else XDG_CACHE_HOME/agront/programs, else ~/.cache/agront/programs; "" where there is none, or
/// the variable is "off".
std::string ProgramCacheFolder(const Environment& environment);

/// Thread safety: none.
class ProgramCache {
 public:
  /// `folder` "" keeps nothing.
  ProgramCache(const Client& client, std::string folder) : client_(client), folder_(std::move(folder)) {}

  /// The program, loaded or compiled. Throws as Executable::Compile.
  Executable Get(std::string_view module_text, const CompileOptions& options);

  int num_loaded() const { return num_loaded_; }  ///< programs that were not compiled

 private:
  std::string KeyOf(std::string_view module_text, const CompileOptions& options);

  const Client& client_;
  std::string folder_;
  std::string plugin_hash_;  // computed when it is needed first: the file has some 400 MB
  int num_loaded_ = 0;
};

}  // namespace agront::device::xla
