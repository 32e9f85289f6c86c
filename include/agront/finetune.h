// SPDX-License-Identifier: Apache-2.0
// The job `agront finetune`: a model for a task of your own, from labelled sequences.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agront/adapter_target.h"
#include "agront/export.h"
#include "agront/job.h"
#include "agront/labelled_input.h"
#include "agront/long_sequences.h"
#include "agront/prediction_task.h"
#include "agront/split_options.h"
#include "agront/task_head.h"
#include "agront/training_choices.h"
#include "agront/transform_step.h"

namespace agront {

enum class FinetuneMethod {
  kProbe,  ///< the head alone, on hidden states of the frozen model
  kIa3,    ///< the head, and scales of channels
  kLora,   ///< the head, and low-rank changes of products
  kFull,   ///< everything
};

/// The examples, how they are divided, and how their labels are transformed.
struct FinetuneData {
  LabelledInput input;      ///< columns and the like, of all files; `path` and `part` are not read
  std::string train;        ///< a file, as LabelledInput::path
  std::string valid, test;  ///< empty: see `split`
  SplitOptions split;
  int folds = 0;                         ///< of cross-validation; 0: none
  std::vector<TransformStep> transform;  ///< of numbers, one step after the other
  bool class_weights = false;            ///< rare classes weigh as much as common ones
};

/// The parameters that are trained, and how the model reads a sequence.
struct FinetuneModel {
  FinetuneMethod method = FinetuneMethod::kLora;
  HeadKind head = HeadKind::kLinear;
  std::optional<HeadPooling> pooling;  ///< nothing: kMean, and for tasks per token kNone
  std::string layers =
      "last";  ///< probe: hidden states of this layer; several ("3,6,9", "all"): the best on validation
  /// For LoRA and IA3, each once; empty: queries and values (LoRA), keys, values and kContract (IA3).
  std::vector<AdapterTarget> targets;
  int64_t rank = 8;   ///< LoRA
  double alpha = 16;  ///< LoRA
  LongSequences long_sequences = LongSequences::kError;
};

struct FinetuneTraining {
  int64_t epochs = 10;
  int64_t batch_size = 16;          ///< examples of an update, over all ranks
  double learning_rate = 0;         ///< 0: the method's
  double warmup_share = 0.05;       ///< of all updates
  Decay decay = Decay::kLinear;     ///< to 0; not kSquareRoot
  double weight_decay = 0.01;       ///< of matrices
  double clip_norm = 1;             ///< 0: never
  int64_t patience = 3;             ///< epochs without a better validation loss before training stops; 0: never
  bool reverse_complement = false;  ///< half of the sequences are read from the other strand
  uint64_t seed = 0;                ///< of initial weights, the order of examples, strands
  int seeds = 1;                    ///< runs with seed, seed + 1, ...
  Recompute recompute = Recompute::kAuto;
  int64_t checkpoint_every = 500;  ///< updates; and after each epoch
};

/// The outputs beside the model.
struct FinetuneResults {
  bool merge = false;            ///< also DIR/model with the adapter in its weights
  bool baselines = true;         ///< k-mers, length and GC beside the model
  bool random_baseline = false;  ///< and the same method on a model with random weights
  int64_t bootstrap = 1000;      ///< resamples, for intervals
};

struct FinetuneOptions {
  JobOptions job;  ///< job.output is a folder: new, or one to go on with; job.precision is that of a frozen base
  TaskKind task = TaskKind::kBinary;
  FinetuneData data;
  FinetuneModel model;
  FinetuneTraining training;
  FinetuneResults results;
};

/// Leaves in the folder adapter/ (LoRA and IA3, PEFT's layout) or model/ (full), head/, finetune.json (how to predict),
/// metrics.json, predictions.tsv (test), report.html. With several seeds or folds, one folder each and their mean. The
/// same options again go on where a run was, to the same bits on as many ranks and threads. Under mpirun the ranks
/// share the work, rank 0 reports, and all stop when the reporter of one says stop: behind a checkpoint, and with
/// Stopped. Throws UsageError for options that do not fit the task, the model or the run that is there, Error for data
/// that cannot be read, a folder that cannot be written, and too little memory. The other ranks may wait for one that
/// threw: they end when its process does, with its exit status. One job at a time; under mpirun the thread that joined
/// first.
AGRONT_EXPORT void Finetune(const FinetuneOptions& options);

/// Every task of a folder in the layout of the Plants Genomic Benchmark, TASK/SPECIES_{train,validation,test}.fa: one
/// folder each below the output, and a table of them with published figures beside. The options are checked for all
/// tasks before the first; `data.transform` is for those of numbers, `data.class_weights` for the others. Throws and
/// may be called as Finetune.
AGRONT_EXPORT void FinetuneBenchmark(const FinetuneOptions& options, const std::string& folder);

}  // namespace agront
