// SPDX-License-Identifier: Apache-2.0
#include "inference/indel_null.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "data/variants/genome_in_memory.h"

namespace agront::inference {
namespace {

constexpr VariantScoreOptions kOptions{.pll_frames = 1, .sixmers = 9, .flank = 1, .indel_null = 2};

TEST(IndelNull, MakesEachPairOfLengthsOnce) {
  std::mt19937 random(1);
  std::string bases(300, 'A');
  for (char& base : bases) base = "ACGT"[random() % 4];
  const data::GenomeInMemory sequences(std::vector<SequenceRecord>{{"chr", bases}});
  data::GenomeBases genome(sequences);
  Engine engine{EngineSource{}};
  const auto nothing = [](double) {};
  IndelNull null(engine, genome, kOptions);
  const double deletion = null.Mean(3, 0, nothing), insertion = null.Mean(0, 3, nothing);
  EXPECT_TRUE(std::isfinite(deletion));
  EXPECT_NE(deletion, insertion);
  const int64_t passes = null.scorer().passes();
  EXPECT_GT(passes, 0);
  EXPECT_EQ(null.Mean(3, 0, nothing), deletion);
  EXPECT_EQ(null.scorer().passes(), passes);
  IndelNull other(engine, genome, kOptions);  // in another order
  EXPECT_EQ(other.Mean(0, 3, nothing), insertion);
  EXPECT_EQ(other.Mean(3, 0, nothing), deletion);
}

TEST(IndelNull, IsMissingWhereTheGenomeHasNoPlace) {
  const data::GenomeInMemory sequences(std::vector<SequenceRecord>{{"chr", "ACGTNACGTNACGTN"}});
  data::GenomeBases genome(sequences);
  Engine engine{EngineSource{}};
  IndelNull null(engine, genome, kOptions);
  EXPECT_TRUE(std::isnan(null.Mean(3, 0, [](double) {})));
  EXPECT_EQ(null.scorer().passes(), 0);
}

}  // namespace
}  // namespace agront::inference
