// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/variant_table.h"

#include <charconv>
#include <initializer_list>
#include <optional>

#include "base/ascii.h"
#include "base/error.h"
#include "formats/printable.h"
#include "formats/variants/table_cells.h"
#include "formats/variants/variant_line_reader.h"
#include "genome/nucleotide.h"

namespace agront::formats {
namespace {

constexpr std::string_view kVcfColumns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

/// Where the columns of a table are that say what its variants are.
struct TableColumns {
  std::optional<size_t> chrom, pos, ref, alt, start, sequence;
  size_t count = 0;

  bool has_variants() const { return chrom && pos && ref && alt; }
};

TableColumns ColumnsOf(std::string_view header) {
  std::string plain = AsciiLower(std::string(WithoutLineEnd(header)));
  if (plain.starts_with('#')) plain.erase(0, 1);
  const std::vector<std::string_view> names = CellsOf(plain);
  TableColumns columns;
  columns.count = names.size();
  const auto find = [&](std::initializer_list<std::string_view> spellings) -> std::optional<size_t> {
    for (size_t i = 0; i < names.size(); ++i)
      if (std::ranges::find(spellings, names[i]) != spellings.end()) return i;
    return std::nullopt;
  };
  columns.chrom = find({"chrom", "chr", "chromosome", "contig"});
  columns.pos = find({"pos", "position"});
  columns.ref = find({"ref", "reference"});
  columns.alt = find({"alt", "alternative", "alternate"});
  columns.start = find({"start"});
  columns.sequence = find({"sequence", "sequences"});
  return columns;
}

class TableReader : public VariantLineReader {
 public:
  TableReader(std::unique_ptr<WholeLines> lines, std::string header)
      : VariantLineReader(std::move(lines)), header_(std::move(header)), columns_(ColumnsOf(header_)) {}

  VariantFileKind kind() const override { return VariantFileKind::kTable; }
  std::string TableHeader() const override { return header_; }
  bool has_bases() const override { return columns_.sequence && columns_.start; }

  VcfHeader Header(bool /*with_idx*/) const override {
    VcfHeader header;
    header.Add("##fileformat=VCFv4.3\n", "");
    header.Add(std::string(kVcfColumns) + "\n", "");
    return header;
  }

  bool Next(VariantRecord& record) override {
    if (!source().Next(record.row)) return false;
    const std::string place = Place();
    const std::vector<std::string_view> cells = CellsOf(WithoutLineEnd(record.row));
    if (cells.size() != columns_.count)
      Fail("{}: expected {} columns between tabs, as the first line has, got {}", place, columns_.count, cells.size());
    const std::string_view alt = cells[*columns_.alt] == "NA" ? "." : cells[*columns_.alt];
    record.line = fmt::format("{}\t{}\t.\t{}\t{}\t.\t.\t.\n", cells[*columns_.chrom], cells[*columns_.pos],
                              cells[*columns_.ref], alt);
    TakePlace(ParseVcfLine(record.line, place), record);
    if (alt != ".") record.alternatives = {std::string(alt)};
    record.number = CountRecord();
    if (has_bases()) TakeBases(cells, place, record);
    return true;
  }

 private:
  void TakeBases(const std::vector<std::string_view>& cells, const std::string& place, VariantRecord& record) const {
    const std::string_view start = cells[*columns_.start];
    const auto [end, error] = std::from_chars(start.data(), start.data() + start.size(), record.bases_start);
    if (error != std::errc() || end != start.data() + start.size() || record.bases_start < 0)
      Fail("{}: start: expected a whole number from 0, got \"{}\"", place, Printable(start, 40));
    record.bases = cells[*columns_.sequence];
    for (char& base : record.bases) {
      const char letter = genome::kLetters[static_cast<unsigned char>(base)].base;
      if (letter == 0)
        Fail("{}: sequence: expected bases (A C G T U N or an IUPAC code), got \"{}\"", place,
             Printable(std::string_view(&base, 1)));
      base = letter;
    }
  }

  std::string header_;
  TableColumns columns_;
};

}  // namespace

bool IsVariantTable(const std::string& line) {
  return !line.starts_with("##") && !line.starts_with(kVcfColumns) && ColumnsOf(line).has_variants();
}

std::unique_ptr<VariantReader> OpenVariantTable(std::unique_ptr<WholeLines> lines, std::string header) {
  return std::make_unique<TableReader>(std::move(lines), std::move(header));
}

}  // namespace agront::formats
