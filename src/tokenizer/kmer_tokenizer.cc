// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/kmer_tokenizer.h"

#include <algorithm>

#include "base/error.h"
#include "genome/nucleotide.h"
#include "tokenizer/vocabulary.h"

namespace agront::tokenizer {
namespace {

bool IsMask(const char* bases) {
  for (int i = 0; i < kKmerLength; ++i)
    if (bases[i] != genome::kMaskedBase) return false;
  return true;
}

}  // namespace

size_t EncodeKnown(std::string_view bases, int64_t max_tokens, TokenizedBases& out) {
  out.ids.clear();
  out.begin.clear();
  out.end.clear();
  const auto kmers = static_cast<int64_t>(bases.size()) / kKmerLength;
  const auto room = static_cast<size_t>(std::clamp<int64_t>(max_tokens, 0, 1 + kmers + kKmerLength));
  out.ids.reserve(room);
  out.begin.reserve(room);
  out.end.reserve(room);
  const auto append = [&out](int32_t id, size_t begin, size_t length) {
    out.ids.push_back(id);
    out.begin.push_back(static_cast<int64_t>(begin));
    out.end.push_back(static_cast<int64_t>(begin + length));
  };

  append(kClassId, 0, 0);
  size_t at = 0;
  while (at < bases.size() && static_cast<int64_t>(out.size()) < max_tokens) {
    const bool six_left = at + kKmerLength <= bases.size();
    if (six_left) {
      if (const int32_t id = KmerId(bases.data() + at); id >= 0) {
        append(id, at, kKmerLength);
        at += kKmerLength;
        continue;
      }
    }
    if (bases[at] == genome::kMaskedBase) {
      if (!six_left || !IsMask(bases.data() + at)) return at;
      append(kMaskId, at, kKmerLength);
      at += kKmerLength;
      continue;
    }
    const int digit = BaseDigit(bases[at]);
    if (digit < 0) return at;
    append(kFirstLetterId + digit, at, 1);
    ++at;
  }
  return std::string_view::npos;
}

void Encode(std::string_view bases, int64_t max_tokens, TokenizedBases& out) {
  const size_t stranger = EncodeKnown(bases, max_tokens, out);
  if (stranger == std::string_view::npos) return;
  if (bases[stranger] == genome::kMaskedBase)
    Fail("base {}: expected six masked bases in a row, got {:?}", stranger, bases.substr(stranger, kKmerLength));
  Fail("base {}: expected A, C, G, T or N, got {:?}", stranger, bases.substr(stranger, 1));
}

std::string Decode(std::span<const int32_t> ids) {
  std::string bases;
  for (int32_t id : ids) {
    if (id == kMaskId) {
      bases.append(kKmerLength, genome::kMaskedBase);
    } else if (id == kUnknownId) {
      Fail("token id 0 (<unk>): stands for no bases");
    } else if (const std::string text = TokenText(id); id >= kFirstKmerId) {
      bases += text;
    }
  }
  return bases;
}

}  // namespace agront::tokenizer
