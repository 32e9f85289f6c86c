// SPDX-License-Identifier: Apache-2.0
#include "agront/corpus.h"

#include <memory>

#include "agront/error.h"
#include "command.h"

namespace agront::cli {
namespace {

void AddCuttingOptions(CLI::App& command, CorpusOptions& options) {
  command.add_option("--window-tokens", options.window_tokens, "Tokens of a window, <cls> included")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--overlap", options.overlap, "Bases that neighbouring windows share")
      ->type_name("BP")
      ->capture_default_str();
  command.add_option("--shift", options.shift, "Not 0: also the windows that start this many bases later")
      ->type_name("BP")
      ->capture_default_str();
  command
      .add_option("--training-share", options.training_share, "Of the blocks of 1 Mb; the others are for validation")
      ->type_name("SHARE")
      ->capture_default_str();
  command
      .add_option("--block-bp", options.block_bp,
                  "Bases of the blocks that are dealt to training, validation and folds")
      ->type_name("BP")
      ->capture_default_str();
  command.add_option("--folds", options.folds, "Folds that the blocks are dealt to, for cross-validation")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Of the dealing")->type_name("N")->capture_default_str();
}

void AddFilterOptions(CLI::App& command, CorpusOptions& options) {
  command.add_option("--min-known", options.min_known, "Share of A, C, G, T that a window must have")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--feature", options.feature, "Types of GFF3 lines that are regions, separated by commas")
      ->type_name("TYPE")
      ->capture_default_str();
  command
      .add_option("--repeat-feature", options.repeat_feature,
                  "Types of the GFF3 lines that are repeats, separated by commas; needed when a file has several types")
      ->type_name("TYPES");
  command.add_option("--flank", options.flank, "Windows this near to a region are kept, too")
      ->type_name("BP")
      ->capture_default_str();
  command.add_flag("--keep-duplicates", options.keep_duplicates,
                   "Keep windows equal to an earlier one or to its reverse complement");
  command.add_option("--without-species", options.without_species, "Species of the manifest to leave out")
      ->type_name("NAME");
  command
      .add_option("--without-sequence", options.without_sequences,
                  "Sequences to leave out: chr1 of every species, or species:chr1")
      ->type_name("NAME");
}

}  // namespace

std::function<void()> SetUpCorpus(CLI::App& command) {
  auto options = std::make_shared<CorpusOptions>();
  auto verify = std::make_shared<bool>(false);
  command
      .add_option("manifest", options->manifest,
                  "Table with the header species, fasta, regions (BED or GFF3, or .), weight (or .)\n"
                  "and perhaps repeats (BED or GFF3, or . for lower-case bases)")
      ->required()
      ->type_name("MANIFEST.tsv");
  command.add_option("-o,--output", options->job.output, "Folder to write")->type_name("DIR");
  command.add_flag("--force", options->job.force, "Overwrite the output");
  command.add_flag("-q,--quiet", options->job.quiet, "No progress, no warnings");
  AddCuttingOptions(command, *options);
  AddFilterOptions(command, *options);
  command.add_flag("--verify", *verify, "Instead: compare every window of the corpus in this folder with its checksum")
      ->excludes("--output");
  AddExample(command, "agront corpus genomes.tsv -o corpus");
  return [options, verify] {
    if (*verify) return VerifyCorpus(options->manifest, options->job.quiet);
    options->job.command_line = CommandLine();
    BuildCorpus(*options);
  };
}

}  // namespace agront::cli
