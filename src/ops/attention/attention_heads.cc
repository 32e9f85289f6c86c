// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/attention_heads.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/attention/attention_shapes.h"
#include "ops/op_times.h"

namespace agront::ops {
namespace {

/// Of each head of a sequence: enough parts to keep the threads busy, each long enough to be worth packing the keys.
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

}  // namespace agront::ops
