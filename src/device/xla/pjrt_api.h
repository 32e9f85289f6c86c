// SPDX-License-Identifier: Apache-2.0
// XLA's C interface to devices, PJRT, as far as this program calls it. Names are the interface's own.
//
// A plugin is a shared library with the function GetPjrtApi, which gives this table of functions. Each takes one struct
// of arguments that begins with its own size: a plugin of another version reads as much as it knows. So every struct is
// zero but for what is set (MakeArgs). The table only grows: its size says which functions a plugin has.
#pragma once

#include "device/xla/pjrt_structs.h"

// NOLINTBEGIN(readability-identifier-naming)
namespace agront::device::xla {

inline constexpr int kPjrtMajor = 0;

/// Zeros, but for the size by which the plugin knows how much is there.
template <class Args>
Args MakeArgs() {
  Args args{};
  args.struct_size = sizeof(Args);
  return args;
}

/// A function of the table that can fail: nullptr, or an error to destroy.
template <class Args>
using PjrtFunction = PJRT_Error* (*)(Args*);
/// One that is not called here.
using PjrtUnused = void*;

struct PJRT_Api {
  size_t struct_size;
  PJRT_Extension_Base* extension_start;
  PJRT_Api_Version pjrt_api_version;
  void (*PJRT_Error_Destroy)(PJRT_Error_Destroy_Args*);
  void (*PJRT_Error_Message)(PJRT_Error_Message_Args*);
  PjrtFunction<PJRT_Error_GetCode_Args> PJRT_Error_GetCode;
  PjrtFunction<PJRT_Plugin_Initialize_Args> PJRT_Plugin_Initialize;
  PjrtUnused PJRT_Plugin_Attributes;
  PjrtFunction<PJRT_Event_Destroy_Args> PJRT_Event_Destroy;
  PjrtUnused PJRT_Event_IsReady;
  PjrtUnused PJRT_Event_Error;
  PjrtFunction<PJRT_Event_Await_Args> PJRT_Event_Await;
  PjrtUnused PJRT_Event_OnReady;
  PjrtFunction<PJRT_Client_Create_Args> PJRT_Client_Create;
  PjrtFunction<PJRT_Client_Destroy_Args> PJRT_Client_Destroy;
  PjrtFunction<PJRT_Client_PlatformName_Args> PJRT_Client_PlatformName;
  PjrtUnused PJRT_Client_ProcessIndex;
  PjrtUnused PJRT_Client_PlatformVersion;
  PjrtUnused PJRT_Client_Devices;
  PjrtFunction<PJRT_Client_AddressableDevices_Args> PJRT_Client_AddressableDevices;
  PjrtUnused PJRT_Client_LookupDevice;
  PjrtUnused PJRT_Client_LookupAddressableDevice;
  PjrtUnused PJRT_Client_AddressableMemories;
  PjrtFunction<PJRT_Client_Compile_Args> PJRT_Client_Compile;
  PjrtUnused PJRT_Client_DefaultDeviceAssignment;
  PjrtFunction<PJRT_Client_BufferFromHostBuffer_Args> PJRT_Client_BufferFromHostBuffer;
  PjrtUnused PJRT_DeviceDescription_Id;
  PjrtUnused PJRT_DeviceDescription_ProcessIndex;
  PjrtFunction<PJRT_DeviceDescription_Attributes_Args> PJRT_DeviceDescription_Attributes;
  PjrtFunction<PJRT_DeviceDescription_Kind_Args> PJRT_DeviceDescription_Kind;
  PjrtUnused PJRT_DeviceDescription_DebugString;
  PjrtUnused PJRT_DeviceDescription_ToString;
  PjrtFunction<PJRT_Device_GetDescription_Args> PJRT_Device_GetDescription;
  PjrtUnused PJRT_Device_IsAddressable;
  PjrtUnused PJRT_Device_LocalHardwareId;
  PjrtUnused PJRT_Device_AddressableMemories;
  PjrtUnused PJRT_Device_DefaultMemory;
  PjrtFunction<PJRT_Device_MemoryStats_Args> PJRT_Device_MemoryStats;
  PjrtUnused PJRT_Memory_Id;
  PjrtUnused PJRT_Memory_Kind;
  PjrtUnused PJRT_Memory_DebugString;
  PjrtUnused PJRT_Memory_ToString;
  PjrtUnused PJRT_Memory_AddressableByDevices;
  PjrtFunction<PJRT_Executable_Destroy_Args> PJRT_Executable_Destroy;
  PjrtUnused PJRT_Executable_Name;
  PjrtUnused PJRT_Executable_NumReplicas;
  PjrtUnused PJRT_Executable_NumPartitions;
  PjrtFunction<PJRT_Executable_NumOutputs_Args> PJRT_Executable_NumOutputs;
  PjrtUnused PJRT_Executable_SizeOfGeneratedCodeInBytes;
  PjrtUnused PJRT_Executable_GetCostAnalysis;
  PjrtUnused PJRT_Executable_OutputMemoryKinds;
  PjrtUnused PJRT_Executable_OptimizedProgram;
  PjrtFunction<PJRT_Executable_Serialize_Args> PJRT_Executable_Serialize;
  PjrtFunction<PJRT_LoadedExecutable_Destroy_Args> PJRT_LoadedExecutable_Destroy;
  PjrtFunction<PJRT_LoadedExecutable_GetExecutable_Args> PJRT_LoadedExecutable_GetExecutable;
  PjrtUnused PJRT_LoadedExecutable_AddressableDevices;
  PjrtUnused PJRT_LoadedExecutable_Delete;
  PjrtUnused PJRT_LoadedExecutable_IsDeleted;
  PjrtFunction<PJRT_LoadedExecutable_Execute_Args> PJRT_LoadedExecutable_Execute;
  PjrtFunction<PJRT_Executable_DeserializeAndLoad_Args> PJRT_Executable_DeserializeAndLoad;
  PjrtUnused PJRT_LoadedExecutable_Fingerprint;
  PjrtFunction<PJRT_Buffer_Destroy_Args> PJRT_Buffer_Destroy;
  PjrtUnused PJRT_Buffer_ElementType;
  PjrtUnused PJRT_Buffer_Dimensions;
  PjrtUnused PJRT_Buffer_UnpaddedDimensions;
  PjrtUnused PJRT_Buffer_DynamicDimensionIndices;
  PjrtUnused PJRT_Buffer_GetMemoryLayout;
  PjrtUnused PJRT_Buffer_OnDeviceSizeInBytes;
  PjrtUnused PJRT_Buffer_Device;
  PjrtUnused PJRT_Buffer_Memory;
  PjrtUnused PJRT_Buffer_Delete;
  PjrtUnused PJRT_Buffer_IsDeleted;
  PjrtUnused PJRT_Buffer_CopyToDevice;
  PjrtFunction<PJRT_Buffer_ToHostBuffer_Args> PJRT_Buffer_ToHostBuffer;
  PjrtUnused PJRT_Buffer_IsOnCpu;
  PjrtUnused PJRT_Buffer_ReadyEvent;
  PjrtUnused PJRT_Buffer_UnsafePointer;
  PjrtUnused PJRT_Buffer_IncreaseExternalReferenceCount;
  PjrtUnused PJRT_Buffer_DecreaseExternalReferenceCount;
  PjrtUnused PJRT_Buffer_OpaqueDeviceMemoryDataPointer;
  PjrtUnused PJRT_CopyToDeviceStream_Destroy;
  PjrtUnused PJRT_CopyToDeviceStream_AddChunk;
  PjrtUnused PJRT_CopyToDeviceStream_TotalBytes;
  PjrtUnused PJRT_CopyToDeviceStream_GranuleSize;
  PjrtUnused PJRT_CopyToDeviceStream_CurrentBytes;
  PjrtFunction<PJRT_TopologyDescription_Create_Args> PJRT_TopologyDescription_Create;
  PjrtFunction<PJRT_TopologyDescription_Destroy_Args> PJRT_TopologyDescription_Destroy;
  PjrtUnused PJRT_TopologyDescription_PlatformName;
  PjrtUnused PJRT_TopologyDescription_PlatformVersion;
  PjrtUnused PJRT_TopologyDescription_GetDeviceDescriptions;
  PjrtUnused PJRT_TopologyDescription_Serialize;
  PjrtUnused PJRT_TopologyDescription_Attributes;
  PjrtFunction<PJRT_Compile_Args> PJRT_Compile;
  PjrtUnused PJRT_Executable_OutputElementTypes;
  PjrtUnused PJRT_Executable_OutputDimensions;
  PjrtUnused PJRT_Buffer_CopyToMemory;
  PjrtUnused PJRT_Client_CreateViewOfDeviceBuffer;
  PjrtUnused PJRT_Executable_Fingerprint;
  PjrtUnused PJRT_Client_TopologyDescription;
  PjrtFunction<PJRT_Executable_GetCompiledMemoryStats_Args> PJRT_Executable_GetCompiledMemoryStats;
};

}  // namespace agront::device::xla
// NOLINTEND(readability-identifier-naming)
