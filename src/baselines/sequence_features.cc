// SPDX-License-Identifier: Apache-2.0
#include "baselines/sequence_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace agront::baselines {
namespace {

/// 0 to 3, so that complements add up to 3; -1 of another letter.
int CodeOf(char base) {
  switch (base) {
    case 'A': return 0;
    case 'C': return 1;
    case 'G': return 2;
    case 'T': return 3;
    default: return -1;
  }
}

class KmerFeatures final : public SequenceFeatures {
 public:
  KmerFeatures(int k, bool both_strands) : k_(k), both_strands_(both_strands), columns_of_(size_t{1} << (2 * k)) {
    for (uint32_t kmer = 0; kmer < columns_of_.size(); ++kmer) {
      const uint32_t other = both_strands ? ReverseComplementOf(kmer) : kmer;
      columns_of_[kmer] = other < kmer ? columns_of_[other] : num_columns_++;
    }
  }

  int64_t columns() const override { return num_columns_; }
  std::string name() const override { return fmt::format("{}-mers{}", k_, both_strands_ ? " of both strands" : ""); }

  std::vector<FeatureTable::Entry> Compute(const std::string& bases) const override {
    std::vector<int32_t> found;
    uint32_t kmer = 0;
    int known = 0;  // bases since the last that is none of the four
    for (const char base : bases) {
      const int code = CodeOf(base);
      known = code < 0 ? 0 : known + 1;
      kmer = (kmer << 2 | static_cast<uint32_t>(std::max(code, 0))) & static_cast<uint32_t>(columns_of_.size() - 1);
      if (known >= k_) found.push_back(columns_of_[kmer]);
    }
    std::ranges::sort(found);
    std::vector<FeatureTable::Entry> entries;
    const float share = 1 / static_cast<float>(std::max<size_t>(found.size(), 1));
    for (size_t i = 0; i < found.size();) {
      const size_t first = i;
      while (i < found.size() && found[i] == found[first]) ++i;
      entries.push_back({found[first], static_cast<float>(i - first) * share});
    }
    return entries;
  }

 private:
  uint32_t ReverseComplementOf(uint32_t kmer) const {
    uint32_t result = 0;
    for (int i = 0; i < k_; ++i) result = result << 2 | (3 - (kmer >> (2 * i) & 3));
    return result;
  }

  int k_;
  bool both_strands_;
  int32_t num_columns_ = 0;
  std::vector<int32_t> columns_of_;  // of each k-mer
};

class PositionFeatures final : public SequenceFeatures {
 public:
  explicit PositionFeatures(int64_t length) : length_(length) {}

  int64_t columns() const override { return 4 * length_; }
  std::string name() const override { return "bases by position"; }

  std::vector<FeatureTable::Entry> Compute(const std::string& bases) const override {
    std::vector<FeatureTable::Entry> entries;
    const int64_t end = std::min(length_, static_cast<int64_t>(bases.size()));
    for (int64_t i = 0; i < end; ++i)
      if (const int code = CodeOf(bases[i]); code >= 0) entries.push_back({static_cast<int32_t>(4 * i + code), 1});
    return entries;
  }

 private:
  int64_t length_;
};

class CompositionFeatures final : public SequenceFeatures {
 public:
  int64_t columns() const override { return 4; }
  std::string name() const override { return "GC and length"; }

  std::vector<FeatureTable::Entry> Compute(const std::string& bases) const override {
    const auto count = [&](char base) { return static_cast<double>(std::ranges::count(bases, base)); };
    const double gc = count('G') + count('C');
    const double known = std::max(gc + count('A') + count('T'), 1.0);
    const auto share = static_cast<float>(gc / known);
    const auto length = static_cast<double>(bases.size());
    return {
        {0, share}, {1, share * share}, {2, static_cast<float>(length)}, {3, static_cast<float>(std::log1p(length))}};
  }
};

}  // namespace

std::unique_ptr<SequenceFeatures> Kmers(int k, bool both_strands) {
  return std::make_unique<KmerFeatures>(k, both_strands);
}
std::unique_ptr<SequenceFeatures> BasesByPosition(int64_t length) { return std::make_unique<PositionFeatures>(length); }
std::unique_ptr<SequenceFeatures> GcAndLength() { return std::make_unique<CompositionFeatures>(); }

}  // namespace agront::baselines
