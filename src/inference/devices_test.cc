// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "agront/device.h"
#include "agront/error.h"

namespace agront {
namespace {

TEST(BatchTokensOf, ProcessorsTakeFewAndEachAcceleratorMany) {
  EXPECT_EQ(BatchTokensOf(""), 2048);
  EXPECT_EQ(BatchTokensOf("cpu"), 2048);
  EXPECT_EQ(BatchTokensOf("xla-cpu:4"), 2048);
  EXPECT_EQ(BatchTokensOf("/env/xla_cpu_pjrt.so"), 2048);
  EXPECT_EQ(BatchTokensOf("cuda"), 32'768);
  EXPECT_EQ(BatchTokensOf("tpu:4"), 4 * 32'768);
  EXPECT_EQ(BatchTokensOf("/env/libtpu.so:2"), 2 * 32'768);
  EXPECT_EQ(BatchTokensOf("/env/some.so"), 32'768);
}

TEST(BatchTokensOf, RefusesWhatIsNoDevice) {
  for (const char* device : {"gpu", "cuda:0", "cpu:2"}) EXPECT_THROW(BatchTokensOf(device), UsageError) << device;
}

}  // namespace
}  // namespace agront
