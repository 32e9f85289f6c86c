// SPDX-License-Identifier: Apache-2.0
#include "inference/output_words.h"

#include <gtest/gtest.h>

namespace agront::inference {
namespace {

TEST(OutputsInWords, ReadAsPartOfASentence) {
  using enum TaskKind;
  EXPECT_EQ(OutputsInWords({kBinary, {"label"}}), "the label");
  EXPECT_EQ(OutputsInWords({kBinary, {"promoter"}}), "promoter");
  EXPECT_EQ(OutputsInWords({kBinary, {"yes"}, {"no", "yes"}}), "no or yes");
  EXPECT_EQ(OutputsInWords({kBinary, {"2"}, {"1", "2"}}), "class 1 or 2");
  EXPECT_EQ(OutputsInWords({kBinary, {"promoter"}, {"no", "yes"}}), "promoter");
  EXPECT_EQ(OutputsInWords({kMulticlass, {"0", "1", "2"}}), "class 0, 1 or 2");
  EXPECT_EQ(OutputsInWords({kMulticlass, {"none", "5' UTR", "3"}}), "none, 5' UTR or 3");
  EXPECT_EQ(OutputsInWords({kToken, {"exon", "intron"}}), "exon or intron");
  EXPECT_EQ(OutputsInWords({kMultilabel, {"leaf", "root"}}), "leaf and root");
  EXPECT_EQ(OutputsInWords({kRegression, {"label"}}), "the label");
  EXPECT_EQ(OutputsInWords({kRegression, {"a", "b", "c", "d", "e"}}), "a, b, c and 2 more");
}

}  // namespace
}  // namespace agront::inference
