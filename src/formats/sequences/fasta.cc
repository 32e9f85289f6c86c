// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/fasta.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/compressed_input.h"
#include "formats/unicode.h"
#include "genome/nucleotide.h"

namespace agront::formats {
namespace {

constexpr std::string_view kMaskText = "<mask>";
constexpr size_t kMaskedBases = 6;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

void TrimBlanks(std::string& text) {
  while (!text.empty() && IsBlank(text.back())) text.pop_back();
  text.erase(0, std::ranges::find_if_not(text, IsBlank) - text.begin());
}

/// How a byte is shown in a message: 'L', or its number when it cannot be printed.
std::string Shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 32 && byte < 127 ? fmt::format("'{}'", c) : fmt::format("byte 0x{:02x}", byte);
}

constexpr unsigned char kUpperBits = 0xDF;  // of a letter, all but the one of lower case

/// Sixteen letters side by side (a vector type of GCC and Clang: from plain loops they make scalar code here).
using Letters = unsigned char __attribute__((vector_size(16)));

/// Copies letters, keeping these bits of each, and returns whether all were A C G T N in either case.
bool CopyPlain(std::string_view letters, unsigned char kept_bits, char* out) {
  Letters others{};
  const auto copy = [&](size_t begin, size_t count) {
    Letters block = Letters{} + static_cast<unsigned char>('N');
    std::memcpy(&block, letters.data() + begin, count);
    const Letters upper = block & kUpperBits;
    others |= (Letters)((upper != 'A') & (upper != 'C') & (upper != 'G') & (upper != 'T') & (upper != 'N'));
    block &= kept_bits;
    std::memcpy(out + begin, &block, count);
  };
  size_t at = 0;
  for (; at + sizeof(Letters) <= letters.size(); at += sizeof(Letters)) copy(at, sizeof(Letters));
  if (at < letters.size() && letters.size() >= sizeof(Letters))
    copy(letters.size() - sizeof(Letters), sizeof(Letters));  // again what the last block shares with it
  else
    copy(at, letters.size() - at);
  std::array<uint64_t, 2> words;
  std::memcpy(words.data(), &others, sizeof(others));
  return (words[0] | words[1]) == 0;
}

using Letters256 = std::array<genome::Letter, 256>;

Letters256 MakeLettersAsWritten() {
  Letters256 letters = genome::kLetters;
  for (size_t code = 0; code < letters.size(); ++code)
    if (letters[code].kind != genome::LetterKind::kInvalid)
      letters[code] = {static_cast<char>(code), genome::LetterKind::kBase};
  return letters;
}

const Letters256& LettersOf(LetterCase letter_case) {
  static const Letters256 as_written = MakeLettersAsWritten();
  switch (letter_case) {
    case LetterCase::kKept: return genome::kLettersInCase;
    case LetterCase::kAsWritten: return as_written;
    case LetterCase::kUpper: break;
  }
  return genome::kLetters;
}

class FastaReader : public SequenceReader {
 public:
  FastaReader(const std::string& path, LetterCase letter_case, RecordName record_name)
      : record_name_(record_name),
        letters_(LettersOf(letter_case)),
        kept_bits_(letter_case == LetterCase::kUpper ? kUpperBits : 0xFF),
        input_(path),
        buffer_(1 << 20) {
    SkipToFirstRecord();
  }

  bool NextRecord(std::string& name) override {
    std::string ignored;
    while (in_record_) {
      ignored.clear();
      ReadBases(buffer_.size(), ignored);
    }
    if (!at_header_) return false;
    ReadHeader(name);
    return true;
  }

  bool ReadBases(size_t wanted, std::string& bases) override {
    while (in_record_ && bases.size() < wanted) {
      if (!Peek()) {
        EndRecord();
      } else if (at_line_start_ && buffer_[at_] == '>') {
        EndRecord();
        at_header_ = true;
      } else {
        ReadLinePiece(wanted - bases.size(), bases);
      }
    }
    return in_record_;
  }

  std::string Place() const override { return fmt::format("{}:{}", input_.name(), record_line_); }
  const LetterCounts& counts() const override { return counts_; }
  double Progress() const override { return input_.Progress(end_ - at_); }
  std::vector<std::string> Notes() const override { return input_.Notes(); }

 private:
  /// Whether there is another byte; it is buffer_[at_] then.
  bool Peek() {
    if (at_ < end_) return true;
    end_ = input_.Read(buffer_);
    at_ = 0;
    return end_ > 0;
  }

  [[noreturn]] void FailHere(std::string_view expected, std::string_view got) const {
    Fail("{}:{}:{}: expected {}, got {}{}", input_.name(), line_, column_, expected, got,
         name_.empty() ? "" : fmt::format(" (record {})", Printable(name_)));
  }

  /// Moves past one byte and keeps line and column. A line ends with CR, LF, or both.
  void Advance() {
    const char code = buffer_[at_++];
    const bool ends_line = code == '\r' || (code == '\n' && !after_return_);
    if (ends_line) {
      ++line_;
      column_ = 1;
    } else if (code != '\n') {
      ++column_;
    }
    at_line_start_ = code == '\r' || code == '\n';
    after_return_ = code == '\r';
  }

  bool AtLineEnd() const { return buffer_[at_] == '\n' || buffer_[at_] == '\r'; }

  void SkipToFirstRecord() {
    bool empty = true;
    while (Peek() && (IsBlank(buffer_[at_]) || AtLineEnd())) {
      empty = false;
      Advance();
    }
    if (!Peek())
      Fail("{}: expected FASTA, got {}", input_.name(), empty ? "an empty file" : "a file without any record");
    if (buffer_[at_] != '>') FailHere("'>' at the start of a FASTA record", Shown(buffer_[at_]));
    at_header_ = true;
  }

  void ReadHeader(std::string& name) {
    name_.clear();
    record_line_ = line_;
    Advance();  // '>'
    bool in_name = true;
    for (; Peek() && !AtLineEnd(); Advance()) {
      in_name = in_name && (record_name_ == RecordName::kWholeLine || !IsBlank(buffer_[at_]));
      if (in_name) name_ += buffer_[at_];
      if (name_.size() > kMostNameBytes)
        Fail("{}: expected a name of at most {} bytes after '>', got more: are line ends missing?", Place(),
             kMostNameBytes);
    }
    if (record_name_ == RecordName::kWholeLine) TrimBlanks(name_);
    if (name_.empty()) Fail("{}: expected a name after '>'", Place());
    if (!DecodeUtf8(name_)) Fail("{}: expected a name in UTF-8, got \"{}\"", Place(), Printable(name_));
    if (Peek()) Advance();  // the line's end
    at_header_ = false;
    in_record_ = true;
    record_has_bases_ = false;
    name = name_;
  }

  void EndRecord() {
    in_record_ = false;
    if (!record_has_bases_)
      Fail("{}: expected sequence after the header of record {}, got none", Place(), Printable(name_));
  }

  /// Bases up to the end of the line, of the buffer, or `most` of them.
  void ReadLinePiece(size_t most, std::string& bases) {
    const char* begin = buffer_.data() + at_;
    const size_t length = std::min(most, end_ - at_);
    size_t line = length;
    for (const char end : {'\n', '\r'})
      if (const void* found = std::memchr(begin, end, line)) line = static_cast<const char*>(found) - begin;
    const size_t old_size = bases.size();
    bases.resize(old_size + line);
    if (!CopyPlain({begin, line}, kept_bits_, bases.data() + old_size)) {
      uint8_t kinds = 0;
      for (size_t i = 0; i < line; ++i) {
        const genome::Letter letter = letters_[static_cast<unsigned char>(begin[i])];
        bases[old_size + i] = letter.base;
        kinds |= static_cast<uint8_t>(letter.kind);
      }
      if ((kinds & static_cast<uint8_t>(genome::LetterKind::kInvalid)) != 0) {
        bases.resize(old_size);
        ReadUncommonPiece(line, bases);
        return;
      }
      for (size_t i = 0; i < line; ++i) Count(begin[i]);
    }
    record_has_bases_ = record_has_bases_ || line > 0;
    if (line > 0) {
      column_ += static_cast<int64_t>(line);
      at_ += line;
      at_line_start_ = after_return_ = false;
    }
    if (line < length) Advance();  // the line's end
  }

  /// The same, byte by byte, for a piece with blanks, a mask or a letter to refuse.
  void ReadUncommonPiece(size_t length, std::string& bases) {
    for (size_t i = 0; i < length; ++i) {
      const char code = buffer_[at_];
      if (code == '<') return ReadMask(bases);
      if (!IsBlank(code)) {
        const genome::Letter letter = letters_[static_cast<unsigned char>(code)];
        if (letter.kind == genome::LetterKind::kInvalid) FailHere("a base (A C G T U N or an IUPAC code)", Shown(code));
        Count(code);
        bases += letter.base;
        record_has_bases_ = true;
      }
      Advance();
    }
  }

  /// `<mask>`, which a line break may cut, but not before its '>': that would begin a record.
  void ReadMask(std::string& bases) {
    for (const char expected : kMaskText) {
      while (Peek() && AtLineEnd()) Advance();
      if (Peek() && at_line_start_ && buffer_[at_] == '>') FailHere("<mask> to end", "'>' at the start of a line");
      if (!Peek()) FailHere("<mask>", "the end of the file");
      if (buffer_[at_] != expected) FailHere("<mask>", Shown(buffer_[at_]));
      Advance();
    }
    bases.append(kMaskedBases, genome::kMaskedBase);
    record_has_bases_ = true;
  }

  void Count(char code) {
    const genome::LetterKind kind = letters_[static_cast<unsigned char>(code)].kind;
    counts_.ambiguous += kind == genome::LetterKind::kAmbiguous;
    counts_.uracil += kind == genome::LetterKind::kUracil;
  }

  const RecordName record_name_;
  const std::array<genome::Letter, 256>& letters_;
  const unsigned char kept_bits_;
  CompressedInput input_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;

  int64_t line_ = 1;
  int64_t column_ = 1;
  bool at_line_start_ = true;
  bool after_return_ = false;
  bool at_header_ = false;
  bool in_record_ = false;
  bool record_has_bases_ = false;
  int64_t record_line_ = 0;
  std::string name_;
  LetterCounts counts_;
};

}  // namespace

std::unique_ptr<SequenceReader> OpenFasta(const std::string& path, LetterCase letter_case, RecordName record_name) {
  return std::make_unique<FastaReader>(path, letter_case, record_name);
}

}  // namespace agront::formats
