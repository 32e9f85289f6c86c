// SPDX-License-Identifier: Apache-2.0
#include "inference/log_softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace agront::inference {
namespace {

TEST(LogSoftmax, KeepsWhatIsImprobable) {
  tensor::Matrix logits(3, 3);
  const std::vector<float> values = {0,    -300, 1,  //
                                     1000, 1000, 1000, -2000, -2001, -2300};
  std::copy(values.begin(), values.end(), logits.view().data);
  LogSoftmax(logits.view());
  const double first = std::log(1 + std::exp(1.0)), last = std::log(1 + std::exp(-1.0));
  const std::vector<double> want = {-first,         -300 - first,   1 - first,       //
                                    -std::log(3.0), -std::log(3.0), -std::log(3.0),  //
                                    -last,          -1 - last,      -300 - last};
  for (size_t i = 0; i < want.size(); ++i)
    EXPECT_NEAR(logits.view().values()[i], want[i], 0x1p-23 * std::abs(want[i])) << i;
}

TEST(LogSoftmax, RowsAreProbabilitiesWhateverIsAdded) {
  constexpr int64_t kRows = 40, kColumns = 101;
  tensor::Matrix logits(kRows, kColumns), shifted(kRows, kColumns);
  for (int64_t i = 0; i < kRows * kColumns; ++i) {
    logits.view().data[i] = std::sin(static_cast<float>(i)) * 8;
    shifted.view().data[i] = logits.view().data[i] + static_cast<float>(i / kColumns);
  }
  LogSoftmax(logits.view());
  LogSoftmax(shifted.view());
  for (int64_t row = 0; row < kRows; ++row) {
    double sum = 0;
    for (int64_t i = 0; i < kColumns; ++i) {
      sum += std::exp(static_cast<double>(logits.row(row)[i]));
      EXPECT_NEAR(shifted.row(row)[i], logits.row(row)[i], 1e-4);
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

}  // namespace
}  // namespace agront::inference
