// SPDX-License-Identifier: Apache-2.0
// Variants: VCF, BCF or a table, plain or compressed, read and written in every format.
#include <fmt/ranges.h>

#include <limits>

#include "formats/fuzz_files.h"
#include "formats/variants/table_cells.h"
#include "formats/variants/variant_encoder.h"
#include "formats/variants/variant_reader.h"

namespace agront::formats {
namespace {

const AddedFields kAdded = {
    .keys = {"X", "S"},
    .replaced = {"S", "X"},
    .header_lines = {"##contig=<ID=of_ours,length=9>", "##INFO=<ID=X,Number=A,Type=Float,Description=\"x\">",
                     "##INFO=<ID=S,Number=A,Type=String,Description=\"s\">"}};

std::vector<InfoField> FieldsOf(const VariantRecord& record) {
  const size_t count = record.alternatives.size();
  if (count == 0) return {};
  std::vector<InfoField> fields = {{"X", std::vector<float>(count, -0.25F), {}},
                                   {"S", {}, std::vector<std::string>(count, "scored")}};
  fields[0].numbers.back() = std::numeric_limits<float>::quiet_NaN();
  return fields;
}

/// The columns of a line but INFO.
std::string WithoutInfo(std::string_view line) {
  constexpr size_t kInfo = 7;
  std::vector<std::string_view> cells = CellsOf(line);
  cells.erase(cells.begin() + kInfo);
  return fmt::format("{}", fmt::join(cells, "\t"));
}

/// What comes out as VCF is what came in, but for INFO.
void CheckLine(const VariantRecord& record, const std::string& piece) {
  Expect(piece.ends_with('\n'), "a record ends its line");
  if (!record.line.empty() && record.row.empty())
    Expect(WithoutInfo(piece.substr(0, piece.size() - 1)) ==
               WithoutInfo(record.line.substr(0, record.line.size() - (record.line.ends_with('\n') ? 1 : 0))),
           "columns but INFO stay");
}

void WriteAll(const std::string& path, VariantFormat format) {
  const auto reader = OpenVariants(path);
  const auto encoder = MakeVariantEncoder(format, *reader, kAdded);
  encoder->Header();
  for (VariantRecord record; reader->Next(record); record = {}) {
    const std::string place = reader->Place();
    CheckMessage(place);
    Expect(record.position >= -1, "positions count from 0");
    encoder->Add(record, FieldsOf(record), place);
    const std::string piece = encoder->TakePiece();
    if (format == VariantFormat::kVcf) CheckLine(record, piece);
  }
}

void SkipAll(const std::string& path) {
  const auto reader = OpenVariants(path);
  while (reader->Skip(nullptr)) {
  }
}

}  // namespace
}  // namespace agront::formats

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront::formats;
  static const FuzzFolder folder;
  const std::string path = folder.Write("variants", TextOf(data, size));
  Parse([&] { SkipAll(path); });
  for (const VariantFormat format : {VariantFormat::kVcf, VariantFormat::kBcf, VariantFormat::kTable})
    Parse([&] { WriteAll(path, format); });
  return 0;
}
