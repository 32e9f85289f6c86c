// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/genome_windows.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "data/corpus/intervals.h"
#include "formats/printable.h"
#include "formats/sequences/fasta.h"

namespace agront::data {
namespace {

constexpr std::array<const char*, kNumStages> kStageNames = {
    "genome", "sequences", "windows", "one_part", "near_regions", "known", "unique", "training", "validation"};

class GenomeCutter {
 public:
  GenomeCutter(const formats::ManifestRow& row, const GenomeOptions& options, SeenWindows& seen,
               formats::ShardWriter& shard)
      : row_(row),
        options_(options),
        seen_(seen),
        shard_(shard),
        cutter_(options.cutter),
        dealer_(options.seed, options.training_share, options.folds, options.block_bases) {
    summary_.species = row.species;
    if (!row.regions.empty()) regions_.emplace(row.regions, options.feature, options.flank);
    if (!row.repeats.empty()) repeats_.emplace(row.repeats, options.repeat_feature, 0);
    for (const auto* intervals : {&regions_, &repeats_})
      if (*intervals)
        summary_.notes.insert(summary_.notes.end(), (*intervals)->notes().begin(), (*intervals)->notes().end());
  }

  void BeginSequence(const std::string& name, bool left_out) {
    name_ = name;
    left_out_ = left_out;
    ++summary_.sequences;
    summary_.sequences_left_out += left_out ? 1 : 0;
    cutter_.BeginSequence();
    dealer_.BeginSequence(row_.species, name);
    number_.reset();
    wanted_ = regions_ ? &regions_->Of(name) : nullptr;
    masked_ = repeats_ ? &repeats_->Of(name) : nullptr;
  }

  void Append(std::string_view letters) {
    const int64_t start = cutter_.length();
    const std::span<uint8_t> codes = cutter_.Append(letters);
    if (masked_ != nullptr) MarkRepeats(start, codes);
    const Composition composition = CountBases(codes);
    summary_.stages[kGenome] += composition;
    if (left_out_) return;
    summary_.stages[kSequences] += composition;
    TakeWindows();
  }

  void EndSequence() {
    cutter_.EndSequence();
    if (!left_out_) TakeWindows();
    longest_ = std::max(longest_, cutter_.length());
    summary_.short_sequences += cutter_.length() < options_.cutter.window_bases ? 1 : 0;
    for (const auto* intervals : {&regions_, &repeats_})
      if (*intervals) (*intervals)->CheckFits(name_, cutter_.length());
  }

  GenomeSummary End() {
    for (const auto* intervals : {&regions_, &repeats_})
      if (*intervals) (*intervals)->CheckAllUsed(row_.fasta);
    if (longest_ < options_.cutter.window_bases)
      Fail("{}: {}: expected a sequence of {} bases or more, a window; the longest of {} has {}", row_.place,
           row_.fasta, options_.cutter.window_bases, summary_.sequences, longest_);
    if (summary_.stages[kUnique].windows == 0) {
      size_t stage = kSequences;
      while (summary_.stages[stage].bases > 0) ++stage;
      Fail("{}: species {}: expected windows that pass all filters, got none after the filter {:?}", row_.place,
           row_.species, StageName(stage));
    }
    return summary_;
  }

 private:
  /// The file stands for what lower case would say.
  void MarkRepeats(int64_t start, std::span<uint8_t> codes) {
    for (uint8_t& code : codes) code = static_cast<uint8_t>(code & ~formats::kInRepeat);
    const int64_t end = start + static_cast<int64_t>(codes.size());
    auto interval = std::ranges::upper_bound(*masked_, start, {}, &Interval::end);
    for (; interval != masked_->end() && interval->start < end; ++interval)
      for (int64_t base = std::max(interval->start, start); base < std::min(interval->end, end); ++base)
        codes[static_cast<size_t>(base - start)] |= formats::kInRepeat;
  }

  void TakeWindows() {
    int64_t start = 0;
    std::span<const uint8_t> codes;
    while (cutter_.Next(start, codes)) TakeWindow(start, codes);
  }

  void TakeWindow(int64_t start, std::span<const uint8_t> codes) {
    Composition composition = CountBases(codes);
    composition.windows = 1;
    const int64_t end = start + composition.bases;
    const auto passes = [&](Stage stage, bool passed) {
      if (passed) summary_.stages[stage] += composition;
      return passed;
    };
    passes(kWindows, true);
    const std::optional<Deal> deal = dealer_.OfBases(start, end);
    if (!passes(kOnePart, deal.has_value())) return;
    if (!passes(kNearRegions, wanted_ == nullptr || Touches(*wanted_, start, end))) return;
    const double known = static_cast<double>(composition.known()) / static_cast<double>(composition.bases);
    if (!passes(kKnown, known >= options_.min_known)) return;
    if (!passes(kUnique, options_.keep_duplicates || seen_.Add(HashEitherStrand(codes)))) return;
    passes(deal->part == formats::Part::kTraining ? kTraining : kValidation, true);
    if (!number_) number_ = shard_.AddSequence(name_);
    shard_.Add({*number_, static_cast<uint64_t>(start), deal->part, deal->fold}, codes);
  }

  const formats::ManifestRow& row_;
  const GenomeOptions& options_;
  SeenWindows& seen_;
  formats::ShardWriter& shard_;
  WindowCutter cutter_;
  BlockDealer dealer_;
  std::optional<Intervals> regions_;
  std::optional<Intervals> repeats_;
  GenomeSummary summary_;
  int64_t longest_ = 0;

  // The sequence that is being read:
  std::string name_;
  bool left_out_ = false;
  std::optional<uint32_t> number_;  // in the shard, once it has a window
  const std::vector<Interval>* wanted_ = nullptr;
  const std::vector<Interval>* masked_ = nullptr;
};

}  // namespace

const char* StageName(size_t stage) { return kStageNames.at(stage); }

GenomeSummary CutGenome(const formats::ManifestRow& row, const GenomeOptions& options, SeenWindows& seen,
                        SequenceFilter& filter, formats::ShardWriter& shard,
                        const std::function<void(int64_t bases, double fraction)>& progress) {
  constexpr size_t kPiece = 1 << 18;  // fits the second-level cache together with the codes
  GenomeCutter cutter(row, options, seen, shard);
  const auto reader = formats::OpenFasta(row.fasta, formats::LetterCase::kKept);
  std::string letters;
  std::unordered_map<std::string, std::string> places;
  for (std::string name; reader->NextRecord(name);) {
    // Regions, splits and what is left out go by name.
    if (const auto [first, is_new] = places.emplace(name, reader->Place()); !is_new)
      Fail("{}: expected each sequence once, got {} again, first at {}", reader->Place(), formats::Printable(name),
           first->second);
    cutter.BeginSequence(name, filter.LeavesOut(row.species, name));
    for (bool more = true; more;) {
      letters.clear();
      more = reader->ReadBases(kPiece, letters);
      cutter.Append(letters);
      progress(static_cast<int64_t>(letters.size()), reader->Progress());
    }
    cutter.EndSequence();
  }
  GenomeSummary summary = cutter.End();
  summary.letters = reader->counts();
  for (std::string& note : reader->Notes()) summary.notes.push_back(std::move(note));
  for (const std::string& name : filter.EndGenome(row.species))
    summary.notes.push_back(fmt::format("{}: no sequence {} to leave out", row.fasta, formats::Printable(name)));
  return summary;
}

}  // namespace agront::data
