// SPDX-License-Identifier: Apache-2.0
#include "agront/corpus.h"

#include <memory>

#include "agront/error.h"
#include "command.h"

namespace agront::cli {
namespace {

void AddCuttingOptions(CLI::App& command, CorpusOptions& options) {
  command.add_option("--window-tokens", options.window_tokens, "Number of tokens of a window, <cls> included")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--overlap", options.overlap, "Bases that two neighbouring windows share")
      ->type_name("BP")
      ->capture_default_str();
  command.add_option("--shift", options.shift, "Cut a second set of windows that start this many bases later; 0: none")
      ->type_name("BP")
      ->capture_default_str();
  command
      .add_option("--training-share", options.training_share,
                  "Share of the blocks that are for training; the others are for validation")
      ->type_name("SHARE")
      ->capture_default_str();
  command
      .add_option("--block-bp", options.block_bp,
                  "Length of the blocks of a genome that are divided into training, validation and folds")
      ->type_name("BP")
      ->capture_default_str();
  command
      .add_option("--folds", options.folds,
                  "Number of folds that the blocks are divided into, for cross-validation; 1: none")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Random seed of the division into training, validation and folds")
      ->type_name("SEED")
      ->capture_default_str();
}

void AddFilterOptions(CLI::App& command, CorpusOptions& options) {
  command
      .add_option("--min-known", options.min_known,
                  "Share of the bases of a window that must be A, C, G or T; windows with less are left out")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--feature", options.feature, "Types of the GFF3 lines that are regions, separated by commas")
      ->type_name("TYPE")
      ->default_str("gene");
  command
      .add_option("--repeat-feature", options.repeat_feature,
                  "Types of the GFF3 lines that are repeats, separated by commas; needed when a file has several types")
      ->type_name("TYPES");
  command.add_option("--flank", options.flank, "Keep windows that are this near to a region, too")
      ->type_name("BP")
      ->capture_default_str();
  command.add_flag("--keep-duplicates", options.keep_duplicates,
                   "Keep windows equal to an earlier one or to its reverse complement");
  command.add_option("--without-species", options.without_species, "Species of the manifest to leave out")
      ->type_name("NAME");
  command
      .add_option("--without-sequence", options.without_sequences,
                  "Sequence to leave out: chr1 of every species, or species:chr1")
      ->type_name("NAME");
}

}  // namespace

std::function<void()> SetUpCorpus(CLI::App& command) {
  auto options = std::make_shared<CorpusOptions>();
  auto verify = std::make_shared<bool>(false);
  command
      .add_option(
          "MANIFEST.tsv", options->manifest,
          "Table of the genomes, with the header species, fasta, regions (BED or GFF3, or .), weight (or .) and "
          "perhaps repeats (BED or GFF3, or . for lower-case bases); with --verify the folder of a corpus")
      ->required()
      ->type_name("");
  command.add_option("-o,--output", options->job.output, "Folder to write the corpus into")->type_name("DIR");
  command.add_flag("--force", options->job.force, "Overwrite the output if it exists");
  AddQuietFlag(command, options->job);
  AddCuttingOptions(command, *options);
  AddFilterOptions(command, *options);
  command.add_flag("--verify", *verify,
                   "Compare every window of an existing corpus with its checksum, instead of building one");
  AddExample(command, "agront corpus genomes.tsv -o corpus");
  return [options, verify] {
    if (*verify) return VerifyCorpus(options->manifest, options->job.reporter);
    options->job.command_line = CommandLine();
    BuildCorpus(*options);
  };
}

}  // namespace agront::cli
