// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/memory_text.h"

#include <fmt/format.h>

#include "inference/overlapped.h"
#include "model/memory_plan.h"
#include "tensor/precision.h"

namespace agront::tasks {

std::string WithThousands(int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(at, ",");
  return digits;
}

std::string DescribeMemory(const model::Checkpoint& checkpoint, Precision precision, int64_t batch_tokens) {
  const model::MemoryPlan plan = model::PlanMemory(checkpoint, precision, batch_tokens);
  std::string text = fmt::format("memory.precision: {}\nmemory.batch: {} tokens{}\n", tensor::Name(precision),
                                 WithThousands(plan.rows), plan.rows > batch_tokens ? ", the longest window" : "");
  const auto line = [&text](std::string_view key, int64_t bytes, std::string_view what) {
    text += fmt::format("memory.{}: {:.3f} GB ({} bytes), {}\n", key, static_cast<double>(bytes) / 1e9,
                        WithThousands(bytes), what);
  };
  const int64_t blocks = plan.weights + plan.activations;
  line("weights", plan.weights, "as this processor multiplies them");
  line("activations", plan.activations, "shared by all layers");
  line("hidden", plan.hidden, "one layer of a batch, in the output");
  line("logits", plan.head + plan.logits, "of all tokens of a batch, with the head's activations");
  line("embed", blocks + inference::kItemsInFlight * plan.hidden, "agront embed of one layer in all");
  line("logits_job", blocks + plan.head + inference::kItemsInFlight * plan.logits, "agront logits in all");
  if (precision == Precision::kInt8 && checkpoint.OwnPrecision() != Precision::kInt8)
    text += "memory.note: a matrix that int8 would damage stays in bf16, another byte for each of its weights\n";
  return text;
}

}  // namespace agront::tasks
