// SPDX-License-Identifier: Apache-2.0
// A .safetensors file.
#include "formats/checkpoints/safetensors.h"

#include "formats/checkpoints/archive_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string path = folder.Write("model.safetensors", TextOf(data, size));
  Parse([&] { ReadTensors(*OpenSafetensors(path)); });
  return 0;
}
