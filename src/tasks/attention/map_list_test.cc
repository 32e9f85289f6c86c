// SPDX-License-Identifier: Apache-2.0
#include "tasks/attention/map_list.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace agront::tasks {
namespace {

TEST(MapList, ReadsLayersAndHeads) {
  const auto maps = ParseMaps("3:4,1:0,3:4");
  ASSERT_EQ(maps.size(), 2u);
  EXPECT_EQ(maps[0].layer, 3);
  EXPECT_EQ(maps[0].head, 4);
  EXPECT_EQ(maps[1].layer, 1);
  EXPECT_EQ(maps[1].head, 0);
}

TEST(MapList, RefusesOtherText) {
  for (const char* wrong : {"", "3", "3:", ":4", "3:4,", "3:4;1:0", "a:b", "3:4:5"})
    EXPECT_THROW(ParseMaps(wrong), UsageError) << wrong;
}

}  // namespace
}  // namespace agront::tasks
