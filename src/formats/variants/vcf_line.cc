// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/vcf_line.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/variants/table_cells.h"
#include "formats/variants/variant_reader.h"

namespace agront::formats {
namespace {

constexpr size_t kColumns = 8;
constexpr std::array<const char*, kColumns> kNames = {"CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"};
constexpr size_t kChrom = 0, kPos = 1, kRef = 3, kAlt = 4, kInfo = 7;

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

std::string NumberText(float number) { return std::isfinite(number) ? fmt::format("{:.6g}", number) : "."; }

void TakePlace(const VcfPlace& place, VariantRecord& record) {
  record.contig = place.contig;
  record.position = place.position;
  record.reference = place.reference;
  record.alternatives.assign(place.alternatives.begin(), place.alternatives.end());
  record.end = InfoValue(place.info, "END");
  record.lengths = InfoValue(place.info, "SVLEN");
}

std::string InfoText(const InfoField& field) {
  std::string text = field.key;
  char before = '=';
  for (const float number : field.numbers) {
    text += before;
    before = ',';
    text += NumberText(number);
  }
  for (const std::string& word : field.words) {
    text += before + word;
    before = ',';
  }
  return text;
}

}  // namespace agront::formats
