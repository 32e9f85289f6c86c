// SPDX-License-Identifier: Apache-2.0
#include "inference/array_output.h"

#include "base/error.h"
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

void EntryColumns::Append(const std::string& name, int64_t start, int64_t end) {
  writer_.AppendRows(name_, std::span<const std::string>(&name, 1));
  writer_.AppendRows(start_, std::span<const int64_t>(&start, 1));
  writer_.AppendRows(end_, std::span<const int64_t>(&end, 1));
}

void OffsetColumn::Append(int64_t rows) {
  total_ += rows;
  writer_.AppendRows(offsets_, std::span<const int64_t>(&total_, 1));
}

}  // namespace agront::inference
