// SPDX-License-Identifier: Apache-2.0
// A file of arrays with one row for each entry of the input: its name and its place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "data/entry_reader.h"
#include "formats/arrays/array_writer.h"
#include "genome/placement.h"
#include "inference/provenance.h"

namespace agront::inference {

/// Whether the path's name asks for .npz or .safetensors.
bool IsArrayFile(const std::string& path);

/// Throws UsageError unless the path's name ends in .npz or .safetensors.
std::unique_ptr<formats::ArrayWriter> CreateArrayFile(const JobOptions& job, const Provenance& provenance);

/// Writes the file, and warns of what its reader should know.
void CommitArrays(const JobOptions& job, formats::ArrayWriter& writer);

/// Declares and fills the arrays name, record_start and record_end, and for regions of a genome chrom, start, end and
/// strand ("+", "-").
class EntryColumns {
 public:
  EntryColumns(formats::ArrayWriter& writer, bool has_regions);

  /// Bases [start, end) of a record; `placement` is that of the record, null without regions.
  void Append(const std::string& name, const genome::Placement* placement, int64_t start, int64_t end);
  void Append(const data::Entry& entry) { Append(entry.name, entry.placement.get(), entry.start, entry.end); }

 private:
  struct GenomeColumns {
    size_t chrom;
    size_t start;
    size_t end;
    size_t strand;
  };

  formats::ArrayWriter& writer_;
  size_t name_;
  size_t record_start_;
  size_t record_end_;
  std::optional<GenomeColumns> genome_;
};

/// Declares and fills the array offsets [entries + 1] of the entries' rows in arrays with a row a token.
class OffsetColumn {
 public:
  explicit OffsetColumn(formats::ArrayWriter& writer)
      : writer_(writer), offsets_(writer.Add("offsets", formats::ArrayKind::kInt64)) {
    Append(0);
  }
  /// `rows` of the next entry.
  void Append(int64_t rows);

 private:
  formats::ArrayWriter& writer_;
  size_t offsets_;
  int64_t total_ = 0;
};

}  // namespace agront::inference
