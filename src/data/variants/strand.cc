// SPDX-License-Identifier: Apache-2.0
#include "data/variants/strand.h"

#include <algorithm>

#include "genome/nucleotide.h"

namespace agront::data {

void GenomeBases::Keep(const std::string& sequence, int64_t start, int64_t end) {
  constexpr int64_t kAround = 1 << 16;  // variants come sorted: the next ones are near
  const auto kept = static_cast<int64_t>(bases_.size());
  if (sequence == sequence_ && start >= start_ && end <= start_ + kept) return;
  start_ = std::max<int64_t>(start - kAround, 0);
  bases_ = genome_.Fetch(sequence, start_, std::min(end + kAround, genome_.Length(sequence)), counts_);
  sequence_ = sequence;
}

std::string GenomeBases::Fetch(const std::string& sequence, int64_t start, int64_t end) {
  Keep(sequence, start, end);
  return bases_.substr(static_cast<size_t>(start - start_), static_cast<size_t>(end - start));
}

char GenomeBases::At(const std::string& sequence, int64_t position) {
  Keep(sequence, position, position + 1);
  return bases_[static_cast<size_t>(position - start_)];
}

std::string Strand::Fetch(int64_t start, int64_t end) const {
  if (!reverse_) return genome_.Fetch(sequence_, start, end);
  std::string bases = genome_.Fetch(sequence_, length_ - end, length_ - start);
  genome::ReverseComplement(bases);
  return bases;
}

genome::Change Strand::Of(const genome::Change& change) const {
  if (!reverse_) return change;
  genome::Change other{.start = length_ - change.end, .end = length_ - change.start, .alternative = change.alternative};
  genome::ReverseComplement(other.alternative);
  return other;
}

}  // namespace agront::data
