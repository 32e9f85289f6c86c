// SPDX-License-Identifier: Apache-2.0
#include "agront/corpus.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/output_file.h"
#include "base/output_folder.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "base/sha256.h"
#include "data/corpus/corpus.h"
#include "data/corpus/genome_windows.h"
#include "formats/corpus/description.h"
#include "formats/corpus/manifest.h"
#include "formats/corpus/repeat_types.h"
#include "formats/printable.h"
#include "formats/sequences/feature_types.h"
#include "formats/sequences/region_file.h"
#include "formats/tables/table_writer.h"
#include "inference/provenance.h"
#include "inference/start.h"
#include "tasks/corpus/report.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShardSuffix = ".shard";
constexpr const char* kReportTable = "report.tsv";

int64_t WindowBases(const CorpusOptions& options) { return tokenizer::kKmerLength * (options.window_tokens - 1); }

void CheckShare(const char* name, double share) {
  if (!(share >= 0 && share <= 1)) FailUsage("{}: expected 0 to 1, got {}", name, share);  // NaN is refused, too
}

void CheckOptions(const CorpusOptions& options) {
  constexpr int64_t kMostTokens = formats::kMostWindowBases / tokenizer::kKmerLength + 1;
  constexpr int64_t kMostBases = 1'000'000'000'000;
  if (options.window_tokens < 2 || options.window_tokens > kMostTokens)
    FailUsage("window-tokens: expected 2 to {}, got {}", kMostTokens, options.window_tokens);
  const int64_t bases = WindowBases(options);
  if (options.overlap < 0 || options.overlap >= bases)
    FailUsage("overlap: expected 0 to {} bases, got {}", bases - 1, options.overlap);
  if (options.shift < 0 || options.shift >= bases - options.overlap)
    FailUsage("shift: expected 0 to {} bases, less than from window to window, got {}", bases - options.overlap - 1,
              options.shift);
  if (options.folds < 1 || options.folds > UINT16_MAX)
    FailUsage("folds: expected 1 to {}, got {}", UINT16_MAX, options.folds);
  if (options.block_bp < bases || options.block_bp > kMostBases)
    FailUsage("block-bp: expected {}, a window, to {} bases, got {}", bases, kMostBases, options.block_bp);
  if (options.flank < 0 || options.flank > kMostBases)
    FailUsage("flank: expected 0 to {} bases, got {}", kMostBases, options.flank);
  CheckShare("training-share", options.training_share);
  CheckShare("min-known", options.min_known);
  if (options.feature == "") FailUsage("feature: expected a type of GFF3 lines, got \"\"");
  if (options.job.output == "-") FailUsage("output: expected a folder to write (-o), got standard output");
}

std::string FeatureOf(const CorpusOptions& options) { return options.feature.value_or("gene"); }

/// Options of regions are for manifests that have some.
void CheckRegions(const CorpusOptions& options, const std::vector<std::string>& regions) {
  if (options.flank > 0 && std::ranges::all_of(regions, &std::string::empty))
    FailUsage("flank: expected regions in a row of the manifest, got none");
  if (options.feature && std::ranges::none_of(regions, formats::IsGff))
    FailUsage("feature: expected regions in GFF3 in a row of the manifest, got none");
  formats::CheckFeatureTypes(regions, FeatureOf(options));
}

/// The manifest's rows less the species that are left out.
std::vector<formats::ManifestRow> ChooseRows(const CorpusOptions& options) {
  auto rows = formats::ReadManifest(options.manifest);
  for (const std::string& species : options.without_species)
    if (std::erase_if(rows, [&](const formats::ManifestRow& row) { return row.species == species; }) == 0)
      FailUsage("without-species: {} has no species \"{}\"", options.manifest, formats::Printable(species));
  if (rows.empty()) FailUsage("without-species: no species of {} is left", options.manifest);
  return rows;
}

std::map<std::string, std::string> Settings(const CorpusOptions& options) {
  return {{"window_tokens", std::to_string(options.window_tokens)},
          {"overlap", std::to_string(options.overlap)},
          {"shift", std::to_string(options.shift)},
          {"block_bp", std::to_string(options.block_bp)},
          {"training_share", fmt::format("{}", options.training_share)},
          {"folds", std::to_string(options.folds)},
          {"seed", std::to_string(options.seed)},
          {"min_known", fmt::format("{}", options.min_known)},
          {"feature", FeatureOf(options)},
          {"repeat_feature", options.repeat_feature},
          {"flank", std::to_string(options.flank)},
          {"duplicates", options.keep_duplicates ? "kept" : "left out"},
          {"without_species", fmt::format("{}", fmt::join(options.without_species, " "))},
          {"without_sequences", fmt::format("{}", fmt::join(options.without_sequences, " "))}};
}

data::GenomeOptions ForGenomes(const CorpusOptions& options) {
  return {.cutter = {.window_bases = WindowBases(options), .overlap = options.overlap, .shift = options.shift},
          .seed = options.seed,
          .training_share = options.training_share,
          .folds = options.folds,
          .block_bases = options.block_bp,
          .min_known = options.min_known,
          .feature = FeatureOf(options),
          .repeat_feature = options.repeat_feature,
          .flank = options.flank,
          .keep_duplicates = options.keep_duplicates};
}

bool IsCorpusFile(const std::string& name) {
  return name == formats::kDescriptionFile || name == "report.html" || name == kReportTable ||
         name == formats::ProvenancePath(kReportTable) || name.ends_with(kShardSuffix);
}

/// Bases done over all genomes; their files' sizes stand for their shares of the work.
class GenomesProgress {
 public:
  GenomesProgress(const std::vector<formats::ManifestRow>& rows, Reporter& reporter)
      : reporter_(reporter), progress_(reporter, "building", "bases") {
    for (const formats::ManifestRow& row : rows) {
      std::error_code unknown;
      const auto bytes = fs::file_size(row.fasta, unknown);
      bytes_.push_back(unknown ? 0 : static_cast<double>(bytes));
      all_bytes_ += bytes_.back();
    }
  }

  void Update(size_t genome, int64_t bases, double fraction) {
    done_ += bases;
    double bytes = 0;
    for (size_t i = 0; i < genome; ++i) bytes += bytes_[i];
    bytes += std::max(fraction, 0.0) * bytes_[genome];
    progress_.Update(done_, all_bytes_ > 0 ? bytes / all_bytes_ : -1);
  }

  void Note(const data::GenomeSummary& genome) {
    reporter_.Note(fmt::format("{}: {} bases, {} windows for training, {} for validation", genome.species,
                               genome.stages[data::kGenome].bases, genome.stages[data::kTraining].windows,
                               genome.stages[data::kValidation].windows));
    if (genome.letters.ambiguous > 0)
      reporter_.Warn(fmt::format("{}: {} IUPAC codes were read as N", genome.species, genome.letters.ambiguous));
    for (const std::string& note : genome.notes) reporter_.Warn(note);
  }

 private:
  Reporter& reporter_;
  Progress progress_;
  std::vector<double> bytes_;
  double all_bytes_ = 0;
  int64_t done_ = 0;
};

/// For a corpus whose windows are all for training. Names blocks that hold a window wherever it begins, some hundred.
std::string AdviceForValidation(const CorpusOptions& options, const std::vector<data::GenomeSummary>& genomes) {
  constexpr int64_t kBlocks = 100;
  int64_t bases = 0;
  for (const data::GenomeSummary& genome : genomes) bases += genome.stages[data::kSequences].bases;
  int64_t round = 1;
  while (round * 10 <= bases / kBlocks) round *= 10;
  const int64_t fitting = std::max(bases / kBlocks / round * round, 2 * WindowBases(options));
  const std::string smaller = fitting < options.block_bp ? fmt::format("--block-bp {} or ", fitting) : "";
  return fmt::format("no window is for validation: the genomes have too few blocks of {} bases; try {}another --seed",
                     options.block_bp, smaller);
}

void WriteText(const std::string& path, const std::string& text) {
  OutputFile file(path, false);
  file.Write(text);
  file.Commit();
}

}  // namespace

void BuildCorpus(const CorpusOptions& options) {
  const ThreadsOfCall threads = inference::Start(options.job);
  CheckOptions(options);
  const auto rows = ChooseRows(options);
  std::vector<std::string> regions;
  for (const formats::ManifestRow& row : rows) regions.push_back(row.regions);
  CheckRegions(options, regions);
  formats::CheckRepeatTypes(rows, options.repeat_feature);
  OutputFolder folder(options.job.output, options.job.force, "corpus", IsCorpusFile);
  const data::GenomeOptions genome_options = ForGenomes(options);

  formats::CorpusDescription description;
  Sha256 vocabulary;
  vocabulary.Update(tokenizer::VocabularyFile());
  description.vocabulary_sha256 = vocabulary.Hex();
  description.window_tokens = options.window_tokens;
  description.folds = options.folds;
  description.settings = Settings(options);
  description.provenance = inference::DescribeProgram(options.job);

  Reporter& reporter = ReporterOf(options.job);
  GenomesProgress progress(rows, reporter);
  data::SeenWindows seen;
  data::SequenceFilter filter(options.without_sequences);
  std::vector<data::GenomeSummary> genomes;
  for (size_t i = 0; i < rows.size(); ++i) {
    // Species have any names, so the files are numbered.
    formats::DescribedSpecies species{.name = rows[i].species,
                                      .fasta = fs::path(rows[i].fasta).filename().string(),
                                      .shard = fmt::format("{:03}{}", i + 1, kShardSuffix),
                                      .weight = rows[i].weight};
    formats::ShardWriter shard(folder.File(species.shard), WindowBases(options));
    genomes.push_back(data::CutGenome(rows[i], genome_options, seen, filter, shard,
                                      [&](int64_t bases, double fraction) { progress.Update(i, bases, fraction); }));
    species.summary = shard.Commit();
    species.windows = {genomes.back().stages[data::kTraining].windows,
                       genomes.back().stages[data::kValidation].windows};
    progress.Note(genomes.back());
    if (const auto& notes = genomes.back().notes; !notes.empty())
      description.provenance["notes on " + species.name] =
          formats::Printable(fmt::format("{}", fmt::join(notes, "; ")));
    description.species.push_back(std::move(species));
  }
  filter.CheckAllMet();
  if (std::ranges::all_of(genomes, [](const auto& genome) { return genome.stages[data::kValidation].windows == 0; }) &&
      options.training_share < 1)
    reporter.Warn(AdviceForValidation(options, genomes));

  folder.File(formats::ProvenancePath(kReportTable));
  WriteCorpusTable(folder.File(kReportTable), description.provenance, genomes);
  WriteText(folder.File("report.html"), CorpusPage(description.settings, description.provenance, genomes));
  WriteText(folder.File(formats::kDescriptionFile), formats::WriteDescription(description));
  folder.Commit();
}

void VerifyCorpus(const std::string& folder, Reporter* reporter) {
  Progress progress(OrSilent(reporter), "verifying", "windows");
  data::VerifyShards(folder, [&](int64_t done, int64_t all) {
    progress.Update(done, static_cast<double>(done) / static_cast<double>(all));
  });
}

}  // namespace agront
