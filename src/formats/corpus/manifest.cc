// SPDX-License-Identifier: Apache-2.0
#include "formats/corpus/manifest.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <span>
#include <string_view>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kColumns = {"species", "fasta", "regions", "weight", "repeats"};
constexpr size_t kRequired = 4;

/// The columns of the header, each one of kColumns, in the file's order.
std::vector<std::string_view> ReadHeader(std::string_view line, const std::string& place) {
  std::vector<std::string_view> columns;
  for (std::string_view field : SplitTabs(line)) {
    field = TrimBlanks(field);
    const auto known = std::ranges::find(kColumns, field);
    if (known == kColumns.end())
      Fail("{}: unknown column \"{}\"; expected {}, separated by tabs", place, Printable(field),
           fmt::join(kColumns, ", "));
    if (std::ranges::find(columns, field) != columns.end()) Fail("{}: column {} is there twice", place, field);
    columns.push_back(*known);
  }
  for (const std::string_view column : std::span(kColumns).first(kRequired))
    if (std::ranges::find(columns, column) == columns.end()) Fail("{}: expected a column {}, got none", place, column);
  return columns;
}

/// "#species", ...: a header that looks like a comment. Any other comment is none.
bool IsCommentedHeader(std::string_view line) {
  if (!line.starts_with('#')) return false;
  const auto fields = SplitTabs(line.substr(1));
  return fields.size() >= kRequired && std::ranges::all_of(fields, [](std::string_view field) {
           return std::ranges::count(kColumns, TrimBlanks(field)) > 0;
         });
}

std::string ExistingFile(std::string_view text, std::string_view column, const fs::path& folder,
                         const std::string& place) {
  if (text == ".") return {};
  const fs::path path = folder / fs::path(text);  // an absolute path replaces the folder
  std::error_code missing;
  if (text.empty() || !fs::exists(path, missing))
    Fail("{}: {}: no such file: {}", place, column, Printable(path.string()));
  if (fs::is_directory(path, missing))
    Fail("{}: {}: expected a file, got a folder: {}", place, column, Printable(path.string()));
  if (!DecodeUtf8(text)) Fail("{}: {}: expected a name in UTF-8, got \"{}\"", place, column, Printable(text));
  return path.string();
}

std::optional<double> ParseWeight(std::string_view text, const std::string& place) {
  if (text == ".") return std::nullopt;
  double weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(weight) || weight <= 0)
    Fail("{}: weight: expected a number above 0 or \".\", got \"{}\"", place, Printable(text));
  return weight;
}

}  // namespace

std::vector<ManifestRow> ReadManifest(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  LineReader lines(path);
  std::vector<std::string_view> columns;
  std::vector<ManifestRow> rows;
  std::map<std::string, std::string> places;  // of the species
  for (std::string line; lines.Next(line);) {
    const std::string place = lines.Place();
    if (columns.empty() && IsCommentedHeader(line)) {
      columns = ReadHeader(std::string_view(line).substr(1), place);
      continue;
    }
    if (TrimBlanks(line).empty() || line.starts_with('#')) continue;
    if (columns.empty()) {
      columns = ReadHeader(line, place);
      continue;
    }
    auto fields = SplitTabs(line);
    for (std::string_view& field : fields) field = TrimBlanks(field);
    if (fields.size() != columns.size())
      Fail("{}: expected {} columns separated by tabs, got {}", place, columns.size(), fields.size());
    ManifestRow row;
    row.place = place;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (columns[i] == "species") row.species = fields[i];
      if (columns[i] == "fasta") row.fasta = ExistingFile(fields[i], columns[i], folder, place);
      if (columns[i] == "regions") row.regions = ExistingFile(fields[i], columns[i], folder, place);
      if (columns[i] == "repeats") row.repeats = ExistingFile(fields[i], columns[i], folder, place);
      if (columns[i] == "weight") row.weight = ParseWeight(fields[i], place);
    }
    if (row.species.empty() || row.species == ".") Fail("{}: species: expected a name, got \"{}\"", place, row.species);
    if (!DecodeUtf8(row.species) || Printable(row.species) != row.species)
      Fail("{}: species: expected a name of at most 200 bytes of UTF-8, got \"{}\"", place, Printable(row.species));
    if (row.fasta.empty()) Fail("{}: fasta: expected a file, got \".\"", place);
    if (const auto [first, fresh] = places.emplace(row.species, place); !fresh)
      Fail("{}: species {} is there twice, first at {}", place, row.species, first->second);
    if (!rows.empty() && rows.front().weight.has_value() != row.weight.has_value())
      Fail("{}: weight: expected one in every row or in none, got {} here and {} at {}", place,
           row.weight ? "one" : "none", row.weight ? "none" : "one", rows.front().place);
    rows.push_back(std::move(row));
  }
  if (rows.empty())
    Fail("{}: expected a header and a row for each species, got {}", path, columns.empty() ? "neither" : "no rows");
  return rows;
}

}  // namespace agront::formats
