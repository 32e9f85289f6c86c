// SPDX-License-Identifier: Apache-2.0
// An index that a stranger put beside a genome: bases are right, or it is refused.
// Two files: a .fai, and a .gzi; with the second one the genome is compressed.
#include <htslib/bgzf.h>
#include <htslib/hts_log.h>

#include "formats/fuzz_files.h"
#include "formats/sequences/indexed_fasta.h"

namespace agront::formats {
namespace {

const std::vector<std::pair<std::string, std::string>>& Sequences() {
  static const std::vector<std::pair<std::string, std::string>> sequences = {
      {"chr1", "ACGTTGCAACGGTTAACCAGTCAGTCAGGTAC"}, {"chr2", "TTTTTTTTTT"}, {"scaffold_3", "GATTACAGATTACAGATTACA"}};
  return sequences;
}

std::string GenomeText() {
  constexpr size_t kLine = 10;
  std::string text;
  for (const auto& [name, bases] : Sequences()) {
    text += ">" + name + " of a test\n";
    for (size_t at = 0; at < bases.size(); at += kLine) text += bases.substr(at, kLine) + "\n";
  }
  return text;
}

/// In blocks of 40 bytes, so that there are several.
void WriteBgzip(const std::string& path, const std::string& text) {
  constexpr size_t kBlock = 40;
  hts_set_log_level(HTS_LOG_OFF);
  BGZF* file = bgzf_open(path.c_str(), "w");
  for (size_t at = 0; at < text.size(); at += kBlock) {
    Expect(bgzf_write(file, text.data() + at, std::min(kBlock, text.size() - at)) > 0, "the genome is written");
    Expect(bgzf_flush(file) == 0, "the genome is written");
  }
  bgzf_close(file);
}

void CheckBases(const std::string& path) {
  const IndexedFasta genome(path);
  for (const auto& [name, bases] : Sequences()) {
    Expect(genome.Length(name) == static_cast<int64_t>(bases.size()), "sequences have their length");
    LetterCounts counts;
    for (const size_t start : {size_t{0}, bases.size() / 2, bases.size() - 1})
      for (const size_t end : {start + 1, bases.size()})
        Expect(genome.Fetch(name, static_cast<int64_t>(start), static_cast<int64_t>(end), counts) ==
                   bases.substr(start, end - start),
               "bases are right");
  }
  CheckMessages(genome.Notes());
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  static const std::string plain = folder.Write("genome.fa", GenomeText());
  static const std::string compressed = folder.path("genome.fa.gz");
  static const bool is_written = (WriteBgzip(compressed, GenomeText()), true);
  const std::string_view text = TextOf(data, size);
  const std::vector<std::string_view> files = FilesOf(text, 2);
  const bool has_gzi = is_written && text.find(kNextFile) != std::string_view::npos;
  const std::string& genome = has_gzi ? compressed : plain;
  folder.Write(has_gzi ? "genome.fa.gz.fai" : "genome.fa.fai", files[0]);
  if (has_gzi) folder.Write("genome.fa.gz.gzi", files[1]);
  Parse([&] { CheckBases(genome); });
  return 0;
}
