// SPDX-License-Identifier: Apache-2.0
// Where labelled sequences come from.
//
// `path` is one of
//   FASTA      `>name|label` or `>name|label1|label2...` (the layout of the Plants Genomic Benchmark), or with `labels`
//              plain FASTA, whose labels stand in a table by id
//   CSV, TSV   a header, then an example a line; tasks per token: a token a line, tokens of one id in a row
//   BED, GFF3  features of `genome`, labels in the file itself or in a table by id; tasks per token: regions to cut
//              windows from, with the classes of bases in `labels`, a BED file of intervals
// plain, gzip or bgzip. The suffix decides the file type: .bed, .gff, .gff3; .csv, .tsv, .txt, .tab; anything else is
// FASTA.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace agront {

/// The part of the data that an example belongs to.
enum class ExamplePart { kTrain, kValid, kTest };

struct LabelledInput {
  std::string path;
  std::string genome;                    ///< FASTA with random access; for tasks per token without `path`: all of it
  std::vector<std::string> region_list;  ///< instead of `path`: regions of `genome`, as InputOptions::region_list
  std::string labels;  ///< CSV or TSV by id; for tasks per token a BED file of intervals whose names are classes
  std::optional<ExamplePart> part;  ///< of all its examples; nothing: see split_column

  // Columns, by the name in the header. For BED: "sequence", "name", "score", "strand" or a number (from 1); for GFF3:
  // an attribute, or "sequence", "type", "score", "strand".
  std::string sequence_column = "sequence";
  /// Empty: "label" or "labels"; in a table by id, and for a model that exists, all columns without another role.
  std::vector<std::string> label_columns;
  std::string label_separator;  ///< one character between the labels in one column, as in "0;1;0"
  std::string id_column;        ///< empty: the line's number; BED: name; GFF3: ID; a table by id: its first column
  std::string group_column;  ///< examples of one group stay in one part; empty: no groups; BED and GFF3: the chromosome
  std::string group_separator;  ///< one character: the group is the id up to the last of them (AT1G01010.1: ".")
  std::string split_column;     ///< its words: train; valid, validation, val, dev; test
  /// For labels without names of their own (empty: "label", "label_1", ...); for a model that exists, other names for
  /// its outputs, in their order.
  std::vector<std::string> output_names;
  std::string positive;  ///< binary: the label that is 1; empty: by the words (docs/fine_tuning.md)

  // Features of a genome.
  std::string feature = "gene";  ///< types of GFF3 lines, separated by commas
  std::string window;  ///< genome/feature_window.h: "feature", "promoter", ...; empty: as trained, else "feature"
  bool pads_at_ends = false;  ///< N where a window reaches past its sequence; else that is an error

  // Tasks per token.
  std::optional<int64_t> window_bp;       ///< of the windows that regions are cut into; default 1024
  std::optional<int64_t> stride_bp;       ///< from one window to the next; default 0: side by side
  std::optional<std::string> background;  ///< the class of bases in no interval, default "none"; "": they have no class

  bool leaves_out_unlabelled = false;  ///< sequences without any label, or that a table by id lacks; else an error
  bool keeps_repeated_ids = false;     ///< else an id that comes twice is an error
  bool without_labels = false;         ///< for predictions: labels are not looked for
  bool fits_a_task = false;            ///< the labels are for a model that exists, which takes those that it knows
  bool orders_words_as_0_1 = false;    ///< binary: the second word in alphabetical order is 1, as in runs of 0.1
};

}  // namespace agront
