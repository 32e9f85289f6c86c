// SPDX-License-Identifier: Apache-2.0
#include "data/variants/genome_in_memory.h"

#include <utility>

#include "base/error.h"
#include "data/letters.h"
#include "formats/printable.h"
#include "genome/nucleotide.h"

namespace agront::data {

GenomeInMemory::GenomeInMemory(std::vector<SequenceRecord> sequences) : sequences_(std::move(sequences)) {
  formats::LetterCounts counts;
  for (size_t i = 0; i < sequences_.size(); ++i) {
    auto& [name, bases] = sequences_[i];
    const std::string place = fmt::format("sequence {} ({})", i, formats::Printable(name));
    try {
      bases = LettersOf(bases, counts);
    } catch (const Error& error) {
      Fail("{}: {}", place, error.what());
    }
    if (bases.find(genome::kMaskedBase) != std::string::npos) Fail("{}: expected bases, got a <mask>", place);
    if (const auto [first, is_new] = places_.try_emplace(name, i); !is_new)
      Fail("{}: expected each name once, got it of sequence {} too", place, first->second);
  }
}

int64_t GenomeInMemory::Length(const std::string& sequence) const {
  const auto found = places_.find(sequence);
  return found == places_.end() ? -1 : static_cast<int64_t>(sequences_[found->second].bases.size());
}

std::string GenomeInMemory::Fetch(const std::string& sequence, int64_t start, int64_t end,
                                  formats::LetterCounts& /*counts*/) const {
  return sequences_[places_.at(sequence)].bases.substr(static_cast<size_t>(start), static_cast<size_t>(end - start));
}

std::vector<std::string> GenomeInMemory::Names() const {
  std::vector<std::string> names;
  for (const SequenceRecord& sequence : sequences_) names.push_back(sequence.name);
  return names;
}

}  // namespace agront::data
