// SPDX-License-Identifier: Apache-2.0
#include "inference/array_output.h"

#include "base/error.h"
#include "base/reporter.h"
#include "formats/arrays/npz.h"
#include "formats/arrays/safetensors_arrays.h"

namespace agront::inference {

bool IsArrayFile(const std::string& path) { return path.ends_with(".npz") || path.ends_with(".safetensors"); }

std::unique_ptr<formats::ArrayWriter> CreateArrayFile(const JobOptions& job, const Provenance& provenance) {
  const formats::ArrayWriterOptions options{.overwrite = job.force, .provenance = provenance};
  if (job.output.ends_with(".npz")) return formats::CreateNpz(job.output, options);
  if (job.output.ends_with(".safetensors")) return formats::CreateSafetensorsArrays(job.output, options);
  FailUsage("output: expected a name that ends in .npz or .safetensors, got {:?}", job.output);
}

void CommitArrays(const JobOptions& job, formats::ArrayWriter& writer) {
  writer.Commit();
  for (const std::string& warning : writer.Warnings()) ReporterOf(job).Warn(warning);
}

EntryColumns::EntryColumns(formats::ArrayWriter& writer, bool has_regions)
    : writer_(writer),
      name_(writer.Add("name", formats::ArrayKind::kText)),
      record_start_(writer.Add("record_start", formats::ArrayKind::kInt64)),
      record_end_(writer.Add("record_end", formats::ArrayKind::kInt64)) {
  if (has_regions)
    genome_ = {.chrom = writer.Add("chrom", formats::ArrayKind::kText),
               .start = writer.Add("start", formats::ArrayKind::kInt64),
               .end = writer.Add("end", formats::ArrayKind::kInt64),
               .strand = writer.Add("strand", formats::ArrayKind::kText)};
}

void EntryColumns::Append(const std::string& name, const genome::Placement* placement, int64_t start, int64_t end) {
  const auto text = [&](size_t column, const std::string& value) {
    writer_.AppendRows(column, std::span<const std::string>(&value, 1));
  };
  const auto number = [&](size_t column, int64_t value) {
    writer_.AppendRows(column, std::span<const int64_t>(&value, 1));
  };
  text(name_, name);
  number(record_start_, start);
  number(record_end_, end);
  if (!genome_) return;
  const genome::Region region = placement->Of(start, end);
  text(genome_->chrom, region.sequence);
  number(genome_->start, region.start);
  number(genome_->end, region.end);
  text(genome_->strand, region.reverse ? "-" : "+");
}

void OffsetColumn::Append(int64_t rows) {
  total_ += rows;
  writer_.AppendRows(offsets_, std::span<const int64_t>(&total_, 1));
}

}  // namespace agront::inference
