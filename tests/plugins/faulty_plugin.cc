// SPDX-License-Identifier: Apache-2.0
// A plugin of XLA that hands all calls to a real one, the file AGRONT_REAL_PLUGIN, for the tests of what goes wrong
// while a device works. AGRONT_FAULTY_PLUGIN says what does:
//
//   full-once        there is no memory for one run of a program: number AGRONT_FAULT_RUN, the first is 0
//   slow-compiler    compiling takes a minute, after the file AGRONT_FAULT_MARK was made
//   cuda             it says that it is an NVIDIA GPU, of the compute capability AGRONT_FAULT_CAPABILITY; without cuDNN
//   cuda-fused       ... with what cuDNN's attention is said to compute (cudnn_stand_in.h)
//   cuda-wrong       ... with one that does not look at sequences
//
// It adds a line to the file AGRONT_FAULT_TRACE for each program that it starts, and each result that is read, with the
// milliseconds since it was opened.
#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "device/xla/pjrt_api.h"
#include "plugins/cudnn_stand_in.h"

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

PJRT_Error* Platform(PJRT_Client_PlatformName_Args* args) {
  constexpr std::string_view kCuda = "cuda";
  PJRT_Error* const error = real->PJRT_Client_PlatformName(args);
  if (!std::string_view(Variable("AGRONT_FAULTY_PLUGIN")).starts_with(kCuda)) return error;
  args->platform_name = kCuda.data();
  args->platform_name_size = kCuda.size();
  return error;
}

PJRT_Error* Attributes(PJRT_DeviceDescription_Attributes_Args* args) {
  constexpr std::string_view kName = "compute_capability";
  static auto attribute = MakeArgs<PJRT_NamedValue>();
  attribute.name = kName.data();
  attribute.name_size = kName.size();
  attribute.type = PJRT_NamedValue_kString;
  attribute.string_value = Variable("AGRONT_FAULT_CAPABILITY");
  attribute.value_size = std::strlen(attribute.string_value);
  args->attributes = &attribute;
  args->num_attributes = 1;
  return nullptr;
}

PJRT_Error* Compile(PJRT_Client_Compile_Args* args) {
  constexpr unsigned kLong = 60;
  if (Is("slow-compiler")) {
    std::ofstream(Variable("AGRONT_FAULT_MARK")) << "compiling\n";
    sleep(kLong);
  }
  if (!Is("cuda-fused") && !Is("cuda-wrong")) return real->PJRT_Client_Compile(args);
  std::string text = WithoutCudnn({args->program->code, args->program->code_size}, Is("cuda-wrong"));
  PJRT_Program program = *args->program;
  program.code = text.data();
  program.code_size = text.size();
  PJRT_Client_Compile_Args other = *args;
  other.program = &program;
  PJRT_Error* const error = real->PJRT_Client_Compile(&other);
  args->executable = other.executable;
  return error;
}

void Trace(const char* what) {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point start = Clock::now();
  if (*Variable("AGRONT_FAULT_TRACE") == 0) return;
  std::ofstream(Variable("AGRONT_FAULT_TRACE"), std::ios::app)
      << what << ' ' << std::chrono::duration<double, std::milli>(Clock::now() - start).count() << '\n';
}

PJRT_Error* Read(PJRT_Buffer_ToHostBuffer_Args* args) {
  if (args->dst != nullptr) Trace("read");  // else it asks for the size
  return real->PJRT_Buffer_ToHostBuffer(args);
}

PJRT_Error* Execute(PJRT_LoadedExecutable_Execute_Args* args) {
  static std::atomic<int> runs = 0;
  Trace("execute");
  if (Is("full-once") && runs++ == std::atoi(Variable("AGRONT_FAULT_RUN")))
    return reinterpret_cast<PJRT_Error*>(&our_error);
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
  api->PJRT_Client_PlatformName = Platform;
  api->PJRT_DeviceDescription_Attributes = Attributes;
  api->PJRT_Client_Compile = Compile;
  api->PJRT_LoadedExecutable_Execute = Execute;
  api->PJRT_Buffer_ToHostBuffer = Read;
  return api;
}

}  // namespace
}  // namespace agront::device::xla

extern "C" __attribute__((visibility("default"))) const agront::device::xla::PJRT_Api* GetPjrtApi() {
  static const agront::device::xla::PJRT_Api* const api = agront::device::xla::Open();
  return api;
}
