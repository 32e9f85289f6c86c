// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/whole_output.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/open_failure.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "formats/tables/table_writer.h"
#include "formats/variants/variant_index.h"

namespace agront::tasks {
namespace {

using formats::VariantFormat;

void AppendPiece(const Piece& piece, OutputFile& output) {
  std::ifstream file(piece.path, std::ios::binary);
  if (!file) FailToOpen(piece.path);
  file.seekg(piece.offset);
  std::string buffer(1 << 20, '\0');
  Sha256 sha;
  for (int64_t rest = piece.done.bytes; rest > 0;) {
    const int64_t count = std::min(rest, static_cast<int64_t>(buffer.size()));
    if (!file.read(buffer.data(), count)) Fail("{}: damaged: it is shorter than its manifest says", piece.path);
    const std::string_view bytes = std::string_view(buffer).substr(0, static_cast<size_t>(count));
    sha.Update(bytes);
    output.Write(bytes);
    rest -= count;
  }
  if (sha.Hex() != piece.done.sha256)
    Fail("{}: damaged: chunk {} is not what its manifest says", piece.path, piece.done.chunk);
}

}  // namespace

void CheckOutputs(const std::string& output, const std::string& report, bool force) {
  for (const std::string& path : {output, report}) {
    if (path.empty() || path == "-") continue;
    CheckWritable(path, force);
    CheckWritable(path + ".json", force);
  }
}

void WriteWhole(const WholeOutput& whole, const std::vector<Piece>& pieces, Reporter& reporter) {
  Progress progress(reporter, "joining", "chunks");
  OutputFile output(whole.path, whole.force);
  OutputFile beside(whole.path + ".json", whole.force);
  Summary summary;
  output.Write(whole.header);
  for (size_t i = 0; i < pieces.size(); ++i) {
    AppendPiece(pieces[i], output);
    summary.Add(pieces[i].done);
    progress.Update(static_cast<int64_t>(i) + 1, static_cast<double>(i + 1) / static_cast<double>(pieces.size()));
  }
  output.Write(whole.end);
  beside.Write(nlohmann::json(WithCounts(whole.provenance, summary)).dump(2) + "\n");
  formats::RemoveVariantIndex(whole.path);
  output.CommitWith(beside);
  progress.End();
  IndexWhole(whole, summary, reporter);
  WriteReport(whole, summary);
  reporter.Note(summary.Text());
}

void IndexWhole(const WholeOutput& whole, const Summary& summary, Reporter& reporter) {
  if (whole.format != VariantFormat::kBgzipVcf && whole.format != VariantFormat::kBcf) return;
  if (!summary.is_sorted())
    return reporter.Warn(fmt::format("{}: no index is made, as its records are not sorted", whole.path));
  if (summary.last_position() > formats::kLastOfCsi)
    return reporter.Warn(fmt::format("{}: no index is made, as positions beyond 2^32 have no room in one", whole.path));
  formats::WriteVariantIndex(whole.path, whole.format,
                             std::max(summary.last_position(), whole.longest_sequence) > formats::kLastOfTbi);
}

std::map<std::string, std::string> WithCounts(std::map<std::string, std::string> provenance, const Summary& summary) {
  provenance["records"] = fmt::format("{}", summary.records());
  provenance["alleles"] = summary.Statuses();
  if (provenance.contains("window_bp")) provenance["passes"] = fmt::format("{}", summary.passes());
  return provenance;
}

void WriteReport(const WholeOutput& whole, const Summary& summary) {
  if (whole.report.empty()) return;
  formats::TableWriter table(whole.report, {"status", "alleles"},
                             {.overwrite = whole.force, .provenance = WithCounts(whole.provenance, summary)});
  for (int status = 0; status < kNumStatuses; ++status) {
    table.Text(WordOf(static_cast<VariantStatus>(status)));
    table.Integer(summary.alleles()[static_cast<size_t>(status)]);
    table.EndRow();
  }
  table.Commit();
}

}  // namespace agront::tasks
