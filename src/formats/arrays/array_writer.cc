// SPDX-License-Identifier: Apache-2.0
#include "formats/arrays/array_writer.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/little_endian.h"
#include "base/output_file.h"
#include "formats/printable.h"
#include "formats/shape_check.h"
#include "formats/unicode.h"

namespace agront::formats {

ArrayWriter::ArrayWriter(const std::string& path, const ArrayWriterOptions& options)
    : path_(path), options_(options), names_{"provenance", "__metadata__"} {
  CheckWritable(path, options.overwrite);
  file_ = MakeSpoolFile(path);
}

size_t ArrayWriter::Add(const std::string& name, ArrayKind kind, std::vector<int64_t> row_shape) {
  const std::string place = fmt::format("{}: array \"{}\"", path_, Printable(name));
  if (name.empty() || !DecodeUtf8(name)) Fail("{}: expected a name in UTF-8", place);
  if (!names_.insert(name).second) Fail("{}: expected another name, this one is taken", place);
  const bool is_text = kind == ArrayKind::kText;
  for (const char* suffix : {"_offsets", "_text"})
    if (is_text && !names_.insert(name + suffix).second)
      Fail("{}: expected another name, \"{}{}\" is taken", place, Printable(name), suffix);
  if (is_text && !row_shape.empty()) Fail("{}: expected one text in each row", place);
  const int64_t row_elements = CountElements(place, row_shape);
  Array array{name, kind, std::move(row_shape), row_elements, 0, 0, 0, Spool(file_), std::nullopt};
  if (is_text) {
    constexpr int64_t kStart = 0;
    array.offsets.emplace(file_);
    array.offsets->Append(std::as_bytes(std::span(&kStart, 1)));
  }
  arrays_.push_back(std::move(array));
  return arrays_.size() - 1;
}

void ArrayWriter::AppendValues(size_t array, ArrayKind kind, std::span<const std::byte> bytes, size_t element_bytes) {
  Array& target = arrays_.at(array);
  const size_t row_bytes = static_cast<size_t>(target.row_elements) * element_bytes;
  if (target.kind != kind) Fail("{}: array \"{}\": expected rows of its own kind", path_, Printable(target.name));
  if (bytes.empty()) return;
  if (row_bytes == 0 || bytes.size() % row_bytes != 0)
    Fail("{}: array \"{}\": expected rows of {} bytes, got {}", path_, Printable(target.name), row_bytes, bytes.size());
  target.values.Append(bytes);
  target.rows += static_cast<int64_t>(bytes.size() / row_bytes);
}

void ArrayWriter::Complete(size_t array) {
  arrays_.at(array).values.Flush();
  if (arrays_[array].offsets) arrays_[array].offsets->Flush();
}

void ArrayWriter::AppendRows(size_t array, std::span<const float> values) {
  AppendValues(array, ArrayKind::kFloat32, std::as_bytes(values), sizeof(float));
}

void ArrayWriter::AppendRows(size_t array, std::span<const int64_t> values) {
  AppendValues(array, ArrayKind::kInt64, std::as_bytes(values), sizeof(int64_t));
}

void ArrayWriter::AppendRows(size_t array, std::span<const std::string> texts) {
  Array& target = arrays_.at(array);
  if (target.kind != ArrayKind::kText)
    Fail("{}: array \"{}\": expected rows of its own kind", path_, Printable(target.name));
  for (const std::string& text : texts) {
    const auto points = DecodeUtf8(text);
    if (!points)
      Fail("{}: array \"{}\": row {}: expected UTF-8, got \"{}\"", path_, Printable(target.name), target.rows,
           Printable(text));
    target.values.Append(std::as_bytes(std::span(text)));
    const auto end = static_cast<int64_t>(target.values.size());
    target.offsets->Append(std::as_bytes(std::span(&end, 1)));
    target.longest = std::max(target.longest, static_cast<int64_t>(points->size()));
    target.longest_bytes = std::max(target.longest_bytes, static_cast<int64_t>(text.size()));
    ++target.rows;
  }
}

}  // namespace agront::formats
