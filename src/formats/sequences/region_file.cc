// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"
#include "formats/sequences/line_reader.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

int64_t ParsePosition(std::string_view text, std::string_view what, const LineReader& lines) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    Fail("{}: {}: expected a whole number, got {:?}", lines.Place(), what, text);
  return value;
}

bool ParseStrand(std::string_view text, const LineReader& lines) {
  if (text != "+" && text != "-" && text != "." && text != "?")
    Fail("{}: strand: expected + - or ., got {:?}", lines.Place(), text);
  return text == "-";
}

void CheckOrder(const genome::Region& region, const LineReader& lines) {
  if (region.start >= region.end)
    Fail("{}: expected a start before the end, got {} and {} (0-based half-open)", lines.Place(), region.start,
         region.end);
}

void CheckName(const genome::Region& region, const LineReader& lines) {
  if (!DecodeUtf8(region.name))
    Fail("{}: expected a name in UTF-8, got \"{}\"", lines.Place(), EscapedBytes(region.name));
}

std::string NameByPlace(const genome::Region& region) {
  return fmt::format("{}:{}-{}{}", region.sequence, region.start, region.end, region.reverse ? "(-)" : "");
}

/// "track ..." or "browser ...", for genome browsers; a sequence of such a name is followed by a tab.
bool IsDisplayLine(std::string_view line) {
  for (const std::string_view word : {"track", "browser"})
    if (line.starts_with(word) && (line.size() == word.size() || line[word.size()] == ' ')) return true;
  return false;
}

class BedFile : public RegionFile {
 public:
  explicit BedFile(const std::string& path) : path_(path), lines_(path) {}

  bool Next(genome::Region& region) override {
    while (lines_.Next(line_)) {
      if (line_.empty() || line_.starts_with('#') || IsDisplayLine(line_)) continue;
      const auto fields = SplitTabs(line_);
      if (fields.size() < 3)
        Fail("{}: expected at least 3 columns separated by tabs (BED), got {}", lines_.Place(), fields.size());
      region.sequence = fields[0];
      region.start = ParsePosition(fields[1], "start", lines_);
      region.end = ParsePosition(fields[2], "end", lines_);
      region.reverse = fields.size() > 5 && ParseStrand(fields[5], lines_);
      region.name =
          fields.size() > 3 && !fields[3].empty() && fields[3] != "." ? std::string(fields[3]) : NameByPlace(region);
      CheckOrder(region, lines_);
      CheckName(region, lines_);
      found_ = true;
      return true;
    }
    if (!found_) Fail("{}: expected BED, got a file without any region", path_);
    return false;
  }

  std::optional<std::string> Value(const std::string& key) const override {
    const size_t column = ColumnOf(key);
    const auto fields = SplitTabs(line_);
    if (column >= fields.size()) return std::nullopt;
    return std::string(fields[column]);
  }

  std::string Place() const override { return lines_.Place(); }
  double Progress() const override { return lines_.Progress(); }

 private:
  static size_t ColumnOf(const std::string& key) {
    constexpr std::array<std::pair<std::string_view, size_t>, 4> kNames = {
        {{"sequence", 0}, {"name", 3}, {"score", 4}, {"strand", 5}}};
    for (const auto& [name, column] : kNames)
      if (key == name) return column;
    size_t number_1based = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number_1based);
    if (error != std::errc() || end != key.data() + key.size() || number_1based == 0)
      FailUsage("column {:?}: expected sequence, name, score, strand or a number from 1 (BED)", key);
    return number_1based - 1;
  }

  std::string path_;
  LineReader lines_;
  std::string line_;
  bool found_ = false;
};

/// The value of one attribute of a GFF3 line, %XX decoded but for control characters: names stand in tables.
std::optional<std::string> Attribute(std::string_view attributes, std::string_view key) {
  while (!attributes.empty()) {
    const size_t end = std::min(attributes.find(';'), attributes.size());
    const std::string_view item = attributes.substr(0, end);
    attributes.remove_prefix(std::min(end + 1, attributes.size()));
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos || item.substr(0, equals) != key) continue;
    std::string value;
    for (size_t i = equals + 1; i < item.size(); ++i) {
      unsigned char byte = 0;
      if (item[i] == '%' && i + 2 < item.size() &&
          std::from_chars(item.data() + i + 1, item.data() + i + 3, byte, 16).ptr == item.data() + i + 3 &&
          byte >= 0x20 && byte != 0x7F) {
        value += static_cast<char>(byte);
        i += 2;
      } else {
        value += item[i];
      }
    }
    return value;
  }
  return std::nullopt;
}

class GffFile : public RegionFile {
 public:
  GffFile(const std::string& path, std::string feature) : path_(path), lines_(path), feature_(std::move(feature)) {}

  bool Next(genome::Region& region) override {
    constexpr size_t kColumns = 9;
    while (lines_.Next(line_) && line_ != "##FASTA") {
      if (line_.empty() || line_.starts_with('#')) continue;
      const auto fields = SplitTabs(line_);
      if (fields.size() != kColumns)
        Fail("{}: expected {} columns separated by tabs (GFF3), got {}", lines_.Place(), kColumns, fields.size());
      if (!IsWanted(fields[2])) {
        if (other_features_.size() < 20) other_features_.emplace(fields[2]);
        continue;
      }
      const int64_t start_1based = ParsePosition(fields[3], "start", lines_);
      if (start_1based < 1) Fail("{}: start: expected at least 1 (GFF3 counts from 1), got 0", lines_.Place());
      region.sequence = fields[0];
      region.start = start_1based - 1;
      region.end = ParsePosition(fields[4], "end", lines_);
      region.reverse = ParseStrand(fields[6], lines_);
      CheckOrder(region, lines_);
      region.name = NameByPlace(region);
      for (const char* key : {"Name", "ID"})
        if (auto name = Attribute(fields[8], key)) region.name = *name;
      CheckName(region, lines_);
      found_ = true;
      return true;
    }
    if (!found_)
      Fail("{}: no lines of type {}{}", path_, feature_,
           other_features_.empty() ? "" : fmt::format("; it has {}", fmt::join(other_features_, ", ")));
    return false;
  }

  std::optional<std::string> Value(const std::string& key) const override {
    const auto fields = SplitTabs(line_);
    if (auto value = Attribute(fields.back(), key)) return value;
    constexpr std::array<std::pair<std::string_view, size_t>, 4> kNames = {
        {{"sequence", 0}, {"type", 2}, {"score", 5}, {"strand", 6}}};
    for (const auto& [name, column] : kNames)
      if (key == name) return std::string(fields[column]);
    return std::nullopt;
  }

  std::string Place() const override { return lines_.Place(); }
  double Progress() const override { return lines_.Progress(); }

 private:
  bool IsWanted(std::string_view type) const {
    if (feature_.empty()) return true;
    for (std::string_view rest = feature_;;) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (rest.substr(0, comma) == type) return true;
      if (comma == rest.size()) return false;
      rest.remove_prefix(comma + 1);
    }
  }

  std::string path_;
  LineReader lines_;
  std::string line_;
  std::string feature_;
  std::set<std::string> other_features_;
  bool found_ = false;
};

}  // namespace

std::unique_ptr<RegionFile> OpenRegionFile(const std::string& path, const std::string& feature) {
  std::string lower = path;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view name = lower;
  for (std::string_view compression : {".gz", ".bgz"})
    if (name.ends_with(compression)) name.remove_suffix(compression.size());
  if (name.ends_with(".gff") || name.ends_with(".gff3")) return std::make_unique<GffFile>(path, feature);
  if (name.ends_with(".gtf")) Fail("{}: expected BED or GFF3, got a name of GTF", path);
  return std::make_unique<BedFile>(path);
}

}  // namespace agront::formats
