// SPDX-License-Identifier: Apache-2.0
#include "inference/provenance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "agront/version.h"
#include "base/error.h"
#include "formats/tables/table_writer.h"
#include "formats/unicode.h"
#include "inference/precision.h"
#include "model/open_model.h"
#include "tensor/precision.h"

namespace agront::inference {
namespace {

/// A text that a table's line and JSON can hold.
std::string Escaped(const std::string& text) {
  const bool has_control = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  return has_control || !formats::DecodeUtf8(text) ? formats::EscapedBytes(text) : text;
}

void Escape(Provenance& provenance) {
  for (auto& [key, text] : provenance) text = Escaped(text);
}

}  // namespace

Provenance DescribeProgram(const JobOptions& job) {
  Provenance provenance = {{"program", fmt::format("agront {}", Version())}};
  if (!job.command_line.empty()) provenance["command"] = job.command_line;
  Escape(provenance);
  return provenance;
}

namespace {

Provenance DescribeModel(const JobOptions& job, const model::Checkpoint& checkpoint, Precision precision) {
  const model::ModelHash hash = checkpoint.RecordedHash();
  Provenance provenance = DescribeProgram(job);
  provenance["model"] = checkpoint.path();
  provenance[hash.of_header ? "model_header_sha256" : "model_hash"] = hash.hex;
  if (checkpoint.adapter()) {
    provenance["adapter"] = job.adapter;
    provenance["adapter_hash"] = model::HashOf(*checkpoint.adapter());
  }
  if (precision != Precision::kFp32) provenance["precision"] = tensor::Name(precision);
  if (model::IsExample(checkpoint))
    provenance["note"] = fmt::format("{} is a small example of the architecture, not AgroNT", checkpoint.path());
  Escape(provenance);
  return provenance;
}

}  // namespace

Provenance DescribeRun(const JobOptions& job, const model::Checkpoint& checkpoint) {
  return DescribeModel(job, checkpoint, ChoosePrecision(job.precision, checkpoint));
}

Provenance DescribeRun(const JobOptions& job, const Engine& engine) {
  Provenance provenance = DescribeModel(job, engine.checkpoint(), engine.precision());
  const device::xla::Device* device = engine.device();
  if (device == nullptr) return provenance;
  AddText("device", device->Describe(), provenance);
  AddText("device_plugin", device->client().plugin().name(), provenance);
  return provenance;
}

void AddText(const std::string& key, const std::string& text, Provenance& provenance) {
  provenance[key] = Escaped(text);
}

void CheckName(std::string_view option, const std::string& path) {
  if (!formats::DecodeUtf8(path))
    FailUsage("{}: expected a name in UTF-8, which is recorded; got \"{}\"", option, formats::EscapedBytes(path));
}

void AddNotes(const std::vector<std::string>& notes, Provenance& provenance) {
  if (notes.empty()) return;
  AddText("notes", fmt::format("{}", fmt::join(notes, "; ")), provenance);
}

std::string TableLines(const Provenance& provenance) { return formats::ProvenanceLines(provenance, "## "); }

}  // namespace agront::inference
