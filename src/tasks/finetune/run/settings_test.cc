// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/settings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agront/error.h"

namespace agront::tasks {
namespace {

FinetuneOptions OptionsOf(TaskKind task, FinetuneMethod method) {
  FinetuneOptions options;
  options.job.output = "run";
  options.task = task;
  options.model.method = method;
  return options;
}

TEST(FinetuneSettings, HaveTheDefaultsOfTaskAndMethod) {
  const FinetuneOptions probe = Settled(OptionsOf(TaskKind::kBinary, FinetuneMethod::kProbe));
  EXPECT_EQ(probe.model.pooling, HeadPooling::kMean);
  EXPECT_EQ(probe.training.learning_rate, 5e-3);
  const FinetuneOptions token = Settled(OptionsOf(TaskKind::kToken, FinetuneMethod::kProbe));
  EXPECT_EQ(token.model.pooling, HeadPooling::kNone);
  EXPECT_EQ(token.training.learning_rate, 2e-3);
  EXPECT_EQ(Settled(token).model.pooling, HeadPooling::kNone);
  FinetuneOptions asked = OptionsOf(TaskKind::kBinary, FinetuneMethod::kFull);
  asked.model.pooling = HeadPooling::kCls;
  asked.training.learning_rate = 0.25;
  EXPECT_EQ(Settled(asked).model.pooling, HeadPooling::kCls);
  EXPECT_EQ(Settled(asked).training.learning_rate, 0.25);
}

TEST(FinetuneSettings, RefuseValuesThatDoNotFit) {
  const auto refuses = [](TaskKind task, const auto& change) {
    FinetuneOptions options = OptionsOf(task, FinetuneMethod::kLora);
    EXPECT_NO_THROW(Settled(options));
    change(options);
    EXPECT_THROW(Settled(options), UsageError);
  };
  refuses(TaskKind::kBinary, [](FinetuneOptions& options) { options.model.pooling = HeadPooling::kNone; });
  refuses(TaskKind::kToken, [](FinetuneOptions& options) { options.model.pooling = HeadPooling::kMean; });
  refuses(TaskKind::kBinary, [](FinetuneOptions& options) { options.training.decay = Decay::kSquareRoot; });
  refuses(TaskKind::kBinary, [](FinetuneOptions& options) { options.data.transform = {TransformStep::kRank}; });
  refuses(TaskKind::kBinary, [](FinetuneOptions& options) {
    options.model.targets = {AdapterTarget::kQuery, AdapterTarget::kQuery};
  });
}

TEST(FinetuneSettings, DescribeListsByTheirWords) {
  FinetuneOptions options = OptionsOf(TaskKind::kRegression, FinetuneMethod::kIa3);
  options.model.targets = {AdapterTarget::kContract, AdapterTarget::kQuery};
  options.data.transform = {TransformStep::kLog1p, TransformStep::kStandardize};
  options.job.precision = kAutoPrecision;
  const nlohmann::ordered_json described = Describe(Settled(options));
  EXPECT_EQ(described["targets"], "fc2,q");
  EXPECT_EQ(described["transform"], "log1p,standardize");
  EXPECT_EQ(described["precision"], "auto");
  EXPECT_EQ(described["decay"], "linear");
}

}  // namespace
}  // namespace agront::tasks
