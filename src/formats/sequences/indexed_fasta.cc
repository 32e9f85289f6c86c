// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/indexed_fasta.h"

#include <htslib/hts_log.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/error.h"
#include "base/missing_file.h"
#include "base/temporary_file.h"
#include "formats/printable.h"
#include "formats/sequences/fasta.h"
#include "formats/sequences/fasta_index.h"
#include "formats/sequences/fasta_lines.h"
#include "formats/sequences/wrong_index.h"
#include "genome/nucleotide.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

bool IsOlder(const fs::path& index, const fs::path& file) {
  std::error_code unknown;
  return fs::last_write_time(index, unknown) < fs::last_write_time(file, unknown);
}

}  // namespace

/// The genome, or a copy of its sequences one after another, and where in it each of them is.
class IndexedFasta::Sequences {
 public:
  explicit Sequences(const std::string& path) : path_(path) {
    if (!IsPlainGzip(path)) genome_.emplace(path);
    if (!UseIndexOfFile()) MakeIndex();
  }

  const std::vector<IndexedSequence>& all() const { return all_; }

  /// Null when there is none of this name.
  const IndexedSequence* Find(const std::string& name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &all_[found->second];
  }

  /// Letters as they stand in the file.
  std::string Letters(const std::string& name, int64_t start, int64_t end) {
    const int64_t length = Find(name)->length;
    for (;;) {
      try {
        return ReadLetters(*Find(name), start, end);
      } catch (const WrongGzi& error) {
        RejectGzi(error);
      } catch (const WrongIndex& error) {
        if (!may_use_fai_) Fail("{}: {}: is the file being changed?", path_, error.what());
        RejectFai(error);
      }
      if (!UseIndexOfFile()) MakeIndex();
      if (const IndexedSequence* again = Find(name); again == nullptr || again->length != length)
        Fail("{}: {}.fai is of another file: it has {} bases of {}, the genome {}; delete it", path_, path_, length,
             Printable(name), again == nullptr ? 0 : again->length);
    }
  }

  std::vector<std::string> Notes() const {
    std::vector<std::string> notes = notes_;
    if (genome_ && !genome_->note().empty()) notes.push_back(genome_->note());
    return notes;
  }

 private:
  /// Whether the .fai beside the genome fits.
  bool UseIndexOfFile() {
    const std::string fai = path_ + ".fai";
    std::error_code missing;
    while (genome_ && may_use_fai_ && fs::exists(fai, missing)) {
      try {
        // A letter that became a blank shows nowhere but in its line.
        if (IsOlder(fai, path_)) FailIndex("it is older than the genome; if it is right, give it a new date (touch)");
        std::vector<IndexedSequence> sequences = ReadFai(fai, genome_->size());
        CheckFits(sequences, *genome_);
        SetSequences(std::move(sequences));
        return true;
      } catch (const WrongGzi& error) {
        RejectGzi(error);
      } catch (const WrongIndex& error) {
        RejectFai(error);
      }
    }
    return false;
  }

  void RejectGzi(const WrongGzi& error) {
    genome_->FindBlocks();
    notes_.push_back(fmt::format("{}.gzi is not used: {}", path_, error.what()));
  }

  void RejectFai(const WrongIndex& error) {
    may_use_fai_ = false;
    notes_.push_back(fmt::format("{}.fai is not used, an index is made for this run: {}", path_, error.what()));
  }

  void MakeIndex() {
    may_use_fai_ = false;
    std::optional<std::vector<IndexedSequence>> sequences;
    if (genome_) {
      genome_->FindBlocks();
      sequences = BuildFastaIndex(path_, *genome_);
    }
    SetSequences(sequences ? std::move(*sequences) : Copy());
  }

  void SetSequences(std::vector<IndexedSequence> sequences) {
    all_ = std::move(sequences);
    places_.clear();
    for (size_t i = 0; i < all_.size(); ++i) places_.emplace(all_[i].name, i);
  }

  /// Writes all letters to a file of our own, a line a sequence.
  std::vector<IndexedSequence> Copy() {
    constexpr size_t kPiece = 1 << 20;
    copy_.emplace(fs::temp_directory_path().string());
    std::vector<IndexedSequence> sequences;
    std::unordered_map<std::string, std::string> places;
    const auto reader = OpenFasta(path_, LetterCase::kAsWritten);
    for (std::string name; reader->NextRecord(name);) {
      const auto [first, is_new] = places.emplace(name, reader->Place());
      if (!is_new)
        Fail("{}: expected each sequence once, got {} again, first at {}", reader->Place(), Printable(name),
             first->second);
      const auto offset = static_cast<int64_t>(copy_->size());
      std::string letters;
      for (bool more = true; more;) {
        letters.clear();
        more = reader->ReadBases(kPiece, letters);
        if (letters.find(genome::kMaskedBase) != std::string::npos)
          Fail("{}: sequence {}: expected bases, got a <mask>", reader->Place(), Printable(name));
        copy_->Append(std::as_bytes(std::span(letters)));
      }
      const auto length = static_cast<int64_t>(copy_->size()) - offset;
      sequences.push_back({name, length, offset, length, length});
    }
    return sequences;
  }

  std::string ReadLetters(const IndexedSequence& sequence, int64_t start, int64_t end) {
    if (!copy_) return ReadLines(*genome_, sequence, start, end);
    std::string letters(static_cast<size_t>(end - start), '\0');
    copy_->ReadAt(static_cast<uint64_t>(sequence.offset + start), std::as_writable_bytes(std::span(letters)));
    return letters;
  }

  std::string path_;
  std::optional<RandomAccessFile> genome_;  // none where it is plain gzip
  std::optional<TemporaryFile> copy_;
  bool may_use_fai_ = true;
  std::vector<IndexedSequence> all_;
  std::unordered_map<std::string, size_t> places_;  // in all_
  std::vector<std::string> notes_;
};

IndexedFasta::IndexedFasta(const std::string& path) : path_(path) {
  if (!fs::exists(path)) FailMissing("{}: no such file", path);
  if (!fs::is_regular_file(path)) Fail("{}: expected a FASTA file with random access", path);
  OpenFasta(path);  // the errors of a file that is no FASTA
  sequences_ = std::make_unique<Sequences>(path);
}

IndexedFasta::~IndexedFasta() = default;

int64_t IndexedFasta::Length(const std::string& sequence) const {
  const IndexedSequence* found = sequences_->Find(sequence);
  return found == nullptr ? -1 : found->length;
}

std::string IndexedFasta::Fetch(const std::string& sequence, int64_t start, int64_t end, LetterCounts& counts) const {
  std::string bases = sequences_->Letters(sequence, start, end);
  for (size_t i = 0; i < bases.size(); ++i) {
    const genome::Letter letter = genome::kLetters[static_cast<unsigned char>(bases[i])];
    if (letter.kind == genome::LetterKind::kInvalid)
      Fail("{}: sequence {}, base {}: expected a base (A C G T U N or an IUPAC code), got \"{}\"", path_,
           Printable(sequence), start + static_cast<int64_t>(i) + 1, Printable(bases.substr(i, 1)));
    counts.ambiguous += letter.kind == genome::LetterKind::kAmbiguous;
    counts.uracil += letter.kind == genome::LetterKind::kUracil;
    bases[i] = letter.base;
  }
  return bases;
}

std::vector<std::string> IndexedFasta::Names() const {
  std::vector<std::string> names;
  for (const IndexedSequence& sequence : sequences_->all()) names.push_back(sequence.name);
  return names;
}

std::vector<std::string> IndexedFasta::SomeNames() const {
  constexpr size_t kShown = 5;
  std::vector<std::string> names;
  for (const IndexedSequence& sequence : sequences_->all()) {
    if (names.size() == kShown) break;
    names.push_back(Printable(sequence.name));
  }
  return names;
}

std::vector<std::string> IndexedFasta::Notes() const { return sequences_->Notes(); }

}  // namespace agront::formats
