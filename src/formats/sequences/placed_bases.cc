// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/placed_bases.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "formats/printable.h"
#include "genome/nucleotide.h"

namespace agront::formats {

genome::Placement PlaceWindow(const genome::Region& feature, const genome::FeatureWindow& window,
                              const IndexedFasta& genome, bool pads_at_ends, const std::string& place) {
  const genome::Placement placement{.region = genome::WindowOf(feature, window),
                                    .sequence_length = genome.Length(feature.sequence)};
  const genome::Region& region = placement.region;
  const int64_t length = placement.sequence_length;
  if (length < 0)
    Fail("{}: {} has no sequence {}; its first are {}", place, genome.path(), Printable(region.sequence),
         Printable(fmt::format("{}", fmt::join(genome.SomeNames(), ", "))));
  const bool has_bases = region.start < length && region.end > 0;
  if (has_bases && (!IsPadded(placement) || pads_at_ends)) return placement;
  const bool fits_without_window = feature.start >= 0 && feature.end <= length;
  Fail("{}: {} {}:{}-{} lies outside its sequence of {} bases{}", place, fits_without_window ? "window" : "region",
       Printable(region.sequence), region.start, region.end, length,
       fits_without_window && has_bases ? "; --pad-at-ends puts N there" : "");
}

bool IsPadded(const genome::Placement& placement) {
  return placement.region.start < 0 || placement.region.end > placement.sequence_length;
}

std::string FetchPlaced(const genome::Placement& placement, int64_t start, int64_t end, const IndexedFasta& genome,
                        LetterCounts& counts) {
  const genome::Region part = placement.Of(start, end);
  std::string bases;
  if (part.start < part.end) bases = genome.Fetch(part.sequence, part.start, part.end, counts);
  if (part.reverse) genome::ReverseComplement(bases);
  const auto missing = static_cast<size_t>(end - start) - bases.size();
  if (missing == 0) return bases;
  const genome::Region& region = placement.region;
  const int64_t first = region.reverse ? region.end - end : region.start + start;  // on the forward strand
  const size_t before = first < 0 ? std::min(missing, static_cast<size_t>(-first)) : 0;
  const size_t behind = missing - before;
  return std::string(region.reverse ? behind : before, 'N') + bases +
         std::string(region.reverse ? before : behind, 'N');
}

}  // namespace agront::formats
