// SPDX-License-Identifier: Apache-2.0
#include "agront/finetune.h"

#include <memory>

#include "command.h"
#include "labelled_options.h"
#include "training_words.h"
#include "word_option.h"

namespace agront::cli {
namespace {

const Words<TaskKind> kTasks = {{"binary", TaskKind::kBinary},
                                {"multiclass", TaskKind::kMulticlass},
                                {"multilabel", TaskKind::kMultilabel},
                                {"regression", TaskKind::kRegression},
                                {"token", TaskKind::kToken}};
const Words<FinetuneMethod> kMethods = {{"probe", FinetuneMethod::kProbe},
                                        {"ia3", FinetuneMethod::kIa3},
                                        {"lora", FinetuneMethod::kLora},
                                        {"full", FinetuneMethod::kFull}};
const Words<LongSequences> kLongSequences = {
    {"error", LongSequences::kError}, {"centre", LongSequences::kCentre}, {"windows", LongSequences::kWindows}};

const WordList<AdapterTarget> kTargets = {.words = {{"q", AdapterTarget::kQuery},
                                                    {"k", AdapterTarget::kKey},
                                                    {"v", AdapterTarget::kValue},
                                                    {"o", AdapterTarget::kOutput},
                                                    {"fc1", AdapterTarget::kExpand},
                                                    {"fc2", AdapterTarget::kContract}},
                                          .expected = "one of fc1, fc2, k, o, q, v"};
const WordList<TransformStep> kSteps = {.words = {{"log1p", TransformStep::kLog1p},
                                                  {"standardize", TransformStep::kStandardize},
                                                  {"rank", TransformStep::kRank}},
                                        .expected = "log1p, standardize, rank or none",
                                        .empty = "none"};

void AddMethodOptions(CLI::App& command, FinetuneOptions& options) {
  AddWord(command, "--method", options.model.method, kMethods,
          "Parameters to train beside the head: probe (none), ia3 (scales of channels), lora (low-rank changes of "
          "products), full (all)");
  AddWord(command, "--head", options.model.head, {{"linear", HeadKind::kLinear}, {"mlp", HeadKind::kMlp}},
          "Head on top of the model: linear, or mlp (one layer more)");
  AddWord(
      command, "--pooling", options.model.pooling,
      {{"mean", HeadPooling::kMean},
       {"cls", HeadPooling::kCls},
       {"centre", HeadPooling::kCentre},
       {"attention", HeadPooling::kAttention}},
      "How the tokens of a sequence become one vector: mean (default), cls, centre, or attention (learned weights)");
  AddShown(command, "--layers", options.model.layers, "LIST",
           "With --method probe: layer whose hidden states the head reads; given several (3,6,9 or all), the best on "
           "validation. Not with --pooling attention, and not with --task token");
  AddWordList(
      command, "--targets", options.model.targets, kTargets,
      "With --method lora or ia3: products that get an adapter, among q,k,v,o,fc1,fc2; default: q,v (lora), k,v,fc2 (ia3)");
  AddShown(command, "--rank", options.model.rank, "N", "LoRA rank");
  AddShown(command, "--alpha", options.model.alpha, "X", "LoRA alpha: changes are scaled by alpha / rank");
  AddPrecisionOption(command, options.job);
  AddWord(command, "--long", options.model.long_sequences, kLongSequences,
          "What to do with sequences longer than the model's window: error, centre (read the middle only), "
          "windows (cut them, and take the mean of the windows)");
  AddWordList(command, "--transform", options.data.transform, kSteps,
              "With --task regression: how numbers are transformed for training, undone in predictions: log1p, "
              "standardize, rank, or several, as in log1p,standardize; with --benchmark in the tasks of numbers");
  command.add_flag("--class-weights", options.data.class_weights,
                   "Let rare classes weigh as much as common ones; with --benchmark in the tasks of classes");
  command.add_flag("--reverse-complement", options.training.reverse_complement,
                   "Read half of the sequences from the other strand in training");
}

void AddTrainingOptions(CLI::App& command, FinetuneOptions& options) {
  constexpr char kGroup[] = "Training";
  AddShown(command, "--epochs", options.training.epochs, "N", "Number of passes over the training examples, at most")
      ->group(kGroup);
  AddShown(command, "--patience", options.training.patience, "N",
           "Stop after this many epochs without a lower validation loss; 0: never")
      ->group(kGroup);
  AddShown(command, "--batch-size", options.training.batch_size, "N", "Number of sequences of an update")
      ->group(kGroup);
  command
      .add_option(
          "--learning-rate", options.training.learning_rate,
          "Peak learning rate, reached after warm-up; default: 5e-3 (probe; 2e-3 with --pooling attention or --task "
          "token), 3e-3 (ia3), 5e-4 (lora), 5e-5 (full)")
      ->type_name("RATE")
      ->group(kGroup);
  AddShown(command, "--warmup-share", options.training.warmup_share, "SHARE",
           "Share of the updates in which the learning rate rises to its peak")
      ->group(kGroup);
  AddWord(command, "--decay", options.training.decay,
          {{"linear", Decay::kLinear}, {"cosine", Decay::kCosine}, {"none", Decay::kNone}},
          "How the learning rate falls after warm-up: linear, cosine, none")
      ->group(kGroup);
  AddShown(command, "--weight-decay", options.training.weight_decay, "X",
           "AdamW weight decay, of matrices; biases and LayerNorm have none")
      ->group(kGroup);
  AddShown(command, "--clip-norm", options.training.clip_norm, "X",
           "Norm to which larger gradients are scaled down; 0: never")
      ->group(kGroup);
  AddShown(command, "--seed", options.training.seed, "SEED",
           "Random seed of the initial weights and of the order of examples")
      ->group(kGroup);
  AddShown(command, "--seeds", options.training.seeds, "N",
           "Number of models to train, with seed, seed + 1, ...; results are their mean and deviation")
      ->group(kGroup);
  AddShown(command, "--folds", options.data.folds, "K",
           "Number of folds for cross-validation of the training file; 0: none")
      ->group(kGroup);
  AddWord(command, "--recompute", options.training.recompute, kRecompute,
          "Recompute activations in the backward pass instead of keeping them: on, off, auto (if memory is short)")
      ->group(kGroup);
  AddShown(command, "--batch-tokens", options.job.batch_tokens, "N",
           "Number of tokens that go through the model at a time")
      ->group(kGroup);
  AddShown(command, "--checkpoint-every", options.training.checkpoint_every, "N",
           "Number of updates between two checkpoints; there is one after each epoch, too")
      ->group(kGroup);
}

void AddReportOptions(CLI::App& command, FinetuneOptions& options) {
  constexpr char kGroup[] = "Results";
  command.add_flag("--merge", options.results.merge, "Also write DIR/model, the model with the adapter in its weights")
      ->group(kGroup);
  command
      .add_flag("!--no-baselines", options.results.baselines, "Leave out the baselines of k-mers and of length and GC")
      ->group(kGroup);
  command
      .add_flag("--random-baseline", options.results.random_baseline,
                "Also train the same on a model with random weights, as a baseline")
      ->group(kGroup);
  AddShown(command, "--bootstrap", options.results.bootstrap, "N",
           "Number of bootstrap resamples for the 95 % intervals of scores; 0: no intervals")
      ->group(kGroup);
}

}  // namespace

std::function<void()> SetUpFinetune(CLI::App& command) {
  auto options = std::make_shared<FinetuneOptions>();
  auto benchmark = std::make_shared<std::string>();
  AddWord(command, "--task", options->task, kTasks,
          "Kind of the task: binary, multiclass, multilabel, regression, or token (a class for each token)");
  command
      .add_option(
          "--train", options->data.train,
          "File of labelled sequences: FASTA with >name|label or with --labels, a CSV or TSV table, or BED or GFF3 with "
          "--genome")
      ->type_name("FILE");
  command
      .add_option("--valid", options->data.valid,
                  "File to validate on, by which training stops; default: drawn from --train")
      ->type_name("FILE");
  command.add_option("--test", options->data.test, "File to test on")->type_name("FILE");
  command
      .add_option("--benchmark", *benchmark,
                  "Folder in the layout of the Plants Genomic Benchmark; every task in it is run, instead of --train")
      ->type_name("DIR");
  command
      .add_option("-m,--model", options->job.model,
                  "Folder of the model, or its name: agront-mini (the embedded example, the default), or one that "
                  "agront pull fetched (agront-1b, ORG/NAME)")
      ->type_name("DIR|NAME");
  AddRunFolderOptions(command, options->job, "DIR");
  AddMethodOptions(command, *options);
  AddExampleOptions(command, options->data.input);
  AddLabelOptions(command, options->data.input);
  AddLearnedOptions(command, options->data.input);
  AddSplitOptions(command, options->data.split);
  AddTrainingOptions(command, *options);
  AddReportOptions(command, *options);
  AddExample(command, "agront finetune --task binary --train train.fa --test test.fa --method probe -o run");
  return [options, benchmark] {
    options->job.command_line = CommandLine();
    if (benchmark->empty())
      Finetune(*options);
    else
      FinetuneBenchmark(*options, *benchmark);
  };
}

}  // namespace agront::cli
