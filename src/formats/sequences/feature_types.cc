// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/feature_types.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"
#include "formats/sequences/region_file.h"

namespace agront::formats {

std::vector<std::string> ParseFeatureTypes(const std::string& list, const std::string& option) {
  std::vector<std::string> types;
  if (TrimBlanks(list).empty()) return types;
  for (std::string_view rest = list;;) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view type = TrimBlanks(rest.substr(0, comma));
    if (type.empty()) FailUsage("{}: expected types between commas, got none in \"{}\"", option, Printable(list));
    if (std::ranges::count(types, type) == 0) types.emplace_back(type);
    if (comma == rest.size()) return types;
    rest.remove_prefix(comma + 1);
  }
}

void CheckFeatureTypes(const std::vector<std::string>& paths, const std::string& list) {
  std::vector<std::string> missing = ParseFeatureTypes(list);
  std::vector<std::string> files;
  std::string has;
  if (missing.size() < 2) return;  // a file without the one type is refused when it is read
  for (const std::string& path : paths) {
    std::error_code unknown;
    if (!IsGff(path) || !std::filesystem::is_regular_file(path, unknown)) continue;
    files.push_back(path);
    const auto file = OpenRegionFile(path, list);
    const auto is_met = [&](const std::string& type) { return std::ranges::count(file->MissingTypes(), type) == 0; };
    for (genome::Region region; !std::ranges::all_of(missing, is_met) && file->Next(region);) {
    }
    std::erase_if(missing, is_met);
    if (missing.empty()) return;
    has = file->Notes().empty() ? "" : file->Notes().back();
  }
  if (files.empty()) return;
  if (files.size() == 1) throw Error(has);
  Fail("feature: no lines of type {} in {}", Printable(fmt::format("{}", fmt::join(missing, ", "))),
       Printable(fmt::format("{}", fmt::join(files, ", "))));
}

}  // namespace agront::formats
