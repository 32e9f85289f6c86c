// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <array>
#include <set>
#include <vector>

#include "command.h"
#include "config_file.h"
#include "input_files.h"
#include "option_rules.h"
#include "value_kind.h"

namespace agront::cli {
namespace {

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
    Row{"unmask", "Probabilities of masked bases, by 6-mer or by base", SetUpUnmask},
    Row{"score", "How likely the model finds the alternatives of variants", SetUpScore},
    Row{"merge", "The parts of the variants that shards of score wrote, as one file", SetUpMerge},
    Row{"corpus", "Genomes cut into windows, ready for pretraining", SetUpCorpus},
    Row{"pretrain", "A masked language model from a corpus, new or from another one", SetUpPretrain},
    Row{"finetune", "A model for a task of your own, from labelled sequences", SetUpFinetune},
    Row{"predict", "Predictions of a fine-tuned model for new sequences", SetUpPredict},
    Row{"evaluate", "How well a model does on sequences of your own", SetUpEvaluate},
    Row{"pull", "A model by its name, from Hugging Face's hub or a mirror of it", SetUpPull},
    Row{"convert", "Any checkpoint (PyTorch, safetensors, JAX) as a Hugging Face folder", SetUpConvert},
    Row{"info", "Shape of a model, and whether its weights are sound", SetUpInfo},
    Row{"bench", "How fast a model runs here, and how near to the machine's limits", SetUpBench},
};

}  // namespace

Caller& CurrentCaller() {
  thread_local Caller caller;
  return caller;
}

Jobs AddCommands(CLI::App& app) {
  Jobs jobs;
  for (const Row& row : kCommands) {
    CLI::App* command = app.add_subcommand(row.name, row.about);
    command->set_help_all_flag();  // the program's, not a command's
    jobs[command] = row.set_up(*command);
    CheckNumbers(*command);
  }
  return jobs;
}

void SettleOptions(CLI::App& command, bool is_quiet) {
  const std::set<const CLI::Option*> given = GivenOptions(command);
  std::vector<ConfigValue> values;
  const CLI::Option* config = command.get_option_no_throw("--config");
  if (config != nullptr && config->count() > 0) values = ReadConfig(command, config->as<std::string>());
  CheckOptionsBelong(command, given, is_quiet);
  HandOn(values);
  CheckInputsExist(command);
}

}  // namespace agront::cli
