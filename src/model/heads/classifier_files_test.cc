// SPDX-License-Identifier: Apache-2.0
// Heads in folders of ours and in Hugging Face's classifiers: read, written, refused.
#include "model/heads/classifier_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/testing/format_test_files.h"
#include "model/agront.h"
#include "model/checkpoints/model_folder.h"
#include "model/checkpoints/model_hash.h"
#include "model/checkpoints/settings.h"
#include "model/heads/task_head_files.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;
using formats::ExpectError;
using formats::TestFolder;

const std::string kBase = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/gradients";
const std::string kGolden = std::string(AGRONT_SOURCE_DIR) + "/tests/golden/peft/";

TaskHead MakeHead(const ModelShape& shape, const TaskHeadConfig& config) {
  TaskHead head{.config = config, .values = {}, .target_transforms = ""};
  float value = -1;
  for (const Parameter& parameter : TaskHeadParameters(shape, config))
    for (int64_t i = 0; i < parameter.size(); ++i) head.values[parameter.name].push_back(value += 0.125f);
  return head;
}

void ExpectSame(const TaskHead& got, const TaskHead& want) {
  EXPECT_EQ(got.config.task, want.config.task);
  EXPECT_EQ(got.config.kind, want.config.kind);
  EXPECT_EQ(got.config.pooling, want.config.pooling);
  EXPECT_EQ(got.values, want.values);
  EXPECT_EQ(got.target_transforms, want.target_transforms);
}

TEST(Classifier, ReadsTransformersFiles) {
  const auto sequence = Checkpoint::Open(kGolden + "sequence_classifier");
  EXPECT_FALSE(sequence->HasLanguageModelHead());
  const auto head = ReadClassifier(*sequence);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->config.task.kind, TaskKind::kMulticlass);
  EXPECT_EQ(head->config.task.outputs, (std::vector<std::string>{"leaf", "root", "seed"}));
  EXPECT_EQ(head->config.kind, HeadKind::kMlp);
  EXPECT_EQ(head->config.pooling, HeadPooling::kCls);
  const auto token = ReadClassifier(*Checkpoint::Open(kGolden + "token_classifier"));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->config.task.kind, TaskKind::kToken);
  EXPECT_EQ(token->config.task.outputs, (std::vector<std::string>{"LABEL_0", "LABEL_1"}));
  EXPECT_FALSE(ReadClassifier(*Checkpoint::Open(kBase)));
}

TEST(Classifier, HasNoLogits) {
  const auto checkpoint = Checkpoint::Open(kGolden + "sequence_classifier");
  AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
  Batch batch;
  batch.Add(std::vector<int32_t>{3, 10, 11});
  ForwardOutput output;
  EXPECT_NO_THROW(model.Forward(batch, {.hidden = {{1}}}, output));
  ExpectError([&] { model.Forward(batch, {.all_logits = true}, output); }, "without a language-model head");
}

TEST(Classifier, ReadsWhatItWrote) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  const auto write = [&](const TaskHead& head) {
    OutputFolder folder(scratch.path("classifier"), true, "test", IsModelFile);
    WriteClassifier(base->shape(), RowsOf(*base), head, {{"agront.note", "a test"}}, folder);
    folder.Commit();
  };
  const std::vector<PredictionTask> tasks = {{.kind = TaskKind::kBinary, .outputs = {"is promoter"}},
                                             {.kind = TaskKind::kMulticlass, .outputs = {"no", "yes"}},
                                             {.kind = TaskKind::kMultilabel, .outputs = {"a", "b", "c"}},
                                             {.kind = TaskKind::kRegression, .outputs = {"leaf", "root"}},
                                             {.kind = TaskKind::kRegression, .outputs = {"strength"}},
                                             {.kind = TaskKind::kToken, .outputs = {"none", "donor", "acceptor"}}};
  for (const PredictionTask& task : tasks) {
    const bool is_token = task.kind == TaskKind::kToken;
    TaskHead head = MakeHead(base->shape(), {.task = task,
                                             .kind = is_token ? HeadKind::kLinear : HeadKind::kMlp,
                                             .pooling = is_token ? HeadPooling::kNone : HeadPooling::kCls});
    if (task.kind == TaskKind::kRegression) head.target_transforms = R"([{"kind":"log1p"}])";
    write(head);
    const auto written = Checkpoint::Open(scratch.path("classifier"));
    const auto read = ReadClassifier(*written);
    ASSERT_TRUE(read);
    ExpectSame(*read, head);
    EXPECT_EQ(written->metadata().at("agront.note"), "a test");
    for (const Parameter& parameter : written->parameters())
      EXPECT_EQ(written->Weights(parameter.name, parameter.rows, parameter.cols).data == nullptr, false);
  }
  const TaskHead other =
      MakeHead(base->shape(), {.task = tasks[0], .kind = HeadKind::kMlp, .pooling = HeadPooling::kMean});
  ExpectError([&] { write(other); }, "mlp, mean: expected a head that transformers has");
}

TEST(Classifier, RefusesConfigurationsThatDoNotFit) {
  const TestFolder scratch;
  fs::copy(kGolden + "sequence_classifier", scratch.path("classifier"));
  const auto refuses = [&](const std::string& key, const Json& value, const std::string& says) {
    Json config = Json::parse(ReadTextFile(kGolden + "sequence_classifier/config.json"));
    config[key] = value;
    scratch.Write("classifier/config.json", config.dump());
    ExpectError([&] { ReadClassifier(*Checkpoint::Open(scratch.path("classifier"))); }, says);
  };
  refuses("id2label", {{"0", "a"}, {"1", "b"}}, "classifier.out_proj.weight: expected shape [2, 6], got [3, 6]");
  refuses("id2label", {{"0", "a"}, {"2", "b"}}, "config.json: id2label: expected names of 0 to 1");
  refuses("id2label", "leaf", "config.json: id2label: expected an object of names");
  refuses("id2label", nullptr, "expected shape [2, 6]");
  refuses("problem_type", "clustering", "config.json: problem_type: expected regression");
}

TEST(Classifier, RefusesAHalfHead) {
  const TestFolder scratch;
  const auto base = Checkpoint::Open(kBase);
  AdapterFile file = ReadAdapter(kGolden + "lora_classifier", *base);
  file.classifier.erase("classifier.dense.bias");
  ExpectError([&] { ReadClassifier(file, *base); }, "classifier.dense.bias is missing");
  file.classifier["classifier.extra"] = {.shape = {1}, .values = {1}};
  ExpectError([&] { ReadClassifier(file, *base); }, "classifier.dense.bias is missing");
  file = ReadAdapter(kGolden + "lora_classifier", *base);
  file.classifier["classifier.extra"] = {.shape = {1}, .values = {1}};
  ExpectError([&] { ReadClassifier(file, *base); }, "classifier.extra: expected the head of");
}

class HeadFolder : public testing::Test {
 protected:
  std::string Write(const TaskHead& head) {
    OutputFolder folder(scratch_.path("head"), true, "test", IsTaskHeadFile);
    WriteTaskHead(head, base_->shape(), IdentityOf(*base_), {}, folder);
    folder.Commit();
    return scratch_.path("head");
  }

  TestFolder scratch_;
  std::unique_ptr<Checkpoint> base_ = Checkpoint::Open(kBase);
};

TEST_F(HeadFolder, ReadsWhatItWrote) {
  for (const HeadPooling pooling :
       {HeadPooling::kMean, HeadPooling::kCls, HeadPooling::kCentre, HeadPooling::kAttention, HeadPooling::kNone})
    for (const HeadKind kind : {HeadKind::kLinear, HeadKind::kMlp}) {
      const bool is_token = pooling == HeadPooling::kNone;
      TaskHead head = MakeHead(base_->shape(), {.task = {.kind = is_token ? TaskKind::kToken : TaskKind::kMultilabel,
                                                         .outputs = {"a \"quoted\" one", "b"}},
                                                .kind = kind,
                                                .pooling = pooling});
      if (kind == HeadKind::kMlp) head.target_transforms = R"({"steps":["log1p",1.5]})";
      ExpectSame(ReadTaskHead(Write(head), *base_), head);
    }
}

TEST_F(HeadFolder, RefusesWhatDoesNotFit) {
  const std::string folder = Write(MakeHead(base_->shape(), {.task = {.kind = TaskKind::kBinary, .outputs = {"a"}}}));
  const Json good = Json::parse(ReadTextFile(folder + "/head.json"));
  const auto refuses = [&](const std::string& key, const Json& value, const std::string& says) {
    Json config = good;
    config[key] = value;
    scratch_.Write("head/head.json", config.dump());
    ExpectError([&] { ReadTaskHead(folder, *base_); }, says);
  };
  refuses("task", "unknown", "head.json: task: expected binary");
  refuses("task", nullptr, "head.json: task: expected binary");
  refuses("head", 3, "head.json: head: expected linear or mlp, got 3");
  refuses("pooling", "max", "head.json: pooling: expected mean");
  refuses("pooling", "none", "head.json: pooling: expected one");
  refuses("task", "token", "head.json: pooling: expected none");
  refuses("outputs", Json::array(), "head.json: outputs: expected a list");
  refuses("outputs", {"a", 7}, "head.json: outputs: expected a list");
  refuses("outputs", {"a", "b"}, "one name for a binary task");
  refuses("hidden", 1500, "a head for 1500 channels, but the model has 18");
  refuses("head", "mlp", "tensor task.dense.weight is missing");
  refuses("pooling", "attention", "tensor task.pool.query is missing");
  scratch_.Write("head/head.json", good.dump());
  const auto mlp =
      MakeHead(base_->shape(), {.task = {.kind = TaskKind::kBinary, .outputs = {"a"}}, .kind = HeadKind::kMlp});
  Write(mlp);
  scratch_.Write("head/head.json", good.dump());
  ExpectError([&] { ReadTaskHead(folder, *base_); }, "tensor task.dense.bias: expected a tensor that the head");
  ExpectError([&] { ReadTaskHead(kBase, *base_); }, "expected the head of a task: head.json");
  ExpectError([&] { ReadTaskHead(folder + "/no", *base_); }, "expected a folder");
}

TEST_F(HeadFolder, KnowsItsModel) {
  const std::string folder = Write(MakeHead(base_->shape(), {.task = {.kind = TaskKind::kBinary, .outputs = {"a"}}}));
  fs::create_directory(scratch_.path("other"));
  scratch_.Write("other/config.json", ReadTextFile(kBase + "/config.json"));
  std::string bytes = formats::ReadWhole(kBase + "/model.safetensors");
  bytes[bytes.size() - 2] ^= 1;  // the last digit of the last number
  scratch_.Write("other/model.safetensors", bytes);
  ExpectError([&] { ReadTaskHead(folder, *Checkpoint::Open(scratch_.path("other"))); }, "a head of another base model");
}

}  // namespace
}  // namespace agront::model
