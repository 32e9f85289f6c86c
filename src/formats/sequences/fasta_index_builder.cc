// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/fasta.h"
#include "formats/sequences/fasta_index.h"

namespace agront::formats {
namespace {

bool HasBlank(std::string_view text) {
  constexpr unsigned char kLastBlank = ' ';
  unsigned char any = 0;
  for (const char c : text) any |= static_cast<unsigned char>(c) <= kLastBlank;
  return any != 0;
}

/// Takes a genome piece by piece, in pieces that end anywhere.
class Builder {
 public:
  /// `start`: where the first piece begins in the text.
  Builder(const std::string& path, int64_t start) : path_(path), at_(start) {}

  /// Whether the file can still be indexed.
  bool Add(std::string_view piece) {
    while (is_regular_ && !piece.empty()) {
      const size_t size = std::min(piece.find('\n'), piece.size());
      AddToLine(piece.substr(0, size));
      piece.remove_prefix(size);
      if (piece.empty()) break;
      EndLine(1);
      piece.remove_prefix(1);
    }
    return is_regular_;
  }

  /// Nothing when it cannot be indexed.
  std::optional<std::vector<IndexedSequence>> Finish() {
    if (line_bytes_ > 0) EndLine(0);
    if (!is_regular_ || sequences_.empty()) return std::nullopt;
    return std::move(sequences_);
  }

 private:
  void AddToLine(std::string_view text) {
    if (text.empty()) return;
    if (line_bytes_ == 0) is_header_ = text[0] == '>';
    if (ends_in_return_) is_regular_ = false;  // a carriage return inside a line
    ends_in_return_ = text.ends_with('\r');
    line_bytes_ += static_cast<int64_t>(text.size());
    if (ends_in_return_) text.remove_suffix(1);
    if (is_header_)
      AddToHeader(text);
    else if (HasBlank(text))
      is_regular_ = false;
  }

  void AddToHeader(std::string_view text) {
    if (text.find('\r') != std::string_view::npos) is_regular_ = false;
    if (header_.find_first_of(" \t") != std::string::npos) return;  // the name has ended
    header_ += text.substr(0, kMostNameBytes + 2);
    if (std::min(header_.find_first_of(" \t"), header_.size()) > kMostNameBytes)
      Fail("{}:{}: expected a name of at most {} bytes after '>', got more: are line ends missing?", path_, line_,
           kMostNameBytes);
  }

  void EndLine(int64_t newline) {
    const int64_t bases = line_bytes_ - (ends_in_return_ ? 1 : 0);
    const int64_t bytes = line_bytes_ + newline;
    at_ += bytes;
    if (line_bytes_ > 0 && is_header_)
      EndHeader();
    else
      EndBases(bases, bytes);
    line_bytes_ = 0;
    ends_in_return_ = false;
    is_header_ = false;
    ++line_;
  }

  void EndHeader() {
    const std::string name = header_.substr(1, header_.find_first_of(" \t") - 1);
    header_.clear();
    if (name.empty()) is_regular_ = false;
    const auto [first, is_new] = lines_.emplace(name, line_);
    if (!is_new)
      Fail("{}:{}: expected each sequence once, got {} again, first in line {}", path_, line_, Printable(name),
           first->second);
    sequences_.push_back({.name = name, .length = 0, .offset = at_, .line_bases = 1, .line_bytes = 2});
    has_ended_ = false;
  }

  void EndBases(int64_t bases, int64_t bytes) {
    if (sequences_.empty() || bases == 0) {
      is_regular_ = is_regular_ && bases == 0;
      has_ended_ = has_ended_ || (!sequences_.empty() && bases == 0);
      return;
    }
    IndexedSequence& sequence = sequences_.back();
    if (sequence.length == 0) {
      // An empty line before the first one moves it.
      sequence.offset = at_ - bytes;
      sequence.line_bases = bases;
      sequence.line_bytes = std::max(bytes, bases + 1);
    } else if (bases > sequence.line_bases || has_ended_) {
      is_regular_ = false;
    }
    has_ended_ = sequence.length > 0 && (bases < sequence.line_bases || bytes != sequence.line_bytes);
    sequence.length += bases;
  }

  const std::string& path_;
  std::vector<IndexedSequence> sequences_;
  std::map<std::string, int64_t> lines_;  // of the headers
  bool is_regular_ = true;
  int64_t at_;  // where the line begins
  int64_t line_ = 1;
  int64_t line_bytes_ = 0;
  bool is_header_ = false;
  bool ends_in_return_ = false;
  std::string header_;
  bool has_ended_ = false;  // no further line may follow in the sequence
};

}  // namespace

std::optional<std::vector<IndexedSequence>> BuildFastaIndex(const std::string& path, RandomAccessFile& genome) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  constexpr int64_t kPiece = 1 << 20;
  const auto mark = static_cast<int64_t>(kByteOrderMark.size());
  int64_t start = genome.size() >= mark && genome.Read(0, mark) == kByteOrderMark ? mark : 0;
  Builder builder(path, start);
  for (; start < genome.size(); start += kPiece)
    if (!builder.Add(genome.Read(start, std::min(start + kPiece, genome.size())))) return std::nullopt;
  return builder.Finish();
}

}  // namespace agront::formats
