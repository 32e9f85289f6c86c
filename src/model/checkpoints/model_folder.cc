// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/model_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/output_file.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/config.h"
#include "tokenizer/vocabulary.h"

namespace agront::model {
namespace {}  // namespace

bool IsModelFile(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {
      "config.json", "model.safetensors", kPackedFile, "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"};
  return std::ranges::find(kNames, name) != kNames.end();
}

void WriteModelDescription(OutputFolder& folder, const ModelShape& shape, std::string_view torch_dtype) {
  WriteConfigAndVocabulary(folder, shape, WriteHuggingFaceConfig(shape, torch_dtype));
}

void WriteConfigAndVocabulary(OutputFolder& folder, const ModelShape& shape, const std::string& config) {
  WriteTextFile(folder.File("config.json"), config);
  WriteTextFile(folder.File("vocab.txt"), tokenizer::VocabularyFile());
  WriteTextFile(folder.File("tokenizer_config.json"),
                fmt::format("{{\n  \"clean_up_tokenization_spaces\": true,\n  \"eos_token\": null,\n"
                            "  \"model_max_length\": {},\n  \"tokenizer_class\": \"EsmTokenizer\"\n}}\n",
                            shape.max_tokens()));
  WriteTextFile(folder.File("special_tokens_map.json"),
                "{\n  \"cls_token\": \"<cls>\",\n  \"mask_token\": \"<mask>\",\n  \"pad_token\": \"<pad>\",\n"
                "  \"unk_token\": \"<unk>\"\n}\n");
}

}  // namespace agront::model
