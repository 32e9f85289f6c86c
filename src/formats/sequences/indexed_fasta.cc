// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/indexed_fasta.h"

#include <htslib/faidx.h>
#include <htslib/hts_log.h>
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/output_file.h"
#include "formats/sequences/fasta.h"
#include "formats/sequences/line_reader.h"
#include "genome/nucleotide.h"

namespace agront::formats {
namespace {

namespace fs = std::filesystem;

bool IsFresh(const fs::path& index, const fs::path& file) {
  std::error_code missing;
  return fs::exists(index, missing) && fs::last_write_time(index) >= fs::last_write_time(file);
}

bool IsGzip(const std::string& path) { return path.ends_with(".gz") || path.ends_with(".bgz"); }

/// Writes the records again, in lines of one length.
void Rewrite(const std::string& from, const std::string& to) {
  constexpr size_t kLine = 100;
  const auto reader = OpenFasta(from);
  OutputFile out(to, false);
  std::string name;
  while (reader->NextRecord(name)) {
    out.Write(">" + name + "\n");
    std::string line;
    for (bool more = true; more; line.clear()) {
      more = reader->ReadBases(kLine, line);
      if (!line.empty()) out.Write(line + "\n");
    }
  }
  out.Commit();
}

}  // namespace

struct IndexedFasta::Files {
  std::string temporary_folder;
  faidx_t* index = nullptr;
  std::map<std::string, int64_t> lengths;

  ~Files() {
    if (index != nullptr) fai_destroy(index);
    RemoveTemporaryFolder();
  }

  /// Once loaded, an index is in memory and the genome open: nothing has to stay behind, however the program ends.
  void RemoveTemporaryFolder() {
    std::error_code ignored;
    if (!temporary_folder.empty()) fs::remove_all(temporary_folder, ignored);
    temporary_folder.clear();
  }

  const std::string& TemporaryFolder() {
    if (temporary_folder.empty()) {
      std::string pattern = (fs::temp_directory_path() / "agront-index-XXXXXX").string();
      if (mkdtemp(pattern.data()) == nullptr) Fail("{}: cannot make a folder: {}", pattern, SystemError());
      temporary_folder = pattern;
    }
    return temporary_folder;
  }

  /// From the index's own text, name and length a line: faidx_seq_len gives an int, too small for large chromosomes.
  void ReadLengths(const std::string& fai) {
    LineReader lines(fai);
    for (std::string line; lines.Next(line);) {
      const auto fields = SplitTabs(line);
      int64_t length = 0;
      if (fields.size() < 2 ||
          std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), length).ec != std::errc())
        Fail("{}: expected a name and a length (faidx), got {:?}", lines.Place(), line);
      lengths.emplace(fields[0], length);
    }
  }
};

IndexedFasta::IndexedFasta(const std::string& path) : path_(path), files_(std::make_unique<Files>()) {
  hts_set_log_level(HTS_LOG_OFF);
  if (!fs::is_regular_file(path)) Fail("{}: expected a FASTA file with random access", path);
  OpenFasta(path);  // the errors of a file that is no FASTA
  std::string fai = path + ".fai";
  std::string gzi = path + ".gzi";
  std::string indexed = path;
  if (!IsFresh(fai, path) || (IsGzip(path) && !IsFresh(gzi, path))) {
    fai = files_->TemporaryFolder() + "/genome.fai";
    gzi = files_->TemporaryFolder() + "/genome.gzi";
    if (fai_build3(path.c_str(), fai.c_str(), gzi.c_str()) != 0) {
      indexed = files_->TemporaryFolder() + "/genome.fa";
      Rewrite(path, indexed);
      if (fai_build3(indexed.c_str(), fai.c_str(), gzi.c_str()) != 0) Fail("{}: cannot be indexed", path);
    }
  }
  files_->index = fai_load3(indexed.c_str(), fai.c_str(), gzi.c_str(), 0);
  if (files_->index == nullptr) Fail("{}: its index {} cannot be read; delete it to have it made anew", path, fai);
  files_->ReadLengths(fai);
  files_->RemoveTemporaryFolder();
}

IndexedFasta::~IndexedFasta() = default;

int64_t IndexedFasta::Length(const std::string& sequence) const {
  const auto found = files_->lengths.find(sequence);
  return found == files_->lengths.end() ? -1 : found->second;
}

std::string IndexedFasta::Fetch(const std::string& sequence, int64_t start, int64_t end, LetterCounts& counts) const {
  hts_pos_t length = 0;
  char* letters = faidx_fetch_seq64(files_->index, sequence.c_str(), start, end - 1, &length);
  const std::unique_ptr<char, decltype(&free)> owner(letters, free);
  if (letters == nullptr || length != end - start)
    Fail("{}: expected bases {} to {} of {}, got {} of them: the file is damaged or its index is of another file",
         path_, start, end, sequence, letters == nullptr ? 0 : length);
  std::string bases(letters, letters + length);
  for (size_t i = 0; i < bases.size(); ++i) {
    const genome::Letter letter = genome::kLetters[static_cast<unsigned char>(bases[i])];
    if (letter.kind == genome::LetterKind::kInvalid)
      Fail("{}: sequence {}, base {}: expected a base (A C G T U N or an IUPAC code), got {:?}", path_, sequence,
           start + static_cast<int64_t>(i) + 1, bases.substr(i, 1));
    counts.ambiguous += letter.kind == genome::LetterKind::kAmbiguous;
    counts.uracil += letter.kind == genome::LetterKind::kUracil;
    bases[i] = letter.base;
  }
  return bases;
}

std::vector<std::string> IndexedFasta::Names() const {
  std::vector<std::string> names;
  for (int i = 0; i < faidx_nseq(files_->index); ++i) names.emplace_back(faidx_iseq(files_->index, i));
  return names;
}

std::vector<std::string> IndexedFasta::SomeNames() const {
  std::vector<std::string> names = Names();
  if (names.size() > 5) names.resize(5);
  return names;
}

}  // namespace agront::formats
