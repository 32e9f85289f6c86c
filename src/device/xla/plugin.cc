// SPDX-License-Identifier: Apache-2.0
#include "device/xla/plugin.h"

#include <dlfcn.h>
#include <elf.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>

#include "agront/printable.h"
#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"

namespace agront::device::xla {
namespace {

/// The table reaches the last function that is called here: all came with version 0.40 or before.
constexpr size_t kLeastTable = offsetof(PJRT_Api, PJRT_Executable_GetCompiledMemoryStats) +
                               sizeof(PJRT_Api::PJRT_Executable_GetCompiledMemoryStats);

constexpr size_t kLongestText = 400;

/// Bytes of XLA's message, and whether it says that memory is full.
struct Failure {
  std::string text;
  bool is_full = false;
};

Failure Take(const PJRT_Api& api, PJRT_Error* error) {
  auto message = MakeArgs<PJRT_Error_Message_Args>();
  message.error = error;
  api.PJRT_Error_Message(&message);
  Failure failure{Printable({message.message, message.message_size}, kLongestText)};
  auto code = MakeArgs<PJRT_Error_GetCode_Args>();
  code.error = error;
  // An error of asking for the code says less than the one at hand.
  failure.is_full = api.PJRT_Error_GetCode(&code) == nullptr && code.code == PJRT_Error_Code_RESOURCE_EXHAUSTED;
  auto destroy = MakeArgs<PJRT_Error_Destroy_Args>();
  destroy.error = error;
  api.PJRT_Error_Destroy(&destroy);
  return failure;
}

/// Throws Error when a library ends before its segments do: dlopen would end the process (SIGBUS). All else that is
/// wrong with a file dlopen says itself.
void CheckWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Elf64_Ehdr header{};
  if (!file.read(reinterpret_cast<char*>(&header), sizeof(header)) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr))
    return;
  std::error_code unknown;
  const uintmax_t size = std::filesystem::file_size(path, unknown);
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  for (int i = 0; !unknown && i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const bool is_there = static_cast<bool>(file.read(reinterpret_cast<char*>(&segment), sizeof(segment)));
    if (!is_there || segment.p_offset > size || segment.p_filesz > size - segment.p_offset)
      Fail("{}: expected a PJRT plugin for this machine, got a library that was cut short", Printable(path));
  }
}

}  // namespace

const Plugin& Plugin::Open(const std::string& path) {
  static std::mutex mutex;
  static auto* const open = new std::map<std::string, std::unique_ptr<Plugin>>;  // for good: see the class
  std::error_code unknown;
  const std::string file = std::filesystem::canonical(path, unknown).string();
  const std::scoped_lock lock(mutex);
  std::unique_ptr<Plugin>& found = (*open)[unknown ? path : file];
  if (!found) found.reset(new Plugin(path));
  found->ExpectOwnProcess();
  return *found;
}

Plugin::Plugin(const std::string& path)
    : path_(path), name_(std::filesystem::path(path).filename().string()), process_(getpid()) {
  const std::string shown = Printable(path);
  CheckWhole(path);
  // As a path: a bare name would be looked for among the system's libraries.
  void* library = dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) Fail("{}: expected a PJRT plugin for this machine, got: {}", shown, Printable(dlerror()));
  const auto get = reinterpret_cast<const PJRT_Api* (*)()>(dlsym(library, "GetPjrtApi"));
  if (get == nullptr) Fail("{}: expected a PJRT plugin, got a library without GetPjrtApi", shown);
  api_ = get();
  if (api_ == nullptr) Fail("{}: expected a PJRT plugin, got one without functions", shown);
  const PJRT_Api_Version& version = api_->pjrt_api_version;
  if (version.major_version != kPjrtMajor || api_->struct_size < kLeastTable)
    Fail("{}: expected PJRT {}.40 or a later {}.x, got {}.{}", shown, kPjrtMajor, kPjrtMajor, version.major_version,
         version.minor_version);
  name_ = fmt::format("{}, {}", Printable(name_), this->version());
  auto initialize = MakeArgs<PJRT_Plugin_Initialize_Args>();
  Check(api_->PJRT_Plugin_Initialize(&initialize), "starting");
}

std::string Plugin::version() const {
  return fmt::format("PJRT {}.{}", api_->pjrt_api_version.major_version, api_->pjrt_api_version.minor_version);
}

bool Plugin::is_forked() const { return getpid() != process_; }

void Plugin::ExpectOwnProcess() const {
  if (is_forked())
    Fail("{}: expected the process that started it, got a fork of that one; start processes by spawn or forkserver",
         name_);
}

void Plugin::Check(PJRT_Error* error, std::string_view doing) const {
  if (error == nullptr) return;
  const Failure failure = Take(*api_, error);
  const std::string line = fmt::format("{}: {}: {}", name_, doing, failure.text);
  if (failure.is_full) throw DeviceFull(line);
  throw Error(line);
}

void Plugin::Await(PJRT_Event* event, std::string_view doing) const {
  if (event == nullptr) return;
  auto await = MakeArgs<PJRT_Event_Await_Args>();
  await.event = event;
  PJRT_Error* const error = api_->PJRT_Event_Await(&await);
  auto destroy = MakeArgs<PJRT_Event_Destroy_Args>();
  destroy.event = event;
  PJRT_Error* const other = api_->PJRT_Event_Destroy(&destroy);
  if (other != nullptr && error != nullptr) Take(*api_, other);
  Check(error != nullptr ? error : other, doing);
}

std::string HashOf(const Plugin& plugin) {
  const MappedFile file(plugin.path());
  Sha256 hash;
  hash.Update(file.bytes());
  return hash.Hex();
}

}  // namespace agront::device::xla
