// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/product_parts.h"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

namespace agront::ops {
namespace {

// Every row and panel is in one part; parts keep to blocks, steps and the number of rows.
TEST(ProductParts, BalancedOnesCoverEverythingOnce) {
  for (const int64_t threads : {1, 2, 3, 8, 64})
    for (const int64_t rows : {1, 5, 6, 7, 250, 1024, 1025, 4100})
      for (const int64_t panels : {1, 2, 3, 47, 160}) {
        const BalancedParts of{.most_rows = 1024, .block_rows = 6, .step_panels = 2, .threads = threads};
        std::vector<int> times(rows * panels);
        std::mutex mutex;
        ForEachBalancedPart(rows, panels, of, [&](const ProductPart& part) {
          const std::scoped_lock lock(mutex);
          const int64_t last_row = part.first_row + part.rows;
          EXPECT_LE(part.rows, of.most_rows + of.block_rows);
          EXPECT_TRUE(part.rows % of.block_rows == 0 || last_row == rows);
          EXPECT_EQ(part.first_panel % of.step_panels, 0);
          EXPECT_TRUE(part.last_panel % of.step_panels == 0 || part.last_panel == panels);
          for (int64_t row = part.first_row; row < last_row; ++row)
            for (int64_t panel = part.first_panel; panel < part.last_panel; ++panel) ++times[row * panels + panel];
        });
        EXPECT_EQ(std::ranges::count(times, 1), rows * panels) << rows << " x " << panels << ", " << threads;
      }
}

}  // namespace
}  // namespace agront::ops
