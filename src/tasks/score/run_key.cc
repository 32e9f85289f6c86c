// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/run_key.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text_file.h"
#include "formats/printable.h"
#include "formats/sequences/bgzip_blocks.h"

namespace agront::tasks {
namespace {

namespace fs = std::filesystem;
using formats::VariantFormat;

std::string SumOf(const std::string& text) {
  Sha256 sha;
  sha.Update(text);
  return sha.Hex();
}

std::string ScoresOf(const inference::VariantScoreOptions& options) {
  std::string scores;
  for (const auto& [is_asked, word] :
       {std::pair(options.llr, "llr"), {options.marginal, "marginal"}, {options.pll, "pll"}})
    if (is_asked) scores += fmt::format("{}{}", scores.empty() ? "" : ",", word);
  return scores.empty() ? "none" : scores;
}

/// Names and lengths of the sequences, and the size of the file; not its bases, which may be gigabytes.
void AddGenome(const formats::IndexedFasta& genome, RunKey& key) {
  std::string sequences;
  for (const std::string& name : genome.Names()) {
    sequences += fmt::format("{} {}\n", name, genome.Length(name));
    key.longest_sequence = std::max(key.longest_sequence, genome.Length(name));
  }
  std::error_code missing;
  key.settings["genome_bytes"] = fs::file_size(genome.path(), missing);
  key.settings["genome_sequences_sha256"] = SumOf(sequences);
  key.genome_time = fs::last_write_time(genome.path(), missing).time_since_epoch().count();
}

}  // namespace

const char* WordOf(VariantFormat format) {
  switch (format) {
    case VariantFormat::kVcf: return "vcf";
    case VariantFormat::kBgzipVcf: return "vcf.gz";
    case VariantFormat::kBcf: return "bcf";
    case VariantFormat::kTable: return "tsv";
  }
  return "";
}

VariantFormat FormatOf(const std::string& word) {
  for (const VariantFormat format :
       {VariantFormat::kVcf, VariantFormat::kBgzipVcf, VariantFormat::kBcf, VariantFormat::kTable})
    if (word == WordOf(format)) return format;
  Fail("expected a format of variants, got \"{}\"", formats::Printable(word, 40));
}

std::string EndOf(VariantFormat format) {
  const bool is_bgzip = format == VariantFormat::kBgzipVcf || format == VariantFormat::kBcf;
  return is_bgzip ? std::string(formats::kBgzipEnd) : std::string();
}

int64_t ChunkRecords(const ScoreOptions& options) {
  constexpr int64_t kScored = 1'000, kChecked = 100'000;  // some minutes or less with a small model, or seconds
  if (options.chunk_records > 0) return options.chunk_records;
  return options.scoring.scores.empty() ? kChecked : kScored;
}

RunKey KeyOf(const ScoreOptions& options, const ScorePlan& plan, const inference::Provenance& provenance,
             VariantFormat format, const std::string& header, const formats::IndexedFasta* genome) {
  RunKey key{.settings = {}, .shard = options.shard, .shards = options.shards};
  key.header_bytes = static_cast<int64_t>(header.size());
  auto& settings = key.settings;
  for (const char* name : {"program", "model_hash", "model_header_sha256", "adapter_hash", "precision", "device"})
    if (const auto at = provenance.find(name); at != provenance.end()) settings[name] = at->second;
  settings["format"] = WordOf(format);
  settings["chunk_records"] = ChunkRecords(options);
  settings["reference_mismatch"] = options.mismatch_is_error ? "error" : "mark";
  settings["scores"] = ScoresOf(plan.options);
  if (plan.has_scores()) {
    settings["frames"] = options.scoring.frames;
    settings["window_bp"] = plan.window_bp;
    settings["pll_flank"] = plan.options.flank;
    settings["shared_masks"] = plan.options.shared_masks;
    settings["indel_null"] = plan.options.indel_null;
    settings["batch_tokens"] = options.job.batch_tokens;
  }
  if (genome != nullptr) AddGenome(*genome, key);
  if (!options.contig_names.empty()) settings["contig_names_sha256"] = SumOf(ReadTextFile(options.contig_names));
  settings["header_sha256"] = SumOf(header);
  return key;
}

}  // namespace agront::tasks
