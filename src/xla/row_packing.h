// SPDX-License-Identifier: Apache-2.0
// Sequences of a batch into rows of one length, which devices take: several share a row, and segments keep them apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agront/forward.h"

namespace agront::xla {

/// Where a sequence of the batch lies.
struct Piece {
  int64_t row = 0;
  int64_t begin = 0;  ///< token in the row
};

struct PackedRows {
  int64_t tokens = 0;  ///< T of each row
  int64_t rows = 0;
  std::vector<Piece> pieces;  ///< of each sequence
};

/// Puts each sequence, the longest first, into the first row that has room. A batch that fits into one short row has
/// one; all others have rows of the longest sequence that the model takes, rounded up to 64, so that few programs are
/// compiled.
PackedRows PackRows(const Batch& batch, int64_t max_tokens);

/// The sequences of rows, as a kernel of attention takes them: those of all rows one after the other, each row's
/// padding among them, so that nothing is left out.
struct RowSegments {
  std::vector<int32_t> lengths;  ///< [rows, most]: tokens; 0 behind the last
  std::vector<int32_t> offsets;  ///< [rows, most + 1]: values before the first; of all rows behind the last
};

/// Neighbours of `segments` [rows, tokens] that are equal are one sequence; a row has `most` of them at most. A token
/// has `values`.
RowSegments SegmentsOfRows(std::span<const int32_t> segments, int64_t tokens, int64_t most, int64_t values);

/// The sequences of the row that has most, its padding among them, rounded up to 4, 16, 64, ...
int64_t MostSegments(std::span<const int32_t> segments, int64_t tokens);

/// Rows that go through the model together: those left, as a power of two of at most `most`, on each of `devices`.
int64_t RowsOfPass(int64_t left, int64_t devices, int64_t most);

/// Numbers of tokens for which the head is compiled: the next power of two, at least 16 and at most `most`.
int64_t ChosenOfPass(int64_t wanted, int64_t most);

}  // namespace agront::xla
