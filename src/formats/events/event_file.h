// SPDX-License-Identifier: Apache-2.0
// TensorBoard's event files: scalars by step. The format is TFRecord around the protocol buffer tensorflow.Event, of
// which four fields are needed; so they are written here, without the protobuf compiler.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace agront::formats {

class EventFile {
 public:
  /// Makes the file, which TensorBoard finds when "tfevents" is in its name. Throws Error.
  explicit EventFile(const std::string& path);

  /// Appends one scalar. `seconds` is the wall time since 1970. Throws Error when it could not be written.
  void Add(std::string_view tag, int64_t step, float value, double seconds);

 private:
  void Write(const std::string& event);

  std::string path_;
  std::ofstream file_;
};

/// CRC-32C (Castagnoli) of RFC 3720: 0xE3069283 for "123456789".
uint32_t Crc32c(std::string_view bytes);

}  // namespace agront::formats
