// SPDX-License-Identifier: Apache-2.0
// The manifest of a corpus.
#include "formats/corpus/manifest.h"

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  static const std::string fasta = folder.Write("a.fa", ">a\nACGT\n");
  static const std::string bed = folder.Write("a.bed", "a\t0\t4\n");
  const std::string path = folder.Write("manifest.tsv", TextOf(data, size));
  Parse([&] {
    const std::vector<ManifestRow> rows = ReadManifest(path);
    Expect(!rows.empty(), "a manifest has rows");
    for (const ManifestRow& row : rows) {
      CheckMessage(row.place);
      Expect(row.weight.has_value() == rows[0].weight.has_value(), "all rows have a weight or none has");
    }
  });
  return 0;
}
