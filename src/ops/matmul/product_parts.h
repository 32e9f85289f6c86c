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

/// How ForEachBalancedPart cuts `rows` x `panels`.
struct BalancedParts {
  int64_t most_rows;    ///< of a part
  int64_t block_rows;   ///< rows of a part are whole blocks but at the end
  int64_t step_panels;  ///< panels of a part are whole steps but at the end
  int64_t threads;      ///< that share the parts
};

/// As ForEachProductPart, for kernels that do best with as many rows as the cache holds: three quarters of the work in
/// few long parts, the rest in parts of fewer rows, so that no thread waits long for the last one.
template <class Work>
void ForEachBalancedPart(int64_t rows, int64_t panels, const BalancedParts& of, const Work& work) {
  if (rows == 0 || panels == 0) return;
  constexpr int64_t kLongTasksOfThread = 3, kPiecesOfThread = 4, kLeastPieces = 4;
  // A cell is one step of panels and the rows of a part; those of a row part follow each other.
  const int64_t part_rows = DivideUp(DivideUp(rows, DivideUp(rows, of.most_rows)), of.block_rows) * of.block_rows;
  const int64_t steps = DivideUp(panels, of.step_panels);
  const int64_t cells = DivideUp(rows, part_rows) * steps;
  const int64_t long_tasks = kLongTasksOfThread * of.threads;
  const int64_t cells_of_task = cells * 3 / 4 / long_tasks;
  const int64_t whole_cells = cells_of_task * long_tasks;
  const auto run = [&](int64_t row_part, int64_t first_step, int64_t last_step, int64_t first_row, int64_t last_row) {
    const int64_t row = row_part * part_rows + first_row;
    const int64_t end = std::min(rows, row_part * part_rows + last_row);
    if (row >= end) return;
    work(ProductPart{row, end - row, first_step * of.step_panels, std::min(panels, last_step * of.step_panels)});
  };
  // With many threads all cells are cut.
  const int64_t pieces = std::max(kLeastPieces, DivideUp(kPiecesOfThread * of.threads, cells - whole_cells));
  const int64_t piece_rows = DivideUp(DivideUp(part_rows, pieces), of.block_rows) * of.block_rows;
  ParallelFor(long_tasks + (cells - whole_cells) * pieces, [&](int64_t task) {
    if (task >= long_tasks) {
      const int64_t cell = whole_cells + (task - long_tasks) / pieces;
      const int64_t row = (task - long_tasks) % pieces * piece_rows;
      return run(cell / steps, cell % steps, cell % steps + 1, row, std::min(part_rows, row + piece_rows));
    }
    for (int64_t cell = task * cells_of_task; cell < (task + 1) * cells_of_task;) {
      const int64_t last = std::min((task + 1) * cells_of_task, (cell / steps + 1) * steps);
      run(cell / steps, cell % steps, cell % steps + last - cell, 0, part_rows);
      cell = last;
    }
  });
}

}  // namespace agront::ops
