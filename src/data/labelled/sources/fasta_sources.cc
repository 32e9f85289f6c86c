// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "data/labelled/sources/label_table.h"
#include "data/labelled/sources/record_words.h"
#include "data/labelled/sources/sequence_sources.h"
#include "formats/printable.h"
#include "formats/sequences/fasta.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

constexpr size_t kMostBases = 100'000'000;  // of an example

void ReadRecord(formats::SequenceReader& reader, LabelledRecord& record) {
  record.place = reader.Place();
  record.bases.clear();
  if (reader.ReadBases(kMostBases + 1, record.bases) || record.bases.size() > kMostBases)
    Fail("{}: expected examples of at most {} bases", record.place, kMostBases);
  if (record.bases.find(genome::kMaskedBase) != std::string::npos)
    Fail("{}: expected bases, got a <mask>", record.place);
}

class BenchmarkFasta : public LabelledSource {
 public:
  explicit BenchmarkFasta(const LabelledInput& input)
      : input_(input),
        reader_(formats::OpenFasta(
            input.path, formats::LetterCase::kUpper,
            input.without_labels ? formats::RecordName::kFirstWord : formats::RecordName::kWholeLine)) {}

  bool Next(LabelledRecord& record) override {
    std::string header;
    if (!reader_->NextRecord(header)) return false;
    ReadRecord(*reader_, record);
    record.labels.clear();
    record.group.clear();
    record.split.clear();
    record.id = header;
    if (!input_.without_labels) {
      std::vector<std::string> words = SplitWords(header, '|');
      if (words.size() < 2)
        Fail("{}: expected a header >name|label, got \"{}\"; plain FASTA needs a table of labels", record.place,
             formats::Printable(header));
      record.id = std::move(words[0]);
      record.labels.assign(std::make_move_iterator(words.begin() + 1), std::make_move_iterator(words.end()));
    }
    CompleteRecord(input_, record);
    return true;
  }

  const formats::LetterCounts& letters() const override { return reader_->counts(); }
  std::vector<std::string> Notes() const override { return reader_->Notes(); }
  double Progress() const override { return reader_->Progress(); }

 private:
  LabelledInput input_;
  std::unique_ptr<formats::SequenceReader> reader_;
};

class FastaWithTable : public LabelledSource {
 public:
  explicit FastaWithTable(const LabelledInput& input)
      : input_(input), table_(input), reader_(formats::OpenFasta(input.path)) {}

  bool Next(LabelledRecord& record) override {
    while (reader_->NextRecord(record.id)) {
      ReadRecord(*reader_, record);
      record.group.clear();
      if (!table_.Label(record)) continue;
      CompleteRecord(input_, record);
      return true;
    }
    return false;
  }

  std::vector<std::string> LabelNames() const override { return table_.label_names(); }
  const formats::LetterCounts& letters() const override { return reader_->counts(); }
  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = table_.Notes();
    AddNotes(reader_->Notes(), notes);
    return notes;
  }
  double Progress() const override { return reader_->Progress(); }

 private:
  LabelledInput input_;
  LabelTable table_;
  std::unique_ptr<formats::SequenceReader> reader_;
};

}  // namespace

std::unique_ptr<LabelledSource> OpenBenchmarkFasta(const LabelledInput& input) {
  return std::make_unique<BenchmarkFasta>(input);
}

std::unique_ptr<LabelledSource> OpenFastaWithTable(const LabelledInput& input) {
  return std::make_unique<FastaWithTable>(input);
}

}  // namespace agront::data
