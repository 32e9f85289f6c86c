// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/attention_heads.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/attention/attention_shapes.h"
#include "ops/op_times.h"

namespace agront::ops {
namespace {

/// Parts of each head of a sequence: enough to keep the threads busy, each long enough to be worth packing the keys.
int64_t PartsOfHead(int64_t queries, int64_t heads) {
  constexpr int64_t kLeastQueries = 128;
  constexpr int64_t kTasksOfThread = 8;
  const int64_t wanted = (kTasksOfThread * MaxThreads() + heads - 1) / heads;
  return std::clamp<int64_t>(queries / kLeastQueries, 1, std::max<int64_t>(1, wanted));
}

}  // namespace

HeadTask TaskOf(const AttentionInputs& inputs, int64_t sequence, int64_t head) {
  const auto stride = static_cast<size_t>(inputs.query.cols);
  const int64_t head_width = inputs.query.cols / inputs.heads;
  const std::span<const int64_t> of_queries = QueryOffsets(inputs);
  const int64_t at = inputs.offsets[sequence] * inputs.query.cols + head * head_width;
  const int64_t query_at = of_queries[sequence] * inputs.query.cols + head * head_width;
  return {.query = {inputs.query.data + query_at, stride},
          .key = {inputs.key.data + at, stride},
          .value = {inputs.value.data + at, stride},
          .tokens = static_cast<size_t>(inputs.offsets[sequence + 1] - inputs.offsets[sequence]),
          .head_width = static_cast<size_t>(head_width),
          .first_query = 0,
          .last_query = static_cast<size_t>(of_queries[sequence + 1] - of_queries[sequence]),
          .output = nullptr,
          .output_stride = 0,
          .log2_sums = nullptr};
}

void AttendHeads(const AttentionInputs& inputs, AttendHeadFunction attend, int64_t strip, tensor::MatrixView output,
                 tensor::MatrixView log2_sums) {
  CheckAttention(inputs);
  const tensor::ConstMatrixView &query = inputs.query, &key = inputs.key, &value = inputs.value;
  const int64_t heads = inputs.heads;
  if (value.rows != key.rows || value.cols != key.cols || output.rows != query.rows || output.cols != query.cols)
    Fail("attention: query is [{}, {}], key [{}, {}], value [{}, {}], output [{}, {}]", query.rows, query.cols,
         key.rows, key.cols, value.rows, value.cols, output.rows, output.cols);
  if (log2_sums.data != nullptr && (log2_sums.rows != heads || log2_sums.cols != query.rows))
    Fail("attention: expected sums [{}, {}], got [{}, {}]", heads, query.rows, log2_sums.rows, log2_sums.cols);
  const OpTimer timer(OpKind::kAttention, AttentionFlops(inputs));
  const std::span<const int64_t> of_queries = QueryOffsets(inputs);
  const auto sequences = static_cast<int64_t>(inputs.offsets.size()) - 1;
  if (sequences == 0) return;
  const int64_t parts = PartsOfHead(query.rows, heads * sequences);
  ParallelFor(sequences * heads * parts, [&](int64_t number) {
    const int64_t head = number / parts % heads;
    const int64_t sequence = number / parts / heads;
    HeadTask task = TaskOf(inputs, sequence, head);
    const auto all = static_cast<int64_t>(task.last_query);
    const int64_t queries = ((all + parts - 1) / parts + strip - 1) / strip * strip;
    const int64_t first = std::min(all, number % parts * queries);
    task.first_query = static_cast<size_t>(first);
    task.last_query = static_cast<size_t>(std::min(all, first + queries));
    task.output = output.data + (task.query.data - query.data);
    task.output_stride = static_cast<size_t>(output.cols);
    if (log2_sums.data != nullptr) task.log2_sums = log2_sums.row(head).data() + of_queries[sequence];
    if (task.first_query < task.last_query) attend(task);
  });
}

void BackwardHeads(const AttentionInputs& inputs, BackwardHeadFunction backward, const AttentionSaved& saved,
                   tensor::ConstMatrixView grad_output, const AttentionGradients& gradients) {
  CheckAttention(inputs);
  const auto& [query, key, value, offsets, heads, of_queries] = inputs;
  for (const tensor::ConstMatrixView& matrix :
       {value, saved.output, grad_output, tensor::ConstMatrixView(gradients.query),
        tensor::ConstMatrixView(gradients.key), tensor::ConstMatrixView(gradients.value)})
    if (matrix.rows != query.rows || matrix.cols != query.cols)
      Fail("attention: query is [{}, {}], another matrix [{}, {}]", query.rows, query.cols, matrix.rows, matrix.cols);
  if (saved.log2_sums.rows != heads || saved.log2_sums.cols != query.rows)
    Fail("attention: expected sums [{}, {}], got [{}, {}]", heads, query.rows, saved.log2_sums.rows,
         saved.log2_sums.cols);
  constexpr double kProductsOfForward = 2.5;  // five products for two
  const OpTimer timer(OpKind::kAttention, kProductsOfForward * AttentionFlops(inputs));
  const auto stride = static_cast<size_t>(query.cols);
  const int64_t head_width = query.cols / heads;
  ParallelFor((static_cast<int64_t>(offsets.size()) - 1) * heads, [&, heads = heads](int64_t number) {
    const int64_t sequence = number / heads;
    const int64_t head = number % heads;
    const int64_t first = inputs.offsets[sequence];
    const int64_t at = first * inputs.query.cols + head * head_width;
    const auto rows = [&](const tensor::ConstMatrixView& matrix) { return HeadRows{matrix.data + at, stride}; };
    backward({.query = rows(inputs.query),
              .key = rows(inputs.key),
              .value = rows(inputs.value),
              .output = rows(saved.output),
              .grad_output = rows(grad_output),
              .log2_sums = saved.log2_sums.row(head).data() + first,
              .tokens = static_cast<size_t>(inputs.offsets[sequence + 1] - first),
              .head_width = static_cast<size_t>(head_width),
              .grad_query = gradients.query.data + at,
              .grad_key = gradients.key.data + at,
              .grad_value = gradients.value.data + at,
              .grad_stride = stride});
  });
}

}  // namespace agront::ops
