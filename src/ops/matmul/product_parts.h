// SPDX-License-Identifier: Apache-2.0
// How our own products are shared out: some rows times some panels of the weights are a task.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/parallel.h"

namespace agront::ops {

constexpr int64_t DivideUp(int64_t count, int64_t size) { return (count + size - 1) / size; }

struct ProductPart {
  int64_t first_row;
  int64_t rows;
  int64_t first_panel;
  int64_t last_panel;
};

/// Calls work(part) by all threads, for parts that cover `rows` x `panels`. A part has at most about `most_rows` rows,
/// whose inputs stay in the second-level cache, and whole blocks of `block_rows` but at the end; as many parts as
/// share the work out evenly.
template <class Work>
void ForEachProductPart(int64_t rows, int64_t panels, int64_t most_rows, int64_t block_rows, const Work& work) {
  if (rows == 0 || panels == 0) return;
  constexpr int64_t kTasksOfThread = 4;
  const int64_t threads = MaxThreads();
  int64_t row_parts = DivideUp(rows, most_rows);
  if (row_parts > 1) row_parts = DivideUp(row_parts, threads) * threads;
  const int64_t part_rows = DivideUp(DivideUp(rows, row_parts), block_rows) * block_rows;
  const int64_t column_parts =
      row_parts >= threads ? 1 : std::min(panels, DivideUp(kTasksOfThread * threads, row_parts));
  const int64_t part_panels = DivideUp(panels, column_parts);
  ParallelFor(row_parts * column_parts, [&](int64_t number) {
    const int64_t row = number / column_parts * part_rows;
    const int64_t panel = number % column_parts * part_panels;
    if (row >= rows || panel >= panels) return;
    work(ProductPart{row, std::min(part_rows, rows - row), panel, std::min(panels, panel + part_panels)});
  });
}

}  // namespace agront::ops
