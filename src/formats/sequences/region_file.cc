// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/region_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/feature_types.h"
#include "formats/sequences/line_reader.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

int64_t ParsePosition(std::string_view text, std::string_view what, const LineReader& lines) {
  text = TrimBlanks(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    Fail("{}: {}: expected a whole number, got \"{}\"", lines.Place(), what, Printable(text));
  return value;
}

bool ParseStrand(std::string_view text, const LineReader& lines) {
  text = TrimBlanks(text);
  if (text != "+" && text != "-" && text != "." && text != "?")
    Fail("{}: strand: expected + - or ., got \"{}\"", lines.Place(), Printable(text));
  return text == "-";
}

void CheckOrder(const genome::Region& region, const LineReader& lines) {
  if (region.start >= region.end)
    Fail("{}: expected a start before the end, got {} and {} (0-based half-open)", lines.Place(), region.start,
         region.end);
}

void CheckName(const genome::Region& region, const LineReader& lines) {
  if (!DecodeUtf8(region.name)) Fail("{}: expected a name in UTF-8, got \"{}\"", lines.Place(), Printable(region.name));
}

std::string NameByPlace(const genome::Region& region) {
  return fmt::format("{}:{}-{}{}", region.sequence, region.start, region.end, region.reverse ? "(-)" : "");
}

/// Intervals without bases, which both formats have for places between two bases: nothing can be read of them.
class EmptyIntervals {
 public:
  void Count() { ++count_; }

  /// For the end of a message about a file without regions.
  std::string Hint() const { return count_ == 0 ? "" : "; its intervals have no bases"; }

  void AddNote(const std::string& path, std::vector<std::string>& notes) const {
    if (count_ > 0)
      notes.push_back(fmt::format("{}: {} no bases and {} left out", path,
                                  count_ == 1 ? "1 interval has" : fmt::format("{} intervals have", count_),
                                  count_ == 1 ? "is" : "are"));
  }

 private:
  int64_t count_ = 0;
};

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
      if (TrimBlanks(line_).empty() || line_.starts_with('#') || IsDisplayLine(line_)) continue;
      const auto fields = SplitTabs(line_);
      if (fields.size() < 3)
        Fail("{}: expected at least 3 columns separated by tabs (BED), got {}", lines_.Place(), fields.size());
      region.sequence = TrimBlanks(fields[0]);
      region.start = ParsePosition(fields[1], "start", lines_);
      region.end = ParsePosition(fields[2], "end", lines_);
      region.reverse = fields.size() > 5 && ParseStrand(fields[5], lines_);
      const std::string_view name = fields.size() > 3 ? TrimBlanks(fields[3]) : "";
      region.name = name.empty() || name == "." ? NameByPlace(region) : std::string(name);
      if (region.start == region.end) {
        empty_.Count();
        continue;
      }
      CheckOrder(region, lines_);
      CheckName(region, lines_);
      found_ = true;
      return true;
    }
    if (!found_) Fail("{}: expected BED, got a file without any region{}", path_, empty_.Hint());
    return false;
  }

  std::optional<std::string> Value(const std::string& key) const override {
    const size_t column = ColumnOf(key);
    const auto fields = SplitTabs(line_);
    if (column >= fields.size()) return std::nullopt;
    return std::string(TrimBlanks(fields[column]));
  }

  std::string Place() const override { return lines_.Place(); }
  double Progress() const override { return lines_.Progress(); }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = lines_.Notes();
    empty_.AddNote(path_, notes);
    return notes;
  }

 private:
  static size_t ColumnOf(const std::string& key) {
    constexpr std::array<std::pair<std::string_view, size_t>, 4> kNames = {
        {{"sequence", 0}, {"name", 3}, {"score", 4}, {"strand", 5}}};
    for (const auto& [name, column] : kNames)
      if (key == name) return column;
    size_t number_1based = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number_1based);
    if (error != std::errc() || end != key.data() + key.size() || number_1based == 0)
      FailUsage("column \"{}\": expected sequence, name, score, strand or a number from 1 (BED)", Printable(key));
    return number_1based - 1;
  }

  std::string path_;
  LineReader lines_;
  std::string line_;
  EmptyIntervals empty_;
  bool found_ = false;
};

/// %XX decoded but for control characters: names stand in tables.
std::string DecodePercent(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3 &&
        byte >= 0x20 && byte != 0x7F) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

/// The attribute that the text begins with, "key=value", which goes from it with its semicolon. A value in quotes may
/// have semicolons.
std::string_view TakeAttribute(std::string_view& attributes) {
  size_t end = attributes.find(';');
  const size_t equals = attributes.find('=');
  if (equals < end) {
    const std::string_view value = attributes.substr(equals + 1);
    if (TrimBlanks(value).starts_with('"')) {
      const size_t close = value.find('"', value.find('"') + 1);
      if (close != std::string_view::npos) end = attributes.find(';', equals + 1 + close);
    }
  }
  const std::string_view item = attributes.substr(0, end);
  attributes.remove_prefix(std::min(item.size() + 1, attributes.size()));
  return item;
}

/// The value of one attribute of a GFF3 line, without blanks or quotes around it.
std::optional<std::string> Attribute(std::string_view attributes, std::string_view key) {
  while (!attributes.empty()) {
    const std::string_view item = TakeAttribute(attributes);
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos || TrimBlanks(item.substr(0, equals)) != key) continue;
    std::string_view value = TrimBlanks(item.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    return DecodePercent(value);
  }
  return std::nullopt;
}

/// "##FASTA", or the header of a sequence, which may follow without it: no line of features begins with '>'.
bool BeginsFasta(std::string_view line) {
  if (line.starts_with('>')) return true;
  if (!line.starts_with("##")) return false;
  const std::string_view word = TrimBlanks(line.substr(2));
  return std::ranges::equal(word, std::string_view("fasta"), [](char a, char b) { return AsciiLower(a) == b; });
}

class GffFile : public RegionFile {
 public:
  GffFile(const std::string& path, const std::string& feature)
      : path_(path), lines_(path), feature_(feature), missing_types_(ParseFeatureTypes(feature)) {
    for (const std::string& type : missing_types_) types_.insert(type);
  }

  bool Next(genome::Region& region) override {
    constexpr size_t kColumns = 9;
    while (!in_fasta_ && lines_.Next(line_)) {
      in_fasta_ = BeginsFasta(line_);
      if (in_fasta_ || TrimBlanks(line_).empty() || line_.starts_with('#')) continue;
      auto fields = SplitTabs(line_);
      while (fields.size() > kColumns && TrimBlanks(fields.back()).empty()) fields.pop_back();
      if (fields.size() != kColumns)
        Fail("{}: expected {} columns separated by tabs (GFF3), got {}", lines_.Place(), kColumns, fields.size());
      if (!IsWanted(TrimBlanks(fields[2]))) continue;
      const int64_t start_1based = ParsePosition(fields[3], "start", lines_);
      if (start_1based < 1) Fail("{}: start: expected at least 1 (GFF3 counts from 1), got 0", lines_.Place());
      region.sequence = DecodePercent(TrimBlanks(fields[0]));
      region.start = start_1based - 1;
      region.end = ParsePosition(fields[4], "end", lines_);
      region.reverse = ParseStrand(fields[6], lines_);
      if (region.start == region.end) {  // an end before the start; GFF3 itself gives such places a base
        empty_.Count();
        continue;
      }
      CheckOrder(region, lines_);
      region.name = NameByPlace(region);
      for (const char* key : {"Name", "ID"})
        if (auto name = Attribute(fields[8], key); name && !name->empty()) region.name = *name;
      CheckName(region, lines_);
      found_ = true;
      return true;
    }
    if (!found_)
      Fail("{}: no lines of type {}{}{}", path_, Printable(feature_), Described(other_types_), empty_.Hint());
    return false;
  }

  std::optional<std::string> Value(const std::string& key) const override {
    const auto fields = SplitTabs(line_);
    if (auto value = Attribute(fields[8], key)) return value;
    constexpr std::array<std::pair<std::string_view, size_t>, 4> kNames = {
        {{"sequence", 0}, {"type", 2}, {"score", 5}, {"strand", 6}}};
    for (const auto& [name, column] : kNames)
      if (key == name) return DecodePercent(TrimBlanks(fields[column]));
    return std::nullopt;
  }

  std::string Place() const override { return lines_.Place(); }
  double Progress() const override { return lines_.Progress(); }

  std::vector<std::string> MissingTypes() const override { return missing_types_; }

  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = lines_.Notes();
    empty_.AddNote(path_, notes);
    if (!missing_types_.empty())
      notes.push_back(fmt::format("{}: no lines of type {}{}", path_,
                                  Printable(fmt::format("{}", fmt::join(missing_types_, ", "))),
                                  Described(other_types_)));
    return notes;
  }

 private:
  bool IsWanted(std::string_view type) {
    constexpr size_t kShown = 20;
    std::erase(missing_types_, type);
    if (types_.empty() || types_.contains(type)) return true;
    if (other_types_.size() < kShown) other_types_.emplace(type);
    return false;
  }

  static std::string Described(const std::set<std::string>& types) {
    return types.empty() ? "" : "; it has " + Printable(fmt::format("{}", fmt::join(types, ", ")));
  }

  std::string path_;
  LineReader lines_;
  std::string line_;
  std::string feature_;
  std::set<std::string, std::less<>> types_;  // that are wanted; all if empty
  std::vector<std::string> missing_types_;    // of these, not met so far
  std::set<std::string> other_types_;         // some that are not wanted, for messages
  EmptyIntervals empty_;
  bool in_fasta_ = false;
  bool found_ = false;
};

/// The name in lower case, without the ending of a compression.
std::string BareName(const std::string& path) {
  std::string name = AsciiLower(path);
  for (std::string_view compression : {".gz", ".bgz"})
    if (name.ends_with(compression)) name.resize(name.size() - compression.size());
  return name;
}

}  // namespace

bool IsGff(const std::string& path) {
  const std::string name = BareName(path);
  return name.ends_with(".gff") || name.ends_with(".gff3");
}

std::unique_ptr<RegionFile> OpenRegionFile(const std::string& path, const std::string& feature) {
  if (IsGff(path)) return std::make_unique<GffFile>(path, feature);
  if (BareName(path).ends_with(".gtf")) Fail("{}: expected BED or GFF3, got a name of GTF", path);
  return std::make_unique<BedFile>(path);
}

}  // namespace agront::formats
