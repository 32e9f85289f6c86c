// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/fasta_index.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/fasta.h"
#include "formats/sequences/line_reader.h"
#include "formats/sequences/wrong_index.h"

namespace agront::formats {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

int64_t Number(std::string_view text, int64_t most, const LineReader& lines) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most)
    FailIndex("{}: expected a number up to {}, got \"{}\"", lines.Place(), most, Printable(text));
  return value;
}

/// Numbers that one can count with: no line without bases, no end behind the file's.
void CheckNumbers(IndexedSequence& sequence, int64_t text_bytes) {
  if (sequence.length <= sequence.line_bases || sequence.length == 0) {
    // The length of a single line does not matter.
    sequence.line_bases = std::max<int64_t>(sequence.length, 1);
    sequence.line_bytes = sequence.line_bases + 1;
  }
  const int64_t line_end = sequence.line_bytes - sequence.line_bases;
  if (sequence.line_bases < 1 || line_end < 1 || line_end > 2)
    FailIndex("sequence {}: lines of {} bases in {} bytes", Printable(sequence.name), sequence.line_bases,
              sequence.line_bytes);
  if (sequence.End() > text_bytes)
    FailIndex("sequence {} ends at byte {}, the file at {}", Printable(sequence.name), sequence.End(), text_bytes);
}

/// The name in the last line of the text between two sequences; nothing unless all before it are line ends, and the
/// line is a header. `is_line_start`: whether the text begins a line.
std::optional<std::string_view> HeaderName(std::string_view between, bool is_line_start) {
  const size_t header = std::min(between.find_first_not_of(kBlanks), between.size());
  if (!is_line_start && between.substr(0, header).find('\n') == std::string_view::npos) return std::nullopt;
  if (header > 0 && between[header - 1] != '\n') return std::nullopt;
  std::string_view line = between.substr(header);
  if (!line.starts_with('>') || !line.ends_with('\n')) return std::nullopt;
  line = line.substr(1, line.size() - 2);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
  return line.substr(0, line.find_first_of(kBlanks));
}

/// The header between two sequences, or between an end of the file and a sequence; nothing when there is none.
std::optional<std::string> TextBetween(int64_t start, int64_t end, RandomAccessFile& genome) {
  constexpr int64_t kMost = 2 * static_cast<int64_t>(kMostNameBytes);
  if (end < start || end - start > kMost) return std::nullopt;
  return genome.Read(start, end);
}

/// The last letter, and the line ends behind the first line and before the last one.
void CheckLines(const IndexedSequence& sequence, RandomAccessFile& genome) {
  if (sequence.length == 0) return;
  if (kBlanks.find(genome.Read(sequence.End() - 1, sequence.End())) != std::string_view::npos)
    FailIndex("sequence {} does not end at byte {}", Printable(sequence.name), sequence.End());
  if (sequence.length <= sequence.line_bases) return;
  const std::string_view line_end = sequence.line_bytes - sequence.line_bases == 1 ? "\n" : "\r\n";
  const auto size = static_cast<int64_t>(line_end.size());
  const int64_t first = sequence.offset + sequence.line_bases;
  const int64_t last = sequence.Position((sequence.length - 1) / sequence.line_bases * sequence.line_bases);
  if (genome.Read(first, first + size) != line_end || genome.Read(last - size, last) != line_end)
    FailIndex("the lines of sequence {} do not have {} bases", Printable(sequence.name), sequence.line_bases);
}

}  // namespace

std::vector<IndexedSequence> ReadFai(const std::string& path, int64_t text_bytes) try {
  constexpr size_t kColumns = 5;
  std::vector<IndexedSequence> sequences;
  std::set<std::string_view> names;
  LineReader lines(path);
  for (std::string line; lines.Next(line);) {
    const auto fields = SplitTabs(line);
    if (fields.size() < kColumns || fields[0].empty())
      FailIndex("{}: expected a name and 4 numbers, got \"{}\"", lines.Place(), Printable(line));
    if (static_cast<int64_t>(sequences.size()) > text_bytes) FailIndex("it has more sequences than the file has bytes");
    IndexedSequence& sequence = sequences.emplace_back();
    sequence.name = fields[0];
    sequence.length = Number(fields[1], text_bytes, lines);
    sequence.offset = Number(fields[2], text_bytes, lines);
    sequence.line_bases = Number(fields[3], text_bytes, lines);
    sequence.line_bytes = Number(fields[4], text_bytes + 2, lines);
    CheckNumbers(sequence, text_bytes);
  }
  if (sequences.empty()) FailIndex("it is empty");
  std::ranges::sort(sequences, {}, &IndexedSequence::offset);
  for (const IndexedSequence& sequence : sequences)
    if (!names.insert(sequence.name).second) FailIndex("it has sequence {} twice", Printable(sequence.name));
  return sequences;
} catch (const WrongIndex&) {
  throw;
} catch (const Error& error) {  // no text at all
  throw WrongIndex(error.what());
}

void CheckFits(const std::vector<IndexedSequence>& sequences, RandomAccessFile& genome) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  int64_t end = 0;
  bool is_line_start = true;  // behind the header of a sequence without bases, too
  for (const IndexedSequence& sequence : sequences) {
    const auto text = TextBetween(end, sequence.offset, genome);
    std::string_view between = text ? std::string_view(*text) : "";
    if (end == 0 && between.starts_with(kByteOrderMark)) between.remove_prefix(kByteOrderMark.size());
    if (HeaderName(between, is_line_start) != sequence.name)
      FailIndex("sequence {} does not begin at byte {}", Printable(sequence.name), sequence.offset);
    CheckLines(sequence, genome);
    end = sequence.End();
    is_line_start = sequence.length == 0;
  }
  const auto rest = TextBetween(end, genome.size(), genome);
  if (!rest || rest->find_first_not_of(kBlanks) != std::string::npos)
    FailIndex("the file goes on behind its last sequence, {}", Printable(sequences.back().name));
}

}  // namespace agront::formats
