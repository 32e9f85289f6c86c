// SPDX-License-Identifier: Apache-2.0
#include "formats/corpus/repeat_types.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/shortened.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"

namespace agront::formats {
namespace {

using TypeCounts = std::map<std::string, int64_t>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

/// By its name, as OpenRegionFile tells it.
bool IsGff3(const std::string& path) {
  const std::string lower = Lower(path);
  std::string_view name = lower;
  for (const std::string_view compression : {".gz", ".bgz"})
    if (name.ends_with(compression)) name.remove_suffix(compression.size());
  return name.ends_with(".gff") || name.ends_with(".gff3");
}

/// Lines of each type. What is wrong with a line, its reader says.
TypeCounts CountTypes(const std::string& path) {
  constexpr size_t kTypeColumn = 2;
  TypeCounts counts;
  LineReader lines(path);
  for (std::string line;
       lines.Next(line) && !line.starts_with('>') && !Lower(line.substr(0, 7)).starts_with("##fasta");) {
    if (line.empty() || line.starts_with('#')) continue;
    if (const auto fields = SplitTabs(line); fields.size() > kTypeColumn) ++counts[std::string(fields[kTypeColumn])];
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
        fmt::format("{}{} ({})", i > 0 ? ", " : "", Printable(Shortened(types[i].first, kLongest)), types[i].second);
  if (types.size() > kMostTypes) text += fmt::format(", and {} more", types.size() - kMostTypes);
  return text;
}

std::vector<std::string> ParseList(const std::string& list) {
  std::vector<std::string> types;
  if (list.empty()) return types;
  for (std::string_view rest = list;;) {
    const size_t comma = std::min(rest.find(','), rest.size());
    std::string_view type = rest.substr(0, comma);
    while (type.starts_with(' ')) type.remove_prefix(1);
    while (type.ends_with(' ')) type.remove_suffix(1);
    if (type.empty()) FailUsage("repeat-feature: expected types between commas, got \"{}\"", Printable(list));
    types.emplace_back(type);
    if (comma == rest.size()) return types;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string ChooseRepeatTypes(const std::vector<ManifestRow>& rows, const std::string& list) {
  const std::vector<std::string> wanted = ParseList(list);
  std::map<std::string, TypeCounts> files;  // several rows may share one
  TypeCounts all;
  for (const ManifestRow& row : rows) {
    if (row.repeats.empty() || !IsGff3(row.repeats) || files.contains(row.repeats)) continue;
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
  return fmt::format("{}", fmt::join(wanted, ","));
}

}  // namespace agront::formats
