// SPDX-License-Identifier: Apache-2.0
// Where embeddings go: arrays (npz, safetensors) or a table (tsv).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agront/embed.h"
#include "inference/embedder.h"
#include "inference/provenance.h"

namespace agront::tasks {

class EmbeddingSink : public inference::EmbeddingRows {
 public:
  /// `provenance`: as it is known at the end.
  virtual void Commit(const inference::Provenance& provenance) = 0;
};

/// By the output's name, .npz, .safetensors or .tsv; throws UsageError for another. `layers` are the names of the
/// arrays. A table has the columns of bases (inference/table_output.h), layer, then the channels; for tokens the bases
/// are the token's.
std::unique_ptr<EmbeddingSink> CreateSink(const EmbedOptions& options, const inference::Provenance& provenance,
                                          const std::vector<std::string>& layers, int64_t channels);

}  // namespace agront::tasks
