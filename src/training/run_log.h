// SPDX-License-Identifier: Apache-2.0
// The lines that a run leaves: metrics.jsonl, validation.jsonl, and their curves for TensorBoard.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "ranks/communicator.h"
#include "training/event_log.h"
#include "training/run_folder.h"

namespace agront::training {

/// Rank 0 writes; on other ranks nothing happens. Thread safety: none.
class RunLog {
 public:
  /// Cuts the files back to what a run had written after `step` updates. Keeps a reference to the folder. All ranks
  /// call it.
  RunLog(const RunFolder& folder, ranks::Communicator& ranks, int64_t step);

  /// The step of the last validation in the file when it was opened; -1: none. The same on all ranks.
  int64_t validated() const { return validated_; }

  void AddUpdate(const nlohmann::ordered_json& line);
  void AddValidation(const nlohmann::ordered_json& line);

  /// Returns when the lines are on the disk: those up to a checkpoint must not be lost when it is not.
  void Sync() const;

 private:
  void Add(const char* file, const char* group, const nlohmann::ordered_json& line);

  const RunFolder& folder_;
  int64_t validated_ = -1;
  std::optional<EventLog> events_;  // of rank 0
};

}  // namespace agront::training
