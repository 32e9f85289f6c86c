// SPDX-License-Identifier: Apache-2.0
#include "agront/finetune.h"

#include <map>
#include <memory>

#include "command.h"
#include "config_file.h"
#include "labelled_options.h"

namespace agront::cli {
namespace {

const std::map<std::string, TaskKind> kTasks = {{"binary", TaskKind::kBinary},
                                                {"multiclass", TaskKind::kMulticlass},
                                                {"multilabel", TaskKind::kMultilabel},
                                                {"regression", TaskKind::kRegression},
                                                {"token", TaskKind::kToken}};
const std::map<std::string, FinetuneMethod> kMethods = {{"probe", FinetuneMethod::kProbe},
                                                        {"ia3", FinetuneMethod::kIa3},
                                                        {"lora", FinetuneMethod::kLora},
                                                        {"full", FinetuneMethod::kFull}};
const std::map<std::string, LongSequences> kLongSequences = {
    {"error", LongSequences::kError}, {"centre", LongSequences::kCentre}, {"windows", LongSequences::kWindows}};

template <class T>
CLI::Option* AddWord(CLI::App& command, const char* flag, T& value, const std::map<std::string, T>& words,
                     const std::string& help) {
  return command.add_option(flag, value, help)->transform(CLI::CheckedTransformer(words))->type_name("WORD");
}

void AddMethodOptions(CLI::App& command, FinetuneOptions& options) {
  AddWord(
      command, "--method", options.method, kMethods,
      "What is trained beside the head: probe (nothing), ia3 (scales), lora (low-rank changes; default), full (all)");
  AddShown(command, "--head", options.head, "WORD", "linear, or mlp (one layer more)");
  command
      .add_option("--pooling", options.pooling,
                  "From tokens to a sequence: mean (default), cls, centre, attention (learned weights)")
      ->type_name("WORD");
  AddShown(
      command, "--layers", options.layers, "LIST",
      "With --method probe: hidden states of this layer; of several (3,6,9 or all) the best on validation. Not with\n"
      "--pooling attention, and not with --task token");
  command
      .add_option("--targets", options.targets,
                  "Products with an adapter, of q,k,v,o,fc1,fc2; default: q,v for lora, k,v,fc2 for ia3")
      ->type_name("LIST");
  AddShown(command, "--rank", options.rank, "N", "Of lora");
  AddShown(command, "--alpha", options.alpha, "X", "Of lora: its changes are scaled by alpha / rank");
  AddPrecisionOption(command, options.job);
  AddWord(command, "--long", options.long_sequences, kLongSequences,
          "Sequences longer than the model's window: error (default), centre (only the middle), windows (their mean)");
  command
      .add_option("--transform", options.transform,
                  "Of numbers, undone in predictions: log1p, standardize, rank, or several, as in log1p,standardize;\n"
                  "with --benchmark in the tasks of numbers")
      ->type_name("LIST");
  command.add_flag("--class-weights", options.class_weights,
                   "Rare classes weigh as much as common ones; with --benchmark in the tasks of classes");
  command.add_flag("--reverse-complement", options.reverse_complement,
                   "In training, read half of the sequences from the other strand");
}

void AddTrainingOptions(CLI::App& command, FinetuneOptions& options) {
  constexpr char kGroup[] = "Training";
  AddShown(command, "--epochs", options.epochs, "N", "At most")->group(kGroup);
  AddShown(command, "--patience", options.patience, "N",
           "Epochs without a lower validation loss before the end; 0: never")
      ->group(kGroup);
  AddShown(command, "--batch-size", options.batch_size, "N", "Sequences of an update")->group(kGroup);
  command
      .add_option(
          "--learning-rate", options.learning_rate,
          "Default: 5e-3 (probe; 2e-3 with --pooling attention or --task token), 3e-3 (ia3), 5e-4 (lora), 5e-5 (full)")
      ->type_name("RATE")
      ->group(kGroup);
  AddShown(command, "--warmup-share", options.warmup_share, "SHARE", "Of the updates, while the rate rises")
      ->group(kGroup);
  AddShown(command, "--decay", options.decay, "WORD", "Of the rate afterwards: linear, cosine, none")->group(kGroup);
  AddShown(command, "--weight-decay", options.weight_decay, "X", "Of matrices")->group(kGroup);
  AddShown(command, "--clip-norm", options.clip_norm, "X", "Gradients with a larger norm are scaled to it; 0: never")
      ->group(kGroup);
  AddShown(command, "--seed", options.seed, "N", "Of initial weights and the order of examples")->group(kGroup);
  AddShown(command, "--seeds", options.seeds, "N", "Train so many models, and give mean and deviation")->group(kGroup);
  AddShown(command, "--folds", options.folds, "K", "Cross-validation of the training file")->group(kGroup);
  AddShown(command, "--recompute", options.recompute, "WORD",
           "Compute activations anew on the way back: on, off, auto (if memory is short)")
      ->group(kGroup);
  AddShown(command, "--batch-tokens", options.job.batch_tokens, "N", "That go through the model at a time")
      ->group(kGroup);
  AddShown(command, "--checkpoint-every", options.checkpoint_every, "N", "Updates; and after each epoch")
      ->group(kGroup);
}

void AddReportOptions(CLI::App& command, FinetuneOptions& options) {
  constexpr char kGroup[] = "Results";
  command.add_flag("--merge", options.merge, "Also write DIR/model, with the adapter in its weights")->group(kGroup);
  command.add_flag("!--no-baselines", options.baselines, "Leave out k-mers, length and GC")->group(kGroup);
  command
      .add_flag("--random-baseline", options.random_baseline,
                "Also train the same on a model with random weights, to compare")
      ->group(kGroup);
  AddShown(command, "--bootstrap", options.bootstrap, "N", "Resamples for the intervals of scores; 0: none")
      ->group(kGroup);
}

}  // namespace

std::function<void()> SetUpFinetune(CLI::App& command) {
  auto options = std::make_shared<FinetuneOptions>();
  auto benchmark = std::make_shared<std::string>();
  auto config = std::make_shared<std::string>();
  AddWord(command, "--task", options->task, kTasks, "binary (default), multiclass, multilabel, regression or token");
  command
      .add_option("--train", options->train, "FASTA with >name|label, a CSV or TSV table, or BED or GFF3 with --genome")
      ->type_name("FILE");
  command.add_option("--valid", options->valid, "The same, to stop by; default: drawn from --train")->type_name("FILE");
  command.add_option("--test", options->test, "The same, to test with")->type_name("FILE");
  command
      .add_option("--benchmark", *benchmark,
                  "Instead: every task of a folder in the layout of the Plants Genomic Benchmark")
      ->type_name("DIR");
  command.add_option("-m,--model", options->job.model, "Folder of a model, or the name of the embedded one (default)")
      ->type_name("DIR|NAME");
  AddRunFolderOptions(command, options->job, *config, "DIR");
  AddMethodOptions(command, *options);
  AddLabelledOptions(command, options->data);
  AddSplitOptions(command, options->split);
  AddTrainingOptions(command, *options);
  AddReportOptions(command, *options);
  AddExample(command, "agront finetune --task binary --train train.fa --test test.fa --method probe -o run");
  return [options, benchmark, config, &command] {
    if (!config->empty()) ApplyConfig(command, *config);
    options->job.command_line = CommandLine();
    if (benchmark->empty())
      Finetune(*options);
    else
      FinetuneBenchmark(*options, *benchmark);
  };
}

}  // namespace agront::cli
