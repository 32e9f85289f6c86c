// SPDX-License-Identifier: Apache-2.0
// The model in memory: tokens in, hidden states, attention maps and logits out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/forward.h"
#include "agront/model_shape.h"
#include "agront/precision.h"

namespace agront {

/// A dense matrix, row by row.
struct Values {
  int64_t rows = 0;
  int64_t cols = 0;
  std::vector<float> data;

  std::span<const float> row(int64_t i) const { return {data.data() + i * cols, static_cast<size_t>(cols)}; }
};

/// In the order of the request.
struct ForwardResult {
  std::vector<Values> hidden;     ///< [tokens of the batch, channels] each
  std::vector<Values> attention;  ///< [T, T] each, row = query
  Values logits;                  ///< [tokens or logit_rows, vocabulary]
};

struct ModelOptions {
  std::string model = {};  ///< a folder (Hugging Face or JAX), else a name as of JobOptions::model; empty: the example
  std::string adapter = {};  ///< a folder in PEFT's layout: LoRA or IA3 on top of the model; empty: none
  std::optional<Precision> precision = Precision::kFp32;  ///< of the matrix products, or kAutoPrecision
  int threads = 0;                                        ///< see SetThreads
  std::string device = "cpu";                             ///< that runs the model (device.h)
};

/// A handle: copies, and others of the same files, adapter and precision, share the weights, which go with the last
/// one.
///
/// Thread safety: any thread may call it. Calls at the same time, of all handles that share weights, wait for each
/// other, so the activations of one batch are held. Each works with its handle's number of threads, and leaves OpenMP's
/// setting of the thread that calls as it was. After a fork the child may go on with it, on one thread, unless another
/// thread was in a call then.
class AGRONT_EXPORT Model {
 public:
  /// Reads the weights, unless another handle has them. Throws Error for a folder that holds no such model, UsageError
  /// for numbers out of range.
  explicit Model(const ModelOptions& options);
  explicit Model(const std::string& name = "", Precision precision = Precision::kFp32)
      : Model(ModelOptions{.model = name, .precision = precision}) {}
  ~Model();
  Model(const Model&);
  Model(Model&&) noexcept;
  Model& operator=(const Model&);
  Model& operator=(Model&&) noexcept;

  const ModelShape& shape() const;
  Precision precision() const;

  /// By which other commands know the model, without its adapter: the SHA-256 of its weights that the file records
  /// (`agront info`), else that of the file's header. Throws Error for a file that cannot be read.
  std::string Hash() const;

  /// Threads of the later calls of this handle, 0 to 1024; 0, as it is at first: as many as SetNumThreads says. Throws
  /// UsageError.
  void SetThreads(int threads);

  /// Hidden states [tokens, channels], attention [T, T] and logits [rows, vocabulary] that the request asks for,
  /// copied. Sequences begin with <cls>, as Encode gives them, and have at most shape().max_tokens() tokens. Throws
  /// UsageError for layers, heads, sequences and rows that are not there, Error for tokens outside the vocabulary and
  /// for sequences that are empty or too long.
  ForwardResult Run(const Batch& batch, const ForwardRequest& request) const;

 private:
  struct State;
  friend struct ModelAccess;  // of the library's other classes
  std::unique_ptr<State> state_;
};

/// Softmax of each row of logits, in place, on as many threads as SetNumThreads says. Throws nothing. Any thread may
/// call it, for values of its own.
AGRONT_EXPORT void Softmax(Values& values);

/// Threads of the later calls of every model that has no number of its own, whichever thread makes them, 0 to 1024.
/// 0, as it is at first: one per core that the process may use, as its affinity and its control groups (containers,
/// batch systems) have it, and no more than OpenMP is set to for the thread that calls, by OMP_NUM_THREADS or by
/// threadpoolctl. Throws UsageError. Jobs have a number of their own: JobOptions.
AGRONT_EXPORT void SetNumThreads(int threads);

}  // namespace agront
