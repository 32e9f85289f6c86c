// SPDX-License-Identifier: Apache-2.0
#include "agront/input_kind.h"

#include <gtest/gtest.h>

namespace agront {
namespace {

TEST(InputKind, IsToldByTheEnding) {
  for (const char* name : {"a.fa", "a.fasta.gz", "-", "", "table", "a.bed.fa", "a.csv.zip"})
    EXPECT_EQ(KindOfInput(name), InputKind::kFasta) << name;
  for (const char* name : {"a.csv", "b/a.TSV", "a.txt.gz", "a.tab.bgz"})
    EXPECT_EQ(KindOfInput(name), InputKind::kTable) << name;
  for (const char* name : {"a.bed", "a.BED.gz"}) EXPECT_EQ(KindOfInput(name), InputKind::kBed) << name;
  for (const char* name : {"a.gff", "a.gff3", "a.Gff3.GZ", "a.gtf"})
    EXPECT_EQ(KindOfInput(name), InputKind::kGff3) << name;
}

}  // namespace
}  // namespace agront
