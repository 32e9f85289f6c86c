// SPDX-License-Identifier: Apache-2.0
// What every job takes: a model, an input, an output.
#pragma once

#include <cstdint>
#include <string>

namespace agront {

/// Where sequences come from: a FASTA file, or regions of a genome.
struct InputOptions {
  std::string fasta;             ///< plain, gzip or bgzip; "-" is standard input
  std::string genome;            ///< instead of `fasta`: a FASTA file with random access, and
  std::string regions;           ///< a BED or GFF3 file; each region is a record, reverse strand as its complement
  std::string feature = "gene";  ///< the type of GFF3 lines to read
  int64_t overlap = 0;           ///< bases that two windows of one record share, fewer where N makes windows short
};

struct JobOptions {
  std::string model;               ///< a folder, or the name of the embedded model; empty means the embedded one
  std::string adapter;             ///< a folder in PEFT's layout: LoRA or IA3 on top of the model; empty: none
  std::string output = "-";        ///< a file, "-" for standard output
  bool force = false;              ///< overwrite the output
  bool quiet = false;              ///< no progress, no warnings
  int threads = 0;                 ///< 0: one per core
  std::string precision = "fp32";  ///< of the matrix products: fp32, bf16, int8, or auto
  int64_t batch_tokens = 2048;     ///< windows are packed together up to this many tokens
  std::string command_line;        ///< recorded in the output
};

}  // namespace agront
