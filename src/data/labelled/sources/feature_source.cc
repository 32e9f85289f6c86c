// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/sources/feature_source.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "data/labelled/sources/label_table.h"
#include "data/labelled/sources/record_words.h"
#include "formats/printable.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/sequences/placed_bases.h"
#include "formats/sequences/region_reader.h"
#include "genome/feature_window.h"

namespace agront::data {
namespace {

class Features : public LabelledSource {
 public:
  explicit Features(const LabelledInput& input)
      : input_(input),
        window_(genome::ParseFeatureWindow(input.window.empty() ? "feature" : input.window)),
        genome_(input.genome),
        features_(formats::OpenNamedRegions(input.path, input.region_list, input.feature, genome_)) {
    if (!input.labels.empty()) {
      // Columns that the table has are the table's, others the features'. The table's ids are in its first column.
      LabelledInput table = input;
      const formats::DelimitedFile header(input.labels);
      const auto divide = [&](std::string& of_table, std::string& of_features) {
        (header.HasColumn(of_table) ? of_features : of_table).clear();
      };
      divide(table.group_column, input_.group_column);
      divide(table.split_column, input_.split_column);
      table.id_column.clear();
      table_.emplace(table);
    } else if (input.label_columns.empty() && !input.without_labels) {
      FailUsage(
          "{}: expected the name of what holds the label (BED: name, score or a column's number; GFF3: an "
          "attribute), or a table of labels",
          input.path);
    }
    if (!input.label_separator.empty()) {
      separator_ = OneCharacter("label separator", input.label_separator);
      if (!table_ && input.label_columns.size() != 1)
        FailUsage("label separator: expected one label column, got {}", input.label_columns.size());
    }
  }

  bool Next(LabelledRecord& record) override {
    for (genome::Region feature; features_->Next(feature);) {
      record.place = features_->Place();
      record.id = Id(feature);
      record.group = Word(input_.group_column, feature.sequence);
      if (input_.group_column.empty() && !input_.group_separator.empty()) record.group.clear();
      record.split = Word(input_.split_column, "");
      record.labels.clear();
      if (table_) {
        const std::string split = record.split;
        if (!table_->Label(record)) continue;
        if (record.split.empty()) record.split = split;
      } else if (!input_.without_labels) {
        ReadLabels(record);
      }
      Fetch(feature, record);
      CompleteRecord(input_, record);
      return true;
    }
    return false;
  }

  std::vector<std::string> LabelNames() const override {
    if (table_) return table_->label_names();
    return separator_ ? std::vector<std::string>{} : input_.label_columns;
  }

  const formats::LetterCounts& letters() const override { return letters_; }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = table_ ? table_->Notes() : std::vector<std::string>{};
    AddNotes(genome_.Notes(), notes);
    AddNotes(features_->Notes(), notes);
    if (padded_ > 0)
      notes.push_back(fmt::format("{} windows reach past the end of their sequence and have N there", padded_));
    return notes;
  }

  double Progress() const override { return features_->Progress(); }

 private:
  std::string Id(const genome::Region& feature) const {
    if (!input_.id_column.empty()) return Word(input_.id_column, "");
    const bool name_is_label = !table_ && std::ranges::count(input_.label_columns, "name") > 0;
    if (!name_is_label) return feature.name;
    return fmt::format("{}:{}-{}{}", feature.sequence, feature.start, feature.end, feature.reverse ? "(-)" : "");
  }

  /// The value that the feature's line has under this name; `otherwise` when there is no name.
  std::string Word(const std::string& column, const std::string& otherwise) const {
    if (column.empty()) return otherwise;
    const auto word = features_->Value(column);
    if (!word)
      Fail("{}: expected \"{}\" in every line, got one without", features_->Place(), formats::Printable(column));
    return *word;
  }

  void ReadLabels(LabelledRecord& record) const {
    for (const std::string& column : input_.label_columns) record.labels.push_back(Word(column, ""));
    if (separator_) record.labels = SplitWords(std::string(record.labels[0]), *separator_);
  }

  void Fetch(const genome::Region& feature, LabelledRecord& record) {
    const genome::Placement placement =
        formats::PlaceWindow(feature, window_, genome_, input_.pads_at_ends, features_->Place());
    const int64_t length = placement.region.end - placement.region.start;
    if (length > kMostBases)
      Fail("{}: expected a window of at most {} bases, got {}", features_->Place(), kMostBases, length);
    padded_ += formats::IsPadded(placement) ? 1 : 0;
    record.bases = formats::FetchPlaced(placement, 0, length, genome_, letters_);
    record.placement = placement;
  }

  static constexpr int64_t kMostBases = 100'000'000;

  LabelledInput input_;
  genome::FeatureWindow window_;
  formats::IndexedFasta genome_;
  std::unique_ptr<formats::RegionFile> features_;
  std::optional<LabelTable> table_;
  std::optional<char> separator_;
  formats::LetterCounts letters_;
  int64_t padded_ = 0;
};

}  // namespace

std::unique_ptr<LabelledSource> OpenFeatures(const LabelledInput& input) { return std::make_unique<Features>(input); }

}  // namespace agront::data
