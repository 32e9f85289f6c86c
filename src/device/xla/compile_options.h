// SPDX-License-Identifier: Apache-2.0
// The options that a program is compiled with: XLA's CompileOptionsProto, written without protobuf.
#pragma once

#include <string>

namespace agront::device::xla {

struct CompileOptions {
  int replicas = 1;  ///< devices that run the program side by side, each with arguments of its own
};

/// As bytes of the protocol buffer.
std::string Serialize(const CompileOptions& options);

}  // namespace agront::device::xla
