// SPDX-License-Identifier: Apache-2.0
// Heads against transformers (tools/make_golden_peft.py), and poolings against their formulas in float64.
#include "model/heads/task_predictor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "formats/testing/format_test_files.h"
#include "model/agront.h"
#include "model/golden_file.h"
#include "model/heads/classifier_files.h"
#include "model/training/task_case.h"

namespace agront::model {
namespace {

using formats::ExpectError;

const std::string kGolden = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/";

/// Outputs for the golden batch, where each sequence is an example.
std::vector<float> OutputsOf(Checkpoint& checkpoint, const TaskHead& head, const GoldenFile& golden) {
  AgroNT model(checkpoint.shape(), checkpoint, Precision::kFp32);
  Batch batch;
  batch.tokens = golden.Integers<int32_t>("tokens");
  batch.offsets = golden.Integers<int64_t>("offsets");
  ForwardOutput output;
  model.Forward(batch, {.hidden = {{model.shape().layers}}}, output);
  TaskPredictor predictor(checkpoint.shape(), head);
  const std::vector<int64_t> windows(static_cast<size_t>(batch.sequences()), 1);
  tensor::Matrix outputs;
  predictor.Predict(batch, windows, output.hidden[0].view(), outputs);
  return {outputs.view().values().begin(), outputs.view().values().end()};
}

TEST(TaskPredictor, EqualsTransformers) {
  const GoldenFile golden(kGolden + "peft/expected.safetensors");
  for (const std::string name : {"sequence_classifier", "token_classifier"}) {
    const auto checkpoint = Checkpoint::Open(kGolden + "peft/" + name);
    const auto head = ReadClassifier(*checkpoint);
    ASSERT_TRUE(head) << name;
    EXPECT_LT(RelativeError(OutputsOf(*checkpoint, *head, golden), golden.Floats(name + ".classes")), 1e-5) << name;
  }
}

TEST(TaskPredictor, EqualsPeftWithAClassifier) {
  const GoldenFile golden(kGolden + "peft/expected.safetensors");
  const auto checkpoint = Checkpoint::Open(kGolden + "gradients");
  const AdapterFile file = ReadAdapter(kGolden + "peft/lora_classifier", *checkpoint);
  checkpoint->SetAdapter(file.adapter);
  const auto head = ReadClassifier(file, *checkpoint);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->config.task.kind, TaskKind::kMulticlass);
  EXPECT_LT(RelativeError(OutputsOf(*checkpoint, *head, golden), golden.Floats("lora_classifier.classes")), 1e-5);
}

/// The same parameters in the engine of inference and in that of training, which tests hold against PyTorch.
class InTraining : public testing::TestWithParam<std::string> {};

TEST_P(InTraining, GivesTheSame) {
  const TaskCase golden(kGolden + "adapters/" + GetParam() + ".safetensors");
  const TaskModelOptions options = golden.Options();
  const TaskBatch batch = golden.Batch();
  const auto checkpoint = Checkpoint::Open(kGolden + "gradients");
  TrainableTaskModel training(*checkpoint, options);
  golden.SetValues(training.parameters());
  TaskOutput wanted;
  training.Predict(batch, wanted);

  const auto values_of = [&](const std::vector<Parameter>& parameters) {
    std::map<std::string, std::vector<float>> values;
    for (const Parameter& parameter : parameters) {
      const auto of_one = training.parameters().ValuesOf(parameter.name);
      values[parameter.name].assign(of_one.begin(), of_one.end());
    }
    return values;
  };
  const ModelShape& shape = checkpoint->shape();
  checkpoint->SetAdapter({options.adapter, values_of(AdapterParameters(shape, options.adapter))});
  const TaskHead head{options.head, values_of(TaskHeadParameters(shape, options.head)), ""};
  AgroNT model(shape, *checkpoint, Precision::kFp32);
  ForwardOutput forward;
  model.Forward(batch.batch, {.hidden = {{shape.layers}}}, forward);
  tensor::Matrix outputs;
  TaskPredictor(shape, head).Predict(batch.batch, batch.windows, forward.hidden[0].view(), outputs);
  EXPECT_LT(RelativeError(outputs.view().values(), {wanted.outputs.begin(), wanted.outputs.end()}), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(TaskPredictor, InTraining,
                         testing::Values("lora_usual", "lora_all", "lora_some", "lora_tokens", "ia3_usual",
                                         "ia3_outputs", "ia3_inputs", "probe"),
                         [](const auto& of_case) { return of_case.param; });

constexpr ModelShape kShape = {
    .vocabulary = 4105, .hidden = 19, .heads = 1, .layers = 1, .ffn = 4, .positions = 64, .layer_norm_epsilon = 1e-12f};

class Pooling : public testing::Test {
 protected:
  Pooling() {
    // Windows of 5 bases (letters), of 2 tokens, of 13 bases and of 6; two examples, of three windows and of one.
    batch_.Add(std::vector<int32_t>{3, 4100, 4101, 4102, 4103, 4104});
    batch_.Add(std::vector<int32_t>{3, 10});
    batch_.Add(std::vector<int32_t>{3, 10, 4100, 11});
    batch_.Add(std::vector<int32_t>{3, 2});
    hidden_.Resize(static_cast<int64_t>(batch_.tokens.size()), kShape.hidden, 0);
    for (float& value : hidden_.view().values()) value = normal_(generator_);
  }

  TaskHead MakeHead(HeadPooling pooling, HeadKind kind = HeadKind::kLinear) {
    TaskHead head{
        .config = {.task = {.kind = TaskKind::kRegression, .outputs = {"a", "b"}}, .kind = kind, .pooling = pooling},
        .values = {},
        .target_transforms = ""};
    for (const Parameter& parameter : TaskHeadParameters(kShape, head.config))
      for (int64_t i = 0; i < parameter.size(); ++i) head.values[parameter.name].push_back(normal_(generator_));
    return head;
  }

  /// With rows of hidden states and their weights for each of the two examples.
  void ExpectPools(const TaskHead& head, const std::vector<std::vector<std::pair<int64_t, double>>>& examples) {
    std::vector<double> want;
    const auto& out = head.values.at("task.out.weight");
    for (const auto& rows : examples)
      for (int64_t o = 0; o < 2; ++o) {
        double sum = head.values.at("task.out.bias")[o];
        for (const auto& [row, weight] : rows)
          for (int64_t c = 0; c < kShape.hidden; ++c) sum += weight * hidden_.row(row)[c] * out[o * kShape.hidden + c];
        want.push_back(sum);
      }
    TaskPredictor predictor(kShape, head);
    tensor::Matrix outputs;
    predictor.Predict(batch_, windows_, hidden_.view(), outputs);
    EXPECT_LT(RelativeError(outputs.view().values(), want), 1e-6);
  }

  std::mt19937 generator_{11};
  std::normal_distribution<float> normal_{0, 1};
  Batch batch_;
  const std::vector<int64_t> windows_ = {3, 1};
  tensor::Matrix hidden_;
};

TEST_F(Pooling, OfMeans) {
  ExpectPools(MakeHead(HeadPooling::kMean), {{{1, 1 / 15.0},
                                              {2, 1 / 15.0},
                                              {3, 1 / 15.0},
                                              {4, 1 / 15.0},
                                              {5, 1 / 15.0},
                                              {7, 1 / 3.0},
                                              {9, 1 / 9.0},
                                              {10, 1 / 9.0},
                                              {11, 1 / 9.0}},
                                             {{13, 1}}});
}

TEST_F(Pooling, OfCls) {
  ExpectPools(MakeHead(HeadPooling::kCls), {{{0, 1 / 3.0}, {6, 1 / 3.0}, {8, 1 / 3.0}}, {{12, 1}}});
}

TEST_F(Pooling, OfCentres) {
  ExpectPools(MakeHead(HeadPooling::kCentre), {{{3, 1 / 3.0}, {7, 1 / 3.0}, {10, 1 / 3.0}}, {{13, 1}}});
}

TEST_F(Pooling, ByAttention) {
  const TaskHead head = MakeHead(HeadPooling::kAttention);
  const auto& query = head.values.at("task.pool.query");
  std::vector<std::vector<std::pair<int64_t, double>>> examples(2);
  for (int64_t window = 0; window < 4; ++window) {
    std::vector<double> powers;
    double total = 0;
    for (int64_t row = batch_.offsets[window] + 1; row < batch_.offsets[window + 1]; ++row) {
      double score = 0;
      for (int64_t c = 0; c < kShape.hidden; ++c) score += double{query[c]} * hidden_.row(row)[c];
      powers.push_back(std::exp(score / std::sqrt(19.0)));
      total += powers.back();
    }
    for (size_t i = 0; i < powers.size(); ++i)
      examples[window == 3].push_back(
          {batch_.offsets[window] + 1 + static_cast<int64_t>(i), powers[i] / total / (window == 3 ? 1 : 3)});
  }
  ExpectPools(head, examples);
}

TEST_F(Pooling, RefusesWhatDoesNotFit) {
  tensor::Matrix outputs;
  TaskPredictor mean(kShape, MakeHead(HeadPooling::kMean));
  const auto predict = [&](TaskPredictor& predictor, std::vector<int64_t> windows) {
    predictor.Predict(batch_, windows, hidden_.view(), outputs);
  };
  ExpectError([&] { predict(mean, {3, 2}); }, "must add up to 4");
  ExpectError([&] { predict(mean, {4, 0}); }, "at least one each");
  batch_.Add(std::vector<int32_t>{3});
  ExpectError([&] { predict(mean, {3, 2}); }, "expected hidden states of 15 tokens, got 14");
  hidden_.Resize(15, kShape.hidden, 0);
  ExpectError([&] { predict(mean, {3, 2}); }, "no token but <cls>");
  TaskPredictor centre(kShape, MakeHead(HeadPooling::kCentre));
  ExpectError([&] { predict(centre, {3, 2}); }, "without a base");
  TaskHead head = MakeHead(HeadPooling::kMean, HeadKind::kMlp);
  head.values.erase("task.dense.bias");
  ExpectError([&] { TaskPredictor(kShape, head); }, "expected 19 values of task.dense.bias, got 0");
}

}  // namespace
}  // namespace agront::model
