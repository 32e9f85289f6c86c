// SPDX-License-Identifier: Apache-2.0
#include "data/variants/sixmer_window.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "data/variants/change_windows.h"
#include "formats/sequences/indexed_fasta.h"
#include "genome/nucleotide.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

std::string TextOf(const std::vector<int32_t>& ids) {
  std::string text;
  for (const int32_t id : ids) text += (text.empty() ? "" : " ") + tokenizer::TokenText(id);
  return text;
}

class VariantWindows : public ::testing::Test {
 protected:
  void Open(const std::string& bases) {
    bases_ = bases;
    fasta_ = std::make_unique<formats::IndexedFasta>(folder_.Write("genome.fa", ">chr\n" + bases + "\n"));
    genome_ = std::make_unique<GenomeBases>(*fasta_);
  }
  std::vector<int64_t> Places(int64_t start, int64_t end) {
    return PlacesOf(*genome_, "chr", {.start = start, .end = end, .alternative = {}});
  }
  Strand Of(bool reverse) { return {*genome_, name_, reverse}; }

  TestFolder folder_;
  const std::string name_ = "chr";
  std::string bases_;
  std::unique_ptr<formats::IndexedFasta> fasta_;
  std::unique_ptr<GenomeBases> genome_;
};

TEST_F(VariantWindows, PlacesHoldTheChange) {
  Open("ACGTACGTNACGTACGTACG");  // 20 bases, N at 8
  EXPECT_EQ(Places(14, 15), (std::vector<int64_t>{9, 10, 11, 12, 13, 14}));
  EXPECT_EQ(Places(14, 17), (std::vector<int64_t>{11, 12, 13, 14}));
  EXPECT_EQ(Places(9, 10), (std::vector<int64_t>{9}));    // none before it has no N
  EXPECT_EQ(Places(0, 1), (std::vector<int64_t>{0}));     // the first base
  EXPECT_EQ(Places(19, 20), (std::vector<int64_t>{14}));  // the last
  EXPECT_EQ(Places(8, 9), std::vector<int64_t>{});        // N itself
  EXPECT_EQ(Places(13, 20), std::vector<int64_t>{});      // longer than a 6-mer
}

TEST_F(VariantWindows, OnePlaceIsNearTheMiddle) {
  Open(std::string(30, 'A'));
  const auto place = [&](int64_t start, int64_t end) {
    return *PlaceOf(Places(start, end), {.start = start, .end = end, .alternative = {}});
  };
  EXPECT_EQ(place(14, 15), 11);  // offset 3, GPN's place
  EXPECT_EQ(place(14, 16), 12);
  EXPECT_EQ(place(14, 17), 12);
  EXPECT_EQ(place(14, 18), 13);
  EXPECT_EQ(place(14, 19), 13);
  EXPECT_EQ(place(14, 20), 14);
  EXPECT_EQ(place(1, 2), 0);
  EXPECT_EQ(place(29, 30), 24);
  EXPECT_EQ(PlaceOf({}, {}), std::nullopt);
}

TEST_F(VariantWindows, TheWindowIsCutFromTheMaskedSixmerOutwards) {
  Open("GGACGTACNCGTACTTTTTTAAAAAACCCCCCG");  // 33 bases
  const SixmerWindow window = WindowAround(14, 33, 7);
  EXPECT_EQ(TextOf(TokensOf(Of(false), window)), "<cls> ACGTAC N TTTTTT AAAAAA CCCCCC");
  EXPECT_EQ(window.TokenAt(14, false), 3U);
  EXPECT_EQ(TextOf(TokensOf(Of(true), window)), "<cls> GGGGGG TTTTTT AAAAAA N GTACGT");
  EXPECT_EQ(window.TokenAt(14, true), 3U);
  EXPECT_EQ(window.TokenAt(8, true), 4U);
  EXPECT_EQ(TextOf(TokensOf(Of(false), WindowAround(14, 33, 3))), "<cls> N TTTTTT AAAAAA");
  EXPECT_EQ(TextOf(TokensOf(Of(false), WindowAround(14, 33, 1))), "<cls> TTTTTT");
}

TEST_F(VariantWindows, ASharedWindowIsOfHalfOfItsSixmers) {
  constexpr int64_t kSixmers = 11;  // 6 of their own, 2 on each side
  constexpr int64_t kLength = 200;
  for (int64_t place = 0; place + 6 <= kLength; ++place) {
    const SixmerWindow window = SharedWindow(place, kLength, kSixmers);
    const int64_t number = place / 6, first = number / 6 * 6;
    EXPECT_EQ(window.start, place % 6 + 6 * std::max<int64_t>(first - 2, 0)) << place;
    EXPECT_EQ(window.end, std::min(place % 6 + 6 * (first + 8), kLength - (kLength - place) % 6)) << place;
    EXPECT_LE(window.end - window.start, 6 * kSixmers);
  }
}

/// Each token of a window, with its bases where it is a 6-mer, is what the sequence has there.
void ExpectBases(const std::vector<int32_t>& ids, const std::string& sequence, int64_t start) {
  for (size_t i = 1; i < ids.size(); ++i) {
    const std::string bases = sequence.substr(static_cast<size_t>(start) + 6 * (i - 1), 6);
    EXPECT_EQ(tokenizer::TokenText(ids[i]), bases.find('N') == std::string::npos ? bases : "N") << i;
  }
}

TEST_F(VariantWindows, ReferenceAndAlternativeShareLeftEdgeAndLength) {
  std::string bases;
  for (int i = 0; i < 300; ++i) bases += "ACGT"[(i * i + i / 7) % 4];
  bases[200] = 'N';
  Open(bases);
  const ChangeWindowOptions options{.sixmers = 21, .flank = 3};
  for (const genome::Change& change : {genome::Change{150, 151, "G"},
                                       {150, 150, "GATTACA"},
                                       {150, 163, ""},
                                       {3, 4, "T"},
                                       {299, 300, "A"},
                                       {190, 195, "CC"},
                                       {0, 2, ""},
                                       {300, 300, "ACG"}}) {
    int frames = 0;
    for (const bool reverse : {false, true}) {
      std::string strand = bases;
      if (reverse) genome::ReverseComplement(strand);
      const genome::Change of_strand = Of(reverse).Of(change);
      std::string other = strand;
      other.replace(static_cast<size_t>(of_strand.start), static_cast<size_t>(of_strand.end - of_strand.start),
                    of_strand.alternative);
      for (int frame = 0; frame < 6; ++frame) {
        const auto windows = WindowsOf(Of(reverse), of_strand, frame, options);
        if (!windows) continue;
        ++frames;
        EXPECT_EQ((of_strand.start - windows->start) % 6, frame);
        EXPECT_EQ(windows->reference.ids.size(), windows->alternative.ids.size());
        EXPECT_LE(windows->reference.ids.size(), 22U);
        EXPECT_EQ(windows->reference.scored.size(), windows->alternative.scored.size());
        ExpectBases(windows->reference.ids, strand, windows->start);
        ExpectBases(windows->alternative.ids, other, windows->start);
        for (const ScoredWindow* window : {&windows->reference, &windows->alternative})
          for (const size_t token : window->scored) EXPECT_TRUE(tokenizer::IsKmer(window->ids[token]));
      }
    }
    EXPECT_GT(frames, 0) << change.start;
  }
}

TEST_F(VariantWindows, TheChangeAndItsFlanksAreScored) {
  Open(std::string(60, 'C') + std::string(60, 'A') + std::string(60, 'G'));
  const auto snv = WindowsOf(Of(false), {62, 63, "T"}, 2, {.sixmers = 21, .flank = 2});
  EXPECT_EQ(snv->start, 0);
  EXPECT_EQ(snv->reference.scored, (std::vector<size_t>{9, 10, 11, 12, 13}));
  EXPECT_EQ(snv->alternative.scored, snv->reference.scored);
  const auto insertion = WindowsOf(Of(false), {62, 62, "TTTTTTT"}, 2, {.sixmers = 21, .flank = 2});
  EXPECT_EQ(insertion->start, 6);  // it touches two 6-mers, so nine of the 21 are before it
  EXPECT_EQ(insertion->reference.scored, (std::vector<size_t>{8, 9, 10, 11, 12, 13}));
  EXPECT_EQ(insertion->alternative.scored, insertion->reference.scored);
  EXPECT_FALSE(WindowsOf(Of(false), {1, 2, "T"}, 2, {}));  // no 6-mer begins two bases before it
}

}  // namespace
}  // namespace agront::data
