// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/sources/labelled_source.h"

#include "agront/input_kind.h"
#include "base/error.h"
#include "data/labelled/sources/feature_source.h"
#include "data/labelled/sources/sequence_sources.h"
#include "data/labelled/sources/token_windows.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"

namespace agront::data {
namespace {

bool IsOfFeatures(InputKind kind) { return kind == InputKind::kBed || kind == InputKind::kGff3; }

/// Names of attributes that were typed in a list, without the blanks behind its commas; a table looks for both.
LabelledInput WithTrimmedNames(LabelledInput input) {
  if (!input.labels.empty()) return input;
  for (std::string* name : {&input.id_column, &input.group_column, &input.split_column})
    *name = std::string(formats::TrimBlanks(*name));
  for (std::string& name : input.label_columns) name = std::string(formats::TrimBlanks(name));
  return input;
}

void RefuseColumns(const LabelledInput& input) {
  for (const std::string& column : {input.id_column, input.group_column, input.split_column})
    if (!column.empty())
      FailUsage("{}: a FASTA file without a table of labels has no column {}", input.path, formats::Printable(column));
  if (!input.label_columns.empty())
    FailUsage("{}: a FASTA file without a table of labels has no column {}", input.path,
              formats::Printable(input.label_columns[0]));
}

void RefuseOptionsOfTokens(const LabelledInput& input) {
  if (input.window_bp || input.stride_bp) FailUsage("--token-window-bp, --token-stride-bp: go with a task per token");
  if (input.background) FailUsage("--background: goes with a task per token");
}

std::unique_ptr<LabelledSource> OpenPerToken(const LabelledInput& input) {
  if (!input.window.empty() || input.pads_at_ends)
    FailUsage(
        "--window, --pad-at-ends: go with a task per sequence; regions of a task per token are cut by "
        "--token-window-bp");
  if (!input.region_list.empty() && (!input.path.empty() || input.genome.empty()))
    FailUsage("--region: expected --genome alone beside it");
  if (!input.genome.empty()) {
    if (!input.path.empty() && !IsOfFeatures(KindOfInput(input.path)))
      FailUsage("{}: expected regions of the genome (BED, GFF3)", input.path);
    if (input.labels.empty() && !input.without_labels)
      FailUsage("{}: tasks per token need the classes of bases: a BED file of intervals", input.genome);
    return OpenTokenWindows(input);
  }
  if (KindOfInput(input.path) == InputKind::kTable) return OpenTokenTable(input);
  if (KindOfInput(input.path) == InputKind::kFasta && input.without_labels) return OpenBenchmarkFasta(input);
  FailUsage("{}: tasks per token take a genome with intervals of classes, or a table (.csv, .tsv) with a token a line",
            input.path);
}

}  // namespace

std::unique_ptr<LabelledSource> OpenLabelledSource(const LabelledInput& input, bool per_token) {
  if (!input.group_separator.empty() && !input.group_column.empty())
    FailUsage("--group-separator: expected no --group-column, which says the groups already");
  if (per_token) return OpenPerToken(input);
  RefuseOptionsOfTokens(input);
  if (!input.region_list.empty()) {
    if (!input.path.empty()) FailUsage("expected --region or {}, got both", input.path);
    if (input.genome.empty()) FailUsage("--region: expected --genome, the FASTA file that the regions are of");
    return OpenFeatures(WithTrimmedNames(input));
  }
  if (input.path.empty()) FailUsage("expected a file of sequences or features");
  switch (KindOfInput(input.path)) {
    case InputKind::kBed:
    case InputKind::kGff3:
      if (input.genome.empty()) FailUsage("{}: features need the genome that they are of", input.path);
      return OpenFeatures(WithTrimmedNames(input));
    case InputKind::kTable:
      if (!input.labels.empty() || !input.genome.empty())
        FailUsage("{}: a table has its sequences and labels itself", input.path);
      return OpenSequenceTable(input);
    case InputKind::kFasta: break;
  }
  if (!input.genome.empty()) FailUsage("{}: expected features of the genome (.bed, .gff3)", input.path);
  if (!input.labels.empty() && !input.without_labels) return OpenFastaWithTable(input);
  RefuseColumns(input);
  return OpenBenchmarkFasta(input);
}

}  // namespace agront::data
