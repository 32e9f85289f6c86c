// SPDX-License-Identifier: Apache-2.0
#include "formats/corpus/repeat_types.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/error.h"
#include "base/shortened.h"
#include "formats/printable.h"
#include "formats/sequences/feature_types.h"
#include "formats/sequences/line_reader.h"
#include "formats/sequences/region_file.h"

namespace agront::formats {
namespace {

using TypeCounts = std::map<std::string, int64_t>;

/// Lines of each type. What is wrong with a line, its reader says.
TypeCounts CountTypes(const std::string& path) {
  constexpr size_t kTypeColumn = 2;
  TypeCounts counts;
  LineReader lines(path);
  for (std::string line;
       lines.Next(line) && !line.starts_with('>') && !AsciiLower(line.substr(0, 7)).starts_with("##fasta");) {
    if (line.empty() || line.starts_with('#')) continue;
    if (const auto fields = SplitTabs(line); fields.size() > kTypeColumn)
      ++counts[std::string(TrimBlanks(fields[kTypeColumn]))];
  }
  return counts;
}

/// "Gypsy (1200), Copia (17), and 4 more", the most frequent ones first.
std::string Described(const TypeCounts& counts) {
  constexpr size_t kMostTypes = 20;
  constexpr size_t kLongest = 40;
  std::vector<std::pair<std::string, int64_t>> types(counts.begin(), counts.end());
  std::ranges::stable_sort(types, std::ranges::greater(), [](const auto& type) { return type.second; });
  std::string text;
  for (size_t i = 0; i < std::min(types.size(), kMostTypes); ++i)
    text +=
        fmt::format("{}{} ({})", i > 0 ? ", " : "", Shortened(Printable(types[i].first), kLongest), types[i].second);
  if (types.size() > kMostTypes) text += fmt::format(", and {} more", types.size() - kMostTypes);
  return text;
}

}  // namespace

void CheckRepeatTypes(const std::vector<ManifestRow>& rows, const std::string& list) {
  const std::vector<std::string> wanted = ParseFeatureTypes(list, "repeat-feature");
  std::map<std::string, TypeCounts> files;  // several rows may share one
  TypeCounts all;
  for (const ManifestRow& row : rows) {
    if (row.repeats.empty() || !IsGff(row.repeats) || files.contains(row.repeats)) continue;
    if (std::error_code unknown; !std::filesystem::is_regular_file(row.repeats, unknown))
      Fail("{}: repeats: expected a regular file of GFF3, which is read twice, got {}", row.place,
           Printable(row.repeats));
    const TypeCounts& counts = files[row.repeats] = CountTypes(row.repeats);
    if (wanted.empty() && counts.size() > 1)
      Fail("{}: repeats: {} has lines of {} types, expected --repeat-feature to say which are repeats: {}", row.place,
           Printable(row.repeats), counts.size(), Described(counts));
    const bool has_some = std::ranges::any_of(wanted, [&](const std::string& type) { return counts.contains(type); });
    if (!wanted.empty() && !has_some)
      Fail("{}: repeats: {} has no lines of the types of --repeat-feature {}; it has {}", row.place,
           Printable(row.repeats), Printable(list), Described(counts));
    for (const auto& [type, count] : counts) all[type] += count;
  }
  if (!wanted.empty() && files.empty())
    FailUsage("repeat-feature: expected repeats in GFF3 in a row of the manifest, got none");
  for (const std::string& type : wanted)
    if (!all.contains(type))
      Fail("repeat-feature: no file of repeats has lines of type \"{}\"; they have {}", Printable(type),
           Described(all));
}

}  // namespace agront::formats
