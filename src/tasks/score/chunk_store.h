// SPDX-License-Identifier: Apache-2.0
// Where the pieces of the output go that chunks of records become.
#pragma once

#include <cstdint>
#include <string_view>

#include "tasks/score/done_chunk.h"

namespace agront::tasks {

/// Thread safety: none.
class ChunkStore {
 public:
  virtual ~ChunkStore() = default;

  /// What an earlier run did of the chunk; null when nothing is there.
  virtual const DoneChunk* Find(int64_t chunk) const = 0;

  /// Begins a piece, which Write adds to and End ends. `done` has all but `bytes` and `sha256`.
  virtual void Begin(int64_t chunk) = 0;
  virtual void Write(std::string_view bytes) = 0;
  virtual void End(DoneChunk done) = 0;
};

}  // namespace agront::tasks
