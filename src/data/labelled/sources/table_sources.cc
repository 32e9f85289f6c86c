// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <utility>

#include "base/error.h"
#include "data/labelled/sources/label_table.h"
#include "data/labelled/sources/record_words.h"
#include "data/labelled/sources/sequence_sources.h"
#include "formats/delimited/delimited_file.h"
#include "formats/printable.h"

namespace agront::data {
namespace {

class SequenceTable : public LabelledSource {
 public:
  explicit SequenceTable(const LabelledInput& input)
      : input_(input),
        table_(input.path),
        columns_(RecordColumns::OfSequences(input, table_)),
        sequence_(table_.Column(input.sequence_column)) {
    if (!columns_.id && !input.group_separator.empty())
      FailUsage("{}: --group-separator goes with --id-column, the column whose ids it divides", input.path);
  }

  bool Next(LabelledRecord& record) override {
    if (!table_.Next(fields_)) return false;
    record.place = table_.Place();
    record.id = record.place;
    columns_.Fill(fields_, record);
    std::swap(record.bases, fields_[sequence_]);
    NormalizeBases(record.bases, letters_, record.place);
    CompleteRecord(input_, record);
    return true;
  }

  std::vector<std::string> LabelNames() const override { return columns_.LabelNames(table_); }
  const formats::LetterCounts& letters() const override { return letters_; }
  std::vector<std::string> Notes() const override { return table_.Notes(); }
  double Progress() const override { return table_.Progress(); }

 private:
  LabelledInput input_;
  formats::DelimitedFile table_;
  RecordColumns columns_;
  size_t sequence_;
  std::vector<std::string> fields_;
  formats::LetterCounts letters_;
};

class TokenTable : public LabelledSource {
 public:
  explicit TokenTable(const LabelledInput& input)
      : input_(input),
        table_(input.path),
        columns_(RecordColumns::OfSequences(input, table_)),
        sequence_(table_.Column(input.sequence_column)) {
    if (!columns_.id)
      FailUsage("{}: a table of tokens needs the column that says which lines are one example", input.path);
    if (input.path == "-") FailUsage("a table of tokens is read twice, and standard input cannot be");
    formats::DelimitedFile first_time(input.path);
    std::set<std::string> classes;
    while (first_time.Next(fields_)) {
      columns_.Fill(fields_, row_);
      row_.place = first_time.Place();
      classes.insert(RowClass());
    }
    classes_.assign(classes.begin(), classes.end());
    has_row_ = ReadRow();
  }

  bool Next(LabelledRecord& record) override {
    if (!has_row_) return false;
    record = std::move(row_);
    record.runs = {{static_cast<int64_t>(record.bases.size()), std::move(row_class_)}};
    record.labels.clear();
    while ((has_row_ = ReadRow()) && row_.id == record.id) {
      if (row_.group != record.group || row_.split != record.split)
        Fail("{}: expected the group and split of the tokens of \"{}\" before it", row_.place,
             formats::Printable(record.id));
      if (record.bases.size() + row_.bases.size() > kMostBases)
        Fail("{}: expected examples of at most {} bases", row_.place, kMostBases);
      record.bases += row_.bases;
      const auto end = static_cast<int64_t>(record.bases.size());
      if (record.runs.back().word == row_class_)
        record.runs.back().end = end;
      else
        record.runs.push_back({end, row_class_});
    }
    CompleteRecord(input_, record);
    return true;
  }

  std::vector<std::string> BaseClasses() const override { return classes_; }
  const formats::LetterCounts& letters() const override { return letters_; }
  std::vector<std::string> Notes() const override { return table_.Notes(); }
  double Progress() const override { return table_.Progress(); }

 private:
  static constexpr size_t kMostBases = 100'000'000;

  bool ReadRow() {
    if (!table_.Next(fields_)) return false;
    columns_.Fill(fields_, row_);
    row_.place = table_.Place();
    row_class_ = RowClass();
    row_.bases = fields_[sequence_];
    NormalizeBases(row_.bases, letters_, row_.place);
    return true;
  }

  std::string RowClass() const {
    if (input_.without_labels) return "";
    if (row_.labels.size() != 1) Fail("{}: expected one class, got {}", row_.place, row_.labels.size());
    if (IsMissing(row_.labels[0])) Fail("{}: expected a class, got {:?}", row_.place, row_.labels[0]);
    return row_.labels[0];
  }

  LabelledInput input_;
  formats::DelimitedFile table_;
  RecordColumns columns_;
  size_t sequence_;
  std::vector<std::string> classes_;
  std::vector<std::string> fields_;
  LabelledRecord row_;  // the one after the last example
  std::string row_class_;
  bool has_row_ = false;
  formats::LetterCounts letters_;
};

}  // namespace

std::unique_ptr<LabelledSource> OpenSequenceTable(const LabelledInput& input) {
  return std::make_unique<SequenceTable>(input);
}

std::unique_ptr<LabelledSource> OpenTokenTable(const LabelledInput& input) {
  return std::make_unique<TokenTable>(input);
}

}  // namespace agront::data
