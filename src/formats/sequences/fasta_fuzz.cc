// SPDX-License-Identifier: Apache-2.0
// FASTA, plain or compressed: read from its beginning, and with random access, which gives the same bases.
#include "formats/sequences/fasta.h"

#include <map>

#include "formats/fuzz_files.h"
#include "formats/sequences/indexed_fasta.h"

namespace agront::formats {
namespace {

std::map<std::string, std::string> ReadAll(SequenceReader& reader) {
  constexpr size_t kPiece = 1000;
  std::map<std::string, std::string> sequences;
  for (std::string name; reader.NextRecord(name);) {
    std::string bases;
    while (reader.ReadBases(bases.size() + kPiece, bases)) {
    }
    sequences[name] = bases;
  }
  CheckMessages(reader.Notes());
  return sequences;
}

void CompareWithIndexed(const std::string& path, const std::map<std::string, std::string>& sequences) {
  const IndexedFasta genome(path);
  for (const std::string& name : genome.Names()) {
    LetterCounts counts;
    const std::string bases = genome.Fetch(name, 0, genome.Length(name), counts);
    const auto found = sequences.find(name);
    Expect(found != sequences.end() && found->second == bases, "random access gives the same bases");
  }
  CheckMessages(genome.Notes());
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string path = folder.Write("sequences.fa", TextOf(data, size));
  Parse([&] {
    const auto sequences = ReadAll(*OpenFasta(path));
    if (std::ranges::none_of(sequences,
                             [](const auto& sequence) { return sequence.second.find('?') != std::string::npos; }))
      Parse([&] { CompareWithIndexed(path, sequences); });
  });
  Parse([&] { ReadAll(*OpenFasta(path, LetterCase::kAsWritten, RecordName::kWholeLine)); });
  return 0;
}
