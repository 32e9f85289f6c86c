// SPDX-License-Identifier: Apache-2.0
// A model in memory, shared by all that use the same one.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "agront/precision.h"
#include "device/xla/open_device.h"
#include "model/checkpoints/checkpoint.h"
#include "model/encoder.h"

namespace agront::inference {

/// What is run, and how.
struct EngineSource {
  std::string model;                   ///< a folder or a name; empty: the embedded one
  std::string adapter;                 ///< a folder; empty: none
  std::optional<Precision> precision;  ///< or kAutoPrecision
  std::string device;                  ///< as include/agront/device.h says; "" is "cpu"
};

/// An open checkpoint, and the encoder that it shares with all engines of the same source, adapter, precision and
/// device. The weights are read when they are first needed, and go with the last engine. Thread safety: any thread may
/// call it.
class Engine {
 public:
  /// Throws Error for a folder that holds no such model, or a device that cannot be used; UsageError for a word that
  /// names no device, or a precision that it does not compute in.
  explicit Engine(const EngineSource& source);

  /// The same for a checkpoint that is open, with its adapter; `source` says what it was opened from.
  Engine(std::unique_ptr<model::Checkpoint> checkpoint, const EngineSource& source);

  const model::Checkpoint& checkpoint() const { return *checkpoint_; }
  const ModelShape& shape() const { return checkpoint_->shape(); }
  Precision precision() const { return precision_; }
  /// The devices of a plugin; nullptr when this processor computes.
  const device::xla::Device* device() const { return device_.get(); }

  /// Throws Error when the model has no language-model head, as classifiers have none.
  void ExpectLanguageModel() const;

  /// Reads the weights, and plans for batches of up to `batch_tokens` tokens or one longer window. Throws Error when
  /// memory does not do.
  void Load(int64_t batch_tokens);

  /// A forward pass, when no other thread runs one: the encoder holds the activations of one batch. Loops have the
  /// calling thread's number of threads. Throws as model::Encoder::Forward.
  void Forward(const Batch& batch, const ForwardRequest& request, model::ForwardOutput& output);

  /// Calls `work` with the encoder while no other thread has it.
  void Run(const std::function<void(model::Encoder&)>& work);

 private:
  /// What engines share.
  struct Shared {
    std::mutex one_call;
    std::unique_ptr<model::Encoder> encoder;
    int64_t planned_rows = 0;
  };
  static std::shared_ptr<Shared> Find(const std::string& key);
  /// Call with the lock.
  model::Encoder& Encoder();

  std::unique_ptr<model::Checkpoint> checkpoint_;
  std::shared_ptr<const device::xla::Device> device_;
  Precision precision_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace agront::inference
