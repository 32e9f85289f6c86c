// SPDX-License-Identifier: Apache-2.0
#include "training/run_log.h"

#include <nlohmann/json.hpp>
#include <span>

namespace agront::training {

RunLog::RunLog(const RunFolder& folder, ranks::Communicator& ranks, int64_t step) : folder_(folder) {
  if (ranks.rank() == 0) {
    folder_.CutBack(kMetricsFile, step);
    validated_ = folder_.CutBack(kValidationFile, step);
    events_.emplace(folder_);
  }
  ranks.Broadcast(std::as_writable_bytes(std::span(&validated_, 1)));
}

void RunLog::AddUpdate(const nlohmann::ordered_json& line) { Add(kMetricsFile, "train", line); }

void RunLog::AddValidation(const nlohmann::ordered_json& line) { Add(kValidationFile, "validation", line); }

void RunLog::Sync() const {
  if (!events_) return;
  for (const char* file : {kMetricsFile, kValidationFile}) folder_.Sync(file);
}

void RunLog::Add(const char* file, const char* group, const nlohmann::ordered_json& line) {
  if (!events_) return;
  folder_.Append(file, line);
  events_->Add(group, line);
}

}  // namespace agront::training
