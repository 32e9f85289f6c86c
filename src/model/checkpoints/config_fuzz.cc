// SPDX-License-Identifier: Apache-2.0
// config.json of Hugging Face, hyperparams.json of the JAX code, adapter_config.json of PEFT: each text is read as all.
#include "model/checkpoints/config.h"

#include "formats/fuzz_files.h"
#include "model/adapters/peft_config.h"

namespace agront::model {
namespace {

void CheckShape(const ModelShape& shape) {
  constexpr int64_t kMost = 1'000'000;
  for (const int64_t size : {shape.vocabulary, shape.hidden, shape.heads, shape.layers, shape.ffn})
    formats::Expect(size >= 1 && size <= kMost, "products of sizes stay numbers");
}

}  // namespace
}  // namespace agront::model

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  const std::string_view text = formats::TextOf(data, size);
  formats::Parse([&] { model::CheckShape(model::ReadHuggingFaceConfig("config.json", text)); });
  formats::Parse([&] { model::CheckShape(model::ReadJaxConfig("hyperparams.json", text)); });
  formats::Parse([&] {
    const model::PeftConfig config = model::ReadPeftConfig("adapter_config.json", text);
    for (const char* module : {"esm.encoder.layer.3.output.dense", "encoder.layer.3.attention.self.query", ""}) {
      config.Adapts(module, 3);
      config.ScalesInput(module);
    }
  });
  return 0;
}
