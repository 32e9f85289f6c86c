// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/labelled_source.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/error.h"
#include "formats/labels/feature_source.h"
#include "formats/labels/sequence_sources.h"
#include "formats/labels/token_windows.h"
#include "formats/printable.h"
#include "formats/sequences/line_reader.h"

namespace agront::formats {
namespace {

enum class FileKind { kFasta, kTable, kFeatures };

FileKind KindOf(const std::string& path) {
  std::string lower = path;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view name = lower;
  for (const std::string_view compression : {".gz", ".bgz"})
    if (name.ends_with(compression)) name.remove_suffix(compression.size());
  for (const std::string_view ending : {".bed", ".gff", ".gff3", ".gtf"})
    if (name.ends_with(ending)) return FileKind::kFeatures;
  for (const std::string_view ending : {".csv", ".tsv", ".tab", ".txt"})
    if (name.ends_with(ending)) return FileKind::kTable;
  return FileKind::kFasta;
}

/// Names that were typed in a list, without the blanks behind its commas.
LabelledInput WithTrimmedNames(LabelledInput input) {
  for (std::string* name : {&input.sequence_column, &input.id_column, &input.group_column, &input.split_column})
    *name = std::string(TrimBlanks(*name));
  for (std::string& name : input.label_columns) {
    name = std::string(TrimBlanks(name));
    if (name.empty()) FailUsage("label columns: expected names, got an empty one");
  }
  return input;
}

void RefuseColumns(const LabelledInput& input) {
  for (const std::string& column : {input.id_column, input.group_column, input.split_column})
    if (!column.empty())
      FailUsage("{}: a FASTA file without a table of labels has no column {}", input.path, Printable(column));
  if (!input.label_columns.empty())
    FailUsage("{}: a FASTA file without a table of labels has no column {}", input.path,
              Printable(input.label_columns[0]));
}

std::unique_ptr<LabelledSource> OpenPerToken(const LabelledInput& input) {
  if (!input.region_list.empty() && (!input.path.empty() || input.genome.empty()))
    FailUsage("--region: expected --genome alone beside it");
  if (!input.genome.empty()) {
    if (!input.path.empty() && KindOf(input.path) != FileKind::kFeatures)
      FailUsage("{}: expected regions of the genome (BED, GFF3)", input.path);
    if (input.labels.empty() && !input.without_labels)
      FailUsage("{}: tasks per token need the classes of bases: a BED file of intervals", input.genome);
    return OpenTokenWindows(input);
  }
  if (KindOf(input.path) == FileKind::kTable) return OpenTokenTable(input);
  if (KindOf(input.path) == FileKind::kFasta && input.without_labels) return OpenBenchmarkFasta(input);
  FailUsage("{}: tasks per token take a genome with intervals of classes, or a table (.csv, .tsv) with a token a line",
            input.path);
}

}  // namespace

std::unique_ptr<LabelledSource> OpenLabelledSource(const LabelledInput& given, bool per_token) {
  const LabelledInput input = WithTrimmedNames(given);
  if (!input.group_separator.empty() && !input.group_column.empty())
    FailUsage("--group-separator: expected no --group-column, which says the groups already");
  if (per_token) return OpenPerToken(input);
  if (!input.region_list.empty()) {
    if (!input.path.empty()) FailUsage("expected --region or {}, got both", input.path);
    if (input.genome.empty()) FailUsage("--region: expected --genome, the FASTA file that the regions are of");
    return OpenFeatures(input);
  }
  if (input.path.empty()) FailUsage("expected a file of sequences or features");
  switch (KindOf(input.path)) {
    case FileKind::kFeatures:
      if (input.genome.empty()) FailUsage("{}: features need the genome that they are of", input.path);
      return OpenFeatures(input);
    case FileKind::kTable:
      if (!input.labels.empty() || !input.genome.empty())
        FailUsage("{}: a table has its sequences and labels itself", input.path);
      return OpenSequenceTable(input);
    case FileKind::kFasta: break;
  }
  if (!input.genome.empty()) FailUsage("{}: expected features of the genome (.bed, .gff3)", input.path);
  if (!input.labels.empty() && !input.without_labels) return OpenFastaWithTable(input);
  RefuseColumns(input);
  return OpenBenchmarkFasta(input);
}

}  // namespace agront::formats
