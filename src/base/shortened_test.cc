// SPDX-License-Identifier: Apache-2.0
#include "base/shortened.h"

#include <gtest/gtest.h>

namespace agront {
namespace {

TEST(Shortened, KeepsLettersWhole) {
  const std::string name = "aéß芽🌱";  // letters of 1, 2, 2, 3 and 4 bytes
  const std::string beginnings[] = {"", "a", "a", "aé", "aé", "aéß", "aéß", "aéß", "aéß芽", "aéß芽", "aéß芽", "aéß芽"};
  for (size_t most = 0; most < 12; ++most) EXPECT_EQ(Beginning(name, most), beginnings[most]) << most;
  EXPECT_EQ(Beginning(name, 12), name);
  EXPECT_EQ(Shortened(name, 12), name);
  EXPECT_EQ(Shortened(name, 11), "aéß芽…");
  EXPECT_EQ(Shortened("Arabidopsis", 5), "Arab…");
}

TEST(Shortened, DoesNotSearchWhatIsNoText) { EXPECT_EQ(Beginning(std::string(300, '\x80'), 200).size(), 197U); }

}  // namespace
}  // namespace agront
