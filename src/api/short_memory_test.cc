// SPDX-License-Identifier: Apache-2.0
// Jobs whose memory ends inside a parallel loop: the exception reaches the caller, and no file stays.
#include <gtest/gtest.h>

#include <string>

#include "agront/embed.h"
#include "base/failing_memory.h"
#include "base/test_folder.h"

namespace agront {
namespace {

TEST(ShortMemory, InALoopReachesTheCaller) {
  const TestFolder folder;
  std::string bases;
  for (int i = 0; i < 40; ++i) bases += "ATTCCGAAATCGCTGACCGATCGTACGAAATTTCTCTCT";
  EmbedOptions options;
  options.input.fasta = folder.Write("x.fa", ">a\n" + bases + "\n>b\nACGTACGTTTGA\n");
  options.job.output = folder.path("out.npz");
  options.job.threads = 3;
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
    options.job.precision = precision;
    int failures = 0;
    for (int64_t allocations = 0;; ++allocations) {
      const Ending ending = CallWithAllocations(allocations, [&] { Embed(options); });
      if (ending == Ending::kDone) break;
      ASSERT_EQ(ending, Ending::kOutOfMemory) << static_cast<int>(precision) << " " << allocations;
      ASSERT_EQ(folder.Names(), std::vector<std::string>{"x.fa"});
      ++failures;
    }
    EXPECT_GT(failures, 0) << static_cast<int>(precision);
    EXPECT_TRUE(std::filesystem::remove(options.job.output));
    std::filesystem::remove(options.job.output + ".json");
  }
}

}  // namespace
}  // namespace agront
