// SPDX-License-Identifier: Apache-2.0
// finetune.json, which says how to predict with what a run left.
#include "inference/finetuned_model.h"

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  static const formats::FuzzFolder folder;
  folder.Write("finetune.json", formats::TextOf(data, size));
  formats::Parse([&] { inference::ReadFinetunedModel(folder.path()); });
  return 0;
}
