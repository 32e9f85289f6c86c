// SPDX-License-Identifier: Apache-2.0
// A plugin of XLA that computes nothing, for the tests of what can be wrong with one. AGRONT_FAKE_PLUGIN says what is:
//
//   old, other       the version of its interface
//   hang             it does not start
//   no-device        it finds no device, and says so as CUDA's does; none: it says nothing
//   full-weights     there is no memory for weights
//   full-pass        there is no memory to run a program in
//
// Otherwise it has one device, takes all that it is given, and fails to compute.
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "device/xla/pjrt_api.h"

namespace agront::device::xla {

struct PJRT_Error {  // NOLINT(readability-identifier-naming): the name in the interface
  std::string text;
  PJRT_Error_Code code;
};

namespace {

bool Is(std::string_view fault) {
  const char* asked = std::getenv("AGRONT_FAKE_PLUGIN");
  return asked != nullptr && fault == asked;
}

/// A place for handles to point to. Nothing looks at it.
template <class Handle>
Handle* Something() {
  static char anything;
  return reinterpret_cast<Handle*>(&anything);
}

PJRT_Error* Full(const char* text) { return new PJRT_Error{text, PJRT_Error_Code_RESOURCE_EXHAUSTED}; }
PJRT_Error* Fault(const char* text) { return new PJRT_Error{text, PJRT_Error_Code{13}}; }

template <class Args>
PJRT_Error* DoNothing(Args* /*args*/) {
  return nullptr;
}

PJRT_Error* Create(PJRT_Client_Create_Args* args) {
  if (Is("no-device")) return Fault("No visible GPU devices.\nSee the log.");
  args->client = Something<PJRT_Client>();
  return nullptr;
}

PJRT_Error* Platform(PJRT_Client_PlatformName_Args* args) {
  args->platform_name = "fake";
  args->platform_name_size = 4;
  return nullptr;
}

PJRT_Error* Devices(PJRT_Client_AddressableDevices_Args* args) {
  static PJRT_Device* const devices[] = {Something<PJRT_Device>()};
  args->addressable_devices = devices;
  args->num_addressable_devices = Is("none") ? 0 : 1;
  return nullptr;
}

PJRT_Error* Kind(PJRT_DeviceDescription_Kind_Args* args) {
  args->device_kind = "Fake 1";
  args->device_kind_size = 6;
  return nullptr;
}

PJRT_Error* Upload(PJRT_Client_BufferFromHostBuffer_Args* args) {
  if (Is("full-weights")) return Full("Out of memory.");
  args->buffer = Something<PJRT_Buffer>();
  return nullptr;
}

PJRT_Error* Compile(PJRT_Client_Compile_Args* args) {
  args->executable = Something<PJRT_LoadedExecutable>();
  return nullptr;
}

PJRT_Error* Execute(PJRT_LoadedExecutable_Execute_Args* /*args*/) {
  return Is("full-pass") ? Full("Out of memory.") : Fault("It cannot.");
}

PJRT_Error* Serialize(PJRT_Executable_Serialize_Args* /*args*/) { return Fault("It cannot."); }

void Message(PJRT_Error_Message_Args* args) {
  args->message = args->error->text.data();
  args->message_size = args->error->text.size();
}

PJRT_Error* Code(PJRT_Error_GetCode_Args* args) {
  args->code = args->error->code;
  return nullptr;
}

PJRT_Api MakeApi() {
  constexpr unsigned kLong = 60;
  if (Is("hang")) sleep(kLong);
  PJRT_Api api{};
  api.struct_size = Is("old") ? offsetof(PJRT_Api, PJRT_Compile) : sizeof(PJRT_Api);
  api.pjrt_api_version = {sizeof(PJRT_Api_Version), nullptr, Is("other") ? 1 : 0, Is("old") ? 30 : 81};
  api.PJRT_Error_Destroy = [](PJRT_Error_Destroy_Args* args) { delete args->error; };
  api.PJRT_Error_Message = Message;
  api.PJRT_Error_GetCode = Code;
  api.PJRT_Plugin_Initialize = DoNothing<PJRT_Plugin_Initialize_Args>;
  api.PJRT_Client_Create = Create;
  api.PJRT_Client_Destroy = DoNothing<PJRT_Client_Destroy_Args>;
  api.PJRT_Client_PlatformName = Platform;
  api.PJRT_Client_AddressableDevices = Devices;
  api.PJRT_Client_Compile = Compile;
  api.PJRT_Client_BufferFromHostBuffer = Upload;
  api.PJRT_DeviceDescription_Kind = Kind;
  api.PJRT_Device_GetDescription = DoNothing<PJRT_Device_GetDescription_Args>;
  api.PJRT_Executable_Destroy = DoNothing<PJRT_Executable_Destroy_Args>;
  api.PJRT_Executable_NumOutputs = DoNothing<PJRT_Executable_NumOutputs_Args>;
  api.PJRT_Executable_Serialize = Serialize;
  api.PJRT_LoadedExecutable_Destroy = DoNothing<PJRT_LoadedExecutable_Destroy_Args>;
  api.PJRT_LoadedExecutable_GetExecutable = DoNothing<PJRT_LoadedExecutable_GetExecutable_Args>;
  api.PJRT_LoadedExecutable_Execute = Execute;
  api.PJRT_Buffer_Destroy = DoNothing<PJRT_Buffer_Destroy_Args>;
  return api;
}

}  // namespace
}  // namespace agront::device::xla

extern "C" __attribute__((visibility("default"))) const agront::device::xla::PJRT_Api* GetPjrtApi() {
  static const agront::device::xla::PJRT_Api api = agront::device::xla::MakeApi();
  return &api;
}
