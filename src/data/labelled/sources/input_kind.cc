// SPDX-License-Identifier: Apache-2.0
#include "agront/input_kind.h"
#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace agront {
namespace {

constexpr std::array kEndings = {std::pair{".csv", InputKind::kTable}, std::pair{".tsv", InputKind::kTable},
                                 std::pair{".tab", InputKind::kTable}, std::pair{".txt", InputKind::kTable},
                                 std::pair{".bed", InputKind::kBed},   std::pair{".gff", InputKind::kGff3},
                                 std::pair{".gff3", InputKind::kGff3}, std::pair{".gtf", InputKind::kGff3}};

}  // namespace

InputKind KindOfInput(const std::string& path) {
  const std::string lower = AsciiLower(path);
  std::string_view name = lower;
  for (const std::string_view compression : {".gz", ".bgz"})
    if (name.ends_with(compression)) name.remove_suffix(compression.size());
  for (const auto& [ending, kind] : kEndings)
    if (name.ends_with(ending)) return kind;
  return InputKind::kFasta;
}

}  // namespace agront
