// SPDX-License-Identifier: Apache-2.0
#include <htslib/vcf.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "formats/tables/cell_text.h"
#include "formats/variants/table_cells.h"
#include "formats/variants/variant_table.h"

namespace agront::formats {
namespace {

constexpr std::string_view kMissing = "NA";

/// The value of an allele; a number as VCF has it.
std::string_view ValueOf(const InfoField& field, size_t allele, std::string& buffer) {
  if (!field.words.empty()) return field.words[allele];
  buffer = NumberText(field.numbers[allele]);
  return buffer == "." ? kMissing : buffer;
}

class TableEncoder : public VariantEncoder {
 public:
  TableEncoder(const VariantReader& reader, const AddedFields& added)
      : is_table_(reader.kind() == VariantFileKind::kTable), keys_(added.keys) {
    const std::string header = reader.TableHeader();
    const std::string_view names = is_table_ ? WithoutLineEnd(header) : "chrom\tpos\tid\tref\talt";
    line_end_ = is_table_ ? header.substr(names.size()) : "\n";
    if (line_end_.empty()) line_end_ = "\n";
    for (const std::string_view name : CellsOf(names)) {
      stays_.push_back(!added.replaced.contains(name));
      if (stays_.back()) Append(name, header_);
    }
    for (const std::string& key : keys_) Append(key, header_);
    header_ += line_end_;
  }

  std::string Header() const override { return header_; }
  std::string End() const override { return {}; }
  std::string TakePiece() override { return std::exchange(piece_, {}); }

  void Add(VariantRecord& record, const std::vector<InfoField>& fields, const std::string& /*place*/) override {
    const size_t rows = std::max<size_t>(record.alternatives.size(), 1);
    for (size_t allele = 0; allele < rows; ++allele) {
      std::string row = is_table_ ? Kept(WithoutLineEnd(record.row)) : CellsOfAllele(record, allele);
      std::string buffer;
      for (size_t i = 0; i < keys_.size(); ++i)
        Append(fields.empty() ? kMissing : ValueOf(fields[i], allele, buffer), row);
      piece_ += row;
      piece_ += line_end_;
    }
  }

 private:
  static void Append(std::string_view cell, std::string& line) {
    if (!line.empty()) line += '\t';
    line += cell;
  }

  static void AppendText(std::string_view text, std::string& line) {
    if (!line.empty()) line += '\t';
    AppendCellText(text, line);
  }

  /// The cells of a row without those that are replaced.
  std::string Kept(std::string_view row) const {
    if (std::ranges::all_of(stays_, std::identity())) return std::string(row);
    std::string kept;
    size_t column = 0;
    for (const std::string_view cell : CellsOf(row))
      if (stays_[column++]) Append(cell, kept);
    return kept;
  }

  static std::string CellsOfAllele(const VariantRecord& record, size_t allele) {
    std::string row;
    AppendText(record.contig, row);
    AppendText(std::to_string(record.position + 1), row);
    AppendText(record.bcf ? std::string_view(record.bcf->d.id) : CellsOf(record.line)[2], row);
    AppendText(record.reference, row);
    AppendText(record.alternatives.empty() ? kMissing : record.alternatives[allele], row);
    return row;
  }

  bool is_table_;
  std::vector<std::string> keys_;
  std::vector<bool> stays_;  // a column of the table
  std::string line_end_;
  std::string header_;
  std::string piece_;
};

}  // namespace

std::unique_ptr<VariantEncoder> MakeVariantTableEncoder(const VariantReader& reader, const AddedFields& added) {
  return std::make_unique<TableEncoder>(reader, added);
}

}  // namespace agront::formats
