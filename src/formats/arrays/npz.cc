// SPDX-License-Identifier: Apache-2.0
#include "formats/arrays/npz.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/little_endian.h"
#include "base/output_file.h"
#include "formats/arrays/stored_zip_writer.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

constexpr size_t kHeaderAlignment = 64;
constexpr int64_t kMostTextBytes = 1000;

/// The head of a .npy of version 1.0.
std::string NpyHeader(const std::string& descr, std::span<const int64_t> shape) {
  std::string sizes;
  for (int64_t size : shape) sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
  if (shape.size() == 1) sizes += ",";
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, sizes);
  constexpr size_t kBefore = 10;  // magic, version, length
  const size_t unpadded = kBefore + text.size() + 1;
  text.append((kHeaderAlignment - unpadded % kHeaderAlignment) % kHeaderAlignment, ' ');
  text += '\n';
  if (text.size() > UINT16_MAX) Fail("npz: expected a shape that fits a header of {} bytes", UINT16_MAX);
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

class NpzWriter final : public ArrayWriter {
 public:
  NpzWriter(const std::string& path, const ArrayWriterOptions& options) : ArrayWriter(path, options) {}

  std::vector<std::string> Warnings() const override { return warnings_; }

  void Commit() override {
    OutputFile file(path_, options_.overwrite);
    StoredZipWriter zip(file);
    for (Array& array : arrays_) {
      std::vector<int64_t> shape{array.rows};
      shape.insert(shape.end(), array.row_shape.begin(), array.row_shape.end());
      const std::string entry = array.name + ".npy";
      if (array.kind == ArrayKind::kText && array.longest_bytes > kMostTextBytes) {
        AddLongText(array, zip);
      } else if (array.kind == ArrayKind::kText) {
        const int64_t width = std::max<int64_t>(array.longest, 1);
        Spool wide = Widen(array, static_cast<size_t>(width));
        zip.Add(entry, NpyHeader(fmt::format("<U{}", width), shape), &wide);
      } else {
        zip.Add(entry, NpyHeader(array.kind == ArrayKind::kFloat32 ? "<f4" : "<i8", shape), &array.values);
      }
    }
    if (!options_.provenance.empty()) AddProvenance(zip);
    zip.Finish();
    file.Commit();
  }

 private:
  /// The rows of text as code points, each row filled up with zeros.
  Spool Widen(Array& array, size_t width) const {
    Spool wide(MakeSpoolFile(path_));
    array.values.Rewind();
    array.offsets->Rewind();
    int64_t begin = 0;
    array.offsets->Read(std::as_writable_bytes(std::span(&begin, 1)));
    for (int64_t row = 0; row < array.rows; ++row) {
      int64_t end = 0;
      array.offsets->Read(std::as_writable_bytes(std::span(&end, 1)));
      std::string text(static_cast<size_t>(end - begin), '\0');
      array.values.Read(std::as_writable_bytes(std::span(text)));
      std::u32string points = DecodeUtf8(text).value_or(U"");  // checked when it was appended
      points.resize(width);
      wide.Append(std::as_bytes(std::span(points)));
      begin = end;
    }
    return wide;
  }

  /// NumPy's texts are all as wide as the longest one: a single long name would take gigabytes.
  void AddLongText(Array& array, StoredZipWriter& zip) {
    const std::array<int64_t, 1> bytes{static_cast<int64_t>(array.values.size())};
    const std::array<int64_t, 1> offsets{array.rows + 1};
    zip.Add(array.name + "_text.npy", NpyHeader("|u1", bytes), &array.values);
    zip.Add(array.name + "_offsets.npy", NpyHeader("<i8", offsets), &*array.offsets);
    warnings_.push_back(fmt::format(
        "{}: a text of {} bytes is too long for an array of texts: {} is written as {}_text (UTF-8, all rows one "
        "after the other) and {}_offsets",
        path_, array.longest_bytes, array.name, array.name, array.name));
  }

  void AddProvenance(StoredZipWriter& zip) const {
    std::string json;
    try {
      json = nlohmann::json(options_.provenance).dump();
    } catch (const nlohmann::json::exception& error) {
      Fail("{}: expected provenance in UTF-8: {}", path_, error.what());
    }
    const std::u32string points = DecodeUtf8(json).value_or(U"");
    std::string content = NpyHeader(fmt::format("<U{}", points.size()), {});
    content.append(reinterpret_cast<const char*>(points.data()), points.size() * sizeof(char32_t));
    zip.Add("provenance.npy", content, nullptr);
  }

  std::vector<std::string> warnings_;
};

}  // namespace

std::unique_ptr<ArrayWriter> CreateNpz(const std::string& path, const ArrayWriterOptions& options) {
  return std::make_unique<NpzWriter>(path, options);
}

}  // namespace agront::formats
