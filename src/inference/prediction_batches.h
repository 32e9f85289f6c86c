// SPDX-License-Identifier: Apache-2.0
// Sequences for a fine-tuned model, as the host reads them (inference/host.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agront/strands.h"
#include "genome/nucleotide.h"
#include "inference/finetuned_predictor.h"
#include "inference/host.h"

namespace agront::inference {

/// What is predicted of one sequence.
struct SequencePrediction {
  std::span<const data::ExampleWindow> windows;  ///< of the forward strand
  std::span<const std::vector<double>> rows;     ///< one, or for kToken one for each token of the windows
};

/// Sequences with what their caller knows of them, `Record`, which has `bases` and gives the `Place()` that a message
/// begins with.
template <class Record>
class PredictionBatches {
 public:
  struct Item {
    std::vector<Record> records;
    PredictionBatch packed;
    Batch& batch = packed.batch;
    Item() = default;
    Item(const Item&) = delete;
    Item& operator=(const Item&) = delete;
  };

  /// `read` gives the next record, or false at the end; `share` says how much of the input was read, 0 to 1 or
  /// negative. Both own what they read from.
  PredictionBatches(std::shared_ptr<const FinetunedPredictor> predictor, Strands strands, int64_t batch_tokens,
                    std::function<bool(Record&)> read, std::function<double()> share)
      : predictor_(std::move(predictor)),
        strands_(strands),
        batch_tokens_(batch_tokens),
        read_(std::move(read)),
        share_(std::move(share)) {}

  bool Next(Item& item) {
    item.records.clear();
    item.packed.batch.Clear();
    item.packed.windows.clear();
    item.packed.cut.clear();
    for (Record record; item.packed.tokens() < batch_tokens_ && read_(record);) {
      const std::string place = record.Place();
      predictor_->Add(record.bases, place, item.packed);
      if (strands_ == Strands::kBoth) {
        genome::ReverseComplement(record.bases);
        predictor_->Add(record.bases, place, item.packed);
      }
      record.bases.clear();
      item.records.push_back(std::move(record));
    }
    return !item.records.empty();
  }

  double Progress() const { return share_(); }

 private:
  std::shared_ptr<const FinetunedPredictor> predictor_;
  Strands strands_;
  int64_t batch_tokens_;
  std::function<bool(Record&)> read_;
  std::function<double()> share_;
};

/// Calls `use` with the prediction of each sequence of a batch, in order.
void ForEachPrediction(const PredictionTask& task, Strands strands, const PredictionBatch& batch,
                       const PredictionRows& rows, const std::function<void(size_t, const SequencePrediction&)>& use);

/// Predicts all that `batches` give, and calls `use` with each record and its prediction, in order, on a thread of its
/// own.
template <class Record>
void PredictAll(FinetunedPredictor& predictor, std::shared_ptr<PredictionBatches<Record>> batches, Strands strands,
                const HostOptions& options, const std::function<void(const Record&, const SequencePrediction&)>& use) {
  using Item = typename PredictionBatches<Record>::Item;
  RunBatches<PredictionRows>(
      predictor.engine(), std::move(batches), options,
      [&](const Item& item, PredictionRows& rows) { rows = predictor.Predict(item.packed); },
      [&](const Item& item, const PredictionRows& rows) {
        ForEachPrediction(predictor.task(), strands, item.packed, rows,
                          [&](size_t i, const SequencePrediction& prediction) { use(item.records[i], prediction); });
      });
}

}  // namespace agront::inference
