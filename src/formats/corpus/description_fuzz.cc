// SPDX-License-Identifier: Apache-2.0
// corpus.json: what is read, is written and read as the same.
#include "formats/corpus/description.h"

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  Parse([&] {
    const CorpusDescription description = ParseDescription(std::string(TextOf(data, size)), "corpus.json");
    const std::string written = WriteDescription(description);
    try {
      Expect(WriteDescription(ParseDescription(written, "corpus.json")) == written, "written and read as the same");
    } catch (const agront::Error& error) {
      Break("what is written can be read", error.what());
    }
  });
  return 0;
}
