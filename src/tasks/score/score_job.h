// SPDX-License-Identifier: Apache-2.0
// One call of agront score on one process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agront/score.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/variants/variant_encoder.h"
#include "formats/variants/variant_reader.h"
#include "inference/engine.h"
#include "inference/provenance.h"
#include "inference/variant_scorer.h"
#include "ranks/communicator.h"
#include "tasks/score/chunk_loop.h"
#include "tasks/score/contig_names.h"
#include "tasks/score/row_genome.h"
#include "tasks/score/whole_output.h"

namespace agront::tasks {

/// Whether an output is written as it is made and cannot be taken back: standard output, a pipe, a device.
bool IsStream(const std::string& output);

class ScoreJob {
 public:
  /// Opens what is read and the model, whose weights are read later. Throws UsageError without a genome, when the
  /// variants have no bases of their own either. The options and the ranks live longer.
  ScoreJob(const ScoreOptions& options, ranks::Communicator& ranks, Reporter& reporter);

  void Run();

 private:
  const formats::GenomeSequences& OpenGenome();
  void OpenModel();
  void MakeEncoder();
  std::vector<std::string> LinesOfContigs(const formats::VcfHeader& header);
  void RunDirectly();
  void RunInChunks();
  int64_t ScoreInto(ChunkStore& store, const ChunkShare& share);
  inference::Provenance Described() const;
  WholeOutput Whole(inference::Provenance provenance) const;
  void Report();

  const ScoreOptions& options_;
  ranks::Communicator& ranks_;
  Reporter& reporter_;
  formats::VariantFormat format_;
  std::unique_ptr<formats::VariantReader> reader_;
  std::optional<formats::IndexedFasta> genome_;
  RowGenome rows_;  // without a genome
  data::GenomeBases bases_;
  ContigNames names_;
  std::optional<inference::Engine> engine_;
  inference::Provenance provenance_;
  ScorePlan plan_;
  std::optional<inference::VariantScorer> scorer_;
  std::unique_ptr<formats::VariantEncoder> encoder_;
};

}  // namespace agront::tasks
