// SPDX-License-Identifier: Apache-2.0
#include "agront/sequences.h"

#include <memory>
#include <utility>

#include "data/letters.h"
#include "formats/sequences/fasta.h"
#include "formats/sequences/region_file.h"
#include "genome/nucleotide.h"

namespace agront {
namespace {

/// Masks as text again.
std::string WithMaskText(const std::string& bases) {
  constexpr std::string_view kMaskText = "<mask>";
  std::string text;
  for (size_t i = 0; i < bases.size(); ++i) {
    if (bases[i] != genome::kMaskedBase) {
      text += bases[i];
    } else {
      text += kMaskText;
      i += kMaskText.size() - 1;  // six masked bases, as the reader gives them
    }
  }
  return text;
}

}  // namespace

std::string ReverseComplement(std::string_view bases) {
  formats::LetterCounts counts;
  std::string letters = data::LettersOf(bases, counts);
  genome::ReverseComplement(letters);
  return WithMaskText(letters);
}

struct FastaReader::State {
  std::unique_ptr<formats::SequenceReader> reader;
};

FastaReader::FastaReader(const std::string& path)
    : state_(std::make_unique<State>(State{.reader = formats::OpenFasta(path)})) {}
FastaReader::~FastaReader() = default;
FastaReader::FastaReader(FastaReader&&) noexcept = default;
FastaReader& FastaReader::operator=(FastaReader&&) noexcept = default;

bool FastaReader::Next(SequenceRecord& record) {
  constexpr size_t kPiece = 1 << 20;
  if (!state_->reader->NextRecord(record.name)) return false;
  std::string bases;
  while (state_->reader->ReadBases(bases.size() + kPiece, bases)) {
  }
  record.bases = WithMaskText(bases);
  return true;
}

double FastaReader::Progress() const { return state_->reader->Progress(); }

std::vector<SequenceRecord> ReadFasta(const std::string& path) {
  FastaReader reader(path);
  std::vector<SequenceRecord> records;
  for (SequenceRecord record; reader.Next(record);) records.push_back(std::move(record));
  return records;
}

std::vector<SequenceRegion> ReadRegions(const std::string& path, const std::string& feature) {
  const auto file = formats::OpenRegionFile(path, feature);
  std::vector<SequenceRegion> regions;
  for (genome::Region region; file->Next(region);)
    regions.push_back({region.name, region.sequence, region.start, region.end, region.reverse});
  return regions;
}

}  // namespace agront
