// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/example_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/labelled/labelled_test_set.h"
#include "genome/nucleotide.h"
#include "tokenizer/kmer_tokenizer.h"

namespace agront::training {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

data::LabelledExample Labelled(const std::string& bases, std::vector<float> labels) {
  data::LabelledExample example = data::Example(bases);
  example.labels = std::move(labels);
  return example;
}

std::vector<int32_t> Encoded(const std::string& bases) {
  tokenizer::TokenizedBases tokens;
  tokenizer::Encode(bases, 1000, tokens);
  return tokens.ids;
}

std::vector<ExampleDraw> Draws(std::initializer_list<int64_t> examples) {
  std::vector<ExampleDraw> draws;
  for (const int64_t example : examples) draws.push_back({.example = example});
  return draws;
}

std::vector<std::vector<int64_t>> WindowsOfBatches(const ExampleEncoder& encoder, const std::vector<ExampleDraw>& draws,
                                                   int64_t max_tokens) {
  std::vector<std::vector<int64_t>> windows;
  encoder.ForEachBatch(draws, max_tokens, [&](const model::TaskBatch& batch) { windows.push_back(batch.windows); });
  return windows;
}

TEST(ExampleEncoder, PacksWholeExamplesIntoBatches) {
  std::mt19937 random(1);
  std::vector<data::LabelledExample> examples;
  for (const size_t sixmers : {2, 4, 9, 1, 3})  // and a <cls> each: 3, 5, 10, 2 and 4 tokens
    examples.push_back(data::Example(data::RandomBases(random, 6 * sixmers)));
  const data::LabelledSet set = data::SetOf(examples);
  const data::TargetTransform transform;
  const ExampleEncoder encoder(set, transform, {});
  using Batches = std::vector<std::vector<int64_t>>;
  EXPECT_EQ(WindowsOfBatches(encoder, Draws({0, 1, 2, 3, 4}), 8), (Batches{{1, 1}, {1}, {1, 1}}));
  EXPECT_EQ(WindowsOfBatches(encoder, Draws({0, 1, 2, 3, 4}), 7), (Batches{{1}, {1}, {1}, {1, 1}}));
  EXPECT_EQ(WindowsOfBatches(encoder, Draws({0, 1, 2, 3, 4}), 1000), (Batches{{1, 1, 1, 1, 1}}));
  EXPECT_TRUE(WindowsOfBatches(encoder, {}, 8).empty());
}

TEST(ExampleEncoder, CutsLongExamplesIntoTheirWindows) {
  std::mt19937 random(2);
  const data::LabelledSet set =
      data::SetOf({data::Example(data::RandomBases(random, 6 * 10)), data::Example(data::RandomBases(random, 6 * 3))});
  const data::TargetTransform transform;
  const ExampleEncoder encoder(set, transform,
                               {.long_sequences = LongSequences::kWindows, .max_tokens = 5, .class_weights = {}});
  using Batches = std::vector<std::vector<int64_t>>;
  EXPECT_EQ(WindowsOfBatches(encoder, Draws({0, 1}), 100), (Batches{{3, 1}}));
  EXPECT_EQ(encoder.Encode({.example = 0}).tokens, 13);
  const ExampleEncoder refusing(set, transform, {.max_tokens = 5, .class_weights = {}});
  EXPECT_THROW(refusing.Encode({.example = 0}), Error);
}

TEST(ExampleEncoder, ReadsTheOtherStrand) {
  std::mt19937 random(3);
  const std::string bases = data::RandomBases(random, 33);
  data::LabelledExample example = data::Example(bases);
  example.labels = {};
  example.base_classes = std::string(33, data::kNoClass);
  for (size_t i = 0; i < 12; ++i) example.base_classes[i] = 1;  // the first two 6-mers; on the other strand the last
  const data::LabelledSet set = data::SetOf({example}, {TaskKind::kToken, {"no", "yes"}, {}});
  const data::TargetTransform transform;
  const ExampleEncoder encoder(set, transform, {});
  std::string other = bases;
  genome::ReverseComplement(other);
  const auto forward = encoder.Encode({.example = 0}), reverse = encoder.Encode({.example = 0, .reverse = true});
  EXPECT_EQ(forward.windows.at(0).tokens.ids, Encoded(bases));
  EXPECT_EQ(reverse.windows.at(0).tokens.ids, Encoded(other));
  // 33 bases are <cls>, five 6-mers and three letters; the last twelve are a half of the fourth 6-mer, the fifth one
  // and the letters.
  EXPECT_EQ(forward.token_classes, (std::vector<int32_t>{-1, 1, 1, -1, -1, -1, -1, -1, -1}));
  EXPECT_EQ(reverse.token_classes, (std::vector<int32_t>{-1, -1, -1, -1, 1, 1, 1, 1, 1}));
}

TEST(ExampleEncoder, GivesALabelItsWeightAndAMissingOneNone) {
  const data::LabelledSet set = data::SetOf({Labelled("ACGTAC", {1, 0}), Labelled("ACGTAC", {kMissing, 1})},
                                            {TaskKind::kMultilabel, {"a", "b"}, {}});
  const data::TargetTransform transform;
  const auto labels_and_weights = [&](const ExampleOptions& options) {
    std::pair<std::vector<float>, std::vector<float>> both;
    const ExampleEncoder encoder(set, transform, options);
    for (const int64_t example : {0, 1}) encoder.AppendLabels(example, both.first, both.second);
    return both;
  };
  const auto plain = labels_and_weights({});
  EXPECT_EQ(plain.first, (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(plain.second, (std::vector<float>{1, 1, 0, 1}));
  const auto weighted = labels_and_weights({.class_weights = {{0.5f, 3}, {0.25f, 2}}});
  EXPECT_EQ(weighted.first, plain.first);
  EXPECT_EQ(weighted.second, (std::vector<float>{3, 0.25f, 0, 2}));
}

TEST(ExampleEncoder, GivesNumbersInTheSpaceOfTheLoss) {
  const data::LabelledSet set =
      data::SetOf({Labelled("ACGTAC", {0}), Labelled("ACGTAC", {7})}, {TaskKind::kRegression, {"y"}, {}});
  const std::vector<int64_t> train = {0, 1};
  const auto transform = data::TargetTransform::Fit({TransformStep::kLog1p}, set, train);
  const ExampleEncoder encoder(set, transform, {});
  encoder.ForEachBatch(Draws({1, 0}), 100, [](const model::TaskBatch& batch) {
    ASSERT_EQ(batch.labels.size(), 2u);
    EXPECT_FLOAT_EQ(batch.labels[0], std::log(8.0f));
    EXPECT_FLOAT_EQ(batch.labels[1], 0);
  });
}

}  // namespace
}  // namespace agront::training
