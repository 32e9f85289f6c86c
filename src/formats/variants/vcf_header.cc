// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/vcf_header.h"

#include <algorithm>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

constexpr std::string_view kVersion = "##fileformat=VCFv4";
constexpr std::string_view kColumns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
constexpr std::string_view kContig = "##contig=<";
constexpr std::string_view kInfo = "##INFO=<";

std::string_view WithoutLineEnd(std::string_view line) { return line.substr(0, line.find_last_not_of("\r\n") + 1); }

}  // namespace

bool VcfHeader::Add(std::string line, const std::string& place) {
  const std::string_view text = WithoutLineEnd(line);
  if (lines_.empty()) {
    if (!text.starts_with(kVersion))
      Fail("{}: expected VCF, which begins with \"{}\", or a table with columns chrom, pos, ref and alt, got \"{}\"",
           place, kVersion, Printable(text, 40));
    line_end_ = line.substr(text.size());
    if (line_end_.empty()) line_end_ = "\n";
  }
  if (text.starts_with("##CHROM"))
    Fail("{}: expected the line \"#CHROM\", with one #, got \"{}\"", place, Printable(text, 40));
  const bool is_last = !text.starts_with("##");
  if (is_last && text != kColumns && !text.starts_with(std::string(kColumns) + '\t'))
    Fail(
        "{}: expected a header line \"##...\" or the columns \"#CHROM POS ID REF ALT QUAL FILTER INFO\" between tabs, "
        "got \"{}\"",
        place, Printable(text, 80));
  lines_.push_back(std::move(line));
  return is_last;
}

std::set<std::string, std::less<>> VcfHeader::Contigs() const {
  std::set<std::string, std::less<>> names;
  for (const std::string& line : lines_)
    if (line.starts_with(kContig)) names.emplace(HeaderValue(WithoutLineEnd(line), "ID"));
  return names;
}

bool VcfHeader::RemoveInfo(std::string_view key) {
  return std::erase_if(lines_, [&](const std::string& line) {
           return line.starts_with(kInfo) && HeaderValue(WithoutLineEnd(line), "ID") == key;
         }) > 0;
}

void VcfHeader::Insert(std::string_view line) { lines_.insert(lines_.end() - 1, std::string(line) + line_end_); }

std::string VcfHeader::Text() const {
  std::string text;
  for (const std::string& line : lines_) text += line;
  return text;
}

std::string_view HeaderValue(std::string_view line, std::string_view field) {
  const size_t begin = line.find('<');
  if (begin == std::string_view::npos) return {};
  std::string_view rest = line.substr(begin + 1);
  const std::string wanted = std::string(field) + '=';
  while (!rest.empty()) {
    if (rest.starts_with(wanted)) {
      rest.remove_prefix(wanted.size());
      return rest.substr(0, rest.find_first_of(",>"));
    }
    bool is_quoted = false;
    size_t at = 0;
    for (; at < rest.size() && (is_quoted || rest[at] != ','); ++at) {
      if (rest[at] == '\\')
        ++at;
      else if (rest[at] == '"')
        is_quoted = !is_quoted;
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
  }
  return {};
}

}  // namespace agront::formats
