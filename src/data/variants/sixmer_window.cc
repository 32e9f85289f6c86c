// SPDX-License-Identifier: Apache-2.0
#include "data/variants/sixmer_window.h"

#include <algorithm>
#include <cstdlib>

#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

constexpr int64_t kLength = tokenizer::kKmerLength;

}  // namespace

std::vector<int32_t> SixmerTokens(std::string_view bases) {
  constexpr auto kUnknownSixmer = tokenizer::kFirstLetterId + static_cast<int32_t>(tokenizer::kLetterOrder.find('N'));
  std::vector<int32_t> ids = {tokenizer::kClassId};
  for (; bases.size() >= static_cast<size_t>(kLength); bases.remove_prefix(static_cast<size_t>(kLength))) {
    const int32_t id = tokenizer::KmerId(bases.data());
    ids.push_back(id < 0 ? kUnknownSixmer : id);
  }
  return ids;
}

std::vector<int64_t> PlacesOf(GenomeBases& genome, const std::string& sequence, const genome::Change& change) {
  const int64_t first = std::max<int64_t>(change.end - kLength, 0);
  const int64_t last = std::min(change.start, genome.Length(sequence) - kLength);
  std::vector<int64_t> places;
  if (last < first) return places;
  const std::string bases = genome.Fetch(sequence, first, last + kLength);
  for (int64_t place = first; place <= last; ++place)
    if (tokenizer::KmerId(bases.data() + (place - first)) >= 0) places.push_back(place);
  return places;
}

std::optional<int64_t> PlaceOf(const std::vector<int64_t>& places, const genome::Change& change) {
  if (places.empty()) return std::nullopt;
  const int64_t wanted = change.start - (kLength + 1 - (change.end - change.start)) / 2;
  return *std::ranges::min_element(places, {}, [&](int64_t place) { return std::abs(place - wanted); });
}

SixmerWindow WindowAround(int64_t place, int64_t length, int64_t sixmers) {
  const int64_t each_side = sixmers / 2;
  const int64_t before = std::min(each_side, place / kLength);
  const int64_t after = std::min(each_side, (length - place) / kLength - 1);
  return {.start = place - kLength * before, .end = place + kLength * (after + 1)};
}

SixmerWindow SharedWindow(int64_t place, int64_t length, int64_t sixmers) {
  const int64_t own = (sixmers + 1) / 2, beside = (sixmers - own) / 2;
  const int64_t first_base = place % kLength, all = (length - first_base) / kLength;
  const int64_t first_own = NumberOfSixmer(place) / own * own;
  return {.start = first_base + kLength * std::max<int64_t>(first_own - beside, 0),
          .end = first_base + kLength * std::min(first_own + own + beside, all)};
}

std::vector<int32_t> TokensOf(const Strand& strand, const SixmerWindow& window) {
  const int64_t start = strand.StartOf(window.start, window.end);
  return SixmerTokens(strand.Fetch(start, start + window.end - window.start));
}

}  // namespace agront::data
