// SPDX-License-Identifier: Apache-2.0
#include "device/xla/compile_options.h"

#include <cstdint>
#include <string_view>

namespace agront::device::xla {
namespace {

// Numbers of fields in xla/pjrt/proto/compile_options.proto and xla/xla_data.proto.
constexpr int kBuildOptions = 3;
constexpr int kNumReplicas = 4, kNumPartitions = 5, kDeviceAssignment = 9;        // ExecutableBuildOptionsProto
constexpr int kReplicaCount = 1, kComputationCount = 2, kComputationDevices = 3;  // DeviceAssignmentProto
constexpr int kReplicaDeviceIds = 1;                                              // ...ComputationDevice

constexpr int kBytesType = 2;  // of a field with its length before it; numbers are type 0

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void AppendNumber(int field, uint64_t value, std::string& out) {
  AppendVarint(static_cast<uint64_t>(field) << 3, out);
  AppendVarint(value, out);
}

void AppendBytes(int field, std::string_view bytes, std::string& out) {
  AppendVarint(static_cast<uint64_t>(field) << 3 | kBytesType, out);
  AppendVarint(bytes.size(), out);
  out += bytes;
}

/// Replica r runs on device r.
std::string DeviceAssignment(int replicas) {
  std::string ids, devices, assignment;
  for (int r = 0; r < replicas; ++r) AppendVarint(static_cast<uint64_t>(r), ids);
  AppendBytes(kReplicaDeviceIds, ids, devices);
  AppendNumber(kReplicaCount, static_cast<uint64_t>(replicas), assignment);
  AppendNumber(kComputationCount, 1, assignment);
  AppendBytes(kComputationDevices, devices, assignment);
  return assignment;
}

}  // namespace

std::string Serialize(const CompileOptions& options) {
  std::string build, all;
  AppendNumber(kNumReplicas, static_cast<uint64_t>(options.replicas), build);
  AppendNumber(kNumPartitions, 1, build);
  if (options.replicas > 1) AppendBytes(kDeviceAssignment, DeviceAssignment(options.replicas), build);
  AppendBytes(kBuildOptions, build, all);
  return all;
}

}  // namespace agront::device::xla
