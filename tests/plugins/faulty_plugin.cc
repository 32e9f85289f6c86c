// SPDX-License-Identifier: Apache-2.0
// A plugin of XLA that hands all calls to a real one, the file AGRONT_REAL_PLUGIN, for the tests of what goes wrong while
// a device works. AGRONT_FAULTY_PLUGIN says what does:
//
//   full-once        there is no memory for the first run of a program
//   slow-compiler    compiling takes a minute, after the file AGRONT_FAULT_MARK was made
#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "device/xla/pjrt_api.h"

namespace agront::device::xla {
namespace {

constexpr std::string_view kFull = "Out of memory.";

const PJRT_Api* real = nullptr;
char our_error;  // the plugin's errors are its own

const char* Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool Is(std::string_view fault) { return fault == Variable("AGRONT_FAULTY_PLUGIN"); }

bool IsOurs(const PJRT_Error* error) { return reinterpret_cast<const char*>(error) == &our_error; }

void Destroy(PJRT_Error_Destroy_Args* args) {
  if (!IsOurs(args->error)) real->PJRT_Error_Destroy(args);
}

void Message(PJRT_Error_Message_Args* args) {
  if (!IsOurs(args->error)) return real->PJRT_Error_Message(args);
  args->message = kFull.data();
  args->message_size = kFull.size();
}

PJRT_Error* Code(PJRT_Error_GetCode_Args* args) {
  if (!IsOurs(args->error)) return real->PJRT_Error_GetCode(args);
  args->code = PJRT_Error_Code_RESOURCE_EXHAUSTED;
  return nullptr;
}

PJRT_Error* Compile(PJRT_Client_Compile_Args* args) {
  constexpr unsigned kLong = 60;
  if (Is("slow-compiler")) {
    std::ofstream(Variable("AGRONT_FAULT_MARK")) << "compiling\n";
    sleep(kLong);
  }
  return real->PJRT_Client_Compile(args);
}

PJRT_Error* Execute(PJRT_LoadedExecutable_Execute_Args* args) {
  static std::atomic<int> runs = 0;
  if (Is("full-once") && runs++ == 0) return reinterpret_cast<PJRT_Error*>(&our_error);
  return real->PJRT_LoadedExecutable_Execute(args);
}

const PJRT_Api* Open() {
  void* library = dlopen(Variable("AGRONT_REAL_PLUGIN"), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return nullptr;
  real = reinterpret_cast<const PJRT_Api* (*)()>(dlsym(library, "GetPjrtApi"))();
  // Its own version may have more functions than ours.
  static std::vector<std::max_align_t> table;
  table.resize(real->struct_size / sizeof(std::max_align_t) + 1);
  std::memcpy(table.data(), real, real->struct_size);
  auto* const api = reinterpret_cast<PJRT_Api*>(table.data());
  api->PJRT_Error_Destroy = Destroy;
  api->PJRT_Error_Message = Message;
  api->PJRT_Error_GetCode = Code;
  api->PJRT_Client_Compile = Compile;
  api->PJRT_LoadedExecutable_Execute = Execute;
  return api;
}

}  // namespace
}  // namespace agront::device::xla

extern "C" __attribute__((visibility("default"))) const agront::device::xla::PJRT_Api* GetPjrtApi() {
  static const agront::device::xla::PJRT_Api* const api = agront::device::xla::Open();
  return api;
}
