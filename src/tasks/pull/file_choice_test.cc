// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/file_choice.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "tasks/pull/licence.h"

namespace agront::pull {
namespace {

std::vector<std::string> Chosen(const std::vector<std::string>& names, bool is_published = false) {
  std::vector<RemoteFile> files;
  for (const std::string& name : names) files.push_back({.path = name, .sum = {}, .blob = "", .url = {}});
  std::vector<std::string> chosen;
  for (const RemoteFile& file : ChooseFiles(files, is_published, "a/b")) chosen.push_back(file.path);
  return chosen;
}

using Names = std::vector<std::string>;

TEST(ChooseFiles, TakesOneFormOfTheWeights) {
  EXPECT_EQ(Chosen({"pytorch_model.bin", "config.json", "model.safetensors", "x.py"}),
            (Names{"config.json", "model.safetensors"}));
  EXPECT_EQ(Chosen({"pytorch_model.bin", "jax_model/pytree_ckpt.joblib"}), (Names{"pytorch_model.bin"}));
  EXPECT_EQ(Chosen({"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                    "model.safetensors.index.json", "model-1-of-2.safetensors", "vocab.txt"}),
            (Names{"model.safetensors.index.json", "vocab.txt", "model-00001-of-00002.safetensors",
                   "model-00002-of-00002.safetensors"}));
  EXPECT_EQ(Chosen({"jax_model/pytree_ckpt.joblib", "jax_model/hyperparams.json", "jax_model/other"}),
            (Names{"jax_model/hyperparams.json", "jax_model/pytree_ckpt.joblib"}));
  ExpectError([] { Chosen({"tf_model.h5", "sub/model.safetensors"}); }, "a/b: expected weights");
}

TEST(ChooseFiles, TakesThePublishedFilesOfThePublishedModel) {
  const Names published = {"config.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json",
                           "pytorch_model.bin"};
  Names names = published;
  names.insert(names.end(), {"model.safetensors", "tokenizer.json", "README.md", "modeling_esm.py"});
  Names expected = {"README.md", "tokenizer.json"};
  expected.insert(expected.end(), published.begin(), published.end());
  EXPECT_EQ(Chosen(names, true), expected);
  names.erase(names.begin());
  ExpectError([&] { Chosen(names, true); }, "a/b: expected the published file config.json, got none");
}

TEST(LicenceLine, SaysWhatMattersMost) {
  const std::string published = "InstaDeepAI/agro-nucleotide-transformer-1b";
  EXPECT_NE(LicenceLine(published, "").find("CC BY-NC-SA 4.0"), std::string::npos);
  EXPECT_NE(LicenceLine(published, "cc-by-nc-sa-4.0").find("not for commercial use"), std::string::npos);
  EXPECT_EQ(LicenceLine(published, "mit").find("not for commercial use"), std::string::npos) << "it was changed";
  EXPECT_NE(LicenceLine("a/b", "cc-by-nc-4.0").find("not for commercial use"), std::string::npos);
  EXPECT_EQ(LicenceLine("a/b", "apache-2.0"), "a/b: licence apache-2.0");
  EXPECT_EQ(LicenceLine("a/b", "x\n\x1b[2J").find('\n'), std::string::npos);
  EXPECT_NE(LicenceLine("a/b", "").find("no licence is stated"), std::string::npos);
}

}  // namespace
}  // namespace agront::pull
