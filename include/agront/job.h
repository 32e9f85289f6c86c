// SPDX-License-Identifier: Apache-2.0
// The options of every job: a model, an input, an output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agront/precision.h"
#include "agront/reporter.h"

namespace agront {

/// Where sequences come from: a FASTA file, or regions of a genome.
struct InputOptions {
  std::string fasta;    ///< plain, gzip or bgzip; "-" is standard input
  std::string genome;   ///< instead of `fasta`: a FASTA file with random access, and
  std::string regions;  ///< a BED or GFF3 file, or
  /// "chr", "chr:from", "chr:from-to", "chr:from-to:-": from 1, both ends included, as samtools counts.
  std::vector<std::string> region_list;
  std::string feature = "gene";  ///< types of GFF3 lines to read, separated by commas
  /// Bases around each region, on its strand: "promoter", "terminator", "expression", "start-1000+200", ...; empty: the
  /// region itself. Its window is a record, 5' to 3'.
  std::string window;
  bool pads_at_ends = false;  ///< N where a window reaches past its sequence; else that is an error
  int64_t overlap = 0;        ///< bases that two windows of one record share, fewer where N makes windows short

  bool has_regions() const { return !genome.empty(); }
};

/// Where a table says what it was made from: program, command line, model, settings.
enum class TableProvenance {
  kBeside,  ///< in TABLE.json beside it; for a table on standard output, in a note to the reporter
  kHeader,  ///< in lines "## key: text" above the header
};

struct JobOptions {
  std::string model;         ///< a folder, else agront-mini (or ""), else a name that Pull (pull.h) fetched
  std::string adapter;       ///< a folder in PEFT's layout: LoRA or IA3 on top of the model; empty: none
  std::string output = "-";  ///< a file, "-" for standard output
  bool force = false;        ///< overwrite the output
  int threads = 0;           ///< 0: one per core that the process may use
  std::optional<Precision> precision = Precision::kFp32;  ///< of the matrix products, or kAutoPrecision
  std::string device = "cpu";                             ///< that runs the model (device.h)
  int64_t batch_tokens = 2048;                            ///< windows are packed together up to this many tokens
  std::string command_line;                               ///< recorded in the output
  TableProvenance provenance = TableProvenance::kBeside;
  Reporter* reporter = nullptr;  ///< of the caller, and lives as long as the call; null: the job says nothing
};

}  // namespace agront
