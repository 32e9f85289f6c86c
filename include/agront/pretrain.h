// SPDX-License-Identifier: Apache-2.0
// The job `agront pretrain`: a masked language model from a corpus, new or from where another one stands.
#pragma once

#include <cstdint>
#include <string>

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

/// The defaults are the published run of AgroNT; docs/pretraining.md says which of them are inferred.
struct PretrainOptions {
  /// job.output is the folder of the run: new, or one to go on with. job.precision is that of the products: fp32, bf16
  /// (mixed precision: parameters, sums and all between products stay float32), or auto.
  JobOptions job;
  std::string corpus;  ///< folder that `agront corpus` wrote
  std::string init;    ///< a model to start from; empty: a new one

  // The shape. 0: that of the run or of the model to start from, which no other value may contradict; of a new model
  // the published one.
  int64_t hidden = 0;
  int64_t heads = 0;
  int64_t layers = 0;
  int64_t ffn = 0;
  int64_t max_tokens = 0;  ///< of the longest sequence that the model will take, <cls> included

  int64_t steps = 315'000;           ///< updates in all
  int64_t batch_tokens = 1'500'000;  ///< of an update, rounded up to whole windows
  int64_t window_tokens = 0;         ///< 0: the corpus's windows whole; else they are cut to this length
  uint64_t seed = 0;                 ///< of the initial weights, the order of windows, the masks

  double learning_rate = 1e-4;        ///< after the warm-up
  double learning_rate_start = 5e-5;  ///< before it
  double learning_rate_final = 0;     ///< at the last step, for cosine and linear decay
  int64_t warmup_steps = 64'000;
  std::string decay = "sqrt";  ///< sqrt, cosine, linear or none
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< of matrices
  double clip_norm = 0;     ///< 0: gradients are not clipped

  double masking_ratio = 0.15;    ///< share of 6-mers in the loss
  double mask_share = 0.8;        ///< of these, shown as <mask>
  double random_share = 0.1;      ///< of these, shown as a random token
  bool random_any_token = false;  ///< random tokens from the whole vocabulary, not 6-mers alone
  double repeat_weight = 1;       ///< of bases in repeats, in the loss
  bool one_strand = false;        ///< no reverse complements
  int fold = -1;                  ///< leave this fold of the corpus out

  int64_t micro_batch = 0;          ///< windows of one forward and backward pass; 0: chosen
  std::string recompute = "auto";   ///< activations on the way back: on, off, auto (if memory is short)
  std::string max_memory;           ///< "20G": bytes that each process may take; empty: what is free
  int64_t checkpoint_every = 1000;  ///< steps
  int keep = 3;                     ///< checkpoints
  int64_t validate_every = 1000;    ///< steps
  int64_t validation_windows = 256;
  int64_t max_skipped = 10;  ///< updates in a row whose gradient is not finite, before the run stops
};

/// Leaves in the folder of the run: config.json, metrics.jsonl (an object a step), validation.jsonl, report.html, and
/// checkpoints step-N, each a model folder with the state of the optimizer. The same options again go on from the last
/// checkpoint, to the same bits on as many ranks. When the reporter says stop, it ends at the step's end with a
/// checkpoint and throws Stopped. Under mpirun the ranks share the work, rank 0 reports, and a stop of one stops all.
/// Throws UsageError for options that do not fit the corpus, the model or the run that is there, Error for a corpus
/// that cannot be read, a folder that cannot be written, memory that does not do, and more than `max_skipped` updates
/// in a row whose gradient is not finite. The other ranks may wait for one that threw: they end when its process does,
/// with its exit status. One job at a time; under mpirun the thread that joined first.
AGRONT_EXPORT void Pretrain(const PretrainOptions& options);

}  // namespace agront
