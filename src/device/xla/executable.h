// SPDX-License-Identifier: Apache-2.0
// A compiled program on the devices of a client.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "device/xla/client.h"
#include "device/xla/compile_options.h"

namespace agront::device::xla {

/// Bytes that a program takes on each of its devices while it runs.
struct ProgramMemory {
  int64_t arguments = 0;
  int64_t results = 0;
  int64_t temporary = 0;
};

/// Thread safety: any thread may call it.
class Executable {
 public:
  /// Compiles a module of StableHLO text. Throws Error, or DeviceFull where the compiler sees that memory will not do.
  static Executable Compile(const Client& client, std::string_view module_text, const CompileOptions& options);

  /// Loads what Serialize gave, of the same plugin and device: another one's may load in silence and compute zeros.
  /// Throws Error.
  static Executable Load(const Client& client, std::string_view bytes);

  ~Executable();
  Executable(Executable&& other) noexcept;
  Executable& operator=(Executable&&) = delete;

  /// Throws Error where the plugin cannot.
  std::string Serialize() const;

  /// Starts it on as many devices as it was compiled for: arguments[d] are those of device d, and so are the results.
  /// It may return before the devices are done: reading a result waits, and throws what went wrong. Arguments may go
  /// meanwhile. Throws Error, or DeviceFull.
  std::vector<std::vector<Buffer>> Run(const std::vector<std::vector<const Buffer*>>& arguments) const;

 private:
  Executable(const Plugin& plugin, PJRT_LoadedExecutable* loaded);

  const Plugin* plugin_;
  PJRT_LoadedExecutable* loaded_;
  PJRT_Executable* program_ = nullptr;
  size_t num_results_ = 0;
};

/// The memory that a program takes on a device that is not here. It is compiled for a topology of the plugin, such as
/// "v5e:2x2", with settings that describe it. Throws Error, or DeviceFull.
ProgramMemory CompileForTopology(const Plugin& plugin, const std::string& topology,
                                 const std::vector<Setting>& settings, std::string_view module_text,
                                 const CompileOptions& options);

}  // namespace agront::device::xla
