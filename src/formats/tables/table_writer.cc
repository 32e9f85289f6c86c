// SPDX-License-Identifier: Apache-2.0
#include "formats/tables/table_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/error.h"
#include "formats/tables/cell_text.h"

namespace agront::formats {

std::string ProvenanceLines(const std::map<std::string, std::string>& provenance, std::string_view mark) {
  std::string lines;
  for (const auto& [key, text] : provenance) lines += fmt::format("{}{}: {}\n", mark, key, text);
  return lines;
}

std::string ProvenancePath(const std::string& table) { return table + ".json"; }

TableWriter::TableWriter(const std::string& path, std::vector<std::string> columns, TableOptions options)
    : path_(path), columns_(std::move(columns)), options_(std::move(options)), file_(path, options_.overwrite) {
  if (file_.is_stream()) return;
  // Also with the provenance in the header: an old TABLE.json would speak of another table.
  CheckWritable(ProvenancePath(path), options_.overwrite);
  if (options_.place == TableProvenance::kBeside && !options_.provenance.empty())
    beside_.emplace(ProvenancePath(path), options_.overwrite);
}

void TableWriter::Separate() {
  if (cells_++ > 0) line_ += '\t';
}

void TableWriter::Text(std::string_view text) {
  Separate();
  AppendCellText(text, line_);
}

void TableWriter::Integer(int64_t value) {
  Separate();
  fmt::format_to(std::back_inserter(line_), "{}", value);
}

void TableWriter::Number(double value, int digits) {
  if (std::isnan(value)) return Missing();
  Separate();
  fmt::format_to(std::back_inserter(line_), "{:.{}g}", value, digits);
}

void TableWriter::Number(float value) {
  if (std::isnan(value)) return Missing();
  Separate();
  fmt::format_to(std::back_inserter(line_), "{}", value);
}

void TableWriter::Missing() {
  Separate();
  line_ += "NA";
}

void TableWriter::EndRow() {
  if (cells_ != columns_.size())
    throw std::logic_error(fmt::format("{}: {} columns, a row of {} cells", path_, columns_.size(), cells_));
  if (!has_header_) WriteHeader();
  line_ += '\n';
  file_.Write(line_);
  line_.clear();
  cells_ = 0;
}

void TableWriter::WriteHeader() {
  has_header_ = true;
  std::string header;
  if (options_.place == TableProvenance::kHeader) header = ProvenanceLines(options_.provenance, "## ");
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) header += '\t';
    AppendCellText(columns_[i], header);
  }
  file_.Write(header + "\n");
}

void TableWriter::Commit() {
  if (!has_header_) WriteHeader();
  if (beside_) {
    beside_->Write(nlohmann::json(options_.provenance).dump(2) + "\n");
    return file_.CommitWith(*beside_);
  }
  const bool was_stream = file_.is_stream();
  file_.Commit();
  if (!was_stream) {
    std::error_code missing;
    std::filesystem::remove(ProvenancePath(path_), missing);
  } else if (options_.place == TableProvenance::kBeside && options_.reporter != nullptr) {
    std::string lines = ProvenanceLines(options_.provenance, "");
    if (lines.ends_with('\n')) lines.pop_back();
    options_.reporter->Note(lines);
  }
}

}  // namespace agront::formats
