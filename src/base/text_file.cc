// SPDX-License-Identifier: Apache-2.0
#include "base/text_file.h"

#include "base/error.h"
#include "base/mapped_file.h"

namespace agront {

std::string ReadTextFile(const std::string& path) {
  constexpr size_t kMaxBytes = 64'000'000;
  const MappedFile file(path);
  if (file.bytes().size() > kMaxBytes)
    Fail("{}: expected a text file of at most {} bytes, got {}", path, kMaxBytes, file.bytes().size());
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

}  // namespace agront
