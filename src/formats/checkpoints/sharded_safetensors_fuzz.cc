// SPDX-License-Identifier: Apache-2.0
// The index of a checkpoint in several .safetensors files.
#include "formats/checkpoints/sharded_safetensors.h"

#include "formats/checkpoints/archive_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  static const bool has_shards = [] {
    for (const char* name : {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"})
      folder.Write(name, ReadFixture(name));
    return true;
  }();
  const std::string path = folder.Write("model.safetensors.index.json", TextOf(data, size));
  if (has_shards) Parse([&] { ReadTensors(*OpenShardedSafetensors(path)); });
  return 0;
}
