// SPDX-License-Identifier: Apache-2.0
// The program: a table of commands. Exit status 0 done, 1 bad input or a failure, 2 wrong usage.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "agront/error.h"
#include "agront/printable.h"
#include "agront/reporter.h"
#include "agront/version.h"
#include "command.h"
#include "config_file.h"
#include "help_format.h"
#include "input_files.h"
#include "option_rules.h"
#include "parse_errors.h"
#include "signals.h"
#include "value_kind.h"

namespace agront::cli {
namespace {

constexpr int kFailure = 1;
constexpr int kWrongUsage = 2;

struct Row {
  const char* name;
  const char* about;
  Setup set_up;
};

constexpr std::array kCommands = {
    Row{"tokenize", "Sequences as 6-mer tokens", SetUpTokenize},
    Row{"embed", "Hidden states of sequences, pooled or for every token", SetUpEmbed},
    Row{"logits", "The language model's output for every token", SetUpLogits},
    Row{"attention", "Attention maps of chosen heads, as numbers or as a picture", SetUpAttention},
    Row{"unmask", "What the model expects where bases are masked", SetUpUnmask},
    Row{"score", "How likely the model finds the alternatives of variants", SetUpScore},
    Row{"corpus", "Genomes cut into windows, ready for pretraining", SetUpCorpus},
    Row{"pretrain", "A masked language model from a corpus, new or from another one", SetUpPretrain},
    Row{"finetune", "A model for a task of your own, from labelled sequences", SetUpFinetune},
    Row{"predict", "What a fine-tuned model says of new sequences", SetUpPredict},
    Row{"evaluate", "How well a model does on sequences of your own", SetUpEvaluate},
    Row{"pull", "A model by its name, from Hugging Face's hub or a mirror of it", SetUpPull},
    Row{"convert", "Any checkpoint (PyTorch, safetensors, JAX) as a Hugging Face folder", SetUpConvert},
    Row{"info", "What a model is, and whether its weights are sound", SetUpInfo},
    Row{"bench", "How fast a model runs here, and how near to the machine's limits", SetUpBench},
};

/// Of the processes that a launcher started; 0 without one.
std::string Rank() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"})
    if (const char* rank = std::getenv(name)) return rank;
  return "0";
}

/// Several processes share a command line: one speaks of it.
bool IsFirstRank() { return Rank() == "0"; }

/// Puts together what the command line and --config say, and refuses options that do not belong and files that are not
/// there.
void SettleOptions(CLI::App& command) {
  const std::set<const CLI::Option*> given = GivenOptions(command);
  std::vector<ConfigValue> values;
  const CLI::Option* config = command.get_option_no_throw("--config");
  if (config != nullptr && config->count() > 0) values = ReadConfig(command, config->as<std::string>());
  CheckOptionsBelong(command, given, !IsFirstRank() || command.get_option("--quiet")->as<bool>());
  HandOn(values);
  CheckInputsExist(command);
}

/// The line of an error. Messages escape and shorten what they quote of files; this is for names of files, which may
/// come from files, too.
void Say(const std::string& why) {
  constexpr size_t kLongest = 1500, kEnd = 300;
  std::string line = Printable(why, kLongest);
  if (line.size() > kLongest) line += Printable(why.substr(why.size() - kEnd), kLongest);
  std::fprintf(stderr, "agront: %s\n", line.c_str());
}

/// What one process finds wrong with the command line, a file or the memory all find wrong: the first says so, and
/// mpirun ends the others before it is their turn.
void SayInTurn(const std::string& why) {
  constexpr std::chrono::seconds kTurnOfTheOthers{3};
  if (IsFirstRank()) return Say(why);
  std::this_thread::sleep_for(kTurnOfTheOthers);
  Say("rank " + Rank() + ": " + why);
}

int Refuse(const std::string& why) {
  SayInTurn(why);
  return kWrongUsage;
}

/// The status of `work`, whose error it says.
int Run(const std::function<void()>& work) {
  const auto fail = [](const std::string& why, int status = kFailure) {
    SayInTurn(why);
    return status;
  };
  try {
    work();
    return 0;
  } catch (const Stopped&) {
    return 0;  // as asked, and the same command goes on
  } catch (const UsageError& error) {
    return fail(error.what(), kWrongUsage);
  } catch (const std::bad_alloc&) {
    return fail("out of memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(Printable(error.path1().string()) + ": " + error.code().message());
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

int Main(int argc, char** argv) {
  CLI::App app("AgroNT, a masked language model of plant DNA. Without --model the small embedded example model runs.");
  app.name("agront");
  app.formatter(std::make_shared<HelpFormat>());
  app.set_help_flag("-h,--help", "Print this help");
  app.set_version_flag("--version", "agront " + std::string(Version()), "Print the version of the program");
  app.set_help_all_flag("--help-all", "Print the help of every command");
  app.require_subcommand(1);
  app.footer("Example:\n  agront unmask --every genes.fa.gz -o genes.tsv\n\nagront COMMAND --help tells more.");
  std::map<const CLI::App*, std::function<void()>> jobs;
  for (const Row& row : kCommands) {
    CLI::App* command = app.add_subcommand(row.name, row.about);
    command->set_help_all_flag();  // the program's, not a command's
    jobs[command] = row.set_up(*command);
    CheckNumbers(*command);
  }
  if (argc < 2) {  // as git does: the help, and a status by which a script without a command ends
    std::fputs(app.help().c_str(), stdout);
    return kWrongUsage;
  }
  RecordCommandLine(argc, argv);
  CLI::App* command = nullptr;
  try {
    app.parse(argc, argv);
    command = app.get_subcommands().front();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return Refuse(Explain(error, app, {argv + 1, argv + argc}));
  }
  if (const int status = Run([&] { SettleOptions(*command); }); status != 0) return status;
  return Run(jobs[command]);
}

}  // namespace
}  // namespace agront::cli

int main(int argc, char** argv) {
  agront::cli::HandleSignals();
  return agront::cli::Main(argc, argv);
}
