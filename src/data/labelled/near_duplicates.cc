// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/near_duplicates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <map>
#include <numeric>
#include <utility>

#include "base/parallel.h"

namespace agront::data {
namespace {

constexpr size_t kFewest = 24;                    // 16-mers of a sequence in the index: those with the smallest hashes,
constexpr size_t kOneIn = 16;                     // and of a long one this share, so that a short query finds it, too
constexpr size_t kMostEntries = size_t{1} << 24;  // of the index at a time, 16 bytes each
constexpr int kMostBits = 22;                     // of a hash, by which its entries are found
constexpr size_t kMostHolders = 64;               // looked at of one 16-mer
constexpr size_t kMostCandidates = 8;             // of a query, compared in full

/// How many of a sequence's different 16-mers the index has.
size_t Indexed(size_t mers) { return std::min(mers, std::max(kFewest, mers / kOneIn)); }

/// Calls work(begin, end) for pieces of [0, count) on all threads.
template <class Work>
void ParallelPieces(size_t count, const Work& work) {
  constexpr size_t kPiece = 256;
  ParallelFor(static_cast<int64_t>((count + kPiece - 1) / kPiece), [&](int64_t piece) {
    const size_t begin = static_cast<size_t>(piece) * kPiece;
    work(begin, std::min(begin + kPiece, count));
  });
}

/// The finalizer of MurmurHash3: every bit of the result depends on every bit of the word, and no two words share one.
uint64_t Mixed(uint64_t word) {
  word = (word ^ word >> 33) * 0xFF51AFD7ED558CCD;
  word = (word ^ word >> 33) * 0xC4CEB9FE1A85EC53;
  return word ^ word >> 33;
}

/// A C G T as 0 to 3, so that the complement of x is 3 - x; 4 for anything else.
int CodeOf(char base) {
  switch (base) {
    case 'A': return 0;
    case 'C': return 1;
    case 'G': return 2;
    case 'T': return 3;
    default: return 4;
  }
}

/// At most so many different ones.
size_t MersOf(const LabelledSet& set, int64_t example) {
  return static_cast<size_t>(std::max<int64_t>(set.length(example) - kNearMer + 1, 0));
}

constexpr int64_t kNone = -1;

struct Entry {
  uint64_t mer;
  int64_t example;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that "<" compares the result with for a pointer
  auto operator<=>(const Entry&) const = default;
};

/// 16-mers of some sequences, found by the first bits of their hashes. As the smallest hashes of each sequence are
/// kept, equal 16-mers of sequences as long are kept or left alike.
class MerIndex {
 public:
  /// Takes sequences from `others` until it is full; moves `others` past them.
  MerIndex(const LabelledSet& set, std::span<const int64_t>& others) {
    std::vector<size_t> begins = {0};  // of each sequence's entries; some may have fewer different 16-mers
    while (begins.size() <= others.size() && begins.back() < kMostEntries)
      begins.push_back(begins.back() + Indexed(MersOf(set, others[begins.size() - 1])));
    entries_.resize(begins.back(), {0, kNone});
    ParallelPieces(begins.size() - 1, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        const std::vector<uint64_t> mers = NearMers(set.Bases(others[i]));
        for (size_t j = 0; j < Indexed(mers.size()); ++j) entries_[begins[i] + j] = {mers[j], others[i]};
      }
    });
    others = others.subspan(begins.size() - 1);
    std::erase_if(entries_, [](const Entry& entry) { return entry.example == kNone; });
    std::ranges::sort(entries_);
    const int bits = std::clamp(static_cast<int>(std::bit_width(entries_.size())) - 2, 1, kMostBits);
    shift_ = 64 - bits;
    starts_.resize((size_t{1} << bits) + 1);
    for (const Entry& entry : entries_) ++starts_[(entry.mer >> shift_) + 1];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  }

  /// How many of the query's 16-mers each example holds, of those that are in the index.
  std::map<int64_t, int> Holders(std::span<const uint64_t> mers) const {
    std::map<int64_t, int> holders;
    for (const uint64_t mer : mers) {
      const size_t prefix = mer >> shift_;
      const std::span few = std::span(entries_).subspan(starts_[prefix], starts_[prefix + 1] - starts_[prefix]);
      size_t looked_at = 0;
      for (auto at = std::ranges::lower_bound(few, mer, {}, &Entry::mer);
           at != few.end() && at->mer == mer && looked_at < kMostHolders; ++at, ++looked_at)
        ++holders[at->example];
    }
    return holders;
  }

 private:
  std::vector<Entry> entries_;
  std::vector<uint32_t> starts_;  // where the entries begin whose hashes have the same first bits
  int shift_;                     // of a hash, to those bits
};

/// Whether a candidate holds enough of a query's 16-mers to be compared: a third of what sequences hold on average that
/// share `near_share`. In a large index random sequences hold one of each other now and then.
bool IsPromising(int holds, size_t query_mers, size_t candidate_mers, double near_share) {
  const double in_index = static_cast<double>(Indexed(candidate_mers)) / static_cast<double>(candidate_mers);
  return 3 * holds >= near_share * in_index * static_cast<double>(std::min(query_mers, candidate_mers));
}

Nearest NearestOf(const LabelledSet& set, int64_t query, const MerIndex& index, double near_share) {
  const std::vector<uint64_t> mers = NearMers(set.Bases(query));
  std::vector<std::pair<int, int64_t>> candidates;  // the most shared first, then the first in the set
  for (const auto& [example, holds] : index.Holders(mers))
    if (IsPromising(holds, mers.size(), MersOf(set, example), near_share)) candidates.emplace_back(-holds, example);
  std::ranges::sort(candidates);
  if (candidates.size() > kMostCandidates) candidates.resize(kMostCandidates);
  Nearest nearest;
  for (const auto& [holds, example] : candidates)
    if (const double share = SharedOf(mers, NearMers(set.Bases(example)));
        share >= near_share && share > nearest.shared)
      nearest = {example, share};
  return nearest;
}

}  // namespace

std::vector<uint64_t> NearMers(const std::string& bases) {
  constexpr int kTopBits = 2 * (kNearMer - 1);
  constexpr uint64_t kMask = (uint64_t{1} << 2 * kNearMer) - 1;
  std::vector<uint64_t> mers;
  uint64_t forward = 0;
  uint64_t backward = 0;
  int known = 0;  // bases since the last N
  for (const char base : bases) {
    const int code = CodeOf(base);
    known = code < 4 ? known + 1 : 0;
    forward = (forward << 2 | static_cast<uint64_t>(code & 3)) & kMask;
    backward = backward >> 2 | static_cast<uint64_t>(3 - (code & 3)) << kTopBits;
    if (known >= kNearMer) mers.push_back(Mixed(std::min(forward, backward)));
  }
  std::ranges::sort(mers);
  mers.erase(std::unique(mers.begin(), mers.end()), mers.end());
  return mers;
}

double SharedOf(std::span<const uint64_t> a, std::span<const uint64_t> b) {
  const size_t smaller = std::min(a.size(), b.size());
  if (smaller == 0) return 0;
  size_t shared = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    shared += a[i] == b[j];
    const bool step_a = a[i] <= b[j];
    const bool step_b = b[j] <= a[i];
    i += step_a;
    j += step_b;
  }
  return static_cast<double>(shared) / static_cast<double>(smaller);
}

std::vector<Nearest> FindNearest(const LabelledSet& set, std::span<const int64_t> queries,
                                 std::span<const int64_t> others, double near_share) {
  std::vector<Nearest> nearest(queries.size());
  while (!others.empty()) {
    const MerIndex index(set, others);
    ParallelPieces(queries.size(), [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i)
        if (const Nearest found = NearestOf(set, queries[i], index, near_share); found.shared > nearest[i].shared)
          nearest[i] = found;
    });
  }
  return nearest;
}

}  // namespace agront::data
