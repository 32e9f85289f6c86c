// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/vcf_line.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

constexpr size_t kColumns = 8;
constexpr std::array<const char*, kColumns> kNames = {"CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"};
constexpr size_t kChrom = 0, kPos = 1, kRef = 3, kAlt = 4, kInfo = 7;

std::string_view WithoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The first eight columns, fewer where the line has fewer.
std::vector<std::string_view> Columns(std::string_view line) {
  std::vector<std::string_view> columns;
  while (columns.size() < kColumns) {
    const size_t tab = line.find('\t');
    columns.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) break;
    line.remove_prefix(tab + 1);
  }
  return columns;
}

int64_t Position(std::string_view text, const std::string& place) {
  constexpr int64_t kLast = int64_t{1} << 40;
  int64_t position = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error != std::errc() || end != text.data() + text.size() || position < 0 || position > kLast)
    Fail("{}: POS: expected a whole number from 0 to 2^40, got \"{}\"", place, Printable(text, 40));
  return position - 1;
}

/// Calls `use` with each part between separators.
template <class Use>
void ForEachPart(std::string_view text, char separator, const Use& use) {
  for (;;) {
    const size_t end = text.find(separator);
    use(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

VcfPlace ParseVcfLine(std::string_view line, const std::string& place) {
  const std::vector<std::string_view> columns = Columns(WithoutLineEnd(line));
  if (columns.size() < kColumns)
    Fail("{}: expected at least {} columns between tabs, got {}", place, kColumns, columns.size());
  for (size_t i = 0; i < kColumns; ++i)
    if (columns[i].empty()) Fail("{}: {}: expected a value, or \".\" for none, got nothing", place, kNames[i]);
  VcfPlace record{.contig = columns[kChrom],
                  .position = Position(columns[kPos], place),
                  .reference = columns[kRef],
                  .alternatives = {},
                  .info = columns[kInfo]};
  if (columns[kAlt] != ".")
    ForEachPart(columns[kAlt], ',', [&](std::string_view allele) { record.alternatives.push_back(allele); });
  return record;
}

std::string_view InfoValue(std::string_view info, std::string_view key) {
  std::string_view value;
  ForEachPart(info, ';', [&](std::string_view field) {
    if (field.size() > key.size() && field.starts_with(key) && field[key.size()] == '=')
      value = field.substr(key.size() + 1);
  });
  return value;
}

std::string WithInfo(std::string_view line, const std::vector<InfoField>& fields,
                     const std::set<std::string, std::less<>>& replaced) {
  const std::string_view info = Columns(WithoutLineEnd(line))[kInfo];
  const auto begin = static_cast<size_t>(info.data() - line.data());
  std::string text(line.substr(0, begin));
  const auto add = [&](std::string_view field) {
    if (text.size() > begin) text += ';';
    text += field;
  };
  if (info != "." && replaced.empty())
    add(info);
  else if (info != ".")
    ForEachPart(info, ';', [&](std::string_view field) {
      if (!replaced.contains(field.substr(0, field.find('=')))) add(field);
    });
  for (const InfoField& field : fields) add(InfoText(field));
  if (text.size() == begin) text += '.';
  text += line.substr(begin + info.size());
  return text;
}

std::string InfoText(const InfoField& field) {
  std::string text = field.key;
  char before = '=';
  for (const float number : field.numbers) {
    text += before;
    before = ',';
    if (std::isfinite(number))
      fmt::format_to(std::back_inserter(text), "{:.6g}", number);
    else
      text += '.';
  }
  for (const std::string& word : field.words) {
    text += before + word;
    before = ',';
  }
  return text;
}

}  // namespace agront::formats
