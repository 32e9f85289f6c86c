// SPDX-License-Identifier: Apache-2.0
// The curves of a run for TensorBoard, beside the lines of JSON that they repeat.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "formats/events/event_file.h"
#include "training/run_folder.h"

namespace agront::training {

class EventLog {
 public:
  /// A new event file with what metrics.jsonl and validation.jsonl hold; one of an earlier start goes, for it may run
  /// ahead of the checkpoint that the run goes on from.
  explicit EventLog(const RunFolder& folder);

  /// The numbers of a line, under "train/" or "validation/".
  void Add(const std::string& group, const nlohmann::ordered_json& line);

 private:
  std::unique_ptr<formats::EventFile> file_;
};

}  // namespace agront::training
