// SPDX-License-Identifier: Apache-2.0
// The variants of a file, chunk by chunk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agront/reporter.h"
#include "base/progress.h"
#include "formats/variants/variant_encoder.h"
#include "formats/variants/variant_reader.h"
#include "tasks/score/chunk_store.h"
#include "tasks/score/group.h"

namespace agront::tasks {

/// The chunks that this process takes: those whose number divided by `of` leaves `remainder`.
struct ChunkShare {
  int64_t remainder = 0;
  int64_t of = 1;
};

struct ChunkSettings {
  int64_t records = 1'000;  ///< of a chunk
  ChunkShare share;
  std::string variants;  ///< for messages
  std::string genome;
};

/// Reads all of the variants, and scores and stores the chunks of its share that the store has not. All others are
/// passed over. Thread safety: none.
class ChunkLoop {
 public:
  /// `load` is called before the first chunk that is scored. All live longer.
  ChunkLoop(const ChunkSettings& settings, formats::VariantReader& reader, const ScorePlan& plan, GroupScorer& scorer,
            formats::VariantEncoder& encoder, std::function<void()> load, std::function<int64_t()> passes,
            Reporter& reporter);

  /// Returns the number of chunks of the whole file. Throws Error for variants that cannot be read, differ from those
  /// that the store knows, or are not of the genome.
  int64_t Run(ChunkStore& store);

 private:
  /// Both are false when there are no records left.
  bool PassOver(int64_t chunk, const DoneChunk* done);
  bool Score(int64_t chunk, ChunkStore& store);

  /// `before` is the share of the file that was read before the group.
  void ScoreGroup(Group& group, double before);
  void Encode(Group& group, DoneChunk& done, ChunkStore& store);

  const ChunkSettings& settings_;
  formats::VariantReader& reader_;
  const ScorePlan& plan_;
  GroupScorer& scorer_;
  formats::VariantEncoder& encoder_;
  std::function<void()> load_;
  std::function<int64_t()> passes_;
  Reporter& reporter_;
  std::optional<Progress> progress_;  // from the first chunk on that is scored
  int64_t records_ = 0;               // scored or found done
  size_t bytes_ = 0;                  // of text in the encoder, about
};

}  // namespace agront::tasks
