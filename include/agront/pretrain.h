// SPDX-License-Identifier: Apache-2.0
// The job `agront pretrain`: a masked language model from a corpus, new or from where another one stands.
#pragma once

#include <cstdint>
#include <string>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/training_choices.h"

namespace agront {

// The defaults are the published run of AgroNT; docs/pretraining.md says which of them are inferred.

struct PretrainData {
  std::string corpus;         ///< folder that `agront corpus` wrote
  int64_t window_tokens = 0;  ///< 0: the corpus's windows whole; else they are cut to this length
  bool one_strand = false;    ///< no reverse complements
  int fold = -1;              ///< leave this fold of the corpus out
};

/// 0: that of the run or of the model to start from, which no other value may contradict; of a new model the published
/// one.
struct PretrainShape {
  int64_t hidden = 0;
  int64_t heads = 0;
  int64_t layers = 0;
  int64_t ffn = 0;
  int64_t max_tokens = 0;  ///< of the longest sequence that the model will take, <cls> included
};

struct PretrainMasking {
  double masking_ratio = 0.15;    ///< share of 6-mers in the loss
  double mask_share = 0.8;        ///< of these, shown as <mask>
  double random_share = 0.1;      ///< of these, shown as a random token
  bool random_any_token = false;  ///< random tokens from the whole vocabulary, not 6-mers alone
  double repeat_weight = 1;       ///< of bases in repeats, in the loss
};

struct PretrainTraining {
  int64_t steps = 315'000;            ///< updates in all
  int64_t batch_tokens = 1'500'000;   ///< of an update, rounded up to whole windows
  uint64_t seed = 0;                  ///< of the initial weights, the order of windows, the masks
  double learning_rate = 1e-4;        ///< after the warm-up
  double learning_rate_start = 5e-5;  ///< before it
  double learning_rate_final = 0;     ///< at the last step, for cosine and linear decay
  int64_t warmup_steps = 64'000;
  Decay decay = Decay::kSquareRoot;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;   ///< of matrices
  double clip_norm = 0;      ///< 0: gradients are not clipped
  int64_t max_skipped = 10;  ///< updates in a row whose gradient is not finite, before the run stops
};

struct PretrainMemory {
  int64_t micro_batch = 0;  ///< windows of one forward and backward pass; 0: chosen
  Recompute recompute = Recompute::kAuto;
  int64_t max_memory = 0;  ///< bytes that each process may take; 0: what is free
};

/// The records that a run leaves on its way.
struct PretrainRecords {
  int64_t checkpoint_every = 1000;  ///< steps
  int keep = 3;                     ///< checkpoints
  int64_t validate_every = 1000;    ///< steps
  int64_t validation_windows = 256;
};

struct PretrainOptions {
  /// job.output is the folder of the run: new, or one to go on with. job.precision is that of the products: kFp32,
  /// kBf16 (mixed precision: parameters, sums and all between products stay float32), or kAutoPrecision.
  JobOptions job;
  std::string init;  ///< a model to start from; empty: a new one
  PretrainData data;
  PretrainShape shape;
  PretrainMasking masking;
  PretrainTraining training;
  PretrainMemory memory;
  PretrainRecords records;
};

/// Leaves in the folder of the run: config.json, metrics.jsonl (an object a step), validation.jsonl, report.html, and
/// checkpoints step-N, each a model folder with the state of the optimizer. The same options again go on from the last
/// checkpoint, to the same bits on as many ranks. When the reporter says stop, it ends at the step's end with a
/// checkpoint and throws Stopped. Under mpirun the ranks share the work, rank 0 reports, and all stop when the reporter
/// of one says stop. Throws UsageError for options that do not fit the corpus, the model or the run that is there,
/// Error for a corpus that cannot be read, a folder that cannot be written, too little memory, and more than
/// `training.max_skipped` updates in a row whose gradient is not finite. The other ranks may wait for one that threw:
/// they end when its process does, with its exit status. One job at a time; under mpirun the thread that joined first.
AGRONT_EXPORT void Pretrain(const PretrainOptions& options);

}  // namespace agront
