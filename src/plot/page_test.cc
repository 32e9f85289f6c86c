// SPDX-License-Identifier: Apache-2.0
#include "plot/page.h"

#include <gtest/gtest.h>

namespace agront::plot {
namespace {

TEST(Page, WarnsInSentences) { EXPECT_EQ(Warning("made from <x>"), "<p class=\"warning\">Made from &lt;x&gt;.</p>\n"); }

}  // namespace
}  // namespace agront::plot
