// SPDX-License-Identifier: Apache-2.0
// A JAX checkpoint, as it is and inside a zlib stream that is sound.
#include "formats/checkpoints/joblib_checkpoint.h"

#include <zlib.h>

#include "formats/checkpoints/archive_fuzz.h"

namespace agront::formats {
namespace {

std::string Deflated(std::string_view plain) {
  uLongf size = compressBound(plain.size());
  std::string compressed(size, '\0');
  Expect(compress2(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
                   plain.size(), 1) == Z_OK,
         "zlib compresses");
  compressed.resize(size);
  return compressed;
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string_view bytes = TextOf(data, size);
  Parse([&] { ReadTensors(*OpenJoblibCheckpoint(folder.Write("pytree.joblib", bytes))); });
  Parse([&] { ReadTensors(*OpenJoblibCheckpoint(folder.Write("pytree.joblib", Deflated(bytes)))); });
  return 0;
}
