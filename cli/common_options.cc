// SPDX-License-Identifier: Apache-2.0
// The options that all commands share.
#include "agront/device.h"
#include "agront/error.h"
#include "command.h"
#include "commands.h"
#include "region_options.h"
#include "word_option.h"

namespace agront::cli {

const std::string& CommandLine() { return CurrentCaller().command_line; }

void RecordCommandLine(int argc, char** argv) {
  std::string& text = CurrentCaller().command_line;
  for (int i = 0; i < argc; ++i) {
    const std::string word = i == 0 ? "agront" : argv[i];
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?") == std::string::npos;
    text += (i > 0 ? " " : "") + (plain ? word : "'" + word + "'");
  }
}

void AddJobOptions(CLI::App& command, JobOptions& job, const std::string& output_help) {
  command
      .add_option("-m,--model", job.model,
                  "Folder of the model, or its name: agront-mini (the embedded example, the default), or one that "
                  "agront pull fetched (agront-1b, ORG/NAME)")
      ->type_name("DIR|NAME");
  command.add_option("-t,--threads", job.threads, "Number of threads; default: one per core that it may use")
      ->type_name("N");
  command.add_option("-o,--output", job.output, output_help)->type_name("FILE");
  command.add_flag("--force", job.force, "Overwrite the output if it exists");
  AddQuietFlag(command, job);
}

void AddQuietFlag(CLI::App& command, JobOptions& job) {
  job.reporter = CurrentCaller().reporter;
  command.add_flag("-q,--quiet", *CurrentCaller().is_quiet, "Show neither progress nor warnings");
}

void AddRunFolderOptions(CLI::App& command, JobOptions& job, const char* word) {
  command.add_option("-o,--output", job.output, "Folder of the run: a new one, or that of a run to go on with")
      ->required()
      ->type_name(word);
  command
      .add_option("--config",
                  "JSON file that sets any of these options by name; an option of the command line wins over it")
      ->type_name("FILE");
  command.add_option("-t,--threads", job.threads, "Number of threads of each process; default: its share of the cores")
      ->type_name("N");
  AddQuietFlag(command, job);
}

void AddPrecisionOption(CLI::App& command, JobOptions& job) {
  AddWord(
      command, "--precision", job.precision,
      {{"fp32", Precision::kFp32},
       {"bf16", Precision::kBf16},
       {"int8", Precision::kInt8},
       {"tf32", Precision::kTf32},
       {"auto", kAutoPrecision}},
      "Number format of the matrix products: fp32, bf16 (half the memory), int8 (a quarter, on the processor), tf32 (on "
      "NVIDIA's GPUs), or auto (int8 for a model in int8, else bf16 where the processor multiplies it, else fp32)");
}

void AddDeviceOption(CLI::App& command, JobOptions& job) {
  const auto choose = [&command, &job](const std::string& device) {
    int64_t tokens = 0;
    try {
      tokens = BatchTokensOf(device);
    } catch (const UsageError& error) {
      throw CLI::ValidationError(error.what());
    }
    job.device = device;
    const CLI::Option* asked = command.get_option_no_throw("--batch-tokens");
    if (asked != nullptr && asked->count() == 0) job.batch_tokens = tokens;
    if (device != "cpu") KeepPluginsQuiet();
  };
  command
      .add_option_function<std::string>(
          "--device", choose,
          "Device that runs the model: cpu (this processor), cuda, tpu, rocm, oneapi, xla-cpu or the path of a plugin of "
          "XLA (.so); behind the others :N for N devices. agront info --devices lists what is here")
      ->type_name("DEVICE")
      ->default_str("cpu");
}

void AddAdapterOption(CLI::App& command, JobOptions& job) {
  command
      .add_option("--adapter", job.adapter,
                  "Folder of a LoRA or IA3 adapter to run on top of the model, from finetune or from PEFT (it has "
                  "adapter_config.json)")
      ->type_name("DIR");
}

void AddProvenanceOption(CLI::App& command, JobOptions& job) {
  AddWord(
      command, "--provenance", job.provenance,
      {{"beside", TableProvenance::kBeside}, {"header", TableProvenance::kHeader}},
      "Where to write what a table was made from: beside it in FILE.json (on standard error for standard output), or in "
      "lines ## above its header");
}

void AddRegionOptions(CLI::App& command, InputOptions& input) {
  AddRegionOptions(command, {.genome = input.genome,
                             .regions = &input.regions,
                             .region_list = &input.region_list,
                             .feature = input.feature,
                             .window = input.window,
                             .pads_at_ends = input.pads_at_ends});
}

void AddInputOptions(CLI::App& command, JobOptions& job, InputOptions& input) {
  command
      .add_option("IN", input.fasta, "FASTA file to read, plain, gzip or bgzip; - is standard input. Instead: --genome")
      ->type_name("");
  AddRegionOptions(command, input);
  command.add_option("--overlap", input.overlap, "Bases that two neighbouring windows of a long record share")
      ->type_name("BP")
      ->capture_default_str();
  command
      .add_option("--batch-tokens", job.batch_tokens,
                  "Number of tokens that go through the model at a time: windows are packed together up to it")
      ->type_name("N")
      ->capture_default_str();
}

void AddExample(CLI::App& command, const std::string& example) { command.footer("Example:\n  " + example); }

}  // namespace agront::cli
