// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/clusters.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "data/labelled/labelled_test_set.h"

namespace agront::data {
namespace {

std::vector<int64_t> ClustersOfGroups(const std::vector<std::string>& groups) {
  std::vector<LabelledExample> examples;
  for (const std::string& group : groups) {
    examples.push_back(Example("ACGT"));
    examples.back().group = group;
  }
  std::vector<int64_t> all(groups.size());
  std::iota(all.begin(), all.end(), 0);
  return ClustersOf(SetOf(examples), all);
}

TEST(Clusters, AreTheGroups) {
  std::vector<std::string> groups;
  for (int i = 0; i < 60; ++i) groups.push_back("family " + std::to_string(i % 25));
  const std::vector<int64_t> clusters = ClustersOfGroups(groups);
  ASSERT_EQ(clusters.size(), 60U);
  EXPECT_EQ(std::set(clusters.begin(), clusters.end()).size(), 25U);
  for (size_t i = 0; i < 60; ++i)
    for (size_t j = 0; j < 60; ++j) EXPECT_EQ(clusters[i] == clusters[j], groups[i] == groups[j]);
}

TEST(Clusters, AreOfOneExampleWithoutAGroup) {
  std::vector<std::string> groups(30);
  EXPECT_TRUE(ClustersOfGroups(groups).empty());
  groups[3] = groups[7] = "family";
  const std::vector<int64_t> clusters = ClustersOfGroups(groups);
  ASSERT_EQ(clusters.size(), 30U);
  EXPECT_EQ(clusters[3], clusters[7]);
  EXPECT_EQ(std::set(clusters.begin(), clusters.end()).size(), 29U);
}

TEST(Clusters, AreNoneOfAFewChromosomes) {
  std::vector<std::string> groups;
  for (int i = 0; i < 60; ++i) groups.push_back("chr" + std::to_string(i % 19));
  EXPECT_TRUE(ClustersOfGroups(groups).empty());
}

}  // namespace
}  // namespace agront::data
