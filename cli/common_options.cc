// SPDX-License-Identifier: Apache-2.0
// The options that all commands share.
#include "command.h"

namespace agront::cli {
namespace {

std::string& CommandLineText() {
  static std::string text;
  return text;
}

}  // namespace

const std::string& CommandLine() { return CommandLineText(); }

void RecordCommandLine(int argc, char** argv) {
  std::string& text = CommandLineText();
  for (int i = 0; i < argc; ++i) {
    const std::string word = i == 0 ? "agront" : argv[i];
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?") == std::string::npos;
    text += (i > 0 ? " " : "") + (plain ? word : "'" + word + "'");
  }
}

void AddJobOptions(CLI::App& command, JobOptions& job, const std::string& output_help) {
  command.add_option("-m,--model", job.model, "Folder of a model, or the name of the embedded one (default)")
      ->type_name("DIR|NAME");
  command.add_option("-t,--threads", job.threads, "Threads; default: one per core")->type_name("N");
  command.add_option("-o,--output", job.output, output_help)->type_name("FILE");
  command.add_flag("--force", job.force, "Overwrite the output");
  command.add_flag("-q,--quiet", job.quiet, "No progress, no warnings");
}

void AddRunFolderOptions(CLI::App& command, JobOptions& job, std::string& config, const char* word) {
  command.add_option("-o,--output", job.output, "Folder of the run: new, or one to go on with")
      ->required()
      ->type_name(word);
  command.add_option("--config", config, "JSON file with any of these options by name; options given here win")
      ->type_name("FILE");
  command.add_option("-t,--threads", job.threads, "Threads of each process; default: its share of the cores")
      ->type_name("N");
  command.add_flag("-q,--quiet", job.quiet, "No progress, no warnings");
}

void AddPrecisionOption(CLI::App& command, JobOptions& job) {
  command
      .add_option(
          "--precision", job.precision,
          "Of the matrix products: fp32, bf16 (half the memory), int8 (a quarter), or auto (int8 if the model is,\n"
          "else bf16 where the processor has it)")
      ->type_name("P")
      ->capture_default_str();
}

void AddAdapterOption(CLI::App& command, JobOptions& job) {
  command
      .add_option("--adapter", job.adapter,
                  "Folder of a LoRA or IA3 adapter of the model, from finetune or from PEFT (adapter_config.json)")
      ->type_name("DIR");
}

void AddInputOptions(CLI::App& command, JobOptions& job, InputOptions& input) {
  command.add_option("input", input.fasta, "FASTA, plain, gzip or bgzip; - is standard input")->type_name("IN");
  command.add_option("--genome", input.genome, "Instead of IN: a genome in FASTA, with --regions")->type_name("FASTA");
  command
      .add_option("--regions", input.regions,
                  "BED or GFF3; each region is a record, 5' to 3' on its own strand, named by the file")
      ->type_name("BED|GFF3");
  command.add_option("--feature", input.feature, "Type of the GFF3 lines to read")
      ->type_name("TYPE")
      ->capture_default_str();
  command.add_option("--overlap", input.overlap, "Bases that two windows of one long record share")
      ->type_name("BP")
      ->capture_default_str();
  command.add_option("--batch-tokens", job.batch_tokens, "Windows are packed together up to this many tokens")
      ->type_name("N")
      ->capture_default_str();
}

void AddExample(CLI::App& command, const std::string& example) { command.footer("Example:\n  " + example); }

}  // namespace agront::cli
