// SPDX-License-Identifier: Apache-2.0
// A PJRT plugin: a shared library that computes for a kind of device, opened when it is asked for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

#include "agront/error.h"
#include "device/xla/pjrt_api.h"

namespace agront::device::xla {

/// The memory of a device does not do. For a smaller batch it may.
class DeviceFull : public Error {
 public:
  using Error::Error;
};

/// Thread safety: any thread may call it. A plugin stays in the process for good, as its threads do.
class Plugin {
 public:
  /// Opens the library, once for each path, and checks its version. Throws Error for what is no plugin, or too old, or
  /// was opened before a fork.
  static const Plugin& Open(const std::string& path);

  const PJRT_Api* operator->() const { return api_; }
  const std::string& path() const { return path_; }
  /// The file and the version of its interface: "xla_cpu_pjrt.so, PJRT 0.81".
  const std::string& name() const { return name_; }

  std::string version() const;  ///< "PJRT 0.81"

  /// Whether this process is a fork of the one that opened the plugin, whose threads are not here: a call may wait for
  /// ever.
  bool is_forked() const;
  /// Throws Error where it is.
  void ExpectOwnProcess() const;

  /// Throws what a call gave, and gives it back to the plugin: Error, or DeviceFull. `doing` is a word for the message,
  /// which begins with the plugin's name: "compiling".
  void Check(PJRT_Error* error, std::string_view doing) const;

  /// Waits for an event, if any, and throws as Check.
  void Await(PJRT_Event* event, std::string_view doing) const;

 private:
  explicit Plugin(const std::string& path);

  std::string path_;
  std::string name_;
  const PJRT_Api* api_ = nullptr;
  pid_t process_;
};

/// SHA-256 of the plugin's file. Throws Error.
std::string HashOf(const Plugin& plugin);

}  // namespace agront::device::xla
