// SPDX-License-Identifier: Apache-2.0
// The forward pass and the tokenizer against golden files that tools/make_golden.py wrote with both reference
// implementations at hand (Hugging Face transformers, the JAX code) from a float64 model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "model/agront.h"
#include "model/checkpoints/checkpoint.h"
#include "model/golden_file.h"
#include "ops/matmul/fastest_float.h"
#include "tokenizer/kmer_tokenizer.h"

namespace agront::model {
namespace {

const std::string kGolden = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/";

double RelativeError(const tensor::Matrix& got, const std::vector<double>& want) {
  EXPECT_EQ(static_cast<size_t>(got.rows() * got.cols()), want.size());
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += std::pow(static_cast<double>(got.view().data[i]) - want[i], 2);
    norm += want[i] * want[i];
  }
  return std::sqrt(difference / norm);
}

TEST(Golden, ForwardEqualsTheReferences) {
  const GoldenFile golden(kGolden + "forward.safetensors");
  const auto checkpoint = Checkpoint::Open(kGolden + "model");
  AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
  Batch batch;
  batch.tokens = golden.Integers<int32_t>("tokens");
  batch.offsets = golden.Integers<int64_t>("offsets");
  ForwardRequest request{.hidden = {{0}, {1}, {2}, {3}, {3, true}},
                         .logit_rows = golden.Integers<int64_t>("logit_rows")};
  for (int64_t sequence = 0; sequence < batch.sequences(); ++sequence) request.attention.push_back({1, 0, sequence});
  for (int64_t sequence = 0; sequence < 3; ++sequence) request.attention.push_back({3, 5, sequence});
  ForwardOutput output;
  model.Forward(batch, request, output);

  const double bound = 2e-6 * static_cast<double>(model.shape().layers + 2);
  const char* names[] = {"hidden_0", "hidden_1", "hidden_2", "hidden_3", "hidden_3_raw"};
  for (size_t i = 0; i < std::size(names); ++i)
    EXPECT_LT(RelativeError(output.hidden[i], golden.Floats(names[i])), bound) << names[i];
  EXPECT_LT(RelativeError(output.logits, golden.Floats("logits")), bound);
  for (size_t i = 0; i < request.attention.size(); ++i) {
    const AttentionMap& map = request.attention[i];
    const std::string name =
        "attention_" + std::to_string(map.layer) + "_" + std::to_string(map.head) + "_" + std::to_string(map.sequence);
    EXPECT_LT(RelativeError(output.attention[i], golden.Floats(name)), bound) << name;
  }
}

TEST(Golden, RunsNoFurtherThanAsked) {
  const auto checkpoint = Checkpoint::Open(kGolden + "model");
  AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
  Batch batch;
  batch.tokens = {3, 5, 6, 7};
  batch.offsets = {0, 4};
  ForwardOutput all, some;
  model.Forward(batch, {.hidden = {{1}}, .all_logits = true}, all);
  model.Forward(batch, {.hidden = {{1}}, .logit_rows = {2}}, some);
  EXPECT_TRUE(std::ranges::equal(all.hidden[0].view().values(), some.hidden[0].view().values()));
  EXPECT_EQ(some.logits.rows(), 1);
  for (int64_t v = 0; v < 4105; ++v)
    EXPECT_NEAR(some.logits.row(0)[v], all.logits.row(2)[v], 1e-4 * std::abs(all.logits.row(2)[v]) + 1e-5);
}

TEST(Golden, RowsAloneInTheLastBlockAreWhatTheyAreWithAllOthers) {
  const GoldenFile golden(kGolden + "forward.safetensors");
  const auto checkpoint = Checkpoint::Open(kGolden + "model");
  AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
  Batch batch;
  batch.tokens = golden.Integers<int32_t>("tokens");
  batch.offsets = golden.Integers<int64_t>("offsets");
  ForwardOutput all, some;
  model.Forward(batch, {.all_logits = true}, all);
  const auto rows = static_cast<int64_t>(batch.tokens.size());
  // In order, so that the last block is narrowed; out of order; with a row twice.
  for (const std::vector<int64_t>& wanted :
       {std::vector<int64_t>{0}, {batch.offsets[1], rows - 1}, {1, 2, batch.offsets[2] + 1}, {rows - 1, 0}, {1, 1}}) {
    model.Forward(batch, {.logit_rows = wanted}, some);
    ASSERT_EQ(some.logits.rows(), static_cast<int64_t>(wanted.size()));
    for (size_t i = 0; i < wanted.size(); ++i)
      for (int64_t v = 0; v < model.shape().vocabulary; ++v) {
        const float expected = all.logits.row(wanted[i])[v];
        EXPECT_NEAR(some.logits.row(static_cast<int64_t>(i))[v], expected, 1e-4 * std::abs(expected) + 1e-5);
      }
  }
  model.Forward(batch, {.all_logits = true}, some);  // a narrowed workspace is wide again
  EXPECT_TRUE(std::ranges::equal(all.logits.view().values(), some.logits.view().values()));
}

TEST(Golden, TokenizerEqualsTheReferences) {
  std::ifstream file(kGolden + "tokenizer.tsv");
  std::string line;
  int64_t cases = 0;
  while (std::getline(file, line)) {
    if (line.starts_with("#")) continue;
    const size_t tab = line.find('\t');
    std::istringstream words(line.substr(tab + 1));
    std::vector<int32_t> want;
    for (int32_t id; words >> id;) want.push_back(id);
    tokenizer::TokenizedBases tokens;
    tokenizer::Encode(line.substr(0, tab), 10000, tokens);
    EXPECT_EQ(tokens.ids, want) << line;
    ++cases;
  }
  EXPECT_GT(cases, 200);
}

/// The hidden states of one sequence, alone in a batch.
tensor::Matrix Alone(AgroNT& model, const std::vector<int32_t>& sequence) {
  Batch batch;
  batch.Add(sequence);
  ForwardOutput output;
  model.Forward(batch, {.hidden = {{model.shape().layers}}}, output);
  return std::move(output.hidden[0]);
}

TEST(Golden, OtherSequencesOfTheBatchDoNotMatter) {
  const auto checkpoint = Checkpoint::Open(kGolden + "model");
  AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
  std::mt19937 generator(7);
  std::vector<std::vector<int32_t>> sequences;
  for (const size_t tokens : {1, 2, 3, 31, 200, 64, 1, 17}) {  // the first one is a bare <cls>
    sequences.emplace_back(tokens, 3);
    for (size_t i = 1; i < tokens; ++i) sequences.back()[i] = static_cast<int32_t>(4 + generator() % 4096);
  }
  for (int round = 0; round < 3; ++round) {
    std::ranges::shuffle(sequences, generator);
    Batch batch;
    for (const auto& sequence : sequences) batch.Add(sequence);
    ForwardOutput output;
    model.Forward(batch, {.hidden = {{model.shape().layers}}}, output);
    const double bound = 1e-6 * static_cast<double>(model.shape().layers + 2);
    for (size_t s = 0; s < sequences.size(); ++s) {
      const tensor::Matrix alone = Alone(model, sequences[s]);
      for (int64_t row = 0; row < alone.rows(); ++row) {
        const auto packed = output.hidden[0].row(batch.offsets[s] + row);
        double difference = 0;
        double norm = 0;
        for (size_t c = 0; c < packed.size(); ++c) {
          difference += std::pow(static_cast<double>(packed[c]) - alone.row(row)[c], 2);
          norm += std::pow(static_cast<double>(alone.row(row)[c]), 2);
        }
        EXPECT_LT(std::sqrt(difference / norm), bound) << sequences[s].size() << " tokens, row " << row;
      }
    }
  }
}

TEST(Golden, Bf16IsNear) {
  const GoldenFile golden(kGolden + "forward.safetensors");
  const auto checkpoint = Checkpoint::Open(kGolden + "model");
  AgroNT model(checkpoint->shape(), *checkpoint, Precision::kBf16);
  Batch batch;
  batch.tokens = golden.Integers<int32_t>("tokens");
  batch.offsets = golden.Integers<int64_t>("offsets");
  ForwardOutput output;
  model.Forward(batch, {.hidden = {{3}}, .logit_rows = golden.Integers<int64_t>("logit_rows")}, output);
  // A rounding to 8 bits is wrong by 2^-9 / sqrt 3 = 1.1e-3 in the mean; a few of them add up on the way.
  for (const double error : {RelativeError(output.hidden[0], golden.Floats("hidden_3")),
                             RelativeError(output.logits, golden.Floats("logits"))}) {
    EXPECT_LT(error, 1e-2);
    // The weights are bf16 numbers as they are: only activations are rounded, and without bf16 products nothing.
    if (ops::FastestFloat() == Precision::kBf16)
      EXPECT_GT(error, 1e-4);
    else
      EXPECT_LT(error, 2e-6 * 5);
  }
}

}  // namespace
}  // namespace agront::model
