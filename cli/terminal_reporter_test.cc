// SPDX-License-Identifier: Apache-2.0
#include "terminal_reporter.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace agront::cli {
namespace {

bool IsDefault(int number) {
  struct sigaction now {};
  return sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_DFL;
}

TEST(TerminalReporter, SignalsStopAStageThatCanBeResumed) {
  TerminalReporter reporter;
  reporter.is_quiet = true;
  signal(SIGTERM, SIG_DFL);
  reporter.BeginStage({.label = "embedding", .unit = "tokens"});
  EXPECT_TRUE(IsDefault(SIGTERM));
  reporter.EndStage();
  reporter.BeginStage({.label = "pretraining", .unit = "tokens", .is_resumable = true});
  EXPECT_FALSE(IsDefault(SIGTERM));
  EXPECT_FALSE(reporter.ShouldStop());
  raise(SIGTERM);
  EXPECT_TRUE(reporter.ShouldStop());
  reporter.EndStage();
  EXPECT_TRUE(IsDefault(SIGTERM));
  EXPECT_FALSE(reporter.ShouldStop());
}

TEST(TerminalReporter, SaysLinesUnlessItIsQuiet) {
  TerminalReporter reporter;
  testing::internal::CaptureStderr();
  reporter.Note("going on");
  reporter.Warn("3 letters U were read as T");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "going on\nwarning: 3 letters U were read as T\n");
  reporter.is_quiet = true;
  testing::internal::CaptureStderr();
  reporter.Note("going on");
  reporter.Warn("3 letters U were read as T");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace agront::cli
