// SPDX-License-Identifier: Apache-2.0
// The features of a sequence that the baselines see.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "baselines/feature_table.h"

namespace agront::baselines {

/// Thread safe.
class SequenceFeatures {
 public:
  virtual ~SequenceFeatures() = default;
  virtual int64_t columns() const = 0;
  virtual std::string name() const = 0;  ///< "5-mers of both strands"
  /// The features of a sequence of A C G T N; what holds an N counts nowhere.
  virtual std::vector<FeatureTable::Entry> Compute(const std::string& bases) const = 0;
};

/// How often each k-mer is there, over the number of k-mers; k from 1 to 8. With `both_strands` a k-mer and its reverse
/// complement are one.
std::unique_ptr<SequenceFeatures> Kmers(int k, bool both_strands);

/// Which base stands where, of sequences of one length.
std::unique_ptr<SequenceFeatures> BasesByPosition(int64_t length);

/// Share of G and C and its square, length and its logarithm.
std::unique_ptr<SequenceFeatures> GcAndLength();

}  // namespace agront::baselines
