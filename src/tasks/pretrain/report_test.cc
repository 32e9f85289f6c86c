// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace agront::tasks {
namespace {

using Lines = std::vector<nlohmann::json>;

TEST(TrainingVerdict, ComparesWithGuessing) {
  const Lines steps = {{{"step", 1}, {"mask_loss", 8.4}}};
  const auto verdict = [&](double loss) {
    return TrainingVerdict(steps, {{{"step", 0}, {"loss", 8.5}},
                                   {{"step", 50}, {"loss", loss}, {"accuracy", 0.0123}, {"perplexity", 3000.0}}});
  };
  const std::string better = verdict(8.0);
  EXPECT_NE(better.find("<b>Better than guessing by 0.318 nats a 6-mer</b>: validation loss 8.000 after step 50"),
            std::string::npos);
  EXPECT_NE(better.find("Accuracy 1.23 %"), std::string::npos);
  EXPECT_NE(better.find("Before the first step the validation loss was 8.500."), std::string::npos);
  EXPECT_NE(verdict(8.4).find("<b>Worse than guessing by 0.082 nats a 6-mer</b>"), std::string::npos);
}

TEST(TrainingVerdict, SaysThatNothingWasValidated) {
  Lines steps;
  for (int i = 1; i <= 20; ++i) steps.push_back({{"step", i}, {"mask_loss", i <= 2 ? 9.0 : 8.25}});
  const std::string verdict = TrainingVerdict(steps, {});
  EXPECT_NE(verdict.find("<b>Nothing was validated</b>"), std::string::npos);
  EXPECT_NE(verdict.find("9.000 nats a 6-mer over the first 2 steps, 8.250 over the last 2;"), std::string::npos);
  EXPECT_NE(TrainingVerdict({}, {}).find("<b>Nothing was validated</b>"), std::string::npos);
}

}  // namespace
}  // namespace agront::tasks
