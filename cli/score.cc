// SPDX-License-Identifier: Apache-2.0
#include "agront/score.h"

#include <charconv>
#include <memory>

#include "command.h"
#include "quoted.h"
#include "word_option.h"

namespace agront::cli {

namespace {

void ReadShard(const std::string& text, ScoreOptions& options) {
  const size_t slash = text.find('/');
  const auto number = [&](const std::string& part) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || error != std::errc() || end != part.data() + part.size() || value < 1)
      throw CLI::ValidationError("expected I/N, such as 1/8, got " + Quoted(text));
    return value;
  };
  options.shard = number(text.substr(0, slash));
  options.shards = number(slash == std::string::npos ? "" : text.substr(slash + 1));
}

void AddInputOptions(CLI::App& command, ScoreOptions& options) {
  command
      .add_option(
          "--variants", options.variants,
          "Variants to score: VCF, BCF, or a table with columns chrom, pos (from 1), ref and alt; - is standard "
          "input")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--genome", options.genome,
                  "Genome in FASTA that the variants are of; a table with columns sequence and start (from 0), bases "
                  "around each variant, goes without")
      ->type_name("FASTA");
  command
      .add_option("--contig-names", options.contig_names,
                  "Table without a header, of two columns between tabs: a contig's name in the variants, and that "
                  "sequence's name in the genome; chr1, Chr1, 1 and Chr01 are taken for one name without it")
      ->type_name("TSV");
}

void AddScoringOptions(CLI::App& command, ScoreOptions& options) {
  AddWordList(command, "--scores", options.scoring.scores,
              {{{"llr", VariantScore::kLlr}, {"marginal", VariantScore::kMarginal}, {"pll", VariantScore::kPll}},
               "llr, marginal, pll or none",
               "none"},
              "Scores to write: llr and marginal (substitutions within a 6-mer), pll (every change); none checks the "
              "records alone")
      ->default_str("llr,pll");
  command
      .add_option(
          "--frames", options.scoring.frames,
          "Places of the 6-mers: 1, one for each score; 6, also the mean of llr and marginal over all places of "
          "the 6-mer (keys ..._F6). Default: one for llr and marginal, six for pll")
      ->type_name("N");
  command
      .add_option("--window-bp", options.scoring.window_bp,
                  "Length of the window around a change, an odd number of 6-mers; default: 5994, or as long as the "
                  "model takes")
      ->type_name("BP");
  AddShown(command, "--pll-flank", options.scoring.pll_flank, "N",
           "Number of 6-mers that pll scores on each side of a change");
  command.add_flag("--shared-masks", options.scoring.shared_masks,
                   "llr and marginal mask every seventh 6-mer of a window that variants share: far fewer passes where "
                   "variants are dense, and scores that differ a little");
  AddShown(
      command, "--indel-null", options.scoring.indel_null, "N",
      "Number of random insertions or deletions of the same lengths whose mean pll is subtracted from that of each "
      "one; 0: nothing is");
  AddWord(command, "--reference-mismatch", options.mismatch_is_error, {{"mark", false}, {"error", true}},
          "What becomes of a record whose REF is not what the genome has: a mark (ref_differs) and no scores, or an "
          "error");
}

void AddChunkOptions(CLI::App& command, ScoreOptions& options) {
  command
      .add_option("--chunk-records", options.chunk_records,
                  "Number of records of a chunk, the unit in which a stopped run goes on, and in which shards and "
                  "processes of mpirun share the work; default: 1000, or 100000 with --scores none")
      ->type_name("N");
  command
      .add_option_function<std::string>(
          "--shard", [&options](const std::string& text) { ReadShard(text, options); },
          "Part I of N: each scores its own chunks, and writes a part for agront merge")
      ->type_name("I/N");
  command.add_option("--report", options.report, "Table to write as well: how many alleles have which status")
      ->type_name("TSV");
}

}  // namespace

std::function<void()> SetUpScore(CLI::App& command) {
  auto options = std::make_shared<ScoreOptions>();
  AddInputOptions(command, *options);
  AddJobOptions(command, options->job,
                "File to write: .vcf.gz, .vcf, .bcf or .tsv; default: VCF to standard output. A sorted .vcf.gz or .bcf "
                "gets an index. OUT.unfinished has what is done of a file until all is, and the same command goes on");
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  AddAdapterOption(command, options->job);
  command
      .add_option("--batch-tokens", options->job.batch_tokens,
                  "Number of tokens that go through the model at a time: windows are packed together up to it")
      ->type_name("N")
      ->capture_default_str();
  AddScoringOptions(command, *options);
  AddChunkOptions(command, *options);
  AddExample(command, "agront score --variants in.vcf.gz --genome genome.fa -o out.vcf.gz");
  return [options] {
    options->job.command_line = CommandLine();
    Score(*options);
  };
}

}  // namespace agront::cli
