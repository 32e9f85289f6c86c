// SPDX-License-Identifier: Apache-2.0
#include "model/heads/task_head.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "tokenizer/vocabulary.h"

namespace agront::model {
namespace {

/// In the order of the enumerations.
constexpr std::array<std::string_view, 5> kTaskKinds = {"binary", "multiclass", "multilabel", "regression", "token"};
constexpr std::array<std::string_view, 2> kHeadKinds = {"linear", "mlp"};
constexpr std::array<std::string_view, 5> kPoolings = {"mean", "cls", "centre", "attention", "none"};

template <class Value, size_t kSize>
std::optional<Value> Parse(const std::array<std::string_view, kSize>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Value>(found - words.begin());
}

}  // namespace

std::string_view Name(TaskKind kind) { return kTaskKinds.at(static_cast<size_t>(kind)); }
std::string_view Name(HeadKind kind) { return kHeadKinds.at(static_cast<size_t>(kind)); }
std::string_view Name(HeadPooling pooling) { return kPoolings.at(static_cast<size_t>(pooling)); }
std::optional<TaskKind> ParseTaskKind(std::string_view word) { return Parse<TaskKind>(kTaskKinds, word); }
std::optional<HeadKind> ParseHeadKind(std::string_view word) { return Parse<HeadKind>(kHeadKinds, word); }
std::optional<HeadPooling> ParseHeadPooling(std::string_view word) { return Parse<HeadPooling>(kPoolings, word); }

int64_t CentreToken(std::span<const int32_t> tokens) {
  int64_t bases = 0;
  for (const int32_t token : tokens) bases += tokenizer::TokenLength(token);
  int64_t end = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    end += tokenizer::TokenLength(tokens[i]);
    if (end > bases / 2) return static_cast<int64_t>(i);
  }
  FailUsage("head: a window without a base has no centre");
}

std::vector<Parameter> TaskHeadParameters(const ModelShape& shape, const TaskHeadConfig& config) {
  const int64_t outputs = config.task.num_outputs();
  if (outputs < 1) FailUsage("head: expected at least one output");
  if ((config.task.kind == TaskKind::kToken) != (config.pooling == HeadPooling::kNone))
    FailUsage("head: a task per token has no pooling, and every other task has one");
  std::vector<Parameter> parameters;
  if (config.pooling == HeadPooling::kAttention)
    parameters.push_back({"task.pool.query", shape.hidden, 0, "classifier.pool.query", "", false});
  if (config.kind == HeadKind::kMlp) {
    parameters.push_back({"task.dense.weight", shape.hidden, shape.hidden, "classifier.dense.weight", "", false});
    parameters.push_back({"task.dense.bias", shape.hidden, 0, "classifier.dense.bias", "", false});
  }
  const std::string out = config.kind == HeadKind::kMlp ? "classifier.out_proj" : "classifier";
  parameters.push_back({"task.out.weight", outputs, shape.hidden, out + ".weight", "", false});
  parameters.push_back({"task.out.bias", outputs, 0, out + ".bias", "", false});
  return parameters;
}

}  // namespace agront::model
