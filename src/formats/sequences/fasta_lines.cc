// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/fasta_lines.h"

#include <algorithm>
#include <string_view>

#include "formats/printable.h"
#include "formats/sequences/wrong_index.h"

namespace agront::formats {
namespace {

constexpr int64_t kMostLine = 1 << 16;

bool IsBases(std::string_view piece, bool begins_line) {
  constexpr unsigned char kLastBlank = ' ';
  if (begins_line && piece.starts_with('>')) return false;
  return std::ranges::none_of(piece, [](char c) { return static_cast<unsigned char>(c) <= kLastBlank; });
}

}  // namespace

std::string ReadLines(RandomAccessFile& genome, const IndexedSequence& sequence, int64_t start, int64_t end) {
  if (start >= end) return "";
  const int64_t line = sequence.line_bases;
  const bool whole = line <= kMostLine;
  // Reads whole lines with the line ends on both sides, or the range alone.
  const int64_t first = whole ? start / line * line : start;
  const int64_t stop = whole ? std::min((end + line - 1) / line * line, sequence.length) : end;
  const std::string_view line_end = sequence.line_bytes - line == 1 ? "\n" : "\r\n";
  const int64_t before = whole ? 1 : 0;
  const auto after = static_cast<int64_t>(whole && stop < sequence.length ? line_end.size() : 0);
  const std::string text = genome.Read(sequence.Position(first) - before, sequence.Position(stop - 1) + 1 + after);
  bool fits = !whole || text[0] == '\n';
  std::string letters;
  letters.reserve(static_cast<size_t>(end - start));
  auto at = static_cast<size_t>(before);
  for (int64_t base = first; base < stop && fits;) {
    const int64_t count = std::min(line - base % line, stop - base);
    const std::string_view piece = std::string_view(text).substr(at, static_cast<size_t>(count));
    fits = IsBases(piece, base % line == 0);
    const int64_t from = std::max(start - base, int64_t{0});
    const int64_t to = std::min(end - base, count);
    if (from < to) letters += piece.substr(static_cast<size_t>(from), static_cast<size_t>(to - from));
    base += count;
    at += static_cast<size_t>(count);
    if (at < text.size()) fits = fits && std::string_view(text).substr(at, line_end.size()) == line_end;
    at += line_end.size();
  }
  if (!fits)
    FailIndex("sequence {} does not have lines of {} bases from base {} on", Printable(sequence.name), line, first + 1);
  return letters;
}

}  // namespace agront::formats
