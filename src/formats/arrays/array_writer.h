// SPDX-License-Identifier: Apache-2.0
// Writing several arrays that grow side by side, whose numbers of rows are known at the end only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "formats/arrays/spool.h"

namespace agront::formats {

enum class ArrayKind { kFloat32, kInt64, kText };

struct ArrayWriterOptions {
  bool overwrite = false;
  std::map<std::string, std::string> provenance;  ///< how the arrays came about; kept beside them
};

/// Arrays are declared first, then rows are appended in any interleaving; each array has its own number of
/// rows. Rows wait in a temporary file beside the output, so memory does not grow with them. The output
/// appears at Commit(), whole; destroyed before, nothing stays. What is not a regular file ("-", a device) is
/// written directly. Thread safety: none.
class ArrayWriter {
 public:
  virtual ~ArrayWriter() = default;
  ArrayWriter(const ArrayWriter&) = delete;
  ArrayWriter& operator=(const ArrayWriter&) = delete;

  /// Declares an array of shape [rows, row_shape...] and gives its handle. Text has an empty row shape.
  /// Throws Error for a name that is empty, taken or not UTF-8; "provenance" is taken, and so are "<text
  /// array>_offsets" and "<text array>_text".
  size_t Add(const std::string& name, ArrayKind kind, std::vector<int64_t> row_shape = {});

  /// Whole rows one after the other. Throws Error for another kind than declared, for part of a row, for text
  /// that is not UTF-8, or a full disk.
  void AppendRows(size_t array, std::span<const float> values);
  void AppendRows(size_t array, std::span<const int64_t> values);
  void AppendRows(size_t array, std::span<const std::string> texts);

  /// Says that no more rows follow: the array then takes no memory. Not needed for few arrays.
  void Complete(size_t array);

  /// Gives how the arrays came about again, as more may be known at the end.
  void SetProvenance(const std::map<std::string, std::string>& provenance) { options_.provenance = provenance; }

  /// Writes the file. Call once, last. Throws Error when the disk is full.
  virtual void Commit() = 0;

  /// Notes on the file for its readers, a sentence each; after Commit().
  virtual std::vector<std::string> Warnings() const { return {}; }

 protected:
  struct Array {
    std::string name;
    ArrayKind kind;
    std::vector<int64_t> row_shape;
    int64_t row_elements;
    int64_t rows = 0;
    int64_t longest = 0;           // text: code points of the longest row
    int64_t longest_bytes = 0;     // text
    Spool values;                  // text: UTF-8 of all rows
    std::optional<Spool> offsets;  // text: int64 [rows + 1], bytes before each row and at the end
  };

  ArrayWriter(const std::string& path, const ArrayWriterOptions& options);

  std::string path_;
  ArrayWriterOptions options_;
  std::vector<Array> arrays_;

 private:
  void AppendValues(size_t array, ArrayKind kind, std::span<const std::byte> bytes, size_t element_bytes);

  std::set<std::string> names_;
  std::shared_ptr<TemporaryFile> file_;  // of all rows
};

}  // namespace agront::formats
