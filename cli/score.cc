// SPDX-License-Identifier: Apache-2.0
#include "agront/score.h"

#include <memory>

#include "command.h"
#include "word_option.h"

namespace agront::cli {

std::function<void()> SetUpScore(CLI::App& command) {
  auto options = std::make_shared<ScoreOptions>();
  command
      .add_option("--variants", options->variants,
                  "Variants to score: VCF, plain, gzip or bgzip, or BCF; - is VCF from standard input")
      ->required()
      ->type_name("FILE");
  command.add_option("--genome", options->genome, "Genome in FASTA that the variants are of")
      ->required()
      ->type_name("FASTA");
  AddJobOptions(command, options->job,
                "File to write: .vcf.gz, .vcf or .bcf; default: VCF to standard output. A sorted .vcf.gz or .bcf gets "
                "an index");
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  AddAdapterOption(command, options->job);
  command
      .add_option("--batch-tokens", options->job.batch_tokens,
                  "Number of tokens that go through the model at a time: windows are packed together up to it")
      ->type_name("N")
      ->capture_default_str();
  AddWordList(command, "--scores", options->scoring.scores,
              {{{"llr", VariantScore::kLlr}, {"marginal", VariantScore::kMarginal}, {"pll", VariantScore::kPll}},
               "llr, marginal, pll or none",
               "none"},
              "Scores to write: llr and marginal (substitutions within a 6-mer), pll (every change); none checks the "
              "records alone")
      ->default_str("llr,pll");
  command
      .add_option(
          "--frames", options->scoring.frames,
          "Places of the 6-mers: 1, one for each score; 6, also the mean of llr and marginal over all places of "
          "the 6-mer (keys ..._F6). Default: one for llr and marginal, six for pll")
      ->type_name("N");
  command
      .add_option("--window-bp", options->scoring.window_bp,
                  "Length of the window around a change, an odd number of 6-mers; default: 5994, or as long as the "
                  "model takes")
      ->type_name("BP");
  AddShown(command, "--pll-flank", options->scoring.pll_flank, "N",
           "Number of 6-mers that pll scores on each side of a change");
  command.add_flag("--shared-masks", options->scoring.shared_masks,
                   "llr and marginal mask every seventh 6-mer of a window that variants share: far fewer passes where "
                   "variants are dense, and scores that differ a little");
  AddShown(
      command, "--indel-null", options->scoring.indel_null, "N",
      "Number of random insertions or deletions of the same lengths whose mean pll is subtracted from that of each "
      "one; 0: nothing is");
  AddWord(command, "--reference-mismatch", options->mismatch_is_error, {{"mark", false}, {"error", true}},
          "What becomes of a record whose REF is not what the genome has: a mark (ref_differs) and no scores, or an "
          "error");
  AddExample(command, "agront score --variants in.vcf.gz --genome genome.fa -o out.vcf.gz");
  return [options] {
    options->job.command_line = CommandLine();
    Score(*options);
  };
}

}  // namespace agront::cli
