// SPDX-License-Identifier: Apache-2.0
// The four files of a tokenizer, one after the other.
#include "model/checkpoints/tokenizer_files.h"

#include <array>

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  static const formats::FuzzFolder folder;
  constexpr std::array kNames = {"vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"};
  const auto files = formats::FilesOf(formats::TextOf(data, size), kNames.size());
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (files[i].empty())
      std::filesystem::remove(folder.path(kNames[i]));
    else
      folder.Write(kNames[i], files[i]);
  }
  formats::Parse([&] { model::CheckTokenizerFiles(folder.path()); });
  return 0;
}
