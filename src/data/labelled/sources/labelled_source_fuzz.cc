// SPDX-License-Identifier: Apache-2.0
// Files of labelled sequences: each input is read as every kind that it may be.
#include "data/labelled/sources/labelled_source.h"

#include "formats/fuzz_files.h"

namespace agront::data {
namespace {

void ReadAll(const LabelledInput& input, bool per_token) {
  const auto source = OpenLabelledSource(input, per_token);
  for (LabelledRecord record; source->Next(record);)
    formats::Expect(record.bases.find_first_not_of("ACGTN") == std::string::npos, "bases are A C G T N");
  formats::CheckMessages(source->Notes());
}

}  // namespace
}  // namespace agront::data

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  using namespace agront::data;
  static const formats::FuzzFolder folder;
  static const std::string genome = folder.Write("genome.fa", ">chr1\nACGTACGTACGTACGTACGT\n>chr2\nACGTACGT\n");
  static const std::string plain = folder.Write("plain.fa", ">a\nACGT\n>b\nGGGG\n>c\nNNNN\n");
  const std::string_view text = formats::TextOf(data, size);
  const std::string table = folder.Write("table.csv", text);
  const std::string fasta = folder.Write("labelled.fa", text);
  const std::string bed = folder.Write("labelled.bed", text);
  const std::string gff = folder.Write("labelled.gff3", text);
  formats::Parse([&] { ReadAll({.path = table}, false); });
  formats::Parse([&] { ReadAll({.path = table}, true); });
  formats::Parse([&] { ReadAll({.path = fasta}, false); });
  formats::Parse([&] { ReadAll({.path = plain, .labels = table, .leaves_out_unlabelled = true}, false); });
  formats::Parse(
      [&] { ReadAll({.path = bed, .genome = genome, .label_columns = {"score"}, .pads_at_ends = true}, false); });
  formats::Parse([&] { ReadAll({.path = gff, .genome = genome, .label_columns = {"label"}}, false); });
  formats::Parse([&] { ReadAll({.genome = genome, .labels = bed}, true); });
  return 0;
}
