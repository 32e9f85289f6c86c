// SPDX-License-Identifier: Apache-2.0
// The public function as a library's user calls it. tests/cli/test_pull*.py play the hub.
#include "agront/pull.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

#include "base/test_folder.h"

namespace agront {
namespace {

class PullTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN",
                             "http_proxy", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"})
      unsetenv(name);
    setenv("HF_HOME", folder_.path("hf").c_str(), 1);
    // Nobody answers there.
    options_.name = "a/b";
    options_.to = folder_.path("to");
    options_.endpoint = "http://127.0.0.1:1";
  }

  TestFolder folder_;
  PullOptions options_;
};

TEST_F(PullTest, RefusesWhatMakesNoSense) {
  const auto refuse = [&](const auto& change, const std::string& says) {
    PullOptions options = options_;
    change(options);
    EXPECT_THROW(Pull(options), UsageError) << says;
    ExpectError([&] { Pull(options); }, says);
  };
  refuse([](PullOptions& options) { options.name = "../b"; }, "../b: expected agront-1b, ORG/NAME");
  refuse([](PullOptions& options) { options.retries = -1; }, "--retries: expected 0 to 1000, got -1");
  refuse([](PullOptions& options) { options.name = "https://host/x", options.to = ""; }, "expected --to DIR");
  refuse([](PullOptions& options) { options.name = "https://host/x"; }, "--endpoint goes with a model of a hub");
  refuse([](PullOptions& options) { options.force = true, options.to = ""; }, "--force goes with --to");
}

TEST_F(PullTest, StopsWhenItsReporterSaysSo) {
  struct Stop : Reporter {
    void Note(std::string_view text) override { notes += text; }
    bool ShouldStop() override { return true; }
    std::string notes;
  } reporter;
  options_.reporter = &reporter;
  EXPECT_THROW(Pull(options_), Stopped);
  EXPECT_TRUE(folder_.Names().empty());
}

TEST_F(PullTest, EndsWithAnErrorWhereNobodyAnswers) {
  struct Notes : Reporter {
    void Note(std::string_view text) override { notes += text; }
    std::string notes;
  } reporter;
  options_.reporter = &reporter;
  options_.retries = 1;
  ExpectError([&] { Pull(options_); }, "gave up, having asked 2 times");
  EXPECT_NE(reporter.notes.find("asking again in 1 s (1 of 1)"), std::string::npos) << reporter.notes;
  EXPECT_TRUE(folder_.Names().empty());
}

}  // namespace
}  // namespace agront
