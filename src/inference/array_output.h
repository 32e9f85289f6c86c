// SPDX-License-Identifier: Apache-2.0
// A file of arrays with one row for each entry of the input: name, start, end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data/entry_reader.h"
#include "formats/arrays/array_writer.h"
#include "inference/provenance.h"

namespace agront::inference {

/// Whether the path's name asks for .npz or .safetensors.
bool IsArrayFile(const std::string& path);

/// Throws UsageError unless the path's name ends in .npz or .safetensors.
std::unique_ptr<formats::ArrayWriter> CreateArrayFile(const JobOptions& job, const Provenance& provenance);

/// Declares and fills the arrays name, start and end.
class EntryColumns {
 public:
  explicit EntryColumns(formats::ArrayWriter& writer)
      : writer_(writer),
        name_(writer.Add("name", formats::ArrayKind::kText)),
        start_(writer.Add("start", formats::ArrayKind::kInt64)),
        end_(writer.Add("end", formats::ArrayKind::kInt64)) {}

  void Append(const std::string& name, int64_t start, int64_t end);

 private:
  formats::ArrayWriter& writer_;
  size_t name_;
  size_t start_;
  size_t end_;
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
