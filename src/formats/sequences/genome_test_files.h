// SPDX-License-Identifier: Apache-2.0
// Genomes for tests: the same sequences in any layout and compression.
#pragma once

#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <htslib/faidx.h>
#include <htslib/hts_log.h>
#include <zlib.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "formats/sequences/fasta.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/testing/format_test_files.h"

namespace agront::formats {

using NamedSequences = std::vector<std::pair<std::string, std::string>>;

/// How a FASTA file is written.
struct FastaLayout {
  size_t line = 60;
  std::string line_end = "\n";
  size_t block = 0;  ///< a blank after so many letters; 0: none
  bool ends_with_line_end = true;
  std::string header = " a description";
};

inline std::string FastaText(const NamedSequences& sequences, const FastaLayout& layout) {
  std::string text;
  for (const auto& [name, letters] : sequences) {
    text += ">" + name + layout.header + layout.line_end;
    for (size_t at = 0; at < letters.size(); at += layout.line) {
      const std::string line = letters.substr(at, layout.line);
      for (size_t i = 0; i < line.size(); ++i) {
        if (layout.block > 0 && i > 0 && i % layout.block == 0) text += ' ';
        text += line[i];
      }
      text += layout.line_end;
    }
  }
  if (!layout.ends_with_line_end) text.resize(text.size() - layout.line_end.size());
  return text;
}

/// Letters in both cases, with N and an IUPAC code now and then.
inline NamedSequences RandomSequences(size_t count, size_t longest, unsigned seed) {
  std::mt19937 random(seed);
  NamedSequences sequences;
  for (size_t i = 0; i < count; ++i) {
    std::string letters(1 + random() % longest, 'A');
    for (char& letter : letters) letter = "ACGTacgtACGTacgtACGTacgtACGTacgtNRyu"[random() % 36];
    sequences.emplace_back("s" + std::to_string(i), letters);
  }
  return sequences;
}

enum class Compression { kNone, kGzip, kBgzip };

/// Bytes as a file of this compression has them; bgzip blocks are of `block` bytes.
inline void WriteCompressed(const std::string& path, const std::string& text, Compression compression,
                            size_t block = 65'280) {
  if (compression == Compression::kNone) {
    std::ofstream(path, std::ios::binary) << text;
  } else if (compression == Compression::kGzip) {
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
  } else {
    BGZF* file = bgzf_open(path.c_str(), "w");
    for (size_t at = 0; at < text.size(); at += block) {
      EXPECT_GE(bgzf_write(file, text.data() + at, std::min(block, text.size() - at)), 0);
      EXPECT_EQ(bgzf_flush(file), 0);
    }
    bgzf_close(file);
  }
}

/// The bases that reading the file from its beginning gives.
inline NamedSequences ReadDirectly(const std::string& path) {
  const auto reader = OpenFasta(path);
  NamedSequences sequences;
  for (std::string name; reader->NextRecord(name);) {
    std::string bases;
    while (reader->ReadBases(bases.size() + 100'000, bases)) {
    }
    sequences.emplace_back(name, bases);
  }
  return sequences;
}

/// Every base of many random ranges is the one that direct reading gives. Gives the genome's notes.
inline void ExpectSameBases(const std::string& path, unsigned seed, std::vector<std::string>& notes) {
  const NamedSequences direct = ReadDirectly(path);
  const IndexedFasta genome(path);
  std::mt19937 random(seed);
  ASSERT_EQ(genome.Names().size(), direct.size());
  for (size_t i = 0; i < direct.size(); ++i) {
    const auto& [name, bases] = direct[i];
    EXPECT_EQ(genome.Names()[i], name);
    ASSERT_EQ(genome.Length(name), static_cast<int64_t>(bases.size())) << name;
    for (int round = 0; round < 40; ++round) {
      const size_t start = random() % bases.size();
      const size_t length = 1 + random() % std::min(bases.size() - start, round % 2 == 0 ? size_t{9} : bases.size());
      LetterCounts counts;
      ASSERT_EQ(genome.Fetch(name, static_cast<int64_t>(start), static_cast<int64_t>(start + length), counts),
                bases.substr(start, length))
          << path << " " << name << " " << start << " " << length;
    }
  }
  notes = genome.Notes();
}

/// genome.fa.fai (and .gzi) as samtools writes them; false for what it does not index.
inline bool WriteIndex(const std::string& path) {
  hts_set_log_level(HTS_LOG_OFF);
  return fai_build(path.c_str()) == 0;
}

}  // namespace agront::formats
