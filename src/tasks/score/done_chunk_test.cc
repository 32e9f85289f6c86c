// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/done_chunk.h"

#include <gtest/gtest.h>

namespace agront::tasks {
namespace {

using Places = std::vector<std::pair<const char*, int64_t>>;

DoneChunk ChunkOf(const Places& places) {
  DoneChunk done{.records = static_cast<int64_t>(places.size()), .input_sha256 = {}, .sha256 = {}, .order = {}};
  for (const auto& [contig, position] : places) done.order.Add(contig, position, position);
  return done;
}

bool IsSorted(const std::vector<Places>& chunks) {
  Summary summary;
  for (const Places& places : chunks) summary.Add(ChunkOf(places));
  return summary.is_sorted();
}

TEST(DoneChunk, WhatIsSortedWithinAndOverChunks) {
  EXPECT_TRUE(IsSorted({}));
  EXPECT_TRUE(IsSorted({{{"b", 5}, {"b", 5}, {"a", 1}}}));
  EXPECT_TRUE(IsSorted({{{"b", 5}}, {{"b", 5}, {"b", 9}}, {{"a", 1}}}));
  EXPECT_FALSE(IsSorted({{{"b", 5}, {"b", 4}}}));
  EXPECT_FALSE(IsSorted({{{"b", 5}, {"a", 1}, {"b", 9}}}));
  EXPECT_FALSE(IsSorted({{{"b", 5}}, {{"b", 4}}})) << "over chunks";
  EXPECT_FALSE(IsSorted({{{"b", 5}, {"b", 9}}, {{"b", 7}}})) << "the last of a run counts";
  EXPECT_FALSE(IsSorted({{{"b", 5}}, {{"a", 1}}, {{"b", 9}}}));
  EXPECT_FALSE(IsSorted({{{"b", 5}, {"b", 4}}, {{"c", 1}}}));
}

TEST(DoneChunk, SumsAreOverChunks) {
  DoneChunk one = ChunkOf({{"a", 1}, {"a", 2}});
  one.alleles[static_cast<size_t>(VariantStatus::kScored)] = 2;
  one.last_position = 40;
  one.passes = 3;
  DoneChunk other = one;
  other.alleles[static_cast<size_t>(VariantStatus::kStar)] = 1;
  other.last_position = 20;
  Summary summary;
  summary.Add(one);
  summary.Add(other);
  EXPECT_EQ(summary.Text(), "4 records; alleles: 4 scored, 1 star");
  EXPECT_EQ(summary.last_position(), 40);
  EXPECT_EQ(summary.passes(), 6);
  EXPECT_EQ(Summary().Text(), "0 records; alleles: none");
}

}  // namespace
}  // namespace agront::tasks
