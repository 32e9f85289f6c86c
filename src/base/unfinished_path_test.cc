// SPDX-License-Identifier: Apache-2.0
#include "base/unfinished_path.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <filesystem>

#include "agront/unfinished.h"
#include "base/output_file.h"
#include "base/test_folder.h"

namespace agront {
namespace {

TEST(UnfinishedPath, LeavesSignalsToTheProgram) {
  const TestFolder folder;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1}) {
    {
      OutputFile file(folder.path("a"), true);
      file.Commit();
    }
    struct sigaction now {};
    ASSERT_EQ(sigaction(number, nullptr, &now), 0);
    EXPECT_EQ(now.sa_handler, SIG_DFL) << number;
  }
}

TEST(UnfinishedPath, IsRemovedWhenTheProgramSaysSo) {
  const TestFolder folder;
  const std::string inside = folder.Write("made/file", "text");
  const UnfinishedPath made(folder.path("made"));  // the folder, then what is in it
  const UnfinishedPath file(inside);
  { const UnfinishedPath finished(folder.Write("finished", "text")); }
  errno = ENOSPC;
  RemoveUnfinishedFiles();
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"finished"});
}

}  // namespace
}  // namespace agront
