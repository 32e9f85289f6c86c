// SPDX-License-Identifier: Apache-2.0
// The plan against what the buffers hold, and a forward pass against its plan.
#include "model/memory_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/parallel.h"
#include "model/agront.h"
#include "ops/matmul/kernel_families.h"
#include "tensor/aligned_buffer.h"

namespace agront::model {
namespace {

const std::string kModel = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/model";
constexpr Precision kPrecisions[] = {Precision::kFp32, Precision::kBf16, Precision::kInt8};

/// Sequences of random 6-mers, `tokens` in all.
Batch RandomBatch(int64_t tokens, int64_t longest) {
  std::mt19937 generator(1);
  std::uniform_int_distribution<int32_t> token(6, 4000);
  Batch batch;
  for (int64_t left = tokens; left > 0;) {
    std::vector<int32_t> sequence(static_cast<size_t>(std::min(left, longest)));
    std::ranges::generate(sequence, [&] { return token(generator); });
    batch.Add(sequence);
    left -= static_cast<int64_t>(sequence.size());
  }
  return batch;
}

int64_t VectorBytes(const Checkpoint& checkpoint) {
  int64_t values = 0;
  for (const Parameter& parameter : checkpoint.parameters())
    if (parameter.cols == 0) values += parameter.size();
  return values * static_cast<int64_t>(sizeof(float));
}

/// Bytes of the matrices that lie in no buffer, because products read them as the file has them.
int64_t BytesInFile(const Checkpoint& checkpoint, Precision precision) {
  if (ops::FamilyOf(Precision::kBf16).name != "widened") return 0;
  int64_t bytes = 0;
  for (const Parameter& parameter : checkpoint.parameters())
    if (IsProductMatrix(parameter) && checkpoint.PrecisionOf(parameter, precision) == Precision::kBf16)
      bytes += parameter.size() * static_cast<int64_t>(sizeof(uint16_t));
  return bytes;
}

/// Each thread takes scratch when it first has work: with more of them, that may be at any time.
class MemoryPlanTest : public testing::Test {
 protected:
  MemoryPlanTest() { SetThreads(1); }
  ~MemoryPlanTest() override { SetThreads(0); }
};

TEST_F(MemoryPlanTest, IsWhatTheBuffersHold) {
  const auto checkpoint = Checkpoint::Open(kModel);
  const ModelShape& shape = checkpoint->shape();
  for (const Precision precision : kPrecisions) {
    for (const int64_t batch_tokens : {int64_t{1}, shape.max_tokens() + 1}) {
      const MemoryPlan plan = PlanMemory(*checkpoint, precision, batch_tokens);
      EXPECT_EQ(plan.rows, std::max(batch_tokens, shape.max_tokens()));
      const Batch batch = RandomBatch(plan.rows, shape.max_tokens());
      const ForwardRequest request{.hidden = {{shape.layers}, {0}}, .all_logits = true};
      {
        AgroNT first(shape, *checkpoint, precision);  // after it, the kernels have their scratch
        ForwardOutput output;
        first.Forward(batch, request, output);
      }
      const int64_t before = tensor::CountBuffers().bytes;
      AgroNT model(shape, *checkpoint, precision);
      const int64_t weights = tensor::CountBuffers().bytes - before;
      EXPECT_EQ(weights, plan.weights - VectorBytes(*checkpoint) - BytesInFile(*checkpoint, precision));
      model.Reserve(plan.rows);
      EXPECT_EQ(tensor::CountBuffers().bytes - before, weights + plan.activations);
      ForwardOutput output;
      model.Forward(batch, request, output);
      EXPECT_EQ(tensor::CountBuffers().bytes - before,
                weights + plan.activations + plan.head + 2 * plan.hidden + plan.logits);
    }
  }
}

TEST_F(MemoryPlanTest, KeepsAForwardPassFromTakingMemory) {
  const auto checkpoint = Checkpoint::Open(kModel);
  const ModelShape& shape = checkpoint->shape();
  for (const Precision precision : kPrecisions) {
    AgroNT model(shape, *checkpoint, precision);
    const int64_t rows = 2 * shape.max_tokens();
    model.Reserve(rows);
    const ForwardRequest request{.hidden = {{1}}, .all_logits = true};
    ForwardOutput output;
    {
      AgroNT other(shape, *checkpoint, precision);  // after it, the kernels have their scratch
      ForwardOutput scratch;
      other.Forward(RandomBatch(rows, shape.max_tokens()), request, scratch);
    }
    model.Forward(RandomBatch(3, 3), request, output);
    const int64_t before = tensor::CountBuffers().allocations;
    for (const int64_t tokens : {rows - 1, int64_t{1}, rows})
      model.Forward(RandomBatch(tokens, shape.max_tokens()), request, output);
    EXPECT_EQ(tensor::CountBuffers().allocations, before);
    model.Forward(RandomBatch(rows + 300, shape.max_tokens()), request, output);
    EXPECT_GT(tensor::CountBuffers().allocations, before) << "the count sees what it should";
  }
}

/// Memory that was reserved and not touched must not change a result.
TEST_F(MemoryPlanTest, ChangesNoNumber) {
  const auto checkpoint = Checkpoint::Open(kModel);
  const ModelShape& shape = checkpoint->shape();
  for (const Precision precision : kPrecisions) {
    AgroNT planned(shape, *checkpoint, precision), growing(shape, *checkpoint, precision);
    planned.Reserve(1000);
    const ForwardRequest request{.hidden = {{shape.layers}}, .all_logits = true};
    for (const int64_t tokens : {3, 700, 41}) {
      const Batch batch = RandomBatch(tokens, 100);
      ForwardOutput one, other;
      planned.Forward(batch, request, one);
      growing.Forward(batch, request, other);
      EXPECT_TRUE(std::ranges::equal(one.hidden[0].view().values(), other.hidden[0].view().values()));
      EXPECT_TRUE(std::ranges::equal(one.logits.view().values(), other.logits.view().values()));
    }
  }
}

}  // namespace
}  // namespace agront::model
