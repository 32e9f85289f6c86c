// SPDX-License-Identifier: Apache-2.0
#include "data/entry_reader.h"

#include <algorithm>

#include "base/error.h"
#include "formats/sequences/fasta.h"
#include "formats/sequences/region_reader.h"
#include "genome/nucleotide.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {

EntryReader::EntryReader(std::unique_ptr<formats::SequenceReader> reader, int64_t max_tokens, int64_t overlap)
    : reader_(std::move(reader)), max_tokens_(max_tokens), overlap_(overlap) {
  const int64_t window = tokenizer::kKmerLength * (max_tokens - 1);
  if (overlap < 0 || overlap >= window) FailUsage("overlap: expected 0 to {} bases, got {}", window - 1, overlap);
}

bool EntryReader::Next(Entry& entry) {
  if (!window_left_) {
    if (!reader_->NextRecord(name_)) return false;
    ++record_;
    placement_ = reader_->placement();
    bases_.clear();
    start_ = 0;
    record_has_more_ = true;
  }
  // One 6-mer more than a window holds: what follows decides how a window's last bases are cut.
  const auto wanted = static_cast<size_t>(max_tokens_ * tokenizer::kKmerLength);
  while (record_has_more_ && bases_.size() < wanted) record_has_more_ = reader_->ReadBases(wanted, bases_);

  tokenizer::Encode(bases_, max_tokens_, entry.tokens);
  const int64_t length = entry.tokens.num_bases();
  entry.name = name_;
  entry.record = record_;
  entry.start = start_;
  entry.end = start_ + length;
  entry.placement = placement_;

  window_left_ = record_has_more_ || length < static_cast<int64_t>(bases_.size());
  if (window_left_) {
    const int64_t first_token = entry.tokens.end[1];  // a window of N may be shorter than the overlap
    const int64_t step = PastMask(std::max(length - overlap_, first_token));
    bases_.erase(0, static_cast<size_t>(step));
    start_ += step;
  }
  return true;
}

int64_t EntryReader::PastMask(int64_t at) const {
  int64_t run = at;
  while (run > 0 && bases_[run - 1] == genome::kMaskedBase) --run;
  const int64_t inside = (at - run) % tokenizer::kKmerLength;
  return inside == 0 ? at : at + tokenizer::kKmerLength - inside;
}

std::unique_ptr<formats::SequenceReader> OpenInput(const InputOptions& options) {
  const bool names_regions = !options.regions.empty() || !options.region_list.empty();
  if (options.has_regions() != names_regions)
    FailUsage("input: --genome goes with --regions (BED or GFF3) or --region (such as chr1:5001-6000:-)");
  if (!options.regions.empty() && !options.region_list.empty())
    FailUsage("input: expected --regions or --region, got both");
  if (options.fasta.empty() == options.genome.empty())
    FailUsage("input: expected a FASTA file, or a genome with regions");
  if (!options.fasta.empty()) return formats::OpenFasta(options.fasta);
  return formats::OpenRegions(options);
}

std::string InputName(const InputOptions& options) {
  if (options.fasta == "-") return "standard input";
  if (!options.fasta.empty()) return options.fasta;
  return options.regions.empty() ? options.genome : options.regions;
}

bool BatchReader::Next(EntryBatch& packed) {
  packed.entries.clear();
  packed.batch.Clear();
  for (;;) {
    if (!has_waiting_) has_waiting_ = entries_.Next(waiting_);
    if (!has_waiting_) return !packed.entries.empty();
    const auto total = static_cast<int64_t>(packed.batch.tokens.size() + waiting_.tokens.size());
    if (!packed.entries.empty() && total > max_tokens_) return true;
    packed.batch.Add(waiting_.tokens.ids);
    packed.entries.push_back(std::move(waiting_));
    has_waiting_ = false;
  }
}

}  // namespace agront::data
