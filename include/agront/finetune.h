// SPDX-License-Identifier: Apache-2.0
// The job `agront finetune`: a model for a task of one's own, from labelled sequences.
#pragma once

#include <cstdint>
#include <string>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/labelled_input.h"
#include "agront/long_sequences.h"
#include "agront/prediction_task.h"
#include "agront/split_options.h"

namespace agront {

enum class FinetuneMethod {
  kProbe,  ///< the head alone, on hidden states of the frozen model
  kIa3,    ///< the head, and scales of channels
  kLora,   ///< the head, and low-rank changes of products
  kFull,   ///< everything
};

struct FinetuneOptions {
  JobOptions job;  ///< job.output is a folder: new, or one to go on with; job.precision is that of a frozen base
  TaskKind task = TaskKind::kBinary;

  LabelledInput data;       ///< columns and the like, of all files; `path` and `part` are not read
  std::string train;        ///< a file, as LabelledInput::path
  std::string valid, test;  ///< empty: see `split`
  SplitOptions split;
  int folds = 0;  ///< of cross-validation; 0: none

  FinetuneMethod method = FinetuneMethod::kLora;
  std::string head = "linear";  ///< linear, or mlp
  std::string pooling;          ///< mean, cls, centre, attention; empty: mean, and none for tasks per token
  std::string layers =
      "last";           ///< probe: hidden states of this layer; several ("3,6,9", "all"): the best on validation
  std::string targets;  ///< q,k,v,o,fc1,fc2: where LoRA and IA3 go; empty: q,v and k,v,fc2
  int64_t rank = 8;     ///< LoRA
  double alpha = 16;    ///< LoRA
  LongSequences long_sequences = LongSequences::kError;
  std::string transform;            ///< of numbers: see data/labelled/target_transform.h
  bool class_weights = false;       ///< rare classes weigh as much as common ones
  bool reverse_complement = false;  ///< in training, half of the sequences are read from the other strand

  int64_t epochs = 10;
  int64_t batch_size = 16;         ///< examples of an update, over all ranks
  double learning_rate = 0;        ///< 0: the method's
  double warmup_share = 0.05;      ///< of all updates
  std::string decay = "linear";    ///< linear, cosine or none
  double weight_decay = 0.01;      ///< of matrices
  double clip_norm = 1;            ///< 0: never
  int64_t patience = 3;            ///< epochs without a better validation loss before training stops; 0: never
  uint64_t seed = 0;               ///< of initial weights, the order of examples, strands
  int seeds = 1;                   ///< runs with seed, seed + 1, ...
  std::string recompute = "auto";  ///< activations on the way back: on, off, auto (if memory is short)
  int64_t checkpoint_every = 500;  ///< updates; and after each epoch

  bool merge = false;            ///< also write DIR/model with the adapter in its weights
  bool baselines = true;         ///< k-mers, length and GC beside the model
  bool random_baseline = false;  ///< and the same method on a model with random weights
  int64_t bootstrap = 1000;      ///< resamples, for intervals
};

/// Leaves in the folder adapter/ (LoRA and IA3, PEFT's layout) or model/ (full), head/, finetune.json (how to predict),
/// metrics.json, predictions.tsv (test), report.html. With several seeds or folds, one folder each and their mean. The
/// same options again go on where a run was, to the same bits on as many ranks and threads. Under mpirun the ranks
/// share the work, rank 0 reports, and a stop of one stops all: behind a checkpoint it throws Stopped. Throws
/// UsageError for options that do not fit the task, the model or the run that is there, Error for data that cannot be
/// read, a folder that cannot be written and memory that does not do. The other ranks may wait for one that threw: they
/// end when its process does, with its exit status. One job at a time; under mpirun the thread that joined first.
AGRONT_EXPORT void Finetune(const FinetuneOptions& options);

/// Every task of a folder in the layout of the Plants Genomic Benchmark, TASK/SPECIES_{train,validation,test}.fa: one
/// folder each below the output, and a table of them with published figures beside. The options are checked for all
/// tasks before the first; `transform` is for those of numbers, `class_weights` for the others. Throws and may be
/// called as Finetune.
AGRONT_EXPORT void FinetuneBenchmark(const FinetuneOptions& options, const std::string& folder);

}  // namespace agront
