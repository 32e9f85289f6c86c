// SPDX-License-Identifier: Apache-2.0
#include "data/variants/change_windows.h"

#include <algorithm>

#include "data/variants/sixmer_window.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

constexpr int64_t kLength = tokenizer::kKmerLength;

int64_t SixmersFor(int64_t bases) { return (bases + kLength - 1) / kLength; }

/// Up to `flank` 6-mers before token `first`, then from it to the right until there are `more`.
std::vector<size_t> Scored(const std::vector<int32_t>& ids, int64_t first, int64_t flank, int64_t more) {
  std::vector<size_t> scored;
  for (int64_t i = first - 1; i > 0 && static_cast<int64_t>(scored.size()) < flank; --i)
    if (tokenizer::IsKmer(ids[static_cast<size_t>(i)])) scored.push_back(static_cast<size_t>(i));
  std::ranges::reverse(scored);
  const int64_t all = static_cast<int64_t>(scored.size()) + more;
  for (auto i = static_cast<size_t>(first); i < ids.size() && static_cast<int64_t>(scored.size()) < all; ++i)
    if (tokenizer::IsKmer(ids[i])) scored.push_back(i);
  return scored;
}

}  // namespace

std::optional<ChangeWindows> WindowsOf(const Strand& strand, const genome::Change& change, int64_t frame,
                                       const ChangeWindowOptions& options) {
  const auto inserted = static_cast<int64_t>(change.alternative.size());
  const int64_t touched = SixmersFor(frame + std::max(change.end - change.start, inserted));
  const int64_t at = change.start - frame;  // of the first 6-mer that is touched
  if (at < 0) return std::nullopt;
  const int64_t before = std::min(std::max<int64_t>(options.sixmers - touched, 0) / 2, at / kLength);
  const int64_t start = at - kLength * before;
  const int64_t of_reference = strand.length() - start;
  const int64_t of_alternative = of_reference + inserted - (change.end - change.start);
  const int64_t sixmers = std::min(options.sixmers, std::min(of_reference, of_alternative) / kLength);
  if (sixmers < before + touched) return std::nullopt;

  ChangeWindows windows{.start = start, .reference = {}, .alternative = {}};
  const int64_t bases = kLength * sixmers;
  windows.reference.ids = SixmerTokens(strand.Fetch(start, start + bases));
  const int64_t rest = start + bases - change.start - inserted;  // bases behind the change
  windows.alternative.ids = SixmerTokens(strand.Fetch(start, change.start) + change.alternative +
                                         strand.Fetch(change.end, change.end + rest));
  for (ScoredWindow* window : {&windows.reference, &windows.alternative})
    window->scored = Scored(window->ids, before + 1, options.flank, touched + options.flank);
  const size_t both = std::min(windows.reference.scored.size(), windows.alternative.scored.size());
  windows.reference.scored.resize(both);
  windows.alternative.scored.resize(both);
  if (both == 0) return std::nullopt;
  return windows;
}

}  // namespace agront::data
