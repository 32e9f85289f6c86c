// SPDX-License-Identifier: Apache-2.0
#include "hub/variables.h"

#include <gtest/gtest.h>

#include <map>

#include "base/test_folder.h"

namespace agront::hub {
namespace {

Environment Of(std::map<std::string, std::string> variables) {
  variables.try_emplace("HOME", "/home/me");
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

TEST(CacheFolder, FollowsTheVariablesInTheirOrder) {
  EXPECT_EQ(CacheFolder(Of({})), "/home/me/.cache/huggingface/hub");
  EXPECT_EQ(CacheFolder(Of({{"XDG_CACHE_HOME", "/x"}})), "/x/huggingface/hub");
  EXPECT_EQ(CacheFolder(Of({{"XDG_CACHE_HOME", "/x"}, {"HF_HOME", "/hf"}})), "/hf/hub");
  EXPECT_EQ(CacheFolder(Of({{"HUGGINGFACE_HUB_CACHE", "/old"}, {"HF_HOME", "/hf"}})), "/old");
  EXPECT_EQ(CacheFolder(Of({{"HUGGINGFACE_HUB_CACHE", "/old"}, {"HF_HUB_CACHE", "/new"}})), "/new");
}

TEST(CacheFolder, ExpandsHomeAndVariables) {
  EXPECT_EQ(CacheFolder(Of({{"HF_HOME", "~/hf"}})), "/home/me/hf/hub");
  EXPECT_EQ(CacheFolder(Of({{"HF_HOME", "~me/hf"}})), "~me/hf/hub");
  EXPECT_EQ(CacheFolder(Of({{"HF_HUB_CACHE", "/$A/${B}c/$A.d"}, {"A", "1"}, {"B", "2"}})), "/1/2c/1.d");
  EXPECT_EQ(CacheFolder(Of({{"HF_HUB_CACHE", "/$NONE/${NONE}/$/${A/$"}, {"A", "1"}})), "/$NONE/${NONE}/$/${A/$");
}

TEST(Endpoint, IsTheHubUnlessSet) {
  EXPECT_EQ(Endpoint(Of({})), kDefaultEndpoint);
  EXPECT_EQ(Endpoint(Of({{"HF_ENDPOINT", " https://mirror.example// "}})), "https://mirror.example");
}

TEST(OfflineVariable, TakesTheWordsThatTheHubTakes) {
  EXPECT_EQ(OfflineVariable(Of({})), "");
  for (const char* word : {"1", "ON", "yes", "True"})
    EXPECT_EQ(OfflineVariable(Of({{"HF_HUB_OFFLINE", word}})), "HF_HUB_OFFLINE") << word;
  for (const char* word : {"0", "off", "2", "no"})
    EXPECT_EQ(OfflineVariable(Of({{"HF_HUB_OFFLINE", word}})), "") << word;
  EXPECT_EQ(OfflineVariable(Of({{"TRANSFORMERS_OFFLINE", "1"}})), "TRANSFORMERS_OFFLINE");
}

TEST(Token, IsReadAndChecked) {
  const TestFolder home;
  const std::map<std::string, std::string> at_home = {{"HF_HOME", home.path()}};
  EXPECT_EQ(Token(Of(at_home)), "");
  home.Write("token", " hf_file\n");
  EXPECT_EQ(Token(Of(at_home)), "hf_file");
  EXPECT_EQ(Token(Of({{"HF_HOME", home.path()}, {"HF_TOKEN", "hf_a"}})), "hf_a");
  EXPECT_EQ(Token(Of({{"HF_HOME", home.path()}, {"HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"}})), "");
  ExpectError([] { Token(Of({{"HF_TOKEN", "hf_a\nX: y"}})); }, "HF_TOKEN: expected a token");
}

TEST(Seconds, AreWholeAndPositive) {
  EXPECT_EQ(Seconds(Of({}), "T").count(), 10);
  EXPECT_EQ(Seconds(Of({{"T", "3600"}}), "T").count(), 3600);
  for (const char* text : {"0", "-1", "3601", "1.5", "10s", " 5"})
    ExpectError([&] { Seconds(Of({{"T", text}}), "T"); }, "T: expected whole seconds from 1 to 3600");
}

}  // namespace
}  // namespace agront::hub
