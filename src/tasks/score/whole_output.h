// SPDX-License-Identifier: Apache-2.0
// Pieces that chunks of records became, as one file of variants.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agront/reporter.h"
#include "formats/variants/variant_encoder.h"
#include "tasks/score/done_chunk.h"

namespace agront::tasks {

/// A chunk that is done, and the bytes of a file that it is.
struct Piece {
  DoneChunk done;
  std::string path;
  int64_t offset = 0;
};

struct WholeOutput {
  std::string path;
  std::string report;  ///< a table of the alleles by status; empty: none
  bool force = false;
  formats::VariantFormat format = formats::VariantFormat::kVcf;
  std::string header;                             ///< bytes before the records
  std::string end;                                ///< and behind them
  std::map<std::string, std::string> provenance;  ///< of OUT.json, beside which come counts
  int64_t longest_sequence = 0;                   ///< of the genome: beyond 2^29 an index is CSI
};

/// Throws Error when a file that will be written is there, unless `force`. Call before long work.
void CheckOutputs(const std::string& output, const std::string& report, bool force);

/// Writes the file, OUT.json, the index where there can be one, and the report. Pieces are copied as they are and
/// compared with their hashes. Throws Error for one that differs and for output that cannot be written.
void WriteWhole(const WholeOutput& output, const std::vector<Piece>& pieces, Reporter& reporter);

/// The index of a file of variants that is written, where there can be one; says when there cannot.
void IndexWhole(const WholeOutput& output, const Summary& summary, Reporter& reporter);

/// The provenance with what is known of the records.
std::map<std::string, std::string> WithCounts(std::map<std::string, std::string> provenance, const Summary& summary);

/// A row for each status.
void WriteReport(const WholeOutput& output, const Summary& summary);

}  // namespace agront::tasks
