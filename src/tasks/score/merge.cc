// SPDX-License-Identifier: Apache-2.0
#include "agront/merge.h"

#include "base/error.h"
#include "base/reporter.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "tasks/score/part_file.h"
#include "tasks/score/run_key.h"
#include "tasks/score/whole_output.h"

namespace agront {
namespace {

/// What the first part was made from, and by what it was joined.
std::map<std::string, std::string> ProvenanceOf(const std::string& part, const std::string& command) {
  const std::string path = part + ".json";
  const nlohmann::json made_from = formats::ParseJson(ReadTextFile(path), path);
  std::map<std::string, std::string> provenance;
  if (!made_from.is_object()) Fail("{}: expected an object of texts", path);
  for (const auto& [key, text] : made_from.items()) {
    if (!text.is_string()) Fail("{}: expected an object of texts, got {}", path, formats::Printable(text.dump(), 40));
    provenance[key] = text.get<std::string>();
  }
  for (const char* of_part : {"shard", "chunks_found_done"}) provenance.erase(of_part);
  if (provenance.contains("command")) provenance["command_of_part"] = provenance["command"];
  provenance.erase("command");
  if (!command.empty()) provenance["command"] = command;
  return provenance;
}

}  // namespace

void MergeVariants(const MergeOptions& options) {
  if (options.parts.empty()) FailUsage("expected the parts of all shards, got none");
  tasks::CheckOutputs(options.output, options.report, options.force);
  if (options.output == "-") FailUsage("output: expected a file, got standard output");
  std::vector<tasks::PartFile> parts;
  for (const std::string& path : options.parts) parts.push_back(tasks::ReadPart(path));
  const std::vector<tasks::Piece> pieces = tasks::JoinParts(parts);
  const tasks::RunKey& key = parts.front().manifest.key;
  const formats::VariantFormat format = formats::VariantFormatOf(options.output);
  if (format != tasks::FormatOf(key.settings["format"]))
    FailUsage("output: the parts are {}, and {} would be {}", key.settings["format"].get<std::string>(), options.output,
              tasks::WordOf(format));
  std::map<std::string, std::string> provenance = ProvenanceOf(parts.front().path, options.command_line);
  provenance["chunks"] = fmt::format("{}", pieces.size());
  tasks::WriteWhole({.path = options.output,
                     .report = options.report,
                     .force = options.force,
                     .format = format,
                     .header = parts.front().header,
                     .end = tasks::EndOf(format),
                     .provenance = std::move(provenance),
                     .longest_sequence = key.longest_sequence},
                    pieces, OrSilent(options.reporter));
}

}  // namespace agront
