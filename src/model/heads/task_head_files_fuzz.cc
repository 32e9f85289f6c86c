// SPDX-License-Identifier: Apache-2.0
// The head of a task and an adapter, in folders beside the embedded model.
// Four files: head.json, head.safetensors, adapter_config.json, adapter_model.safetensors.
#include "model/heads/task_head_files.h"

#include "formats/fuzz_files.h"
#include "model/adapters/adapter_files.h"
#include "model/open_model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  static const formats::FuzzFolder folder;
  static const auto base = model::OpenModel("");
  const auto files = formats::FilesOf(formats::TextOf(data, size), 4);
  folder.Write("head.json", files[0]);
  folder.Write("head.safetensors", files[1]);
  folder.Write("adapter_config.json", files[2]);
  folder.Write("adapter_model.safetensors", files[3]);
  formats::Parse([&] { model::ReadTaskHead(folder.path(), *base); });
  formats::Parse([&] { model::ReadAdapter(folder.path(), *base); });
  return 0;
}
