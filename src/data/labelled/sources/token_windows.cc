// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/sources/token_windows.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "data/labelled/sources/interval_classes.h"
#include "data/labelled/sources/record_words.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/sequences/placed_bases.h"
#include "formats/sequences/region_reader.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

constexpr int64_t kMostBases = 100'000'000;
constexpr int64_t kWindow = 1024;  // where none is asked for

class TokenWindows : public LabelledSource {
 public:
  explicit TokenWindows(const LabelledInput& input)
      : input_(input), window_(input.window_bp.value_or(kWindow)), stride_(window_), genome_(input.genome) {
    const int64_t stride = input.stride_bp.value_or(0);
    if (window_ < 1 || window_ > kMostBases || stride < 0)
      FailUsage("windows: expected 1 to {} bases and a stride of at least 0, got {} and {}", kMostBases, window_,
                stride);
    if (stride > 0) stride_ = stride;
    names_ = genome_.Names();
    if (!input.without_labels) {
      classes_.emplace(input.labels, input.background.value_or("none"));
      std::map<std::string, int64_t> lengths;
      for (const std::string& name : names_) lengths.emplace(name, genome_.Length(name));
      classes_->CheckFits(genome_.path(), lengths);
    }
    if (!input.path.empty() || !input.region_list.empty())
      regions_ = formats::OpenNamedRegions(input.path, input.region_list, input.feature, genome_);
  }

  bool Next(LabelledRecord& record) override {
    for (;;) {
      while (at_ >= region_.end)
        if (!NextRegion()) return false;
      const int64_t start = at_;
      const int64_t end = std::min(start + window_, region_.end);
      at_ = end == region_.end ? end : at_ + stride_;
      record.bases = genome_.Fetch(region_.sequence, start, end, letters_);
      if (record.bases.find_first_not_of('N') == std::string::npos) {
        ++empty_;
        continue;
      }
      Describe(start, end, record);
      CompleteRecord(input_, record);
      return true;
    }
  }

  std::vector<std::string> BaseClasses() const override {
    return classes_ ? classes_->Words() : std::vector<std::string>{};
  }
  const formats::LetterCounts& letters() const override { return letters_; }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = genome_.Notes();
    if (regions_) AddNotes(regions_->Notes(), notes);
    if (classes_) AddNotes(classes_->notes(), notes);
    if (empty_ > 0) notes.push_back(fmt::format("{} windows are all N and are left out", empty_));
    if (classes_ && classes_->disputed_bases() > 0)
      notes.push_back(fmt::format("{} bases are in intervals of different classes of {} and have none",
                                  classes_->disputed_bases(), input_.labels));
    return notes;
  }

  double Progress() const override {
    if (regions_) return regions_->Progress();
    return static_cast<double>(next_name_) / static_cast<double>(names_.size());
  }

 private:
  bool NextRegion() {
    if (regions_) {
      if (!regions_->Next(region_)) return false;
      place_ = regions_->Place();
      sequence_length_ = formats::PlaceWindow(region_, {}, genome_, /*pads_at_ends=*/false, place_).sequence_length;
    } else {
      if (next_name_ == names_.size()) return false;
      const std::string& name = names_[next_name_++];
      sequence_length_ = genome_.Length(name);
      region_ = {name, name, 0, sequence_length_, false};
      place_ = fmt::format("{}:{}", genome_.path(), name);
    }
    at_ = region_.start;
    return true;
  }

  void Describe(int64_t start, int64_t end, LabelledRecord& record) const {
    record.place = place_;
    record.id = fmt::format("{}:{}-{}{}", region_.sequence, start, end, region_.reverse ? "(-)" : "");
    record.group = input_.group_separator.empty() ? region_.sequence : "";
    record.split.clear();
    record.labels.clear();
    record.placement = {.region = {record.id, region_.sequence, start, end, region_.reverse},
                        .sequence_length = sequence_length_};
    record.runs = classes_ ? classes_->Runs(region_.sequence, start, end) : std::vector<ClassRun>{{end - start, ""}};
    if (!region_.reverse) return;
    genome::ReverseComplement(record.bases);
    std::vector<ClassRun> backwards;
    for (size_t i = record.runs.size(); i > 0; --i)
      backwards.push_back({end - start - (i > 1 ? record.runs[i - 2].end : 0), record.runs[i - 1].word});
    record.runs = std::move(backwards);
  }

  LabelledInput input_;
  int64_t window_;
  int64_t stride_;
  formats::IndexedFasta genome_;
  std::vector<std::string> names_;
  std::optional<IntervalClasses> classes_;
  std::unique_ptr<formats::RegionFile> regions_;  // none: whole sequences
  size_t next_name_ = 0;
  genome::Region region_;
  int64_t sequence_length_ = 0;
  std::string place_;
  int64_t at_ = 0;  // where the next window starts
  int64_t empty_ = 0;
  formats::LetterCounts letters_;
};

}  // namespace

std::unique_ptr<LabelledSource> OpenTokenWindows(const LabelledInput& input) {
  return std::make_unique<TokenWindows>(input);
}

}  // namespace agront::data
