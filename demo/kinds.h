// SPDX-License-Identifier: Apache-2.0
// What each base of a plastome belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace agront::demo {

enum class Kind : uint8_t { kProtein, kTransferRna, kRibosomalRna, kIntron, kIntergenic };
inline constexpr size_t kNumKinds = 5;

struct KindStyle {
  const char* name;
  const char* colour;
};
inline constexpr std::array<KindStyle, kNumKinds> kKindStyles = {{{"protein-coding", "#2f8f4e"},
                                                                  {"tRNA", "#c2452d"},
                                                                  {"rRNA", "#7b4ea3"},
                                                                  {"intron", "#d9a441"},
                                                                  {"intergenic", "#8a8f98"}}};

/// A piece of a gene as it is drawn.
struct Feature {
  std::string gene;
  Kind kind;
  int64_t start;  ///< 0-based half-open
  int64_t end;
  bool reverse;
};

/// Features of a GFF3 file (CDS, tRNA, rRNA, intron), for a genome of one sequence.
std::vector<Feature> ReadFeatures(const std::string& gff);

/// The kind of each of `length` bases. Where features overlap, RNA comes before protein, protein before intron.
std::vector<Kind> KindOfBases(const std::vector<Feature>& features, int64_t length);

/// The kind that most bases of [start, end) have.
Kind MajorityKind(const std::vector<Kind>& kinds, int64_t start, int64_t end);

}  // namespace agront::demo
