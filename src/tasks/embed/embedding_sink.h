// SPDX-License-Identifier: Apache-2.0
// Where embeddings go: arrays (npz, safetensors) or a table (tsv).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agront/embed.h"
#include "data/entry_reader.h"
#include "inference/provenance.h"

namespace agront::tasks {

/// The bases [start, end) of a record that a row stands for; without regions of a genome the record has no placement.
struct RowBases {
  const std::string& name;
  const genome::Placement* placement;
  int64_t start;
  int64_t end;
};

class EmbeddingSink {
 public:
  virtual ~EmbeddingSink() = default;
  /// One row; `layers[i]` are the values of the i-th layer.
  virtual void AppendPooled(const RowBases& bases, const std::vector<std::vector<float>>& layers) = 0;
  /// All tokens of an entry, <cls> first; `layers[i]` has tokens x channels values of the i-th layer.
  virtual void AppendTokens(const data::Entry& entry, const std::vector<std::span<const float>>& layers) = 0;
  /// `provenance`: as it is known at the end.
  virtual void Commit(const inference::Provenance& provenance) = 0;
};

/// By the output's name, .npz, .safetensors or .tsv; throws UsageError for another. `layers` are the names of the
/// arrays. A table has the columns of bases (inference/table_output.h), layer, then the channels; for tokens the bases
/// are the token's.
std::unique_ptr<EmbeddingSink> CreateSink(const EmbedOptions& options, const inference::Provenance& provenance,
                                          const std::vector<std::string>& layers, int64_t channels);

}  // namespace agront::tasks
